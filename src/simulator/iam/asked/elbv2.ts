/** What calls of Elastic Load Balancing ask for (Service Authorization Reference, Elastic Load Balancing V2; its user guide, tagging on creation). */
import type { Asked } from '../evaluate.ts';
import { onAll, type Request, requestTags, type Table, tagList } from '../request.ts';

const own = 'elasticloadbalancing';

export const elbv2Table: Table = {
  CreateTargetGroup: (request) =>
    created(request, 'CreateTargetGroup', request.arn(own, `targetgroup/${request.text('Name') ?? ''}/*`)),
  CreateRule: (request) => {
    const listener = request.text('ListenerArn') ?? '*';
    return created(request, 'CreateRule', listener, `${listener.replace(':listener/', ':listener-rule/')}/*`);
  },
  ModifyRule: (request) => on(request, 'ModifyRule', ['RuleArn']),
  DeleteRule: (request) => on(request, 'DeleteRule', ['RuleArn']),
  // The reference gives this one no condition key.
  SetRulePriorities: (request) =>
    request.objects('RulePriorities').map(({ RuleArn: arn }) => ({
      action: `${own}:SetRulePriorities`,
      resource: typeof arn === 'string' ? arn : '*',
      context: {},
    })),
  ModifyTargetGroup: (request) => on(request, 'ModifyTargetGroup', ['TargetGroupArn']),
  ModifyTargetGroupAttributes: (request) => on(request, 'ModifyTargetGroupAttributes', ['TargetGroupArn']),
  RegisterTargets: (request) => on(request, 'RegisterTargets', ['TargetGroupArn']),
  DeregisterTargets: (request) => on(request, 'DeregisterTargets', ['TargetGroupArn']),
  DeleteTargetGroup: (request) => on(request, 'DeleteTargetGroup', ['TargetGroupArn']),
  DeleteListener: (request) => on(request, 'DeleteListener', ['ListenerArn']),
  ModifyListener: (request) => on(request, 'ModifyListener', ['ListenerArn']),
  DeleteLoadBalancer: (request) => on(request, 'DeleteLoadBalancer', ['LoadBalancerArn']),
  AddTags: (request) => {
    const given = requestTags(tagList(request.objects('Tags'), ['Key', 'Value']));
    return request.texts('ResourceArns').map((arn) => one(request, 'AddTags', arn, given));
  },
  RemoveTags: (request) =>
    request
      .texts('ResourceArns')
      .map((arn) => one(request, 'RemoveTags', arn, { 'aws:TagKeys': request.texts('TagKeys') })),
  ...Object.fromEntries(
    [
      ...['AccountLimits', 'LoadBalancers', 'Listeners', 'ListenerCertificates', 'Rules', 'TargetGroups', 'Tags'],
      ...['TargetGroupAttributes', 'TargetHealth', 'LoadBalancerAttributes', 'SSLPolicies'],
    ].map((what) => [`Describe${what}`, () => [onAll(`${own}:Describe${what}`)]]),
  ),
};

function on(request: Request, operation: string, [member]: readonly [string]): readonly Asked[] {
  return [one(request, operation, request.text(member) ?? '*')];
}

function one(request: Request, operation: string, resource: string, context: Asked['context'] = {}): Asked {
  return { action: `${own}:${operation}`, resource, context: { ...request.tagsOf(resource, own), ...context } };
}

/** `tagged`: what the tags' own action is asked for on, where that is not the same. */
function created(request: Request, operation: string, resource: string, tagged = resource): readonly Asked[] {
  const tags = tagList(request.objects('Tags'), ['Key', 'Value']);
  const given = requestTags(tags);
  const call = one(request, operation, resource, given);
  if (tags.size === 0) return [call];
  const context = { ...given, [`${own}:CreateAction`]: operation };
  return [call, { action: `${own}:AddTags`, resource: tagged, context }];
}
