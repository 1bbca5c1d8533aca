/** How each service words that a call is not allowed (IAM user guide, "Troubleshoot access denied error messages"; codes: common errors of each service). */
import { AwsError, type ServiceId } from '../kernel.ts';
import type { Refusal } from './evaluate.ts';

const json = { code: 'AccessDeniedException', status: 400 };
const query = { code: 'AccessDenied', status: 403 };

const codes: Readonly<Record<ServiceId, { readonly code: string; readonly status: number }>> = {
  ecs: json,
  elbv2: query,
  route53: query,
  ec2: { code: 'UnauthorizedOperation', status: 403 },
  sts: query,
  'service-quotas': json,
  dynamodb: json,
  'dynamodb-streams': json,
  acm: json,
  'application-autoscaling': json,
};

const policies = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
} as const;
const articles = { identity: 'an', boundary: 'a', session: 'a' } as const;

/** Why a caller may not do something. `refusal` absent: nothing more is said (STS, of a trust policy that does not let somebody in). */
export function deniedText(
  caller: string,
  asked: { readonly action: string; readonly resource: string },
  refusal?: Refusal,
): string {
  const start = `User: ${caller} is not authorized to perform: ${asked.action} on resource: ${asked.resource}`;
  if (refusal === undefined) return start;
  const policy = policies[refusal.by];
  return refusal.how === 'explicit'
    ? `${start} with an explicit deny in ${articles[refusal.by]} ${policy}`
    : `${start} because no ${policy} allows the ${asked.action} action`;
}

/** The service's error with this text. EC2 puts words of its own before it. */
export function denied(service: ServiceId, text: string): AwsError {
  const { code, status } = codes[service];
  const message = service === 'ec2' ? `You are not authorized to perform this operation. ${text}` : text;
  return new AwsError(code, message, { status });
}
