import { placementName, rulePriority, slotMax, slotOfPriority } from '../../model/names.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { demandOf, type ServiceSize } from '../../placement/demand.ts';
import type { Finding, LiveCell, LivePlacement, LiveRecords } from './facts.ts';
import { currentService, deriveResources, servingDefinition } from './resources.ts';

/** What the state table and the records say of a tenant. */
export interface KnownTenant {
  readonly present: boolean;
  /** The accepted effective spec; undefined where nothing was ever accepted. */
  readonly effective: EffectiveTenant | undefined;
  /** How much room the spec asks for. */
  readonly size: ServiceSize | undefined;
  readonly placements: readonly PlacementInventory[];
}

export interface DeriveInput {
  readonly installation: string;
  /** RFC 3339. */
  readonly now: string;
  readonly cells: readonly LiveCell[];
  /** Of zones that were read. */
  readonly records: readonly LiveRecords[];
  readonly tenants: ReadonlyMap<string, KnownTenant>;
  readonly dualstack: (infraGroup: string) => boolean;
  /** Whether a tier's tenants share its name. */
  readonly sharesName: (tier: string) => boolean;
}

/** What is to be written for one tenant. */
export interface TenantRebuild {
  readonly tenant: string;
  /** `driven`: by its record. `kept`: no spec of it is known; it serves on and nothing is changed until its record is there. */
  readonly standing: 'driven' | 'kept';
  /** Placements that the table lacks. */
  readonly add: readonly PlacementInventory[];
  /** Placements that the table has and of which nothing is live, in cells that were read to the end. */
  readonly drop: readonly PlacementInventory[];
  /** Where less runs than the record asks for: the size that runs, so that the difference is reserved before it is built. */
  readonly runs?: { readonly cpu: number; readonly memoryMiB: number; readonly tasks: number };
}

export interface RebuildPlan {
  readonly tenants: readonly TenantRebuild[];
  readonly findings: readonly Finding[];
}

/** Inventories and slots from what is live. Pure: the same facts give the same plan. */
export function deriveRebuild(input: DeriveInput): RebuildPlan {
  const live = new Map<string, LivePlacement[]>();
  for (const cell of input.cells)
    for (const one of cell.unknown) live.set(one.tenant, [...(live.get(one.tenant) ?? []), one]);
  const drops = droppable(input, live);
  const slots = assignSlots(input, drops);
  const names = [...new Set([...live.keys(), ...drops.keys()])].sort();
  const tenants = names.map((tenant) =>
    deriveTenant(input, { tenant, live: live.get(tenant) ?? [], drop: drops.get(tenant) ?? [], slots }),
  );
  const kept = tenants.filter(({ standing }) => standing === 'kept').map(({ tenant }) => keptFinding(tenant));
  return { tenants, findings: [...input.cells.flatMap(({ findings }) => findings), ...kept] };
}

interface TenantFacts {
  readonly tenant: string;
  readonly live: readonly LivePlacement[];
  readonly drop: readonly PlacementInventory[];
  readonly slots: ReadonlyMap<string, number>;
}

function deriveTenant(input: DeriveInput, { tenant, live, drop, slots }: TenantFacts): TenantRebuild {
  const known = input.tenants.get(tenant);
  const derived = live.map((one) => derivePlacement(input, known, one, slots.get(one.id) ?? 0));
  const dropped = new Set(drop.map(({ id }) => id));
  const staying = (known?.placements ?? []).filter(({ id }) => !dropped.has(id));
  const add =
    known?.effective === undefined ? derived : asTheRecordSays(input, known.effective, staying, derived, live);
  const runs = known === undefined ? undefined : smallerThanAsked(known, live);
  return {
    tenant,
    standing: known?.effective === undefined ? 'kept' : 'driven',
    add,
    drop,
    ...(runs === undefined ? {} : { runs }),
  };
}

function derivePlacement(
  input: DeriveInput,
  known: KnownTenant | undefined,
  live: LivePlacement,
  slot: number,
): PlacementInventory {
  const { installation, now } = input;
  const { id, tenant, tier, cell, infraGroup } = live;
  const own = input.records.filter((record) => record.placement === id);
  // Of records under two names the one that the spec asks for is the placement's own.
  const host = known?.effective?.routing.host;
  const records = [...own].sort((a, b) => Number(b.name === host) - Number(a.name === host));
  const family = placementName({ installation, tier, cell, infraGroup, tenant, placement: id });
  const parts = deriveResources(live, records, { installation, slot, family, now });
  const served = input.sharesName(tier) ? currentService(live) !== undefined : records.length > 0;
  return {
    id,
    tier,
    cell,
    infraGroup,
    slot,
    phase: served ? 'serving' : 'reserved',
    demand: demandOf(sizeOf(input, known, live), { dualstack: input.dualstack(infraGroup) }),
    why: 'found live when the state table was rebuilt',
    reservedAt: now,
    ...parts,
  };
}

/**
 * How much room a placement takes: as the record says, or what runs where that is known and something else. Where another hand owns the number of tasks, or none is wanted, only the record can tell.
 */
function sizeOf(input: DeriveInput, known: KnownTenant | undefined, live: LivePlacement): ServiceSize {
  const service = currentService(live);
  const cpu = servingDefinition(live)?.cpu;
  const size = known?.size;
  const isFixed = size === undefined || size.scaling.mode === 'fixed';
  const runs = cpu !== undefined && service !== undefined && service.desiredCount > 0 && isFixed;
  if (size !== undefined) return runs ? { ...size, cpu, tasks: service.desiredCount } : size;
  const ownRecords = !input.sharesName(live.tier);
  return { cpu: cpu ?? 0, tasks: service?.desiredCount ?? 0, scaling: { mode: 'fixed' }, ownRecords };
}

/** Less runs than is asked for: perhaps because there was no room for more. */
function smallerThanAsked({ effective, size }: KnownTenant, live: readonly LivePlacement[]): TenantRebuild['runs'] {
  if (effective?.state !== 'active' || size === undefined || size.scaling.mode !== 'fixed') return undefined;
  for (const one of live) {
    const [service, definition] = [currentService(one), servingDefinition(one)];
    const { cpu, memoryMiB } = definition ?? {};
    if (service === undefined || service.desiredCount === 0 || cpu === undefined || memoryMiB === undefined) continue;
    if (cpu < size.cpu || service.desiredCount < size.tasks) return { cpu, memoryMiB, tasks: service.desiredCount };
  }
  return undefined;
}

/** Phases that follow from the record: what a deleted tenant has left, and which of too many placements was on its way in or out. */
function asTheRecordSays(
  input: DeriveInput,
  effective: EffectiveTenant,
  staying: readonly PlacementInventory[],
  derived: readonly PlacementInventory[],
  live: readonly LivePlacement[],
): readonly PlacementInventory[] {
  const removal = (reason: string) => ({ startedAt: input.now, reason, budgetedAt: input.now });
  const isStopped = (id: string): boolean => {
    const service = currentService(live.find((one) => one.id === id) ?? nothing);
    return service === undefined || (service.desiredCount === 0 && service.tasks === 0);
  };
  if (effective.state === 'deleted') {
    // Out of the way of requests already: that was paid for once. What still serves goes the ordinary way.
    return derived.map((one) =>
      one.resources.dns_record === undefined && isStopped(one.id)
        ? { ...one, phase: 'retained', removal: removal('deleted') }
        : one,
    );
  }
  if (input.sharesName(effective.tier)) return derived;
  let tooMany = staying.length + derived.length - effective.placements;
  const answered = [...staying, ...derived].filter(({ resources }) => resources.dns_record?.arn !== undefined).length;
  if (answered < effective.placements) return derived;
  return derived.map((one) => {
    if (tooMany <= 0 || one.resources.dns_record !== undefined) return one;
    tooMany -= 1;
    return { ...one, phase: 'leaving', removal: removal('more placements are live than the record asks for') };
  });
}

const nothing: Pick<LivePlacement, 'services'> & LivePlacement = {
  id: '',
  tenant: '',
  tier: '',
  cell: '',
  infraGroup: '',
  cluster: undefined,
  services: [],
  definitions: [],
  targetGroups: [],
  rules: [],
};

/**
 * Placements of the table of which nothing is live, by complete reads, where that is no drift to be healed: the tenant has its placements elsewhere, or no record any more. A table that is older
 * than the fleet names them, and to build them again would make the tenant twice.
 */
function droppable(
  input: DeriveInput,
  live: ReadonlyMap<string, readonly LivePlacement[]>,
): ReadonlyMap<string, readonly PlacementInventory[]> {
  const standing = new Map(input.cells.map((cell) => [cell.cell, cell.standing]));
  const inDns = new Set(input.records.map(({ placement }) => placement));
  const found = new Map<string, readonly PlacementInventory[]>();
  for (const [tenant, { present, effective, placements }] of input.tenants) {
    const others = live.get(tenant) ?? [];
    if (present && others.length === 0) continue;
    const gone = placements.filter(({ id, cell }) => standing.get(cell)?.has(id) === false && !inDns.has(id));
    const shared = effective !== undefined && input.sharesName(effective.tier);
    let spare = present
      ? placements.length + others.length - (effective?.state === 'deleted' ? 0 : (effective?.placements ?? 0))
      : gone.length;
    const drop = gone.filter(({ infraGroup }) => {
      if (present && shared) return others.some((other) => other.infraGroup === infraGroup);
      spare -= 1;
      return spare >= 0;
    });
    if (drop.length > 0) found.set(tenant, drop);
  }
  return found;
}

/** Slots by rule priorities; a placement without a rule of its own, or whose rule was moved below our range, gets the lowest that nobody holds. */
function assignSlots(
  input: DeriveInput,
  drops: ReadonlyMap<string, readonly PlacementInventory[]>,
): ReadonlyMap<string, number> {
  const dropped = new Set([...drops.values()].flat().map(({ id }) => id));
  const taken = new Map<string, Set<number>>();
  const of = (group: string): Set<number> => {
    const slots = taken.get(group) ?? new Set<number>();
    taken.set(group, slots);
    return slots;
  };
  for (const { placements } of input.tenants.values())
    for (const { id, infraGroup, slot } of placements) if (!dropped.has(id)) of(infraGroup).add(slot);
  for (const { takenPriorities } of input.cells) {
    for (const [group, priorities] of takenPriorities) {
      for (const priority of priorities) {
        const slot = slotOfPriority(priority);
        if (slot !== undefined) of(group).add(slot);
      }
    }
  }
  const assigned = new Map<string, number>();
  const all = input.cells.flatMap(({ unknown }) => unknown).sort((a, b) => (a.id < b.id ? -1 : 1));
  // The even priority is the slot's own; the odd one after it gives way where both are claimed.
  const claims = all
    .flatMap((one) => one.rules.map((rule) => ({ one, priority: rule.priority, slot: slotOfPriority(rule.priority) })))
    .sort((a, b) => isSpare(a) - isSpare(b));
  for (const { one, slot } of claims) {
    if (slot === undefined || assigned.has(one.id) || of(one.infraGroup).has(slot)) continue;
    assigned.set(one.id, slot);
    of(one.infraGroup).add(slot);
  }
  for (const one of all) {
    if (assigned.has(one.id)) continue;
    const slots = of(one.infraGroup);
    let slot = 0;
    while (slot < slotMax && slots.has(slot)) slot += 1;
    assigned.set(one.id, slot);
    slots.add(slot);
  }
  return assigned;
}

function isSpare({ priority, slot }: { readonly priority: number; readonly slot: number | undefined }): number {
  return slot === undefined || rulePriority(slot) === priority ? 0 : 1;
}

function keptFinding(tenant: string): Finding {
  return {
    reason: 'NoRecord',
    about: tenant,
    message: `tenant ${tenant} serves, and no accepted record says how: it is counted and kept as it is, neither healed nor removed. Write its record again to have it driven, or with state: deleted to have it removed`,
  };
}
