/** Time to live: expired items vanish some time after their moment, and leave a record that names the service as the cause. */
import type { Table } from './table.ts';

/** How often expired items are taken away; AWS promises no more than "within a few days" of expiry. */
const sweepEveryMs = 3_600_000;
/** DynamoDB leaves alone what expired more than five years ago (developer guide, "Using time to live"). */
const oldestSeconds = 5 * 365 * 86_400;

/** Takes expired items away when the last time was more than an hour ago. Called before every data operation, so it needs no timer. */
export function expireItems(table: Table, now: number): void {
  const attribute = table.ttlAttribute;
  if (attribute === undefined || now - table.ttlSweptAt < sweepEveryMs) return;
  table.ttlSweptAt = now;
  const nowSeconds = now / 1000;
  for (const item of [...table.items.all()]) {
    const expiry = item.attributes.get(attribute);
    if (expiry?.kind !== 'N') continue;
    const seconds = Number(expiry.text);
    if (seconds <= nowSeconds && seconds > nowSeconds - oldestSeconds) {
      table.write(item.key, item, undefined, now, true);
    }
  }
}
