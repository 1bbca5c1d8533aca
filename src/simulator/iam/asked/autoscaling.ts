/**
 * What calls of Application Auto Scaling ask for (Service Authorization Reference; its user guide, "Permissions validation for API calls on target resources": who registers or sets a policy must be allowed what the
 * service does with it, in ECS and in CloudWatch).
 */
import type { Asked } from '../evaluate.ts';
import { isRecord, onAll, type Request, requestTags, type Table } from '../request.ts';

const own = 'application-autoscaling';
const linkedService = 'ecs.application-autoscaling.amazonaws.com';

export const autoscalingTable: Table = {
  DescribeScalableTargets: () => [onAll(`${own}:DescribeScalableTargets`)],
  DescribeScalingPolicies: () => [onAll(`${own}:DescribeScalingPolicies`)],
  DescribeScalingActivities: () => [onAll(`${own}:DescribeScalingActivities`)],
  ListTagsForResource: (request) => [onArn(request, 'ListTagsForResource')],
  TagResource: (request) => [onArn(request, 'TagResource', requestTags(tagsGiven(request)))],
  UntagResource: (request) => [onArn(request, 'UntagResource', { 'aws:TagKeys': request.texts('TagKeys') })],
  RegisterScalableTarget: (request) => {
    const tags = tagsGiven(request);
    const given = requestTags(tags);
    const tagging = { action: `${own}:TagResource`, resource: anyTarget(request), context: given };
    return [
      onTarget(request, 'RegisterScalableTarget', given),
      ...(tags.size === 0 ? [] : [tagging]),
      ...linkedRole(request),
      ...service(request),
      ...alarms(request, ['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms']),
    ];
  },
  PutScalingPolicy: (request) => [
    onTarget(request, 'PutScalingPolicy'),
    ...service(request),
    ...alarms(request, ['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms']),
  ],
  DeleteScalingPolicy: (request) => [onTarget(request, 'DeleteScalingPolicy'), ...alarms(request, ['DeleteAlarms'])],
  DeregisterScalableTarget: (request) => [
    onTarget(request, 'DeregisterScalableTarget'),
    ...alarms(request, ['DeleteAlarms']),
  ],
};

function anyTarget(request: Request): string {
  return request.arn(own, 'scalable-target/*');
}

function onArn(request: Request, operation: string, context: Asked['context'] = {}): Asked {
  const resource = request.text('ResourceARN') ?? '*';
  return { action: `${own}:${operation}`, resource, context: { ...request.tagsOf(resource), ...context } };
}

/** The target that is there, or any, before it is. */
function onTarget(request: Request, operation: string, context: Asked['context'] = {}): Asked {
  const resource = request.live.scalableTarget(request.call, request.text('ResourceId') ?? '') ?? anyTarget(request);
  const of = {
    [`${own}:service-namespace`]: request.text('ServiceNamespace'),
    [`${own}:scalable-dimension`]: request.text('ScalableDimension'),
  };
  return { action: `${own}:${operation}`, resource, context: { ...request.tagsOf(resource), ...of, ...context } };
}

function tagsGiven(request: Request): ReadonlyMap<string, string> {
  const tags = request.value('Tags');
  return new Map(Object.entries(isRecord(tags) ? tags : {}).map(([key, value]) => [key, String(value)]));
}

function service(request: Request): readonly Asked[] {
  const id = request.text('ResourceId') ?? '';
  const resource = request.arn('ecs', id);
  const [, cluster = ''] = id.split('/');
  const context = { ...request.tagsOf(resource, 'ecs'), 'ecs:cluster': request.arn('ecs', `cluster/${cluster}`) };
  return ['ecs:DescribeServices', 'ecs:UpdateService'].map((action) => ({ action, resource, context }));
}

/** CloudWatch is asked without an alarm's name. */
function alarms(request: Request, operations: readonly string[]): readonly Asked[] {
  const resource = request.arn('cloudwatch', 'alarm:*');
  return operations.map((operation) => ({ action: `cloudwatch:${operation}`, resource, context: {} }));
}

/** The first scalable target of an account makes AWS's own role. */
function linkedRole(request: Request): readonly Asked[] {
  const { account } = request.call;
  if (request.live.hasLinkedRole(account, linkedService)) return [];
  const role = `role/aws-service-role/${linkedService}/AWSServiceRoleForApplicationAutoScaling_ECSService`;
  const context = { 'iam:AWSServiceName': linkedService };
  return [{ action: 'iam:CreateServiceLinkedRole', resource: `arn:aws:iam::${account}:${role}`, context }];
}
