import type { Behaviour } from './behaviour.ts';
import { ecsDefinitionBehaviours } from './ecs-definitions.ts';
import { ecsServiceBehaviours } from './ecs-services.ts';
import { ecsTaskBehaviours } from './ecs-tasks.ts';
import { sources as s } from './sources.ts';

const clusters = 'test/simulator/ecs/clusters.test.ts';
const quotas = 'test/simulator/ecs/quotas.test.ts';
const members = 'test/simulator/ecs/members.test.ts';
const rules = 'test/simulator/ecs/service-rules.test.ts';
const wire = 'test/simulator/ecs/wire.test.ts';

const bucket = (operations: string, rate: string): Behaviour => ({
  what: `${operations} draw from one bucket of ${rate} (capacity / tokens a second), for each account and Region.`,
  kind: 'documented',
  source: s.ecsThrottling,
  test: ['test/simulator/ecs/throttling.test.ts', 'hold what ECS documents, one for each group and shared within it'],
});

const buckets: readonly Behaviour[] = [
  bucket(
    'CreateCluster, DeleteCluster, UpdateCluster, UpdateClusterSettings and PutClusterCapacityProviders',
    '20 / 1',
  ),
  bucket('DescribeClusters and ListClusters', '50 / 20'),
  bucket('RegisterTaskDefinition and DeregisterTaskDefinition', '20 / 1'),
  bucket('DeleteTaskDefinitions calls', '5 / 1'),
  bucket('DescribeTaskDefinition, ListTaskDefinitions and ListTaskDefinitionFamilies', '50 / 20'),
  bucket('CreateService, UpdateService and DeleteService', '50 / 5'),
  bucket('DescribeServices and ListServices', '100 / 20'),
  bucket('ListServicesByNamespace calls', '10 / 1'),
  bucket('DescribeServiceDeployments and ListServiceDeployments', '50 / 20'),
  bucket('DescribeServiceRevisions calls', '50 / 20'),
  bucket('DescribeTasks and ListTasks', '100 / 20'),
  bucket('StopTask calls', '100 / 40'),
  bucket('DescribeCapacityProviders calls', '50 / 20'),
  bucket('TagResource and UntagResource', '20 / 10'),
  bucket('ListTagsForResource calls', '50 / 20'),
  bucket('PutAccountSetting, PutAccountSettingDefault and DeleteAccountSetting', '10 / 1'),
  bucket('ListAccountSettings calls', '50 / 20'),
  {
    what: 'A throttled ECS call gets ThrottlingException, "Rate exceeded", with HTTP 400.',
    kind: 'documented',
    source: s.ecsThrottling,
    test: [wire, 'answers every refusal with HTTP 400, also what is not found or throttled'],
  },
  {
    what: 'A refused ECS call has paid its token, as a served one has.',
    kind: 'assumed',
    source: s.ecsThrottling,
    test: ['test/simulator/ecs/throttling.test.ts', 'fill at the documented rate'],
  },
];

const quota = (what: string, title: string, source: string = s.ecsQuotas): Behaviour => ({
  what,
  kind: 'documented',
  source,
  test: [quotas, title],
});

const limits: readonly Behaviour[] = [
  {
    what: 'An account has 10,000 ACTIVE clusters in a Region at most (adjustable); one more is refused by ClientException.',
    kind: 'documented',
    source: s.ecsQuotas,
    test: [clusters, 'refuses a cluster over the quota'],
  },
  quota(
    'A cluster has 5,000 services at most, INACTIVE ones not counted; one more is refused by InvalidParameterException.',
    'of services per cluster: 5,000, and an ended service does not count',
  ),
  quota(
    'A service wants 5,000 tasks at most; more are refused by InvalidParameterException, at CreateService and UpdateService.',
    'of tasks per service: 5,000, at its making and at every change',
  ),
  quota('A service has 5 target groups at most.', 'of target groups per service: 5'),
  quota(
    'A network configuration has 16 subnets and 5 security groups at most.',
    'of subnets and security groups in a network configuration: 16 and 5',
  ),
  quota('A task definition has 10 containers at most.', 'of containers in a task definition: 10'),
  quota('A task definition has 64 KiB at most.', 'of a task definition’s size: 64 KiB'),
  quota(
    'A family has 1,000,000 revisions at most, deleted ones included; one more is refused by LimitExceededException.',
    'of revisions in a family: 1,000,000, deleted ones included',
  ),
  quota('A creating call carries 50 tags at most.', 'of tags on a resource: 50, in the creating call too'),
  {
    what: 'TagResource beyond 50 tags in all is refused by LimitExceededException.',
    kind: 'documented',
    source: s.ecsModel,
    test: ['test/simulator/ecs/services.test.ts', 'refuses more than 50 in all'],
  },
  {
    what: 'Tag keys have 1 to 128 characters and no `aws:` prefix, values up to 256.',
    kind: 'documented',
    source: s.ecsModel,
    test: ['test/simulator/ecs/services.test.ts', 'a reserved tag'],
  },
  {
    what: 'Fargate tasks that have not stopped use up the On-Demand vCPU quota (6 by default); what does not fit waits, and a service event says so.',
    kind: 'documented',
    source: s.ecsQuotas,
    test: [
      'test/simulator/ecs/rollout.test.ts',
      'launches only what the vCPU quota has room for, and the rest when room comes',
    ],
  },
  {
    what: 'Freed vCPU go to the service that has waited longest; a waiting service also looks again after a minute.',
    kind: 'assumed',
    source: s.ecsQuotas,
    test: ['test/simulator/ecs/rollout.test.ts', 'hands the vCPU of stopped tasks to whoever waits'],
  },
  quota(
    'Fargate launches 100 tasks of an account at once and 20 a second in 16 Regions, 25 and 5 in the others.',
    'of an account on Fargate: 100 at once and 20 a second, or 25 and 5 where the Region is not among the first',
    s.fargateThrottling,
  ),
  quota(
    'The scheduler launches 500 tasks a minute for one service in 16 Regions, 125 in the others.',
    'of a service: 500 a minute, or 125 where the Region is not among the first',
  ),
];

const sizes: readonly Behaviour[] = [
  {
    what: 'ListClusters, ListTasks, ListTaskDefinitions and ListTaskDefinitionFamilies give 1 to 100 a page, 100 by default.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'lists 100 task definitions and 100 tasks a page where nothing else is asked'],
  },
  {
    what: 'ListServices gives 1 to 100 a page, but only 10 by default.',
    kind: 'documented',
    source: s.ecsModel,
    test: ['test/simulator/ecs/services.test.ts', 'lists ten a page where nothing else is asked'],
  },
  {
    what: 'ListServicesByNamespace spans the clusters of a Region, 10 a page by default; an unknown namespace is NamespaceNotFoundException.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'finds services of all clusters by their namespace or their cluster’s, ten a page'],
  },
  {
    what: 'ListServiceDeployments gives 20 a page by default; DescribeServiceDeployments and DescribeServiceRevisions read 20 a call.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'are listed 20 a page where nothing else is asked, and read 20 a call'],
  },
  {
    what: 'ListAccountSettings gives 1 to 10 a page.',
    kind: 'documented',
    source: s.ecsModel,
    test: ['test/simulator/ecs/account.test.ts', 'are listed ten a page at most'],
  },
  {
    what: 'DescribeServices and DeleteTaskDefinitions take 10 names, DescribeTasks 100; none at all is refused too.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, "['DescribeServices', 'services', 10]"],
  },
  {
    what: 'DescribeClusters takes 100 names; unknown ones are failures with the reason MISSING and HTTP 200.',
    kind: 'documented',
    source: s.ecsModel,
    test: [clusters, 'reports unknown ones as MISSING and refuses more than 100'],
  },
  {
    what: 'A list that changes while it is paged through goes on after the last item given out.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [clusters, 'lists all clusters page by page, also when the list changes meanwhile'],
  },
];

const clusterLife: readonly Behaviour[] = [
  {
    what: 'Names of clusters, services and families have 1 to 255 letters, digits, hyphens and underscores; others are InvalidParameterException (families: ClientException).',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'have up to 255 letters, digits, hyphens and underscores'],
  },
  {
    what: 'CreateCluster with the name of an ACTIVE cluster answers with that one, and applies neither settings nor tags.',
    kind: 'observed',
    source: s.ecsClusterAgain,
    test: [clusters, 'returns the existing ACTIVE cluster and applies nothing to it'],
  },
  {
    what: 'CreateCluster takes 0.3 s; the cluster shows in reads after 0 to 3 s.',
    kind: 'assumed',
    source: s.ecsClusterLatency,
    test: [clusters, 'may not show in reads for up to three seconds'],
  },
  {
    what: 'CreateService right after CreateCluster may get ClusterNotFoundException, for as long as reads do not show the cluster.',
    kind: 'observed',
    source: s.ecsServiceRetries,
    test: [
      clusters,
      'may not be known yet to calls that come at once, but never to those that change the cluster itself',
    ],
  },
  {
    what: 'DescribeClusters always shows status and counts; tags, settings, statistics and configuration only where `include` names them.',
    kind: 'documented',
    source: s.ecsModel,
    test: [clusters, 'shows what include asks for, and the counts always'],
  },
  {
    what: 'DeleteCluster is refused by ClusterContainsServicesException while a service is ACTIVE, then by ClusterContainsTasksException while tasks are left.',
    kind: 'documented',
    source: s.ecsModel,
    test: [clusters, 'is refused while there are services or tasks'],
  },
  {
    what: 'A deleted cluster is INACTIVE: describable for an hour, not listed, ClusterNotFoundException to everything else; its name can be used at once.',
    kind: 'observed',
    source: s.ecsClusterTombstone,
    test: [clusters, 'leaves a tombstone for an hour, under whose name a new one can be made'],
  },
  {
    what: 'A new cluster under the name of an INACTIVE one has nothing of the old one’s tags and settings.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [clusters, 'leaves a tombstone for an hour, under whose name a new one can be made'],
  },
  {
    what: 'The hour of the tombstones can be set, and follows the latency factor.',
    kind: 'assumed',
    source: s.ecsClusterTombstone,
    test: [rules, 'last as long as this AWS is told'],
  },
  {
    what: 'Every account has the capacity providers FARGATE and FARGATE_SPOT; one that services use cannot be taken from a cluster.',
    kind: 'documented',
    source: s.ecsModel,
    test: ['test/simulator/ecs/account.test.ts', 'knows the two capacity providers that every account has'],
  },
  {
    what: 'The account setting containerInsights decides on new clusters that do not say; it is disabled by default.',
    kind: 'documented',
    source: s.ecsAccountSettings,
    test: ['test/simulator/ecs/account.test.ts', 'decide on Container Insights of new clusters that do not say'],
  },
  {
    what: 'The other account settings are kept and listed and move nothing; long ARNs cannot be switched off, FIPS mode and GuardDuty are refused.',
    kind: 'assumed',
    source: s.ecsAccountSettings,
    test: ['test/simulator/ecs/account.test.ts', "['serviceLongArnFormat', 'disabled']"],
  },
];

const refusals: readonly Behaviour[] = [
  {
    what: 'Every modelled client error of ECS has HTTP 400, also what is not found.',
    kind: 'documented',
    source: s.ecsModel,
    test: [wire, 'answers every refusal with HTTP 400, also what is not found or throttled'],
  },
  {
    what: 'Blue/green, linear and canary deployments, lifecycle hooks, early success, gateway connectors, monitoring, Classic Load Balancers and other deployment controllers are not simulated: UnsupportedFeatureException.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [members, 'a service with %s is an unsupported feature'],
  },
  {
    what: 'What Fargate does not run (links, devices, GPUs, Docker volumes, placement) and what is not simulated of containers (restart policies, Windows) is refused by ClientException.',
    kind: 'assumed',
    source: s.ecsTaskDefinition,
    test: [members, 'a task definition with %s is refused by ClientException'],
  },
  {
    what: 'A word that a member does not know, and a member that an operation does not act on, is refused by InvalidParameterException.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [members, '%s refuses %j by InvalidParameterException'],
  },
  {
    what: 'A service role is refused where tasks have interfaces of their own.',
    kind: 'observed',
    source: s.ecsServiceRole,
    test: [members, 'refuse a role of the service where tasks have interfaces of their own'],
  },
  {
    what: 'Cloud Map registries, Service Connect, volumes and VPC Lattice are kept, shown, and start a deployment; nothing beyond ECS acts on them, and every namespace exists.',
    kind: 'assumed',
    source: s.ecsUpdateService,
    test: [
      members,
      'are kept and given back, and start a deployment: registries, Service Connect, volumes, VPC Lattice',
    ],
  },
  {
    what: 'Alarms of a deployment never go off, and its bake time is not waited for.',
    kind: 'assumed',
    source: s.ecsUpdateService,
    test: [members, 'are kept and given back, and do nothing: alarms and a bake time'],
  },
  {
    what: 'ECS takes 50 ms to answer a read, 100 ms a write.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [members, 'take 50 ms to read, 100 to write, 300 to make a cluster and 500 to make a service'],
  },
  {
    what: 'The `aws` CLI makes, describes, changes, waits for and removes a whole tenant chain, and shows ECS’s refusals of the wrong order by their names.',
    kind: 'observed',
    source: s.ecsModel,
    test: ['test/conformance/aws-cli-from-nothing.test.ts', 'is refused what comes in the wrong order'],
  },
];

export const ecsBehaviours: readonly Behaviour[] = [
  ...buckets,
  ...limits,
  ...sizes,
  ...clusterLife,
  ...ecsDefinitionBehaviours,
  ...ecsServiceBehaviours,
  ...ecsTaskBehaviours,
  ...refusals,
];
