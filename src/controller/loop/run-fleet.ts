import type { ConditionUpdate } from '../../model/conditions.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { keyText } from '../keys.ts';
import { rebalanceTold } from '../movers/conditions.ts';
import type { Outcome } from '../outcome.ts';
import { rebuildIfOrdered } from '../rebuild/order.ts';
import { worstOutcome } from '../tenant/context.ts';
import { type InfraRunDeps, look, report } from './run-deps.ts';

/** One run of the Fleet: its figures take effect at once, and movers give turns. */
export async function runFleet(deps: InfraRunDeps, name: string): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Fleet', name);
  deps.term.setCallShare(deps.view.fleet()?.callShare ?? 0.7);
  if (changed) {
    deps.book.invalidate();
    for (const tenant of deps.view.all('Tenant')) deps.enqueue(tenant.key, 'change');
  }
  const { condition, outcome, raiseAbove } = await rebuildIfOrdered(rebuildDeps(deps), entry);
  const moving = await driveMovers(deps, entry, condition === undefined ? [] : [condition]);
  if (raiseAbove !== undefined) deps.term.raiseEpoch(raiseAbove);
  return worstOutcome([outcome, moving]);
}

async function driveMovers(
  deps: InfraRunDeps,
  entry: ObjectEntry | undefined,
  found: readonly ConditionUpdate[],
): Promise<Outcome> {
  const { movers, term } = deps;
  const { tenants, places } = movers.drain();
  for (const place of places) deps.enqueue(place, 'progress');
  const before = entry?.status?.value;
  const progress = entry === undefined ? [] : movers.charge(before?.rebalance ?? []);
  // What is charged is durable before it may begin.
  if (entry !== undefined)
    await report(deps, entry, found, { told: rebalanceTold(before, progress, movers.orders(), term.clock.now()) });
  for (const tenant of [...tenants, ...movers.begin(progress)]) deps.enqueue(keyText('Tenant', tenant), 'progress');
  const checkInMs = movers.lookAgainMs(progress);
  if (checkInMs === undefined) return { kind: 'settled' };
  return { kind: 'waiting', on: 'moves, and whose turn comes next', checkInMs };
}

/** What reads and writes a rebuild of the state table. */
export function rebuildDeps(deps: Pick<InfraRunDeps, 'term' | 'view' | 'book' | 'infra' | 'enqueue'>) {
  const { term, view, book, infra, enqueue } = deps;
  return {
    installation: term.installation,
    clock: term.clock,
    epoch: term.epoch,
    view,
    book,
    cell: (name: string) => infra.cell(name),
    zone: (tier: string) => infra.zone(tier),
    behind: infra.behind,
    state: term.state,
    restoring: term.restoring,
    event: term.observer.event.bind(term.observer),
    enqueue,
  };
}
