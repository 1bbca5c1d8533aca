import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/simulator/kernel.ts';
import { account, createFixture, type Fixture, region } from './fixture.ts';

/** The groups of "Request throttling for the Amazon ECS API": what the bucket holds, what it gets each second, and who draws from it. */
const groups: readonly (readonly [capacity: number, refill: number, operations: readonly string[]])[] = [
  [20, 1, ['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'UpdateClusterSettings', 'PutClusterCapacityProviders']],
  [50, 20, ['DescribeClusters', 'ListClusters']],
  [20, 1, ['RegisterTaskDefinition', 'DeregisterTaskDefinition']],
  [5, 1, ['DeleteTaskDefinitions']],
  [50, 20, ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies']],
  [50, 5, ['CreateService', 'UpdateService', 'DeleteService']],
  [100, 20, ['DescribeServices', 'ListServices']],
  [10, 1, ['ListServicesByNamespace']],
  [50, 20, ['DescribeServiceDeployments', 'ListServiceDeployments']],
  [50, 20, ['DescribeServiceRevisions']],
  [100, 20, ['DescribeTasks', 'ListTasks']],
  [100, 40, ['StopTask']],
  [50, 20, ['DescribeCapacityProviders']],
  [20, 10, ['TagResource', 'UntagResource']],
  [50, 20, ['ListTagsForResource']],
  [10, 1, ['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting']],
  [50, 20, ['ListAccountSettings']],
];

let f: Fixture;
beforeEach(() => {
  f = createFixture({ throttle: true });
  f.world.advance(1_000);
});

/** Whether the call gets past the buckets, whatever ECS then says to it. */
function passes(operation: string, as = account, where = region): boolean {
  try {
    f.world.call({ accessKeyId: as, region: where, service: 'ecs', operation, input: {} });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code !== 'ThrottlingException') return true;
    expect(error).toMatchObject({ message: 'Rate exceeded', details: { status: 400 } });
    return false;
  }
  return true;
}

/** How many calls get through, taking turns among the operations, until one is throttled. */
function burst(operations: readonly string[], as = account, where = region): number {
  let passed = 0;
  while (passed < 1_000 && passes(operations[passed % operations.length] ?? '', as, where)) passed += 1;
  return passed;
}

describe('the request buckets', () => {
  it('hold what ECS documents, one for each group and shared within it', () => {
    for (const [capacity, , operations] of groups) {
      expect([operations, burst(operations)]).toEqual([operations, capacity]);
      for (const operation of operations) expect([operation, passes(operation)]).toEqual([operation, false]);
    }
  });

  it('fill at the documented rate', () => {
    for (const [, , operations] of groups) burst(operations);
    f.world.advance(1);
    for (const [, refill, operations] of groups) {
      expect([operations, burst(operations)]).toEqual([operations, refill]);
    }
  });

  it('are an account’s own in each Region', () => {
    for (const [, , operations] of groups) burst(operations);
    for (const [capacity, , operations] of groups) {
      expect(burst(operations, '222222222222')).toBe(capacity);
      expect(burst(operations, account, 'eu-west-1')).toBe(capacity);
    }
  });

  it('cover every operation that there is', () => {
    const operations = [...createFixture().operations.keys()].sort();
    expect(groups.flatMap(([, , names]) => names).sort()).toEqual(operations);
  });
});
