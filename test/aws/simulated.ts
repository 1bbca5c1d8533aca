/** One account of the simulated AWS with roles, a load balancer and a zone, and our access to it. */
import type { HttpHandler } from '@smithy/core/protocols';
import { type CallBudgets, createCallBudgets } from '../../src/aws/budget.ts';
import { createCellAccess } from '../../src/aws/cells.ts';
import { type AwsClients, type CallReport, createAwsClients } from '../../src/aws/clients.ts';
import type { LeaseFence } from '../../src/aws/fence.ts';
import type { CellAccess, ZoneAccess } from '../../src/aws/ports.ts';
import { createZoneAccess } from '../../src/aws/zones.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import type { SimulatedAws } from '../../src/simulator/world.ts';
import { baseCredentials, finish, healthyLease, seeded, virtualClock } from './support.ts';

export const account = '111111111111';
export const region = 'us-east-1';
const elbArn = (resource: string): string => `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`;
export const loadBalancerArn = elbArn('loadbalancer/app/shared/0123456789abcdef');
export const listenerArn = elbArn('listener/app/shared/0123456789abcdef/fedcba9876543210');
export const vpcId = 'vpc-0a';
export const zoneId = 'Z0123456789';
export const installation = 'inst1';

export interface Simulated {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly world: SimulatedAws;
  readonly clients: AwsClients;
  readonly budgets: CallBudgets;
  readonly cell: CellAccess;
  readonly zone: ZoneAccess;
  readonly reports: CallReport[];
  readonly handler: HttpHandler;
  /** Another controller's access to the zone. */
  rival(fence: LeaseFence): Promise<ZoneAccess>;
  /** Advances until it is settled. */
  finish<T>(promise: Promise<T>): Promise<T>;
  /** Operations of a service that reached it, from call number `since` on. */
  calls(service: string, since?: number): string[];
}

/** Sets it all up. Latencies are AWS's, throttles are on. */
export async function simulated(options: { seed?: number; share?: number } = {}): Promise<Simulated> {
  const clock = virtualClock();
  const seed = options.seed ?? 1;
  const world = createSimulatedAws({ clock, seed });
  const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
  for (const name of ['apply', 'observe', 'reap', 'dns']) {
    world.sts.seedRole({ arn: role(name), trustedAccount: '000000000000', externalId: 'ext' });
  }
  world.ec2.seedVpc({ vpcId, account, region });
  world.ec2.seedSubnet({ subnetId: 'subnet-a', vpcId });
  world.ec2.seedSubnet({ subnetId: 'subnet-b', vpcId });
  world.ec2.seedSecurityGroup({ groupId: 'sg-tasks', vpcId });
  const lb = { arn: loadBalancerArn, vpcId, subnetIds: ['subnet-a', 'subnet-b'], securityGroupIds: ['sg-tasks'] };
  world.elb.seedLoadBalancer(lb);
  world.elb.seedListener({ arn: listenerArn, loadBalancerArn });
  world.route53.seedZone({ id: zoneId, name: 'example.test', account });
  const handler = createRequestHandler(world);
  const reports: CallReport[] = [];
  const random = seeded(seed);
  const randomId = (): string => Math.floor(random() * 2 ** 40).toString(36);
  const gate = async (fence: LeaseFence): Promise<{ clients: AwsClients; budgets: CallBudgets }> => {
    const budgets = createCallBudgets({ clock, ...(options.share === undefined ? {} : { share: options.share }) });
    const clients = await createAwsClients({
      identity: 'controller-1',
      region,
      credentials: baseCredentials,
      clock,
      random,
      fence,
      budgets,
      requestHandler: handler,
      onCall: (report) => reports.push(report),
    });
    return { clients, budgets };
  };
  const zoneFor = async (fence: LeaseFence): Promise<ZoneAccess> => {
    const zone = { id: zoneId, domain: 'example.test', roleArn: role('dns'), externalId: 'ext' };
    return createZoneAccess({ zone, installation, ...(await gate(fence)), fence, clock, randomId });
  };
  const { clients, budgets } = await gate(healthyLease);
  const roles = { apply: role('apply'), observe: role('observe'), reap: role('reap') };
  const cell = createCellAccess({
    cell: { name: 'cell-a', accountId: account, region, roles, externalId: 'ext' },
    clients,
    clock,
  });
  return {
    clock,
    world,
    clients,
    budgets,
    cell,
    zone: await zoneFor(healthyLease),
    reports,
    handler,
    rival: zoneFor,
    finish: (promise) => finish(clock, promise),
    calls: (service, since = 0) =>
      world.log
        .since(since, 100_000)
        .filter((call) => call.service === service)
        .map(({ operation }) => operation),
  };
}
