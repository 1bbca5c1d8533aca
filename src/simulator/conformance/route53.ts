import type { Behaviour } from './behaviour.ts';
import { dnsAnswerBehaviours } from './route53-answers.ts';
import { dnsRecordBehaviours } from './route53-records.ts';
import { dnsRequestBehaviours } from './route53-requests.ts';

export const route53Behaviours: readonly Behaviour[] = [
  ...dnsRequestBehaviours,
  ...dnsRecordBehaviours,
  ...dnsAnswerBehaviours,
];
