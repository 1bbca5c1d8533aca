/** Which IAM actions one call of an API asks for. */

const prefixes: Readonly<Record<string, string>> = {
  elbv2: 'elasticloadbalancing',
  'service-quotas': 'servicequotas',
  'dynamodb-streams': 'dynamodb',
};

/** What is asked for beside the call's own action where it brings tags. */
const tagging: Readonly<Record<string, { readonly member: string; readonly action: string }>> = {
  ecs: { member: 'tags', action: 'ecs:TagResource' },
  elbv2: { member: 'Tags', action: 'elasticloadbalancing:AddTags' },
  ec2: { member: 'TagSpecifications', action: 'ec2:CreateTags' },
  'application-autoscaling': { member: 'Tags', action: 'application-autoscaling:TagResource' },
};

/** A transaction is judged by its parts. */
const parts: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

export function actionsOf(service: string, operation: string, input: object): readonly string[] {
  if (operation === 'TransactWriteItems') {
    const { TransactItems = [] } = input as { TransactItems?: readonly object[] };
    return [...new Set(TransactItems.flatMap((item) => Object.keys(item)).map((part) => parts[part] ?? part))];
  }
  const own = `${prefixes[service] ?? service}:${operation}`;
  const tags = tagging[service];
  const brought = tags === undefined ? undefined : (input as Record<string, unknown>)[tags.member];
  const isTagged = typeof brought === 'object' && brought !== null && Object.keys(brought).length > 0;
  return tags !== undefined && isTagged && tags.action !== own ? [own, tags.action] : [own];
}
