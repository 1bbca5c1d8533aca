import type { Call } from '../kernel.ts';

/** The ARN of who calls: what its credential says, else the account's root. */
export function callerArn(call: Call): string {
  return call.callerArn ?? `arn:aws:iam::${call.account}:root`;
}
