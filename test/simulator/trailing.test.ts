import { describe, expect, it } from 'vitest';
import { seedFleet } from '../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import type { SimulatedAwsOptions } from '../../src/simulator/options.ts';
import type { SimulatedAws } from '../../src/simulator/world.ts';
import { HandClock } from './support/clock.ts';
import { type Ask, requestFor, smallFleet, Workload } from './support/workload.ts';

function ask(world: SimulatedAws, asked: Ask): object {
  try {
    return world.call(requestFor(asked));
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message };
    throw error;
  }
}

function setUp(options: Partial<SimulatedAwsOptions>) {
  const clock = new HandClock();
  const world = createSimulatedAws({ clock, seed: 5, throttle: false, ...options });
  seedFleet(world, smallFleet);
  return { clock, world };
}

const lags: Partial<Record<ServiceId, number>> = {
  ecs: 3_000,
  elbv2: 7_000,
  route53: 2_000,
  ec2: 7_000,
  dynamodb: 500,
};
const reads: readonly Ask[] = [
  { service: 'ecs', operation: 'DescribeClusters', input: { clusters: ['t0', 't1', 't2'], include: ['STATISTICS'] } },
  { service: 'ecs', operation: 'DescribeServices', input: { cluster: 't0', services: ['svc'] } },
  { service: 'elbv2', operation: 'DescribeTargetGroups', input: {} },
  { service: 'route53', operation: 'ListResourceRecordSets', input: { HostedZoneId: 'Z1' } },
  { service: 'ec2', operation: 'DescribeSubnets', input: {} },
  { service: 'dynamodb', operation: 'Scan', input: { TableName: 't0t0t0' } },
];
const isRead = ({ operation }: Ask): boolean => /^(Describe|List|Scan)/.test(operation);

describe('reads that lag behind', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    it(`are answered exactly as the same AWS answered its lag ago (seed ${seed})`, () => {
      const current = setUp({ seed });
      const lagging = setUp({ seed, readLagMs: lags });
      const history: { at: number; answers: object[] }[] = [];
      const workload = new Workload(seed);
      let compared = 0;
      for (let step = 0; step < 120; step += 1) {
        const asked = workload.next();
        if (!isRead(asked)) {
          const answer = ask(current.world, asked);
          expect(ask(lagging.world, asked), `${asked.operation} at step ${step}`).toEqual(answer);
          workload.heard(answer);
        }
        for (let second = workload.pause(); second > 0; second -= 0.5) {
          history.push({ at: current.world.now(), answers: reads.map((read) => ask(current.world, read)) });
          current.clock.tick(500);
          lagging.clock.tick(500);
        }
        reads.forEach((read, index) => {
          const then = current.world.now() - (lags[read.service] ?? 0);
          const expected = history.find(({ at }) => at === then);
          if (expected === undefined) return;
          compared += 1;
          expect(ask(lagging.world, read), `${read.operation} at step ${step}`).toEqual(expected.answers[index]);
        });
      }
      expect(compared).toBeGreaterThan(300);
    });
  }

  it('show what was there from the beginning at once, and what hands did from outside after the lag', () => {
    const { clock, world } = setUp({ readLagMs: { ec2: 5_000 } });
    const subnets = (): number =>
      (ask(world, { service: 'ec2', operation: 'DescribeSubnets', input: {} }) as { Subnets: object[] }).Subnets.length;
    expect(subnets()).toBe(2);
    clock.tick(1_000);
    world.ec2.seedSubnet({ subnetId: 'subnet-late', vpcId: 'vpc-1' });
    clock.tick(4_900);
    expect(subnets()).toBe(2);
    clock.tick(200);
    expect(subnets()).toBe(3);
  });

  it('leave consistent reads of DynamoDB alone', () => {
    const { clock, world } = setUp({ readLagMs: { dynamodb: 2_000 } });
    const table = {
      TableName: 'table',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    };
    ask(world, { service: 'dynamodb', operation: 'CreateTable', input: table });
    clock.tick(60_000);
    ask(world, { service: 'dynamodb', operation: 'PutItem', input: { TableName: 'table', Item: { pk: { S: 'a' } } } });
    const get = (ConsistentRead: boolean): object =>
      ask(world, {
        service: 'dynamodb',
        operation: 'GetItem',
        input: { TableName: 'table', Key: { pk: { S: 'a' } }, ConsistentRead },
      });
    expect(get(true)).toMatchObject({ Item: { pk: { S: 'a' } } });
    expect(get(false)).not.toHaveProperty('Item');
    clock.tick(2_000);
    expect(get(false)).toMatchObject({ Item: { pk: { S: 'a' } } });
  });
});
