/** Roles and managed policies out of plain policy documents (deploy/policies). */
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { rolePath } from '../names.ts';
import { managedPolicies, type PolicyDocument, type TrustDocument } from '../policies/index.ts';

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  readonly trust: TrustDocument;
  /** Absent or empty: the role may do nothing. */
  readonly policy?: PolicyDocument | undefined;
  readonly boundary?: CfnManagedPolicy;
}

/** A role under our path, with its rights in as many managed policies as their size asks for: they are there before the role is. */
export function addRole(scope: Construct, id: string, props: RoleProps): CfnRole {
  const { name, description, trust, policy, boundary } = props;
  const documents = policy === undefined || policy.Statement.length === 0 ? [] : managedPolicies(policy);
  const policies = documents.map((document, index) =>
    addManagedPolicy(scope, `${id}Policy${index + 1}`, {
      name: documents.length === 1 ? name : `${name}-${index + 1}`,
      description: `Rights of the role ${name}`,
      document,
    }),
  );
  return new CfnRole(scope, id, {
    roleName: name,
    path: rolePath,
    description,
    assumeRolePolicyDocument: trust,
    maxSessionDuration: 3_600,
    managedPolicyArns: policies.map(({ ref }) => ref),
    ...(boundary === undefined ? {} : { permissionsBoundary: boundary.ref }),
  });
}

export function addManagedPolicy(
  scope: Construct,
  id: string,
  props: { readonly name: string; readonly description: string; readonly document: PolicyDocument },
): CfnManagedPolicy {
  return new CfnManagedPolicy(scope, id, {
    managedPolicyName: props.name,
    path: rolePath,
    description: props.description,
    policyDocument: props.document,
  });
}
