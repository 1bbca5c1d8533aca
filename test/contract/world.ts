/** The ground that the reconcilers are proved on: one account of the simulated AWS, hands that are not ours, and controllers that can die. */
import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53 } from '@aws-sdk/client-route-53';
// Loaded before any virtual clock runs: loading takes real time, in which a virtual clock would run ahead.
import '@aws-sdk/client-sts';
import { createCallBudgets } from '../../src/aws/budget.ts';
import { createCellAccess } from '../../src/aws/cells.ts';
import { createAwsClients } from '../../src/aws/clients.ts';
import { createZoneAccess } from '../../src/aws/zones.ts';
import { setIdentifier } from '../../src/model/names.ts';
import type { EffectiveTenant } from '../../src/model/records/effective.ts';
import type { PlacementInventory } from '../../src/model/resources.ts';
import type { Access, EndpointContext, GroupFacts, PlacementContext } from '../../src/reconcilers/contract.ts';
import { type CompleteAws, createSimulatedAws } from '../../src/simulator/index.ts';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { randomFrom, VirtualClock, VirtualProcess } from '../support/virtual-clock.ts';
import {
  account,
  dependency,
  group,
  installation,
  otherServiceName,
  region,
  reserved,
  service,
  tenant,
  zoneId,
} from './facts.ts';

/** The plain SDK clients of the account, as somebody who is not the controller. */
export interface Hands {
  readonly ec2: EC2;
  readonly ecs: ECS;
  readonly elb: ElasticLoadBalancingV2;
  readonly dns: Route53;
  readonly scaling: ApplicationAutoScaling;
}

export interface Ground {
  readonly clock: VirtualClock;
  readonly aws: CompleteAws;
  readonly hands: Hands;
  readonly random: () => number;
  /** A new controller process: nothing read yet, nothing known but what is handed to it. */
  boot(): Promise<Machine>;
  /** Lets time pass until the work is done. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Calls that changed something, or were to, since call number `since`; other hands' are left out. */
  writes(since: number): readonly CallRecord[];
}

/** A controller process and its way to AWS. */
export interface Machine {
  readonly access: Access;
  readonly process: VirtualProcess;
}

const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** Makes the ground. Latencies are 0 unless `latencyFactor` says otherwise; throttles are off, as they are src/aws's affair. */
export function prepare(options: { seed?: number; latencyFactor?: number } = {}): Ground {
  const clock = new VirtualClock();
  const seed = options.seed ?? 1;
  const aws = createSimulatedAws({ clock, seed, throttle: false, latencyFactor: options.latencyFactor ?? 0 });
  for (const name of ['apply', 'observe', 'reap', 'dns'])
    aws.sts.seedRole({ arn: role(name), trustedAccount: '000000000000' });
  const { vpcId, subnetIds, loadBalancerArn, listenerArn } = group;
  aws.ec2.seedVpc({ vpcId, account, region, dnsHostnames: true });
  for (const subnetId of subnetIds) aws.ec2.seedSubnet({ subnetId, vpcId });
  for (const groupId of ['sg-alb', ...group.taskSecurityGroupIds, 'sg-other', 'sg-endpoints'])
    aws.ec2.seedSecurityGroup({ groupId, vpcId });
  aws.ec2.seedSubnet({ subnetId: 'subnet-d', vpcId, zone: 'us-east-1c' });
  // In the zone of an earlier one: an endpoint cannot have both.
  const zone = aws.ec2.subnetZone(account, region, 'subnet-a') ?? '';
  aws.ec2.seedSubnet({ subnetId: 'subnet-twin', vpcId, zone });
  for (const serviceName of [dependency.serviceName, otherServiceName]) {
    const privateDnsName = 'orders.example.test';
    aws.ec2.seedEndpointService({ serviceName, account: '222222222222', acceptanceRequired: false, privateDnsName });
  }
  aws.elb.seedLoadBalancer({ arn: loadBalancerArn, vpcId, subnetIds, securityGroupIds: ['sg-alb'] });
  aws.elb.seedListener({ arn: listenerArn, loadBalancerArn });
  aws.route53.seedZone({ id: zoneId, name: 'example.test', account });
  const random = randomFrom(seed);
  const inner = createRequestHandler(aws);
  const config = {
    region,
    requestHandler: inner,
    maxAttempts: 1,
    userAgentAppId: 'stranger',
    credentials: { accessKeyId: account, secretAccessKey: 'secret' },
  };
  return {
    clock,
    aws,
    random,
    hands: {
      ec2: new EC2(config),
      ecs: new ECS(config),
      elb: new ElasticLoadBalancingV2(config),
      dns: new Route53(config),
      scaling: new ApplicationAutoScaling(config),
    },
    boot: async () => boot({ clock, random, inner }),
    run: (work) => clock.drive(work),
    writes: (since) =>
      aws.log.since(since, 100_000).filter((call) => call.mutating && !call.principal.includes('stranger')),
  };
}

async function boot(deps: {
  clock: VirtualClock;
  random: () => number;
  inner: ReturnType<typeof createRequestHandler>;
}): Promise<Machine> {
  const process = new VirtualProcess(deps.clock);
  const { clock } = process;
  const budgets = createCallBudgets({ clock });
  const fence = { remainingMs: () => 12_000, epoch: 7 };
  const clients = await createAwsClients({
    identity: 'controller',
    region,
    credentials: async () => ({ accessKeyId: '000000000000', secretAccessKey: 'secret' }),
    clock,
    random: deps.random,
    fence,
    budgets,
    requestHandler: process.handler(deps.inner),
  });
  const roles = { apply: role('apply'), observe: role('observe'), reap: role('reap') };
  const cell = createCellAccess({ cell: { name: 'cell-a', accountId: account, region, roles }, clients, clock });
  const zone = createZoneAccess({
    zone: { id: zoneId, domain: 'example.test', roleArn: role('dns') },
    installation,
    clients,
    budgets,
    fence,
    clock,
    randomId: () => Math.floor(deps.random() * 2 ** 40).toString(36),
  });
  return { access: { cell, zone }, process };
}

/** What may differ from the usual context. */
export interface Variation {
  readonly service?: Partial<EffectiveTenant['service']>;
  readonly group?: Partial<GroupFacts>;
  readonly weight?: number;
  readonly region?: string;
  readonly tasks?: number;
  readonly routing?: EffectiveTenant['routing'];
  readonly dependency?: Partial<EndpointContext['dependency']>;
}

/** The context of the one placement that this suite is about. */
export function contextOf(placement: PlacementInventory = reserved, varied: Variation = {}): PlacementContext {
  const effective: EffectiveTenant = { ...tenant, service: { ...service, ...varied.service } };
  const facts = { ...group, ...varied.group };
  const weight = varied.weight ?? 100;
  return {
    installation,
    tenant: tenant.tenant,
    effective: varied.routing === undefined ? effective : { ...effective, routing: varied.routing },
    placement,
    cell: { name: placement.cell, accountId: account, region: varied.region ?? region, weight },
    group: facts,
    tasks: varied.tasks ?? effective.service.tasks,
    dns: {
      want: 'keep',
      host: (varied.routing ?? effective.routing).host,
      setIdentifier: setIdentifier({ installation, infraGroup: placement.infraGroup, placement: placement.id }),
      weight,
      group: facts,
    },
  };
}
