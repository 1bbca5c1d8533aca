/** Time to live: expired items vanish some time after their moment, and leave a record that names the service as the cause. */
import type { World } from '../kernel.ts';
import { hashKey, type StoredItem } from './item-store.ts';
import type { Table } from './table.ts';

/** How often a table is swept. */
const sweepEveryMs = 3_600_000;
/**
 * DynamoDB deletes expired items "within a few days" (developer guide); older editions said "typically within 48 hours". Assumed: each item stays for a
 * time of its own of up to two days.
 */
const longestStayMs = 48 * 3_600_000;
/** DynamoDB leaves alone what expired more than five years ago (developer guide, "Using time to live"). */
const oldestSeconds = 5 * 365 * 86_400;
const keySpace = 2 ** 32;

/** Sweeps a table from now on, every hour, for as long as its time to live is what it is now and `isThere` holds. */
export function sweepExpired(table: Table, world: World, isThere: () => boolean): void {
  const { timeToLive } = table;
  if (timeToLive?.enabled !== true) return;
  world.at(world.now() + sweepEveryMs, () => {
    if (!isThere() || table.timeToLive !== timeToLive) return;
    for (const item of [...table.items.all()]) {
      if (isDue(item, timeToLive.attribute, world)) table.write(item.key, item, undefined, world.now(), true);
    }
    sweepExpired(table, world, isThere);
  });
}

function isDue(item: StoredItem, attribute: string, world: World): boolean {
  const expiry = item.attributes.get(attribute);
  if (expiry?.kind !== 'N') return false;
  const seconds = Number(expiry.text);
  const nowSeconds = world.now() / 1000;
  if (seconds <= nowSeconds - oldestSeconds) return false;
  const share = hashKey(`${item.key.partitionText}\n${item.key.sortText}`) / keySpace;
  return seconds * 1000 + share * longestStayMs * world.latencyFactor <= world.now();
}
