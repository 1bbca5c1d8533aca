/** The applied values of quotas: AWS's defaults until somebody sets another. */
import type { QuotaWorld } from '../kernel.ts';
import { type QuotaName, type SimulatedQuota, simulatedQuotas } from './definitions.ts';
import { higherLaunchRates } from './regions.ts';

/** The account and Region that a value holds for. */
interface Where {
  readonly account: string;
  readonly region: string;
}

/** One quota's definition, in the general form. */
export function definitionOf(quota: QuotaName): SimulatedQuota {
  return simulatedQuotas[quota];
}

/** AWS's default for a Region. */
export function defaultOf(quota: QuotaName, region: string): number {
  const { value, elsewhere } = definitionOf(quota);
  return elsewhere === undefined || higherLaunchRates.has(region) ? value : elsewhere;
}

/** No quota has another value than AWS's default. */
export function createQuotaValues(): QuotaWorld {
  const applied = new Map<string, number>();
  return {
    get: (where, quota) => applied.get(keyOf(where, quota)) ?? defaultOf(quota, where.region),
    set: (where, quota, value) => {
      if (value === undefined) applied.delete(keyOf(where, quota));
      else applied.set(keyOf(where, quota), value);
    },
  };
}

function keyOf({ account, region }: Where, quota: QuotaName): string {
  return definitionOf(quota).global === true ? `${account}/${quota}` : `${account}/${region}/${quota}`;
}
