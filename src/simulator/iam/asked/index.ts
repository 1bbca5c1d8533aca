/** Which actions each simulated call asks for, on what, and under which conditions. */
import type { Call, ServiceId } from '../../kernel.ts';
import type { Asked } from '../evaluate.ts';
import { type Live, onAll, Request, type Table } from '../request.ts';
import { autoscalingTable } from './autoscaling.ts';
import { dynamodbTable, streamsTable } from './dynamodb.ts';
import { ec2Table } from './ec2.ts';
import { ecsTable } from './ecs.ts';
import { elbv2Table } from './elbv2.ts';
import { acmTable, quotasTable, route53Table, stsTable } from './others.ts';

/** The prefix of a service's actions, and what its operations ask for. */
const services: Readonly<Record<ServiceId, { readonly prefix: string; readonly table: Table }>> = {
  ecs: { prefix: 'ecs', table: ecsTable },
  elbv2: { prefix: 'elasticloadbalancing', table: elbv2Table },
  ec2: { prefix: 'ec2', table: ec2Table },
  route53: { prefix: 'route53', table: route53Table },
  acm: { prefix: 'acm', table: acmTable },
  sts: { prefix: 'sts', table: stsTable },
  dynamodb: { prefix: 'dynamodb', table: dynamodbTable },
  'dynamodb-streams': { prefix: 'dynamodb', table: streamsTable },
  'application-autoscaling': { prefix: 'application-autoscaling', table: autoscalingTable },
  'service-quotas': { prefix: 'servicequotas', table: quotasTable },
};

/**
 * All that a call asks for; every one of them must be allowed. An operation that stands in no table asks for its action on everything, so that only a policy whose resource is `*` allows it: a limit that nobody looked
 * up is never taken for one that holds.
 */
export function authorizationOf(call: Call, input: object, live: Live): readonly Asked[] {
  const { prefix, table } = services[call.service];
  const ask = Object.hasOwn(table, call.operation) ? table[call.operation] : undefined;
  const asked = ask?.(new Request(call, input, live)) ?? [onAll(`${prefix}:${call.operation}`)];
  return asked.map(({ context, ...one }) => ({ ...one, context: { ...globalKeys(call, one.resource), ...context } }));
}

function globalKeys(call: Call, resource: string): Asked['context'] {
  const [, , , , account] = resource.split(':');
  return {
    // Route 53 is global, and answers in us-east-1 (documented of aws:RequestedRegion).
    'aws:RequestedRegion': call.service === 'route53' ? 'us-east-1' : call.region,
    'aws:ResourceAccount': account === undefined || account === '' ? call.account : account,
    'aws:SecureTransport': 'true',
  };
}
