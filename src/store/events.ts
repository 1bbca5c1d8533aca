/** An object's history: one item for each event, folded and pruned as it grows. */
import { isDeepStrictEqual } from 'node:util';
import type { ObjectEvent } from '../model/state.ts';
import type { Item } from './attributes.ts';
import { epochCondition, epochPlaceholders, type FencedTable, fencedOptions, underEpoch } from './fence.ts';
import { deleteItem, putItem, queryItems } from './items.ts';
import { eventPrefix } from './keys.ts';
import { parseEvent } from './state.ts';

/** How many events of an object are kept, and for how long (seven days in milliseconds). */
export const keptEvents = 50;
export const eventLifetimeMs = 7 * 24 * 3_600_000;

/**
 * Adds an event at the time of the clock. Nothing depends on history but people's understanding, so a count that two appends at once lose is
 * no harm, and no revision is compared. `expiresAt` is in seconds, as a time-to-live setting of the table wants it;
 * without such a setting the pruning here keeps the number down and readers leave out what is over.
 */
export async function appendToHistory(
  at: FencedTable,
  pk: string,
  event: Pick<ObjectEvent, 'type' | 'reason' | 'message'>,
): Promise<void> {
  const { dynamo, table, fence } = at;
  const now = dynamo.clock.now();
  const items = await queryItems(dynamo, {
    table,
    condition: {
      text: '#pk = :pk AND begins_with(#sk, :events)',
      names: { '#pk': 'pk', '#sk': 'sk' },
      values: { ':pk': pk, ':events': eventPrefix },
    },
  });
  const newest = items.at(-1);
  const last = newest === undefined ? undefined : parseEvent(newest, now);
  const repeats = last !== undefined && isDeepStrictEqual(identity(last), identity(event));
  const sk = repeats ? String(newest?.sk) : nextSortKey(newest, now);
  const count = repeats ? last.count + 1 : 1;
  const entry: ObjectEvent = { ...identity(event), at: new Date(now).toISOString(), count };
  const item = { pk, sk, event: entry, epoch: fence.epoch, expiresAt: Math.ceil((now + eventLifetimeMs) / 1_000) };
  const options = { ...fencedOptions(fence), repeatable: true };
  const { names, values } = epochPlaceholders(fence);
  const condition = { text: epochCondition, names, values };
  await underEpoch(fence, `the history of ${pk}`, () => putItem(dynamo, { table, item, condition }, options));
  const surplus = items.length + (repeats ? 0 : 1) - keptEvents;
  const stale = items.filter(
    (old, index) => String(old.sk) !== sk && (index < surplus || parseEvent(old, now) === undefined),
  );
  for (const old of stale) await deleteItem(dynamo, { table, key: { pk, sk: String(old.sk) } }, options);
}

function identity(event: Pick<ObjectEvent, 'type' | 'reason' | 'message'>) {
  return { type: event.type, reason: event.reason, message: event.message };
}

/** Above the newest in any case, so that events of one millisecond, or of a clock that went back, keep their order. */
function nextSortKey(newest: Item | undefined, now: number): string {
  const key = `${eventPrefix}${new Date(now).toISOString()}`;
  const last = newest === undefined ? '' : String(newest.sk);
  if (key > last) return key;
  const [time = '', count = '0'] = last.split('#');
  return `${time}#${String(Number(count) + 1).padStart(6, '0')}`;
}
