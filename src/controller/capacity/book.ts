import type { InfraGroupReading } from '../../aws/infra.ts';
import type { RoleProof } from '../../aws/ports.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import type { PlacementInventory, PlacementMove, PlacementPhase } from '../../model/resources.ts';
import { capacityOf, unknownCapacity } from '../../placement/capacity.ts';
import { Ledger } from '../../placement/ledger.ts';
import type { CellView, GroupView, Reservation, TierView, ZoneView } from '../../placement/types.ts';
import { cellDimensions, groupDimensions, vcpuToCpuUnits, zoneDimensions } from '../../placement/vector.ts';
import { placementsOf, specOf } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import { gateBasis } from '../infra-group/basis.ts';
import type { CellReading, GroupReading, Reading, ZoneReading } from './readings.ts';

/** Whether an infra group takes new tenants, as it was looked at last. */
export interface Gate {
  /** What of the records it was looked at for (`gateBasis`). */
  readonly basis: string;
  /** Why not; undefined when it does. */
  readonly closed: string | undefined;
  /** What each part is like, and `InfraReady` for all. */
  readonly conditions: readonly ConditionUpdate[];
  /** Dependencies of the tier without an endpoint that is available. */
  readonly missing: readonly string[];
}

/** What everything in the table is short of until it was read. */
const unread = { ok: false, reason: 'NotRead', message: 'not read yet' } as const;

/**
 * The books of placement: readings of AWS, records and reservations together, as the ledger that decisions are made by. The ledger is carried forward from
 * decision to decision and built anew when records or readings change.
 */
export class PlacementBook {
  readonly cells = new Map<string, Reading<CellReading>>();
  readonly groups = new Map<string, Reading<GroupReading>>();
  readonly zones = new Map<string, Reading<ZoneReading>>();
  /** What infra groups are made of, by part. */
  readonly infra = new Map<string, Reading<InfraGroupReading>>();
  /** Whether the roles of cells can be assumed. */
  readonly roles = new Map<string, readonly RoleProof[]>();
  /** Readiness gates of infra groups. */
  readonly gates = new Map<string, Gate>();
  /** Slots at rest: until when (milliseconds since the epoch), by infra group and slot. */
  readonly resting = new Map<string, Map<number, number>>();
  /** Capacity epochs of infra groups, as the state table has them. */
  readonly epochs = new Map<string, number>();
  readonly #view: FleetView;
  readonly #mode: () => Mode;
  readonly #onTheWay = new Map<string, Reservation>();
  #ledger: Ledger | undefined;
  /** Tenants for which the ledger as it is has no room. */
  readonly #lacking = new Set<string>();
  #restUntil = Number.POSITIVE_INFINITY;

  constructor(view: FleetView, mode: () => Mode) {
    this.#view = view;
    this.#mode = mode;
  }

  /** Records, readings or reservations changed in a way that the ledger was not told of. */
  invalidate(): void {
    this.#ledger = undefined;
  }

  /** The ledger as of now. */
  ledger(now: number): Ledger {
    if (this.#ledger === undefined || now >= this.#restUntil) {
      this.#lacking.clear();
      this.#ledger = this.#build(now);
    }
    return this.#ledger;
  }

  /** Takes down whether there is room for a tenant that has no placement, by the ledger that was just asked for. */
  noteRoom(tenant: string, isFound: boolean): void {
    if (isFound) this.#lacking.delete(tenant);
    else this.#lacking.add(tenant);
  }

  /** Whether it is certain that there is no room: none was found, and nothing but further reservations came since. */
  lacksRoom(tenant: string, now: number): boolean {
    return this.#ledger !== undefined && now < this.#restUntil && this.#lacking.has(tenant);
  }

  /** A decision whose transaction is on its way: it counts at once, so that no other tenant is given the same room meanwhile. */
  begin(reservations: readonly Reservation[], now: number): void {
    const ledger = this.ledger(now);
    for (const reservation of reservations) {
      ledger.reserve(reservation);
      this.#onTheWay.set(reservation.placement, reservation);
    }
  }

  /** The transaction ended; where it failed, what it asked for is free again. */
  end(reservations: readonly Reservation[], reserved: boolean): void {
    for (const reservation of reservations) this.#onTheWay.delete(reservation.placement);
    // A successor changes how what it replaces counts.
    if (!reserved || reservations.some((one) => one.replaces !== undefined)) this.invalidate();
  }

  /** The capacity epoch of an infra group: raised whenever its record or its cell's changes, so that an older decision cannot take room there. */
  epochOf(group: string): number {
    return this.epochs.get(group) ?? 0;
  }

  /** A slot that was given back, until `until`. */
  rest(group: string, slot: number, until: number): void {
    const slots = this.resting.get(group) ?? new Map<number, number>();
    slots.set(slot, until);
    this.resting.set(group, slots);
    this.invalidate();
  }

  #build(now: number): Ledger {
    this.#restUntil = Number.POSITIVE_INFINITY;
    return new Ledger({
      tiers: this.#tiers(),
      cells: this.#cells(),
      groups: this.#groups(now),
      zones: this.#zones(),
      reservations: this.#reservations(),
    });
  }

  #reservations(): Reservation[] {
    const stored = this.#view.all('Tenant').flatMap((entry) => {
      const placements = placementsOf(entry);
      const replaced = new Set(placements.flatMap(({ move, phase }) => (replaces(move, phase) ? [move.from] : [])));
      return placements.map((placement) =>
        reservationOf(
          entry.name,
          placement,
          specOf(entry, placement) ?? entry.accepted?.effective,
          replaced.has(placement.id),
        ),
      );
    });
    const known = new Set(stored.map((reservation) => reservation.placement));
    return [...stored, ...[...this.#onTheWay.values()].filter((one) => !known.has(one.placement))];
  }

  #tiers(): TierView[] {
    return this.#view.tiers().map((tier) => ({
      name: tier.name,
      scope: tier.routing.scope,
      strategy: tier.placement.strategy,
      zone: tier.zone.id,
    }));
  }

  #cells(): CellView[] {
    return this.#view.cells().map((cell) => {
      const reading = this.cells.get(cell.name) ?? unread;
      const quotas = cell.quotas ?? {};
      const record = {
        ...quotas,
        ...(quotas.fargateVcpu === undefined ? {} : { fargateVcpu: vcpuToCpuUnits(quotas.fargateVcpu) }),
      };
      const base = { name: cell.name, tier: cell.tier, state: cell.state } as const;
      if (!reading.ok) return { ...base, incomplete: reading.message, capacity: unknownCapacity(cellDimensions) };
      const { foreign, quotas: read } = reading.value;
      const foreignVcpu = Math.max(vcpuToCpuUnits(cell.foreignVcpu ?? 0), foreign.fargateVcpu ?? 0);
      const capacity = capacityOf(cellDimensions, {
        record,
        read,
        reservePercent: this.#reserve(cell.tier),
        foreign: { ...foreign, fargateVcpu: foreignVcpu },
      });
      return { ...base, capacity };
    });
  }

  #groups(now: number): GroupView[] {
    return this.#view.groups().map((group) => {
      const cell = this.#view.spec('Cell', group.cell);
      const tier = cell === undefined ? undefined : this.#view.spec('Tier', cell.tier);
      const reading = this.groups.get(group.name) ?? unread;
      const base = {
        name: group.name,
        cell: group.cell,
        state: group.state,
        mode: strictest([this.#mode(), tier?.mode, cell?.mode, group.mode]),
      } as const;
      if (!reading.ok) {
        const capacity = unknownCapacity(groupDimensions);
        return { ...base, notReady: reading.message, dualstack: false, restingSlots: [], capacity };
      }
      const { facts, quotas, foreign, foreignSlots } = reading.value;
      const capacity = capacityOf(groupDimensions, {
        record: group.quotas ?? {},
        read: quotas,
        reservePercent: this.#reserve(cell?.tier ?? ''),
        foreign,
        unlimited: ['rps'],
      });
      const restingSlots = [...this.#atRest(group.name, now), ...foreignSlots];
      const closed = this.#closed(group.name);
      const notReady = closed === undefined ? {} : { notReady: closed };
      return { ...base, ...notReady, dualstack: facts.dualstack, restingSlots, capacity };
    });
  }

  /** What the readiness gate says. One that was looked at for other records says nothing yet. */
  #closed(group: string): string | undefined {
    const gate = this.gates.get(group);
    if (gate !== undefined && gate.basis === gateBasis(this.#view, group)) return gate.closed;
    return 'its readiness gate was not looked at yet';
  }

  #zones(): ZoneView[] {
    const ids = new Map(this.#view.tiers().map((tier) => [tier.zone.id, tier.name]));
    return [...ids].map(([id, tier]) => {
      const reading = this.zones.get(id) ?? unread;
      if (!reading.ok) return { id, incomplete: reading.message, capacity: unknownCapacity(zoneDimensions) };
      const capacity = capacityOf(zoneDimensions, {
        record: {},
        read: { records: reading.value.quota },
        reservePercent: this.#reserve(tier),
        foreign: { records: reading.value.foreign },
      });
      return { id, capacity };
    });
  }

  #reserve(tier: string): number {
    return this.#view.spec('Tier', tier)?.placement.reservePercent ?? 0;
  }

  #atRest(group: string, now: number): number[] {
    const slots: number[] = [];
    for (const [slot, until] of this.resting.get(group) ?? []) {
      if (until <= now) continue;
      slots.push(slot);
      this.#restUntil = Math.min(this.#restUntil, until);
    }
    return slots;
  }
}

function replaces(move: PlacementMove | undefined, phase: PlacementPhase): move is PlacementMove {
  return move !== undefined && move.abort === undefined && phase !== 'leaving';
}

/** A placement of the inventory as the ledger counts it. */
export function reservationOf(
  tenant: string,
  placement: PlacementInventory,
  serving: { readonly antiAffinity?: string; readonly isolation: 'shared' | 'dedicated' } | undefined,
  replaced: boolean,
): Reservation {
  const { move, phase } = placement;
  return {
    placement: placement.id,
    tenant,
    tier: placement.tier,
    cell: placement.cell,
    group: placement.infraGroup,
    slot: placement.slot,
    // Written by placement itself: every dimension is there.
    demand: placement.demand,
    ...(serving?.antiAffinity === undefined ? {} : { antiAffinity: serving.antiAffinity }),
    isolation: serving?.isolation ?? 'shared',
    // A move that is being taken back: its successor counts no more, but its old placement gets no other one yet.
    ...(phase === 'leaving' || move?.abort !== undefined ? { leaving: true } : {}),
    ...(move === undefined || phase === 'leaving' ? {} : { replaces: move.from }),
    ...(replaced ? { replaced } : {}),
  };
}
