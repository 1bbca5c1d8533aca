/** What an account may have and do at once in one Region. */
import { AwsError, type Call } from '../kernel.ts';
import type { Registry } from './registry.ts';
import type { Throughput } from './table.ts';

/** Tables in CREATING, UPDATING or DELETING at once (developer guide, "Quotas"). */
const concurrentLimit = 500;

function limitExceeded(what: string): AwsError {
  return new AwsError('LimitExceededException', `Subscriber limit exceeded: ${what}`);
}

/** Throws `LimitExceededException` when as many tables are on their way as may be. */
export function refuseTooMany(registry: Registry, call: Call): void {
  const busy = [...registry.region(call).tables.values()].filter((table) => table.status !== 'ACTIVE');
  if (busy.length < concurrentLimit) return;
  throw limitExceeded(`There is a limit of ${concurrentLimit} simultaneous table operations per subscriber`);
}

/** Throws `LimitExceededException` when the account has all the tables that it may have. */
export function refuseOneMore(registry: Registry, call: Call): void {
  const limit = registry.world.quotas.get(call, 'tables');
  if (registry.region(call).tables.size < limit) return;
  throw limitExceeded(`There is a limit of ${limit} tables per subscriber`);
}

/** Throws `LimitExceededException` for more capacity than one table may have. */
export function refuseTooMuch(registry: Registry, { read, write }: Throughput, call: Call): void {
  const { quotas } = registry.world;
  const most = { read: quotas.get(call, 'tableReadUnits'), write: quotas.get(call, 'tableWriteUnits') };
  if (read <= most.read && write <= most.write) return;
  // The text is assumed.
  throw limitExceeded(
    `Provisioned throughput of a table is limited to ${most.read} ReadCapacityUnits and ${most.write} WriteCapacityUnits`,
  );
}
