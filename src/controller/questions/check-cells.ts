import type { CellAccess, RoleProof } from '../../aws/ports.ts';
import type { CheckResult } from '../../model/checks.ts';
import { quotasRead } from '../loop/read-conditions.ts';
import { noAnswer, not, ok, patiently, rolesAgeMs, skipped } from './check-result.ts';
import type { QuestionDeps } from './question.ts';

interface Deps extends QuestionDeps {
  readonly cell: (name: string) => Pick<CellAccess, 'roles'> | undefined;
}

/** Each role of a cell, really assumed, and whether its account could be read last time. */
export async function cellChecks(deps: Deps, name: string): Promise<readonly CheckResult[]> {
  const roles = await roleChecks(deps, name);
  return [...roles, cellRead(deps, name, isUnseen(roles, name))];
}

/** Whether a cell cannot be seen: what could not be read of it is no news then. */
export function isUnseen(checks: readonly CheckResult[], cell: string): boolean {
  return checks.some(
    ({ id, about, outcome }) => id === 'cell-roles' && about === aboutRole(cell, 'observe') && outcome === 'failed',
  );
}

function aboutRole(cell: string, role: RoleProof['role']): string {
  return `cell ${cell}, role ${role}`;
}

async function roleChecks({ cell, clock }: Deps, name: string): Promise<readonly CheckResult[]> {
  const access = cell(name);
  if (access === undefined) return [];
  const proofs = await patiently(clock, access.roles({ maxAgeMs: rolesAgeMs }));
  if (proofs === undefined) return [not('cell-roles', 'unknown', noAnswer, `cell ${name}`)];
  const others = proofs.some(({ error }) => error === undefined);
  return proofs.map((proof) => roleCheck('cell-roles', aboutRole(name, proof.role), proof, others));
}

/**
 * What became of assuming a role. AWS answers alike for a role that is not there, one that does not trust us, and another external id; whether `others` of the record could be assumed with
 * the same external id tells where to look first.
 */
export function roleCheck(
  id: 'cell-roles' | 'zone-role',
  about: string,
  { role, roleArn, error }: RoleProof,
  others: boolean,
): CheckResult {
  if (error === undefined) return ok(id, roleArn, about);
  const found = `${error.code}: ${error.message}`;
  if (error.class !== 'denied') return not(id, 'unknown', { found, remedy: 'ask again in a minute' }, about);
  return not(id, 'failed', { found, remedy: remedyOf(role, roleArn, error.message, others) }, about);
}

function remedyOf(role: RoleProof['role'], roleArn: string, message: string, others: boolean): string {
  if (message.includes('identity-based policy'))
    return `let the controller's own role assume it: sts:AssumeRole on ${roleArn}`;
  const record = role === 'dns' ? 'zone.externalId' : 'externalId';
  const trust = "that it trusts the controller's own role";
  if (others)
    return `see first that ${roleArn} exists, then ${trust} and asks for the record's ${record}: other roles of the cell take it`;
  return `see first that its trust policy asks for the record's ${record}, then ${trust}, and that ${roleArn} exists`;
}

function cellRead({ book, view }: Deps, name: string, unseen: boolean): CheckResult {
  const about = `cell ${name}`;
  const reading = book.cells.get(name);
  if (reading?.ok !== true && unseen) return skipped('cell-read', 'its role observe cannot be assumed', about);
  if (reading?.ok !== true) {
    const remedy = `cellwright describe cell ${name}: its condition Reachable names what is refused`;
    return not('cell-read', 'failed', { found: reading?.message ?? 'not read yet', remedy }, about);
  }
  const [quotas] = quotasRead(reading, view.spec('Cell', name)?.quotas);
  if (quotas?.status !== 'False') return ok('cell-read', 'its account and quotas are known', about);
  const remedy = "let the observe role read them, or state them in the record's quotas";
  return not('cell-read', 'failed', { found: quotas.message, remedy }, about);
}
