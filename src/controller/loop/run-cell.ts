import { raiseEpoch } from '../capacity/epochs.ts';
import { placementsOf } from '../fleet/entry.ts';
import { rolesCondition } from '../infra-group/gate.ts';
import { keyText } from '../keys.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { quotasRead, readCondition } from './read-conditions.ts';
import { epochDeps, fleetKey, type InfraRunDeps, look, placeTold, report, wakeTenants } from './run-deps.ts';

/** One run of a cell: its quotas, use and infra groups are read into the books. */
export async function runCell(deps: InfraRunDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Cell', name);
  if (entry === undefined) return { kind: 'settled' };
  for (const group of deps.view.groups(name)) await raiseEpoch(epochDeps(deps), group.name);
  if (changed) {
    deps.book.invalidate();
    deps.enqueue(fleetKey, 'change');
    for (const group of deps.view.all('InfraGroup')) deps.enqueue(group.key, 'change');
  }
  const closed = deps.infra.behind.closed();
  const news = await deps.infra.readCell(name, trigger === 'resync' ? 5_000 : 60_000);
  if (changed || news) wakeTenants(deps, name);
  if (deps.infra.behind.closed() !== closed) wakeHeld(deps);
  const reading = deps.book.cells.get(name);
  const reachable = readCondition('Reachable', reading, () => 'its account can be read');
  const known = deps.infra.behind.conditionOf(name);
  const roles = rolesCondition(deps.book.roles.get(name));
  const quotas = quotasRead(reading, deps.view.spec('Cell', name)?.quotas);
  const found = [reachable, roles, ...quotas, ...(known === undefined ? [] : [known])];
  await report(deps, entry, found, { told: placeTold(deps, entry, 'Cell') });
  // Each status has one writer: the run of its own key.
  for (const group of deps.view.groups(name)) deps.enqueue(keyText('InfraGroup', group.name), 'resync');
  return reading?.ok === true
    ? { kind: 'settled' }
    : { kind: 'waiting', on: reading?.message ?? 'the cell', checkInMs: 30_000 };
}

/** The state table turned out to lack something, or does no longer: the Fleet says so, and so do those whom it concerns. */
function wakeHeld(deps: InfraRunDeps): void {
  deps.enqueue(fleetKey, 'change');
  const unknown = deps.infra.behind.tenants();
  for (const tenant of deps.view.all('Tenant'))
    if (unknown.has(tenant.name) || placementsOf(tenant).length === 0) deps.enqueue(tenant.key, 'change');
}
