/** What calls of ECS ask for (Service Authorization Reference, Elastic Container Service; ECS developer guide, tagging on creation). */
import type { Asked } from '../evaluate.ts';
import { onAll, type Request, requestTags, type Table, tagList } from '../request.ts';

const own = 'ecs';

export const ecsTable: Table = {
  CreateCluster: (request) => {
    const name = request.text('clusterName') ?? 'default';
    const arn = request.arn(own, `cluster/${name}`);
    return [...created(request, 'CreateCluster', arn), ...linkedRole(request)];
  },
  CreateService: (request) => {
    const arn = serviceArn(request, request.text('serviceName') ?? '');
    return [
      ...created(request, 'CreateService', arn, inCluster(request)),
      ...passed(request, ['role'], 'ecs.amazonaws.com'),
    ];
  },
  RegisterTaskDefinition: (request) => {
    const tags = tagsGiven(request);
    // A refusal names the resource `*`; the tags' own action is asked for on the family, without a revision (observed).
    const family = request.arn(own, `task-definition/${request.text('family') ?? ''}`);
    return [
      onAll('ecs:RegisterTaskDefinition', requestTags(tags)),
      ...tagging('RegisterTaskDefinition', family, tags),
      ...passed(request, ['taskRoleArn', 'executionRoleArn'], 'ecs-tasks.amazonaws.com'),
    ];
  },
  DescribeClusters: (request) => each(request, 'DescribeClusters', clusterArns(request, 'clusters')),
  UpdateCluster: (request) => each(request, 'UpdateCluster', [clusterArn(request)]),
  UpdateClusterSettings: (request) => each(request, 'UpdateClusterSettings', [clusterArn(request)]),
  PutClusterCapacityProviders: (request) => each(request, 'PutClusterCapacityProviders', [clusterArn(request)]),
  DeleteCluster: (request) => each(request, 'DeleteCluster', [clusterArn(request)]),
  ListClusters: () => [onAll('ecs:ListClusters')],
  DescribeServices: (request) =>
    each(
      request,
      'DescribeServices',
      request.texts('services').map((name) => serviceArn(request, name)),
      inCluster(request),
    ),
  ListServices: (request) => [onAll('ecs:ListServices', inCluster(request))],
  UpdateService: (request) => onService(request, 'UpdateService'),
  DeleteService: (request) => onService(request, 'DeleteService'),
  DescribeTaskDefinition: () => [onAll('ecs:DescribeTaskDefinition')],
  ListTaskDefinitions: () => [onAll('ecs:ListTaskDefinitions')],
  ListTaskDefinitionFamilies: () => [onAll('ecs:ListTaskDefinitionFamilies')],
  DeregisterTaskDefinition: () => [onAll('ecs:DeregisterTaskDefinition')],
  DeleteTaskDefinitions: (request) =>
    each(
      request,
      'DeleteTaskDefinitions',
      request.texts('taskDefinitions').map((name) => request.named(own, 'task-definition', name)),
    ),
  ListTasks: (request) => [
    {
      action: 'ecs:ListTasks',
      resource: request.arn(own, `container-instance/${clusterName(request)}/*`),
      context: inCluster(request),
    },
  ],
  DescribeTasks: (request) =>
    each(
      request,
      'DescribeTasks',
      request.texts('tasks').map((task) => request.named(own, `task/${clusterName(request)}`, task)),
      inCluster(request),
    ),
  TagResource: (request) => {
    const arn = request.text('resourceArn') ?? '*';
    return each(request, 'TagResource', [arn], requestTags(tagsGiven(request)));
  },
  UntagResource: (request) =>
    each(request, 'UntagResource', [request.text('resourceArn') ?? '*'], { 'aws:TagKeys': request.texts('tagKeys') }),
  ListTagsForResource: (request) => each(request, 'ListTagsForResource', [request.text('resourceArn') ?? '*']),
};

function clusterName(request: Request): string {
  return (request.text('cluster') ?? 'default').replace(/^arn:.*:cluster\//, '');
}

function clusterArn(request: Request): string {
  return request.named(own, 'cluster', request.text('cluster') ?? 'default');
}

/** A list that is not given means the default cluster. */
function clusterArns(request: Request, member: string): readonly string[] {
  const names = request.texts(member);
  return (names.length === 0 ? ['default'] : names).map((name) => request.named(own, 'cluster', name));
}

function serviceArn(request: Request, name: string): string {
  return request.named(own, `service/${clusterName(request)}`, name);
}

function inCluster(request: Request): Asked['context'] {
  return { 'ecs:cluster': clusterArn(request) };
}

function onService(request: Request, operation: string): readonly Asked[] {
  return each(request, operation, [serviceArn(request, request.text('service') ?? '')], inCluster(request));
}

function each(
  request: Request,
  operation: string,
  arns: readonly string[],
  context: Asked['context'] = {},
): readonly Asked[] {
  return arns.map((resource) => ({
    action: `ecs:${operation}`,
    resource,
    context: { ...request.tagsOf(resource, own), ...context },
  }));
}

function tagsGiven(request: Request): ReadonlyMap<string, string> {
  return tagList(request.objects('tags'), ['key', 'value']);
}

function created(request: Request, operation: string, arn: string, context: Asked['context'] = {}): readonly Asked[] {
  const tags = tagsGiven(request);
  return [...each(request, operation, [arn], { ...requestTags(tags), ...context }), ...tagging(operation, arn, tags)];
}

function tagging(operation: string, resource: string, tags: ReadonlyMap<string, string>): readonly Asked[] {
  if (tags.size === 0) return [];
  return [{ action: 'ecs:TagResource', resource, context: { ...requestTags(tags), 'ecs:CreateAction': operation } }];
}

function passed(request: Request, members: readonly string[], service: string): readonly Asked[] {
  const roles = members.map((member) => request.text(member)).filter((role) => role !== undefined);
  return [...new Set(roles)].map((role) => ({
    action: 'iam:PassRole',
    resource: role.startsWith('arn:') ? role : `arn:aws:iam::${request.call.account}:role/${role}`,
    context: { 'iam:PassedToService': service },
  }));
}

/** The first cluster of an account makes AWS's own role for ECS. */
function linkedRole(request: Request): readonly Asked[] {
  const { account } = request.call;
  const service = 'ecs.amazonaws.com';
  if (request.live.hasLinkedRole(account, service)) return [];
  const resource = `arn:aws:iam::${account}:role/aws-service-role/${service}/AWSServiceRoleForECS`;
  return [{ action: 'iam:CreateServiceLinkedRole', resource, context: { 'iam:AWSServiceName': service } }];
}
