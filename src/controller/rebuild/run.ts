import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import type { Clock } from '../../model/clock.ts';
import { type ConditionUpdate, mergeConditions, notRebuilt, stateKnown } from '../../model/conditions.ts';
import { CallError, failureText } from '../../model/errors.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { capacityKeys } from '../../store/capacity.ts';
import type { ExpectedCapacity, HeldPlacement, Restoring } from '../../store/restoring.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { placementsOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import { requestOf } from '../tenant/placing.ts';
import { tierRecordId } from '../tier/publish.ts';
import type { StateBehind } from './behind.ts';
import { deriveRebuild, type KnownTenant, type TenantRebuild } from './derive.ts';
import type { Finding, LiveCell, LiveRecords } from './facts.ts';
import { readLiveCell, readRecords } from './read.ts';

/** What planning a rebuild reads. */
export interface RebuildReads {
  readonly installation: string;
  readonly clock: Clock;
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly cell: (name: string) => CellAccess | undefined;
  readonly zone: (tier: string) => ZoneAccess | undefined;
  readonly behind: StateBehind;
  readonly epoch: number;
}

/** What carrying it out writes with. */
export interface RebuildDeps extends RebuildReads {
  readonly state: Pick<StateWriter, 'writeSpec' | 'writeStatus'>;
  readonly restoring: Restoring;
  readonly event: (key: string, event: { type: 'Normal' | 'Warning'; reason: string; message: string }) => void;
}

/** A rebuild as it would be carried out now. */
export interface PreparedRebuild {
  readonly tenants: readonly TenantRebuild[];
  readonly findings: readonly Finding[];
  /** Cells of which nothing is written because they, or the zone of their tier, could not be read: why. */
  readonly refused: ReadonlyMap<string, string>;
  /** Cells that were read to the end. */
  readonly read: readonly string[];
}

/** Tenants whose transactions are on their way at once. */
const writtenAtOnce = 8;

/** Reads every cell and zone anew and derives what is to be written. Only a lost lease throws; what cannot be read is refused. */
export async function prepareRebuild(deps: RebuildReads): Promise<PreparedRebuild> {
  const { view } = deps;
  const refused = new Map<string, string>();
  const records = new Map<string, readonly LiveRecords[]>();
  const cells: LiveCell[] = [];
  await Promise.all(
    view.tiers().map(async ({ name }) => {
      const zone = deps.zone(name);
      if (zone === undefined || records.has(zone.id)) return;
      records.set(zone.id, []);
      const found = await attempt(() => readRecords(zone, deps.installation, (id, group) => isShared(view, id, group)));
      if (found.ok) records.set(zone.id, found.value);
      else
        for (const cell of view.cells(name))
          refused.set(cell.name, `was not rebuilt: its tier's zone ${zone.id} could not be read (${found.why})`);
    }),
  );
  const known = new Set(view.all('Tenant').flatMap((entry) => placementsOf(entry).map(({ id }) => id)));
  await Promise.all(
    view.cells().map(async ({ name, tier }) => {
      const access = deps.cell(name);
      if (access === undefined || refused.has(name)) return;
      const scope = {
        installation: deps.installation,
        tier,
        groups: view.groups(name),
        knows: (id: string) => known.has(id),
      };
      const found = await attempt(() => readLiveCell(access.as('heal'), scope));
      if (found.ok) cells.push(found.value);
      else refused.set(name, `was not rebuilt: it could not be read to the end (${found.why})`);
    }),
  );
  cells.sort((a, b) => (a.cell < b.cell ? -1 : 1));
  const plan = deriveRebuild({
    installation: deps.installation,
    now: new Date(deps.clock.now()).toISOString(),
    cells,
    records: [...records.values()].flat(),
    tenants: knownTenants(view),
    dualstack: (group) => {
      const reading = deps.book.groups.get(group);
      return reading?.ok === true && reading.value.facts.dualstack;
    },
    sharesName: (tier) => view.spec('Tier', tier)?.routing.scope === 'tier',
  });
  const unread = [...refused].map(
    ([cell, why]): Finding => ({ reason: 'CellUnread', about: cell, message: `cell ${cell} ${why}` }),
  );
  return { ...plan, findings: [...plan.findings, ...unread], refused, read: cells.map(({ cell }) => cell) };
}

/**
 * Carries a rebuild out: the cells that could not be read are noted first, durably; then each tenant's inventory with slots and totals, in one transaction; then the totals of all places are compared. Each step finds what an earlier try has done, so that a crash in between costs nothing but time.
 */
export async function carryOutRebuild(deps: RebuildDeps, prepared: PreparedRebuild): Promise<ConditionUpdate> {
  for (const [cell, why] of prepared.refused) await noteRefused(deps, cell, why);
  let placements = 0;
  for (let from = 0; from < prepared.tenants.length; from += writtenAtOnce) {
    const some = prepared.tenants.slice(from, from + writtenAtOnce);
    // All are let end before a failure is told: none of them may be on its way when this is tried again.
    const ended = await Promise.allSettled(some.map((one) => restoreTenant(deps, one)));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    placements += some.reduce((sum, one) => sum + one.add.length, 0);
  }
  deps.book.invalidate();
  deps.behind.learned();
  for (const [pk, expected] of expectations(deps.view)) await deps.restoring.recount(pk, expected);
  const done = `${prepared.tenants.length} tenants with ${placements} placements were written from what is live`;
  const incomplete = [...prepared.findings.filter(({ reason }) => reason !== 'NoRecord').map(({ message }) => message)];
  if (incomplete.length === 0) return { type: stateKnown, status: 'True', reason: 'Rebuilt', message: done };
  return {
    type: stateKnown,
    status: 'False',
    reason: notRebuilt,
    message: `${done}; not: ${incomplete.slice(0, 5).join('; ')}`,
  };
}

async function restoreTenant(deps: RebuildDeps, plan: TenantRebuild): Promise<void> {
  const { view, restoring, state } = deps;
  const entry = view.ensure('Tenant', plan.tenant);
  const dropped = new Set(plan.drop.map(({ id }) => id));
  const staying = placementsOf(entry).filter(({ id }) => !dropped.has(id));
  // The spec first: the inventory is what lets the tenant run.
  const spec = entry.spec?.value;
  const effective = entry.accepted?.effective;
  if (plan.runs !== undefined && spec !== undefined && effective !== undefined) {
    const serving: EffectiveTenant = { ...effective, service: { ...effective.service, ...plan.runs } };
    entry.spec = await state.writeSpec(entry.key, { ...spec, serving }, entry.spec);
    view.holdClaims(entry);
  }
  const placements = Object.fromEntries([...staying, ...plan.add].map((one) => [one.id, one]));
  entry.inventory = await restoring.restore({
    tenant: plan.tenant,
    inventory: { placements },
    previous: entry.inventory,
    add: plan.add.map((one) => heldOf(view, one)),
    drop: plan.drop.map((one) => heldOf(view, one)),
  });
  const parts = [
    ...(plan.add.length === 0
      ? []
      : [`${plan.add.map(({ id, infraGroup }) => `${id} in ${infraGroup}`).join(', ')} written from what is live`]),
    ...(plan.drop.length === 0 ? [] : [`${plan.drop.map(({ id }) => id).join(', ')} dropped: nothing of it is live`]),
  ];
  deps.event(entry.key, {
    type: 'Normal',
    reason: 'Rebuilt',
    message: `the state table was rebuilt: ${parts.join('; ')}`,
  });
}

function heldOf(view: FleetView, placement: PlacementInventory): HeldPlacement {
  const { id, infraGroup: group, cell, slot, demand, tier } = placement;
  return { id, group, cell, slot, demand, zone: view.spec('Tier', tier)?.zone.id ?? 'unknown' };
}

/** Told in the cell's own status before anything is written, so that placing in its tier stays closed whatever becomes of this process. */
async function noteRefused(deps: RebuildDeps, cell: string, why: string): Promise<void> {
  deps.behind.refuse(cell, why);
  const entry = deps.view.get('Cell', cell);
  if (entry === undefined) return;
  const generation = entry.accepted?.generation ?? 0;
  const before = entry.status?.value ?? { generation, observedGeneration: 0, conditions: [] };
  const update: ConditionUpdate = { type: stateKnown, status: 'False', reason: notRebuilt, message: why };
  const now = new Date(deps.clock.now()).toISOString();
  const conditions = mergeConditions(before.conditions, [update], { now, generation });
  entry.status = await deps.state.writeStatus(entry.key, { ...before, conditions }, entry.status);
}

interface Counted extends ExpectedCapacity {
  readonly used: Record<string, number>;
  readonly slots: Map<number, { placement: string; tenant: string; demand: Readonly<Record<string, number>> }>;
}

/** What every infra group, cell and zone should hold, by the inventories of all tenants. */
function expectations(view: FleetView): ReadonlyMap<string, ExpectedCapacity> {
  const found = new Map<string, Counted>();
  const at = (pk: string): Counted => {
    const known: Counted = found.get(pk) ?? { used: {}, slots: new Map() };
    found.set(pk, known);
    return known;
  };
  for (const { name } of view.groups()) at(capacityKeys.group(name));
  for (const { name } of view.cells()) at(capacityKeys.cell(name));
  for (const { zone } of view.tiers()) at(capacityKeys.zone(zone.id));
  for (const entry of view.all('Tenant')) {
    for (const placement of placementsOf(entry)) {
      const held = heldOf(view, placement);
      const places = [
        [at(capacityKeys.group(held.group)), held.demand.group],
        [at(capacityKeys.cell(held.cell)), held.demand.cell],
        [at(capacityKeys.zone(held.zone)), held.demand.zone],
      ] as const satisfies readonly (readonly [object, Readonly<Record<string, number>>])[];
      for (const [place, demand] of places)
        for (const [dimension, amount] of Object.entries<number>(demand))
          place.used[dimension] = (place.used[dimension] ?? 0) + amount;
      at(capacityKeys.group(held.group)).slots.set(held.slot, {
        placement: held.id,
        tenant: entry.name,
        demand: held.demand.group,
      });
    }
  }
  return found;
}

function knownTenants(view: FleetView): ReadonlyMap<string, KnownTenant> {
  return new Map(
    view.all('Tenant').map((entry) => {
      const effective = entry.accepted?.effective;
      const size = effective === undefined ? undefined : requestOf(entry.name, effective).size;
      return [entry.name, { present: entry.present, effective, size, placements: placementsOf(entry) }];
    }),
  );
}

function isShared(view: FleetView, id: string, group: string): boolean {
  return view.tiers().some(({ name, routing }) => routing.scope === 'tier' && tierRecordId(name, group) === id);
}

type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** A read that fails is refused, with its reason; only a lost lease ends the whole. */
async function attempt<T>(read: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    return { ok: false, why: failureText(error) };
  }
}
