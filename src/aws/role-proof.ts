import { CallError } from '../model/errors.ts';
import type { AwsClients, CallTarget } from './clients.ts';
import type { RoleProof } from './ports.ts';

/** Whether a role can be assumed, as AWS last said, at most `maxAgeMs` ago. Throws `CallError` only when our lease is gone. */
export async function proofOf(
  clients: AwsClients,
  role: RoleProof['role'],
  target: CallTarget,
  maxAgeMs: number,
): Promise<RoleProof> {
  const { roleArn } = target;
  try {
    await clients.prove(target, maxAgeMs);
    return { role, roleArn };
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    return { role, roleArn, error };
  }
}
