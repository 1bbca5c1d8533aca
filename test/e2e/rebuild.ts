/** A state table lost under a fleet, and what a rebuild makes of it. */
import type { PlacementInventory } from '../../src/model/resources.ts';
import { type Item, toItem } from '../../src/store/attributes.ts';
import { scanItems } from '../../src/store/items.ts';
import { initTables } from '../../src/store/tables.ts';
import { cell, documents, group, type PlainRecord, sharedTier, tenant, tier } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';

const standard = tier('standard', { retentionDays: 30, overridable: ['scaling'] });
const shared = sharedTier('shared');
const [one, two, four] = [cell('one', 'standard', 1), cell('two', 'standard', 2), cell('four', 'shared', 4)];
export const frame: readonly PlainRecord[] = [
  standard,
  shared,
  one,
  two,
  four,
  group('g1', one),
  group('g2', one),
  group('h1', two),
  group('h2', two),
  group('s1', four),
  group('s2', four),
];

/** `count` tenants of many kinds: two placements, tier scope, suspended. */
export function tenantsOf(count: number): readonly PlainRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `t${String(index).padStart(2, '0')}`;
    if (index % 6 === 5) return tenant(name, 'shared');
    if (index % 12 === 8) {
      const scaling = { mode: 'target-tracking', min: 1, max: 2, metric: 'cpu', target: 60 };
      return tenant(name, 'standard', { service: { scaling } });
    }
    if (index % 6 === 4) return tenant(name, 'standard', { placements: 2 });
    return tenant(name, 'standard', index % 10 === 3 ? { state: 'suspended' } : {});
  });
}

export function fleetOf(tenants: readonly PlainRecord[]): string {
  return documents([...frame, ...tenants]);
}

function ask(run: Installation, operation: string, input: object): unknown {
  const call = { accessKeyId: '000000000000', region: 'us-east-1', service: 'dynamodb', operation, input } as const;
  return run.aws.call(call);
}

/** The state table is deleted and made anew, as `aws dynamodb delete-table` and `cellwright init --installation` do. */
export async function loseStateTable(run: Installation): Promise<void> {
  ask(run, 'DeleteTable', { TableName: 'state' });
  await run.advance(30);
  const options = { desiredTable: 'desired', stateTable: 'state', installation: run.installation };
  await run.clock.drive(initTables(run.dynamo, options));
}

/** All items of the state table as they stand now. */
export async function backup(run: Installation): Promise<readonly Item[]> {
  const items: Item[] = [];
  await run.clock.drive(
    scanItems(run.dynamo, { table: 'state' }, (some) => {
      items.push(...some);
    }),
  );
  return items;
}

/** The state table holds these items and no others. */
export async function restore(run: Installation, items: readonly Item[]): Promise<void> {
  for (const { pk, sk } of await backup(run)) ask(run, 'DeleteItem', { TableName: 'state', Key: toItem({ pk, sk }) });
  for (const item of items) ask(run, 'PutItem', { TableName: 'state', Item: toItem(item) });
}

/** Takes one item out of the state table. */
export function loseItem(run: Installation, pk: string, sk: string): void {
  ask(run, 'DeleteItem', { TableName: 'state', Key: toItem({ pk, sk }) });
}

/** Writes the order into the Fleet record, as `cellwright rebuild` does. */
export async function orderRebuild(run: Installation, minutes = 15): Promise<void> {
  const until = new Date(run.clock.now() + minutes * 60_000).toISOString();
  await run.put('Fleet', 'default', { removals: { perTenMinutes: 100 }, allow: [{ reason: 'state_behind', until }] });
}

/** All placements that the controller knows, by id. */
export function inventoryOf(run: Installation): ReadonlyMap<string, PlacementInventory & { readonly tenant: string }> {
  const entries = run.leader?.term?.view.all('Tenant') ?? [];
  return new Map(
    entries.flatMap((entry) =>
      Object.values(entry.inventory?.value.placements ?? {}).map((one) => [one.id, { ...one, tenant: entry.name }]),
    ),
  );
}

export function fleetCondition(run: Installation): string {
  const status = run.leader?.term?.view.get('Fleet', 'default')?.status?.value;
  const found = status?.conditions.find(({ type }) => type === 'StateKnown');
  return found === undefined ? 'none' : `${found.status} ${found.reason}`;
}
