import type { ConditionUpdate } from '../../model/conditions.ts';
import { movePhase } from '../../model/moves.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { PlacementMoveStatus, PlacementStatus } from '../../model/state.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';

/** The moves of a tenant as users see them, by successor. `words`: what this run found that they wait for. */
export function moveStatuses(
  entry: ObjectEntry,
  words: ReadonlyMap<string, string>,
): ReadonlyMap<string, PlacementMoveStatus> {
  const all = entry.inventory?.value.placements ?? {};
  return new Map(
    placementsOf(entry).flatMap((successor) => {
      const { move } = successor;
      const old = all[move?.from ?? ''];
      if (move === undefined || old === undefined) return [];
      const status: PlacementMoveStatus = {
        phase: movePhase(successor, old),
        from: old.id,
        to: successor.id,
        cause: move.cause,
        since: move.startedAt,
        why: move.why,
        waitsFor: words.get(successor.id) ?? 'the next look',
        ...(move.abort === undefined ? {} : { aborted: move.abort.reason }),
      };
      return [[successor.id, status] as const];
    }),
  );
}

/** All moves of a tenant in one condition; undefined: none is under way. */
export function movingCondition(
  entry: ObjectEntry,
  moves: ReadonlyMap<string, PlacementMoveStatus>,
): ConditionUpdate | undefined {
  const all = entry.inventory?.value.placements ?? {};
  const [first] = moves.values();
  if (first === undefined) return undefined;
  const message = [...moves.values()].map((move) => moveText(move, all)).join('; ');
  return { type: 'Moving', status: 'True', reason: first.aborted === undefined ? first.phase : 'Aborting', message };
}

function moveText(move: PlacementMoveStatus, all: Readonly<Record<string, PlacementInventory>>): string {
  const place = (id: string): string => {
    const { infraGroup = 'unknown', cell = 'unknown' } = all[id] ?? {};
    return `${infraGroup} (${cell})`;
  };
  const way = `from ${place(move.from)} to ${place(move.to)}`;
  if (move.aborted !== undefined) return `${way}, being taken back (${move.aborted}): waits for ${move.waitsFor}`;
  return `${way}, ${move.phase}: waits for ${move.waitsFor}; because ${move.why}`;
}

/** The change of a move that people should hear of: its next phase. */
export function phaseNews(
  before: readonly PlacementStatus[],
  moves: ReadonlyMap<string, PlacementMoveStatus>,
): readonly PlacementMoveStatus[] {
  return [...moves.values()].filter((move) => {
    const known = before.find(({ id }) => id === move.to)?.move;
    return move.aborted === undefined && known?.phase !== move.phase;
  });
}
