import { parseCapacity } from '../../../src/store/capacity.ts';
import type { RawRecord } from '../fleet.ts';
import type { Invariant, Watch } from '../oracle.ts';

type Amounts = Record<string, number>;

/**
 * 8. Capacity. At every moment the totals of each infra group, cell and zone are the sum of what the inventories hold there, no dimension is above its limit, no slot is held twice, and
 * the tasks that run take no more vCPU than the account has.
 */
export function capacity(
  watch: Watch,
  records: readonly RawRecord[],
  foreign: Readonly<Record<string, Amounts>>,
): Invariant {
  const limits = limitsOf(records, foreign);
  return {
    name: '8 capacity',
    after: ({ call, mutating }) => {
      if (!mutating || call.service !== 'dynamodb') return;
      const sums = held(watch);
      for (const item of watch.truth.items().values()) {
        if (item.sk !== 'capacity') continue;
        const { used } = parseCapacity(item.attributes);
        const expected = sums.get(item.pk) ?? {};
        for (const dimension of new Set([...Object.keys(used), ...Object.keys(expected)])) {
          const have = used[dimension] ?? 0;
          if (Math.abs(have - (expected[dimension] ?? 0)) > 1e-9)
            watch.violated(
              `${item.pk} says ${have} ${dimension} are used, the inventories hold ${expected[dimension] ?? 0}`,
            );
          const limit = limits.get(item.pk)?.[dimension];
          if (limit !== undefined && have > limit)
            watch.violated(`${item.pk} has ${have} ${dimension} in use, the limit is ${limit}`);
        }
      }
    },
  };
}

/** What the inventories hold, by capacity item. */
function held(watch: Watch): ReadonlyMap<string, Amounts> {
  const sums = new Map<string, Amounts>();
  const slots = new Map<string, string>();
  const add = (pk: string, demand: Readonly<Amounts>): void => {
    const sum = sums.get(pk) ?? {};
    for (const [dimension, amount] of Object.entries(demand)) sum[dimension] = (sum[dimension] ?? 0) + amount;
    sums.set(pk, sum);
  };
  for (const { placement } of watch.truth.placements().values()) {
    add(`InfraGroup/${placement.infraGroup}`, placement.demand.group);
    add(`Cell/${placement.cell}`, placement.demand.cell);
    add(`Zone/${zoneOf(placement.tier)}`, placement.demand.zone);
    const slot = `${placement.infraGroup} ${placement.slot}`;
    const other = slots.get(slot);
    if (other !== undefined) watch.violated(`slot ${slot} is held by ${other} and ${placement.id}`);
    slots.set(slot, placement.id);
  }
  return sums;
}

function zoneOf(tier: string): string {
  return `Z0${tier.toUpperCase()}0000000000000`;
}

/** The quotas that records name, less what strangers take; reserves are zero in these fleets. */
function limitsOf(
  records: readonly RawRecord[],
  foreign: Readonly<Record<string, Amounts>>,
): ReadonlyMap<string, Amounts> {
  return new Map(
    records
      .filter((record) => record.kind === 'Cell' || record.kind === 'InfraGroup')
      .map((record) => {
        const pk = `${record.kind}/${record.name}`;
        const quotas = { ...(record.spec.quotas as Amounts | undefined) };
        if (quotas.fargateVcpu !== undefined) quotas.fargateVcpu *= 1024;
        for (const [dimension, amount] of Object.entries(foreign[pk] ?? {}))
          if (quotas[dimension] !== undefined) quotas[dimension] -= amount;
        return [pk, quotas];
      }),
  );
}
