/** The file of `sim --roles`: roles with who may assume them, what they may do, and the boundary of it. */
import { z } from 'zod';
import { type Policy, PolicyError, readPolicy, readTrust } from './document.ts';

/** One role, as IAM has it. Documents are policy documents. */
export interface RoleDocuments {
  readonly arn: string;
  readonly trust: unknown;
  readonly policies: readonly unknown[];
  readonly boundary?: unknown;
}

/** One role, read. */
export interface CheckedRole {
  readonly arn: string;
  readonly account: string;
  /** Without its path, which is how a name is one in its account (IAM user guide, identifiers). */
  readonly name: string;
  readonly trust: Policy;
  readonly policies: readonly Policy[];
  readonly boundary: Policy | undefined;
}

const role = z.strictObject({
  arn: z.string(),
  trust: z.unknown(),
  policies: z.array(z.unknown()),
  boundary: z.unknown().optional(),
});
const file = z.strictObject({ roles: z.array(role) });

/** Reads `{ "roles": [{ "arn", "trust", "policies", "boundary"? }] }`. Throws `PolicyError` that names every role and element that cannot be enforced. */
export function readRoles(value: unknown): readonly CheckedRole[] {
  const result = file.safeParse(value);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new PolicyError(lines.join('\n'));
  }
  const problems: string[] = [];
  const roles = result.data.roles.flatMap((documents) => {
    try {
      return [readRole(documents)];
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  const names = roles.map(({ account, name }) => `${account}/${name}`);
  const twice = roles.filter(({ account, name }, index) => names.indexOf(`${account}/${name}`) !== index);
  problems.push(...twice.map(({ arn }) => `${arn}: found a second role of that name in its account, expected one`));
  if (problems.length > 0) throw new PolicyError(problems.join('\n'));
  return roles;
}

function readRole({ arn, trust, policies, boundary }: RoleDocuments): CheckedRole {
  const [, account, name] = /^arn:aws:iam::(\d{12}):role\/(?:[^*?]*\/)?([^/*?]+)$/.exec(arn) ?? [];
  if (account === undefined || name === undefined) {
    throw new PolicyError(`${arn}: expected a role like arn:aws:iam::111111111111:role/name`);
  }
  return {
    arn,
    account,
    name,
    trust: readTrust(trust, `${arn} trust`),
    policies: policies.map((document, index) => readPolicy(document, `${arn} policies[${index}]`)),
    boundary: boundary === undefined ? undefined : readPolicy(boundary, `${arn} boundary`),
  };
}
