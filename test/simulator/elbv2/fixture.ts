import type {
  CreateListenerInput,
  CreateRuleInput,
  CreateTargetGroupInput,
  DescribeTargetHealthOutput,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect } from 'vitest';
import type { Clock } from '../../../src/model/clock.ts';
import { createAcm } from '../../../src/simulator/acm/index.ts';
import { createElb } from '../../../src/simulator/elbv2/index.ts';
import { AwsError, type Ec2World, type EcsWorld, type ServiceId } from '../../../src/simulator/kernel.ts';
import { createServiceQuotas } from '../../../src/simulator/quotas/index.ts';
import { createRoute53 } from '../../../src/simulator/route53/index.ts';
import { SimulatedAws } from '../../../src/simulator/world.ts';

export const account = '111111111111';
export const region = 'us-east-1';
export const loadBalancerArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shared-1/0123456789abcdef`;
export const listenerArn = `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/shared-1/0123456789abcdef/fedcba9876543210`;

/** A clock that stands still: only `advance` moves the simulator's time. */
const frozen: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  after: () => () => undefined,
  sleep: () => Promise.resolve(),
};

/** What a test hands out as running tasks, by `<vpc>/<ip>`. */
export type Tasks = Map<string, { taskArn: string; environment: Record<string, string> }>;

export function createFixture(
  options: { seed?: number; throttle?: boolean; latencyFactor?: number; rootErrorBody?: boolean } = {},
) {
  const { rootErrorBody = false, ...rest } = options;
  const world = new SimulatedAws({ clock: frozen, throttle: false, ...rest });
  const tasks: Tasks = new Map();
  const ecs: EcsWorld = {
    taskAt: (vpcId, ip) => tasks.get(`${vpcId}/${ip}`),
    scalableService: () => undefined,
    setDesiredCount: () => undefined,
    onServiceEnd: () => () => undefined,
  };
  const subnets = new Map([
    ['subnet-a', { vpc: 'vpc-1', zone: 'us-east-1a' }],
    ['subnet-b', { vpc: 'vpc-1', zone: 'us-east-1b' }],
    ['subnet-b2', { vpc: 'vpc-1', zone: 'us-east-1b' }],
    ['subnet-c', { vpc: 'vpc-1', zone: 'us-east-1c' }],
    ['subnet-z', { vpc: 'vpc-2', zone: 'us-east-1a' }],
  ]);
  const groups = new Map([
    ['sg-1', 'vpc-1'],
    ['sg-2', 'vpc-1'],
    ['sg-z', 'vpc-2'],
  ]);
  const refuse = (): never => {
    throw new Error('not part of this fixture');
  };
  const ec2: Ec2World = {
    allocateAddress: (subnetId) => ({ ip: '10.0.0.4', vpcId: subnets.get(subnetId)?.vpc ?? '', eniId: 'eni-1' }),
    releaseAddress: () => undefined,
    interfacesDescribed: () => [],
    setInterfaceGroups: () => undefined,
    seedVpc: refuse,
    seedSubnet: refuse,
    seedSecurityGroup: refuse,
    seedEndpointService: refuse,
    subnetVpc: (_account, _region, subnetId) => subnets.get(subnetId)?.vpc,
    subnetZone: (_account, _region, subnetId) => subnets.get(subnetId)?.zone,
    hasVpc: (_account, _region, vpcId) => vpcId === 'vpc-1' || vpcId === 'vpc-2',
    securityGroupVpc: (_account, _region, groupId) => groups.get(groupId),
  };
  const elb = createElb(world);
  const quotas = createServiceQuotas(world);
  const acm = createAcm(world);
  const dns = createRoute53(world, { rootErrorBody });
  world.install([elb.service, dns.service, quotas.service, acm.service], {
    acm: acm.world,
    ecs,
    ec2,
    elb: elb.world,
    route53: dns.world,
    quotas: quotas.world,
  });
  elb.world.seedLoadBalancer({
    arn: loadBalancerArn,
    vpcId: 'vpc-1',
    subnetIds: ['subnet-a', 'subnet-b'],
    securityGroupIds: ['sg-1'],
  });
  elb.world.seedListener({ arn: listenerArn, loadBalancerArn });
  for (let n = 0; n < certificates; n += 1) {
    acm.world.seedCertificate({ arn: certificate(n), names: [`n${n}.example.com`] });
  }

  const call = (service: ServiceId, operation: string, input: object, as: Caller): object =>
    world.call({ accessKeyId: as.account ?? account, region: as.region ?? region, service, operation, input });

  return {
    world,
    tasks,
    elb: <O>(operation: string, input: object, as: Caller = {}): O => call('elbv2', operation, input, as) as O,
    dns: <O>(operation: string, input: object, as: Caller = {}): O => call('route53', operation, input, as) as O,
  };
}

export type Fixture = ReturnType<typeof createFixture>;

interface Caller {
  readonly account?: string;
  readonly region?: string;
}

/** The error that a call throws; fails the test when it throws none. */
export function refusal(run: () => unknown): AwsError {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return expect.unreachable('the call was expected to be refused');
}

export function makeGroup(fixture: Fixture, name = 'cw-acme', more: Partial<CreateTargetGroupInput> = {}): string {
  const output = fixture.elb<{ TargetGroups: { TargetGroupArn: string }[] }>('CreateTargetGroup', {
    Name: name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-1',
    TargetType: 'ip',
    ...more,
  });
  return output.TargetGroups[0]?.TargetGroupArn ?? '';
}

export function ruleInput(host: string, priority: number, group: string): CreateRuleInput {
  return {
    ListenerArn: listenerArn,
    Priority: priority,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: group }],
  };
}

export function makeRule(fixture: Fixture, input: CreateRuleInput): string {
  const output = fixture.elb<{ Rules: { RuleArn: string }[] }>('CreateRule', input);
  return output.Rules[0]?.RuleArn ?? '';
}

/** A load balancer made by calls, still provisioning, with an HTTP listener that answers 404. */
export function makeLoadBalancer(fixture: Fixture, name: string): { arn: string; listener: string } {
  const made = fixture.elb<{ LoadBalancers: { LoadBalancerArn: string }[] }>('CreateLoadBalancer', {
    Name: name,
    Subnets: ['subnet-a', 'subnet-b'],
    SecurityGroups: ['sg-1'],
  });
  const arn = made.LoadBalancers[0]?.LoadBalancerArn ?? '';
  return { arn, listener: makeListener(fixture, { LoadBalancerArn: arn }) };
}

export function makeListener(fixture: Fixture, more: Partial<CreateListenerInput>): string {
  const output = fixture.elb<{ Listeners: { ListenerArn: string }[] }>('CreateListener', {
    LoadBalancerArn: loadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    ...more,
  });
  return output.Listeners[0]?.ListenerArn ?? '';
}

/** How many certificates there are. */
const certificates = 40;

/** The ARN of a certificate of the fixture's account; from 40 on there is none with this number. */
export function certificate(n: number): string {
  return `arn:aws:acm:${region}:${account}:certificate/00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The health of the only target of a group. */
export function healthOf(fixture: Fixture, group: string): TargetHealth | undefined {
  const output = fixture.elb<DescribeTargetHealthOutput>('DescribeTargetHealth', { TargetGroupArn: group });
  return output.TargetHealthDescriptions?.[0]?.TargetHealth;
}
