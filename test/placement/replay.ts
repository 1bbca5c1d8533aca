import { expect } from 'vitest';
import { contextFor, rejectionsOf } from '../../src/placement/filters.ts';
import type { Ledger } from '../../src/placement/ledger.ts';
import { Pending } from '../../src/placement/pending.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';

/**
 * Carries one move out as the engine would, make before break: every filter is asked anew, then the successor is reserved beside the old
 * placement, then that is released. Fails the test where any of it is not allowed.
 */
export function replayMove(
  ledger: Ledger,
  asked: PlacementRequest,
  move: { readonly placement: string; readonly to: string },
  next: string,
): void {
  const held = ledger.reservationsOf(asked.tenant);
  const old = held.find(({ placement }) => placement === move.placement);
  const site = ledger.site(move.to);
  if (old === undefined || site === undefined) throw new Error(`no such move: ${move.placement} to ${move.to}`);
  const others = held.filter((one) => one !== old && one.leaving !== true).map(({ cell }) => cell);
  const context = contextFor(asked, ledger, { pending: new Pending(), cellsTaken: new Set(others) });
  expect(rejectionsOf(site, context)).toEqual([]);
  expect(move.to).not.toBe(old.group);
  const slot = site.slots.lowestFree() ?? -1;
  const cell = site.cell.view.name;
  const demand = context.demandAt(site);
  ledger.reserve({ ...old, placement: next, group: move.to, cell, slot, demand });
  ledger.release(old.placement, true);
}
