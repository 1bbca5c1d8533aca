/**
 * The removal budget: how many serving placements may be taken away in a window of time. It is charged durably before the first removing
 * call, so that neither a restart nor a new leader starts with a full purse.
 */
import { CallError } from '../model/errors.ts';
import type { Item } from './attributes.ts';
import { backoffMs } from './client.ts';
import type { FencedTable } from './fence.ts';
import { getItem } from './items.ts';
import { removalsKey } from './keys.ts';
import { parseStored, type Stored } from './state.ts';
import { createStateItem } from './state-writer.ts';

/** What a charge asks for. */
export interface RemovalCharge {
  /** Ids of the placements that are to go, most urgent first. */
  readonly placements: readonly string[];
  /** Why; the same placement for the same reason is charged once in a window. */
  readonly reason: string;
  /** How many removals the window allows. */
  readonly limit: number;
  readonly windowMs: number;
}

/** What a charge got. */
export interface RemovalGrant {
  /** The placements that may be removed now, in the order they were asked for. */
  readonly granted: readonly string[];
  /** Removals in the window after this charge, and when the oldest of them leaves it (milliseconds since the epoch). */
  readonly spent: number;
  readonly nextFreeAt: number | undefined;
}

/** The removal budget of the installation. */
export interface RemovalBudget {
  /** Charges as many of the placements as the window still allows, and returns only once that is durable. Throws `CallError`; then nothing may be removed. */
  charge(charge: RemovalCharge): Promise<RemovalGrant>;
  /** How many removals the window holds now; nothing is written. */
  spent(windowMs: number): Promise<number>;
}

/** Times (milliseconds since the epoch) by placement and reason. */
interface Ledger {
  readonly entries: Readonly<Record<string, number>>;
}

/**
 * For how long a granted removal counts, in milliseconds: ten minutes, and half a minute in which its calls are made. Counted from the grants alone, one that was carried out late and one that follows at once would lie
 * closer together than ten minutes.
 */
export const removalWindowMs = 630_000;

const attempts = 5;

/**
 * The removal budget in the state table `at`. It is one item: charges that come while one is on its way wait for that one and are then made together, so that many who leave at once
 * do not take the item from each other.
 */
export function createRemovalBudget(at: FencedTable): RemovalBudget {
  const write = createStateItem<Ledger>(at, removalsKey);
  const read = async (): Promise<Stored<Ledger> | undefined> => {
    const item = await getItem(at.dynamo, at.table, { ...removalsKey });
    return item === undefined ? undefined : parseLedger(item);
  };
  const chargeAll = async (charges: readonly RemovalCharge[]): Promise<readonly RemovalGrant[]> => {
    for (let attempt = 1; ; attempt += 1) {
      const previous = await read();
      const { ledger, grants } = chargeInTurn(previous?.value.entries ?? {}, charges, at.dynamo.clock.now());
      try {
        if (grants.some(({ granted }) => granted.length > 0)) await write(ledger, previous);
        return grants;
      } catch (error) {
        if (!(error instanceof CallError) || error.class !== 'conflict' || attempt >= attempts) throw error;
      }
      await at.dynamo.clock.sleep(backoffMs(attempt, at.dynamo.random));
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  let next: { readonly charges: RemovalCharge[]; readonly grants: Promise<readonly RemovalGrant[]> } | undefined;
  const begin = () => {
    const charges: RemovalCharge[] = [];
    const grants = last.then(() => {
      next = undefined;
      return chargeAll(charges);
    });
    // Its failure goes to those who asked for it; the next ones have their own try.
    last = grants.then(
      () => undefined,
      () => undefined,
    );
    return { charges, grants };
  };
  return {
    charge: async (charge) => {
      next ??= begin();
      const index = next.charges.push(charge) - 1;
      const grant = (await next.grants)[index];
      if (grant === undefined) throw new Error('a charge of the removal budget got no answer');
      return grant;
    },
    spent: async (windowMs) => {
      const entries = (await read())?.value.entries ?? {};
      return Object.keys(prune(entries, at.dynamo.clock.now(), windowMs)).length;
    },
  };
}

/** Several charges, one after the other, as a pure step. */
function chargeInTurn(
  entries: Ledger['entries'],
  charges: readonly RemovalCharge[],
  now: number,
): { ledger: Ledger; grants: readonly RemovalGrant[] } {
  let ledger: Ledger = { entries };
  const grants = charges.map((charge) => {
    const step = chargeLedger(ledger.entries, charge, now);
    ledger = step.ledger;
    return step.grant;
  });
  return { ledger, grants };
}

/** The charge as a pure step. Entries dated after `now` (a clock that ran ahead) count from now, so that they end a window later. */
export function chargeLedger(
  entries: Readonly<Record<string, number>>,
  charge: RemovalCharge,
  now: number,
): { ledger: Ledger; grant: RemovalGrant } {
  const kept: Record<string, number> = prune(entries, now, charge.windowMs);
  let free = Math.max(0, charge.limit - Object.keys(kept).length);
  const granted: string[] = [];
  for (const placement of new Set(charge.placements)) {
    const key = `${placement}|${charge.reason}`;
    if (kept[key] === undefined) {
      if (free <= 0) continue;
      free -= 1;
      kept[key] = now;
    }
    granted.push(placement);
  }
  const times = Object.values(kept);
  const nextFreeAt = times.length === 0 ? undefined : Math.min(...times) + charge.windowMs;
  return { ledger: { entries: kept }, grant: { granted, spent: times.length, nextFreeAt } };
}

function prune(entries: Readonly<Record<string, number>>, now: number, windowMs: number): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const [key, at] of Object.entries(entries)) if (at + windowMs > now) kept[key] = Math.min(at, now);
  return kept;
}

function parseLedger(item: Item): Stored<Ledger> {
  const stored = parseStored<Ledger>(item);
  const entries: unknown = stored?.value.entries;
  if (stored !== undefined && typeof entries === 'object' && entries !== null) return stored;
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'GetItem',
    code: 'RemovalsDamaged',
    message: `the item ${removalsKey.pk} ${removalsKey.sk} of the state table is no removal ledger: nothing is removed until it is repaired or deleted`,
  });
}
