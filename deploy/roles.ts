/** The roles of a synthesized assembly as plain documents: what `cellwright sim --roles FILE` enforces. */
import { rolePath } from './names.ts';
import { resolveValue, type StackOf, type TemplateResource } from './resolve.ts';

/** One role, with everything that decides what it may do. Documents are policy documents as IAM has them. */
export interface SynthesizedRole {
  readonly arn: string;
  readonly trust: unknown;
  readonly policies: readonly unknown[];
  readonly boundary?: unknown;
}

/** All roles under our own path, in the order of the stacks. Those that AWS services alone use (flow logs) are left out. */
export function rolesOf(stacks: readonly StackOf[]): readonly SynthesizedRole[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties?.['Path'] === rolePath)
      .map(([id, resource]) => roleOf(id, resource, stack)),
  );
}

function roleOf(id: string, { Properties = {} }: TemplateResource, stack: StackOf): SynthesizedRole {
  const attached = listOf(resolveValue(Properties['ManagedPolicyArns'], stack));
  const inline = listOf(resolveValue(Properties['Policies'], stack)).map((policy) => documentIn(policy));
  const boundary = resolveValue(Properties['PermissionsBoundary'], stack);
  return {
    arn: String(resolveValue({ 'Fn::GetAtt': [id, 'Arn'] }, stack)),
    trust: resolveValue(Properties['AssumeRolePolicyDocument'], stack),
    policies: [...attached.map((arn) => managedPolicy(arn, stack)), ...inline, ...policiesOnto(id, stack)],
    ...(boundary === undefined ? {} : { boundary: managedPolicy(boundary, stack) }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function documentIn(policy: unknown): unknown {
  return typeof policy === 'object' && policy !== null && 'PolicyDocument' in policy
    ? policy.PolicyDocument
    : undefined;
}

/** The document of a managed policy of the same stack. Throws for any other: what it says would not be known. */
function managedPolicy(arn: unknown, stack: StackOf): unknown {
  const found = Object.entries(stack.template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::IAM::ManagedPolicy' && resolveValue({ Ref: id }, stack) === arn,
  );
  if (found === undefined) throw new Error(`the template of ${stack.name} has no managed policy ${String(arn)}`);
  return resolveValue(found[1].Properties?.['PolicyDocument'], stack);
}

/** Policies that name the role, instead of being named by it. */
function policiesOnto(id: string, stack: StackOf): readonly unknown[] {
  const name = resolveValue({ Ref: id }, stack);
  return Object.values(stack.template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    .filter(({ Properties }) => listOf(resolveValue(Properties?.['Roles'], stack)).includes(name))
    .map(({ Properties }) => resolveValue(Properties?.['PolicyDocument'], stack));
}
