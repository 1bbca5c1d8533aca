import type {
  CreateServiceRequest,
  DescribeServicesResponse,
  DescribeTasksResponse,
  ListTasksResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  Service,
  Task,
} from '@aws-sdk/client-ecs';
import type {
  CreateRuleOutput,
  CreateTargetGroupOutput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect } from 'vitest';
import type { Clock } from '../../../src/model/clock.ts';
import { createEcs, type EcsOptions } from '../../../src/simulator/ecs/index.ts';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import { AwsError, type ServiceId } from '../../../src/simulator/kernel.ts';
import type { SimulatedAwsOptions } from '../../../src/simulator/options.ts';

export const account = '111111111111';
export const region = 'us-east-1';
export const subnets = ['subnet-0a', 'subnet-0b'];
const loadBalancerArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shared-1/0123456789abcdef`;
const listenerArn = `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/shared-1/0123456789abcdef/fedcba9876543210`;

/** A clock that stands still: only `advance` moves the simulator's time. */
const frozen: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  after: () => () => undefined,
  sleep: () => Promise.resolve(),
};

/** The same object, which nobody can change any more: a service that changed its input would fail. */
function frozenDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozenDeep(inner);
  return value;
}

/** The assembled AWS with one VPC, one load balancer with a listener, and one ECS cluster `c1`. */
export function createFixture(options: Partial<SimulatedAwsOptions> & EcsOptions & { vcpu?: number } = {}) {
  const { vcpu = 1_000, tombstoneMs, ...rest } = options;
  const world = createSimulatedAws({ clock: frozen, throttle: false, ...rest });
  const ecs = createEcs(world, tombstoneMs === undefined ? {} : { tombstoneMs });
  world.install([ecs.service], { ecs: ecs.world });
  world.ec2.seedVpc({ vpcId: 'vpc-01', account, region, cidr: '10.0.0.0/16' });
  for (const subnetId of subnets) world.ec2.seedSubnet({ subnetId, vpcId: 'vpc-01' });
  world.ec2.seedSecurityGroup({ groupId: 'sg-01', vpcId: 'vpc-01' });
  world.elb.seedLoadBalancer({
    arn: loadBalancerArn,
    vpcId: 'vpc-01',
    subnetIds: subnets,
    securityGroupIds: ['sg-01'],
  });
  world.elb.seedListener({ arn: listenerArn, loadBalancerArn });
  world.quotas.set({ account, region }, 'fargateVcpu', vcpu);

  const callAs = <O>(service: ServiceId, operation: string, input: object, as = account): O =>
    world.call({ accessKeyId: as, region, service, operation, input: frozenDeep(input) }) as O;
  const call = <O = object>(operation: string, input: object): O => callAs<O>('ecs', operation, input);
  const refused = (operation: string, input: object): { code: string; message: string } => {
    try {
      call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return { code: error.code, message: error.message };
      throw error;
    }
    return expect.fail(`${operation} was not refused`);
  };
  const register = (input: Partial<RegisterTaskDefinitionRequest> & { image?: string } = {}) => {
    const { image = 'app:1', ...others } = input;
    return call<RegisterTaskDefinitionResponse>('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'app',
          image,
          portMappings: [{ containerPort: 8080 }],
          environment: [
            { name: 'TENANT_ID', value: 'acme' },
            { name: 'TIER', value: 'standard' },
          ],
        },
      ],
      ...others,
    });
  };
  let priority = 1;
  const targetGroup = (name: string, options: { attached?: boolean; delay?: number } = {}): string => {
    const group = callAs<CreateTargetGroupOutput>('elbv2', 'CreateTargetGroup', {
      Name: name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-01',
      TargetType: 'ip',
      HealthCheckIntervalSeconds: 10,
    });
    const arn = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
    callAs('elbv2', 'ModifyTargetGroupAttributes', {
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(options.delay ?? 60) }],
    });
    if (options.attached !== false) attach(arn);
    return arn;
  };
  const attach = (arn: string): CreateRuleOutput =>
    callAs<CreateRuleOutput>('elbv2', 'CreateRule', {
      ListenerArn: listenerArn,
      Priority: priority++,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`h${priority}.example.com`] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: arn }],
    });
  const serviceInput = (input: Partial<CreateServiceRequest> = {}): CreateServiceRequest => ({
    cluster: 'c1',
    serviceName: 'svc',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    desiredCount: 1,
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: ['sg-01'] } },
    ...input,
  });
  const service = (name = 'svc', include: string[] = []): Service => {
    const found = call<DescribeServicesResponse>('DescribeServices', { cluster: 'c1', services: [name], include });
    return found.services?.[0] ?? expect.fail(`no service ${name}: ${JSON.stringify(found.failures)}`);
  };
  const tasks = (desiredStatus = 'RUNNING'): Task[] => {
    const { taskArns = [] } = call<ListTasksResponse>('ListTasks', { cluster: 'c1', desiredStatus });
    if (taskArns.length === 0) return [];
    return call<DescribeTasksResponse>('DescribeTasks', { cluster: 'c1', tasks: taskArns }).tasks ?? [];
  };
  /** Lets the simulator's time run, second by second, until the condition holds; returns how many seconds that took. */
  const until = (condition: () => boolean, maxSeconds = 1_200): number => {
    for (let second = 0; second <= maxSeconds; second += 1) {
      if (condition()) return second;
      world.advance(1);
    }
    return expect.fail(`not true within ${maxSeconds} s`);
  };
  const messages = (): string[] => (service().events ?? []).map(({ message = '' }) => message);
  const healthyTargets = (arn: string): string[] =>
    (
      callAs<DescribeTargetHealthOutput>('elbv2', 'DescribeTargetHealth', { TargetGroupArn: arn })
        .TargetHealthDescriptions ?? []
    )
      .filter(({ TargetHealth }) => TargetHealth?.State === 'healthy')
      .map(({ Target }) => Target?.Id ?? '');
  const stable = (): boolean => {
    const { deployments = [], runningCount, desiredCount } = service();
    return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED' && runningCount === desiredCount;
  };
  call('CreateCluster', { clusterName: 'c1' });
  world.advance(10);
  return {
    world,
    controls: ecs.world,
    state: ecs.state,
    operations: ecs.service.operations,
    call,
    callAs,
    refused,
    register,
    targetGroup,
    attach,
    serviceInput,
    /** Creates a service and waits until reads show it. */
    create: (input: Partial<CreateServiceRequest> = {}): void => {
      call('CreateService', serviceInput(input));
      world.advance(5);
    },
    service,
    tasks,
    until,
    messages,
    healthyTargets,
    stable,
  };
}

export type Fixture = ReturnType<typeof createFixture>;

/** A load balancer entry for the container of the fixture's task definition. */
export function balancer(targetGroupArn: string) {
  return { targetGroupArn, containerName: 'app', containerPort: 8080 };
}
