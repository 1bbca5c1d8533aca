import { createDynamoDb, type DynamoDb } from '../../src/simulator/dynamodb/index.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { createServiceQuotas } from '../../src/simulator/quotas/index.ts';
import { SimulatedAws } from '../../src/simulator/world.ts';
import { type AwsAccess, createDynamo, type Dynamo } from '../../src/store/client.ts';
import type { Fence } from '../../src/store/fence.ts';
import { fencedError } from '../../src/store/fence.ts';
import { initTables } from '../../src/store/tables.ts';
import { randomFrom, VirtualClock } from './virtual-clock.ts';

export const desiredTable = 'cellwright-desired';
export const stateTable = 'cellwright-state';

/** A simulated AWS under a virtual clock, with the store's client on it. */
export interface StoreWorld {
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  readonly service: DynamoDb;
  readonly access: AwsAccess;
  readonly dynamo: Dynamo;
  /** Runs `work` while time passes as it needs. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Injects `fault` into the next call of `operation`, once, before or after it runs. */
  next(operation: string, when: 'before' | 'after', fault: Fault): void;
  /** The calls since the last look. */
  calls(): readonly CallRecord[];
  /** A further client, as another process would have it. */
  another(appId: string): Dynamo;
}

export function createStoreWorld(seed = 1): StoreWorld {
  const clock = new VirtualClock();
  const aws = new SimulatedAws({ clock, seed, throttle: false });
  const service = createDynamoDb(aws);
  aws.install([service.dynamodb, service.streams], { quotas: createServiceQuotas(aws).world });
  const access: AwsAccess = {
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
    requestHandler: createRequestHandler(aws),
    appId: 'controller-a',
  };
  const random = randomFrom(seed);
  const planned: { operation: string; when: 'before' | 'after'; fault: Fault }[] = [];
  const take = (operation: string, when: 'before' | 'after'): Fault | undefined => {
    const index = planned.findIndex((one) => one.operation === operation && one.when === when);
    return index < 0 ? undefined : planned.splice(index, 1)[0]?.fault;
  };
  aws.faults = {
    before: (call) => take(call.operation, 'before'),
    after: (call) => take(call.operation, 'after'),
  };
  let seen = 0;
  return {
    clock,
    aws,
    service,
    access,
    dynamo: createDynamo(access, { clock, random }),
    drive: (work) => clock.drive(work),
    next: (operation, when, fault) => void planned.push({ operation, when, fault }),
    calls: () => {
      const calls = aws.log.since(seen, 10_000);
      seen = aws.log.last;
      return calls;
    },
    another: (appId) => createDynamo({ ...access, appId }, { clock, random }),
  };
}

/** A world whose two tables exist. */
export async function createInitialisedWorld(seed = 1): Promise<StoreWorld> {
  const world = createStoreWorld(seed);
  await world.drive(initTables(world.dynamo, { desiredTable, stateTable, installation: 'test' }));
  world.calls();
  return world;
}

/** A lease that holds for as long as the test wants. */
export function heldFence(epoch: number): Fence & { lose(): void } {
  let held = true;
  return {
    epoch,
    assertRemaining: () => {
      if (!held) throw fencedError('lease', 'lost by the test');
    },
    lose: () => {
      held = false;
    },
  };
}

export const lostAnswer: Fault = { kind: 'lost', how: 'timeout' };

/** Client tokens in a row. */
export function tokens(prefix = 'token'): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count}`;
  };
}
