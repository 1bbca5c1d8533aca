import type { HeldTenant } from '../../model/reports.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';

/** One placement as a mover looks at it. */
export interface Seat {
  readonly entry: ObjectEntry;
  readonly placement: PlacementInventory;
  readonly standing: Standing;
}

export type Standing =
  /** A mover may take it. */
  | { readonly kind: 'free' }
  /** It goes already: it leaves, is kept for a deleted tenant, or its tenant is deleted. */
  | { readonly kind: 'leaving' }
  /** What replaces it is under way, or there already while it leaves; `stuck`: for so long that others need not wait for it. */
  | { readonly kind: 'moving'; readonly stuck: boolean }
  /** In tier scope it leaves by closure, not by a move. */
  | { readonly kind: 'closure' }
  /** Its tenant is at something else, that comes first. */
  | { readonly kind: 'waiting'; readonly on: string }
  /** No mover takes it, for as long as that is so. */
  | ({ readonly kind: 'held' } & Pick<HeldTenant, 'reason' | 'text' | 'remedies'>);

/** How long a change that the tenant's own record asks for has precedence over movers: one that never comes to an end must not keep a place from being emptied. */
export const ownChangeFirstMs = 900_000;

/** From when on a move keeps others no longer waiting for their turn: one whose successor never was healthy, or whose old placement cannot be taken away. */
export const stuckMoveMs = 1_800_000;

/** What movers go by. */
export interface SeatDeps {
  readonly view: FleetView;
  /** The process's own mode. */
  readonly mode: Mode;
  readonly now: number;
}

/** The seats that `wanted` picks, by tenant and placement. */
export function seatsOf(deps: SeatDeps, wanted: (placement: PlacementInventory) => boolean): readonly Seat[] {
  const entries = [...deps.view.all('Tenant')].sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) =>
    placementsOf(entry)
      .filter(wanted)
      .map((placement) => ({ entry, placement, standing: standingOf(deps, entry, placement) })),
  );
}

function standingOf(deps: SeatDeps, entry: ObjectEntry, placement: PlacementInventory): Standing {
  const accepted = entry.accepted?.effective;
  const placements = placementsOf(entry);
  const successor = placements.find((one) => one.move?.from === placement.id && one.phase !== 'leaving');
  // Until the old placement is gone it holds its room beside that of its successor, which is what the bound is for.
  if (successor !== undefined) return { kind: 'moving', stuck: isStuck(successor, placement, deps.now) };
  if (placement.phase === 'leaving' || placement.phase === 'retained' || placement.phase === 'released')
    return { kind: 'leaving' };
  if (deps.view.spec('Tier', placement.tier)?.routing.scope === 'tier') return { kind: 'closure' };
  if (accepted?.state === 'deleted') return { kind: 'leaving' };
  const held = heldBy(deps, entry, placement);
  if (held !== undefined) return held;
  if (placements.some((one) => one.move !== undefined)) return { kind: 'waiting', on: 'another move of its tenant' };
  if (isAtOwnChange(entry, deps.now)) return { kind: 'waiting', on: 'a change that its own record asks for' };
  return { kind: 'free' };
}

function isStuck({ move }: PlacementInventory, { removal }: PlacementInventory, now: number): boolean {
  if (removal !== undefined) return now - Date.parse(removal.startedAt) > stuckMoveMs;
  return move !== undefined && move.healthySince === undefined && now - Date.parse(move.startedAt) > stuckMoveMs;
}

/** Whether the record asks for something that is not reached yet. A user's wish goes before a mover's. */
function isAtOwnChange(entry: ObjectEntry, now: number): boolean {
  const spec = entry.spec?.value;
  if (spec === undefined || entry.status?.value.observedGeneration === entry.accepted?.generation) return false;
  return now - Date.parse(spec.acceptedAt) < ownChangeFirstMs;
}

function heldBy(deps: SeatDeps, entry: ObjectEntry, placement: PlacementInventory): Standing | undefined {
  const { name } = entry;
  const held = (reason: string, text: string, remedy: string): Standing => ({
    kind: 'held',
    reason,
    text,
    remedies: [remedy],
  });
  if (entry.damaged.length > 0) {
    const items = entry.damaged.join(', ');
    return held(
      'Damaged',
      `the state table's ${items} of it cannot be read`,
      'restore what is damaged in the state table',
    );
  }
  if (!entry.present) {
    const text = 'its record vanished: an orphan is kept as it is, and not moved';
    return held('Orphaned', text, `write its record again, or with state: deleted to let it go (cellwright apply)`);
  }
  const mode = modeOf(deps, name, placement);
  if (mode === 'active') return undefined;
  return held(
    'ModeNotActive',
    `mode ${mode} applies to it: nothing is changed`,
    `mode: active on all levels (cellwright unpause)`,
  );
}

function modeOf({ view, mode }: SeatDeps, tenant: string, placement: PlacementInventory): Mode {
  return strictest([
    mode,
    view.fleet()?.mode,
    view.spec('Tier', placement.tier)?.mode,
    view.spec('Cell', placement.cell)?.mode,
    view.spec('InfraGroup', placement.infraGroup)?.mode,
    view.spec('Tenant', tenant)?.mode,
  ]);
}
