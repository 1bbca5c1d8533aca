/** Everything that stands in the account, in a form that two worlds can be compared by: no random ids, revision numbers, addresses or times. */
import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { group, zoneId } from './facts.ts';
import type { Hands } from './world.ts';

/** All that is not AWS's own tombstone of something dead. */
export async function liveState(hands: Hands): Promise<unknown> {
  const [clusters, definitions, groups, rules, records, targets] = [
    await readClusters(hands),
    await readDefinitions(hands),
    await readTargetGroups(hands),
    await readRules(hands),
    await readRecords(hands),
    await readScaling(hands),
  ];
  return neutral({ clusters, definitions, groups, rules, records, targets, endpoints: await readEndpoints(hands) });
}

async function readClusters({ ecs }: Hands): Promise<unknown[]> {
  const { clusterArns = [] } = await ecs.listClusters({});
  if (clusterArns.length === 0) return [];
  const { clusters = [] } = await ecs.describeClusters({
    clusters: clusterArns,
    include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'],
  });
  return Promise.all(
    clusters.map(async ({ tags, configuration, ...cluster }) => {
      const { serviceArns = [] } = await ecs.listServices({ cluster: cluster.clusterArn });
      const { services = [] } =
        serviceArns.length === 0
          ? {}
          : await ecs.describeServices({ cluster: cluster.clusterArn, services: serviceArns, include: ['TAGS'] });
      const { executeCommandConfiguration: exec, ...others } = configuration ?? {};
      // Asking for the default by name is as good as not asking.
      const asked = exec === undefined || exec.logging === 'DEFAULT' ? others : configuration;
      return { ...cluster, configuration: asked, tags: sorted(tags), services: services.map(plainService) };
    }),
  );
}

function plainService(service: Service): unknown {
  const { tags, deployments, events: _e, createdAt: _c, createdBy: _b, ...rest } = service;
  const { currentServiceDeployment: _d, currentServiceRevisions: _r, ...members } = rest;
  const rollouts = deployments?.map(({ status, rolloutState, taskDefinition, runningCount }) => ({
    status,
    rolloutState,
    taskDefinition,
    runningCount,
  }));
  const { alarms, ...deployment } = members.deploymentConfiguration ?? {};
  // Alarms that are switched off are none.
  const deploymentConfiguration = alarms?.enable === true ? members.deploymentConfiguration : deployment;
  return { ...members, deploymentConfiguration, tags: sorted(tags), rollouts };
}

async function readDefinitions({ ecs }: Hands): Promise<unknown[]> {
  const { taskDefinitionArns: active = [] } = await ecs.listTaskDefinitions({ status: 'ACTIVE' });
  // Deregistered and never deleted: leaked.
  const { taskDefinitionArns: inactive = [] } = await ecs.listTaskDefinitions({ status: 'INACTIVE' });
  return Promise.all(
    [...active, ...inactive].map(async (taskDefinition) => {
      const answer = await ecs.describeTaskDefinition({ taskDefinition, include: ['TAGS'] });
      const {
        registeredAt: _at,
        registeredBy: _by,
        revision: _n,
        ...definition
      }: TaskDefinition = answer.taskDefinition ?? {};
      const containers = definition.containerDefinitions?.map((container) => ({
        ...container,
        environment: container.environment?.map(({ name = '', value }) => `${name}=${value}`).sort(),
      }));
      return { ...definition, containerDefinitions: containers, tags: sorted(answer.tags) };
    }),
  );
}

async function readTargetGroups({ elb }: Hands): Promise<unknown[]> {
  const { TargetGroups = [] } = await elb.describeTargetGroups({});
  return Promise.all(
    TargetGroups.map(async (one) => {
      const TargetGroupArn = one.TargetGroupArn ?? '';
      const { Attributes = [] } = await elb.describeTargetGroupAttributes({ TargetGroupArn });
      const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn });
      return {
        ...one,
        tags: await tagsOf(elb, TargetGroupArn),
        attributes: Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value])),
        // Ones that drain are on their way out.
        targets: TargetHealthDescriptions.map(({ Target, TargetHealth }) => `${Target?.Port} ${TargetHealth?.State}`)
          .filter((text) => !text.includes('draining'))
          .sort(),
      };
    }),
  );
}

async function readRules({ elb }: Hands): Promise<unknown[]> {
  const { Rules = [] } = await elb.describeRules({ ListenerArn: group.listenerArn });
  return Promise.all(Rules.map(async (rule) => ({ ...rule, tags: await tagsOf(elb, rule.RuleArn ?? '') })));
}

/** Without their ids and all that is named after them. */
async function readEndpoints({ ec2 }: Hands): Promise<unknown[]> {
  const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({});
  return VpcEndpoints.filter(({ State }) => String(State) !== 'deleted')
    .map((one) => {
      const {
        VpcEndpointId: _id,
        NetworkInterfaceIds,
        DnsEntries = [],
        CreationTimestamp: _at,
        Tags = [],
        ...rest
      } = one;
      return {
        ...rest,
        SubnetIds: [...(one.SubnetIds ?? [])].sort(),
        Groups: (one.Groups ?? []).map(({ GroupId }) => GroupId).sort(),
        interfaces: NetworkInterfaceIds?.length,
        names: DnsEntries.map(({ DnsName = '' }) => DnsName).filter((name) => !name.startsWith('vpce-')),
        tags: Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value]).sort()),
      };
    })
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

async function tagsOf(elb: Hands['elb'], arn: string): Promise<unknown> {
  const { TagDescriptions = [] } = await elb.describeTags({ ResourceArns: [arn] });
  return Object.fromEntries((TagDescriptions[0]?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]).sort());
}

async function readRecords({ dns }: Hands): Promise<unknown[]> {
  const { ResourceRecordSets = [] } = await dns.listResourceRecordSets({ HostedZoneId: zoneId });
  return ResourceRecordSets.filter(({ Name = '' }) => !Name.startsWith('_cellwright-'));
}

async function readScaling({ scaling }: Hands): Promise<unknown[]> {
  const ecs = { ServiceNamespace: 'ecs' } as const;
  const { ScalableTargets = [] } = await scaling.describeScalableTargets(ecs);
  return Promise.all(
    ScalableTargets.map(async ({ CreationTime: _at, ScalableTargetARN, ...target }) => {
      const { Tags = {} } = await scaling.listTagsForResource({ ResourceARN: ScalableTargetARN });
      const { ScalingPolicies = [] } = await scaling.describeScalingPolicies({ ...ecs, ResourceId: target.ResourceId });
      const policies = ScalingPolicies.map(
        ({ CreationTime: _made, PolicyARN: _arn, Alarms: _alarms, ...rest }) => rest,
      );
      return { ...target, tags: Object.fromEntries(Object.entries(Tags).sort()), policies };
    }),
  );
}

function sorted(tags: readonly { key?: string | undefined; value?: string | undefined }[] | undefined): unknown {
  return Object.fromEntries((tags ?? []).map(({ key = '', value }) => [key, value]).sort());
}

/** Random parts of ARNs and revision numbers say nothing about whether two worlds are equal. */
function neutral(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/(targetgroup\/[^/"]+)\/[0-9a-f]{16}/g, '$1/id')
    .replace(/(listener-rule\/app\/[^"]*)\/[0-9a-f]{16}"/g, '$1/id"')
    .replace(/(task-definition\/[^:"]+):\d+/g, '$1:n');
  const parsed: unknown = JSON.parse(text);
  return parsed;
}
