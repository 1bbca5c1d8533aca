/** IAM policy documents as plain JSON, in the subset of the policy language that we write. */

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** Who may assume a role, and under which condition. */
export interface TrustDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Principal: { readonly AWS: string } | { readonly Service: string };
    readonly Action: readonly string[];
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

export function documentOf(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/** Characters that a managed policy may have, white space not counted (IAM and STS quotas). */
export const managedPolicyLimit = 6_144;
/** Characters of a role's trust policy. */
export const trustPolicyLimit = 2_048;

/** A document's size as IAM counts it: what JSON without white space has. */
export function sizeOf(document: PolicyDocument | TrustDocument): number {
  return JSON.stringify(document).length;
}

/**
 * The same rights in as many managed policies as their limit asks for: statements stay whole where they fit, and one that does not is cut by its resources. Throws where a single resource does not fit.
 */
export function managedPolicies(document: PolicyDocument, limit = managedPolicyLimit): readonly PolicyDocument[] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of document.Statement.flatMap((one) => cut(one, limit))) {
    const last = documents.at(-1) ?? [];
    if (last.length > 0 && sizeOf(documentOf(...last, statement)) > limit) documents.push([statement]);
    else last.push(statement);
  }
  return documents.map((statements) => documentOf(...statements));
}

function cut(statement: PolicyStatement, limit: number): readonly PolicyStatement[] {
  if (sizeOf(documentOf(statement)) <= limit) return [statement];
  const half = Math.ceil(statement.Resource.length / 2);
  if (statement.Resource.length < 2)
    throw new Error(`statement ${statement.Sid} alone has more than ${limit} characters`);
  const parts = [statement.Resource.slice(0, half), statement.Resource.slice(half)];
  return parts.flatMap((Resource, index) =>
    cut({ ...statement, Sid: `${statement.Sid}${index + 1}`, Resource }, limit),
  );
}
