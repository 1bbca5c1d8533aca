/** Who calls, as STS names it. */
import { createHash } from 'node:crypto';
import type { GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Call } from '../kernel.ts';
import { letters, type Sessions } from './sessions.ts';

/** The caller's ARN: that of its temporary credentials, or of a user named like the access key. */
export function callerArn(call: Call): string {
  return call.callerArn ?? userArn(call.account, call.principal.split('/')[0] ?? '');
}

/** The ARN of the user that a long-lived access key stands for. */
export function userArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:user/${name}`;
}

/** Answers GetCallerIdentity. */
export function callerIdentity(call: Call, sessions: Sessions): Omit<GetCallerIdentityCommandOutput, '$metadata'> {
  const arn = callerArn(call);
  return { UserId: sessions.userIdOf(arn) ?? userId(arn), Account: call.account, Arn: arn };
}

/** A user's unique id, in AWS's form. */
function userId(arn: string): string {
  return `AIDA${letters(createHash('sha256').update(arn).digest('hex'), 17)}`;
}
