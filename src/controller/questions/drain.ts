import { kindOfWord } from '../../model/records/kinds.ts';
import type { DrainReport, PlannedMove } from '../../model/reports.ts';
import { placementsOf } from '../fleet/entry.ts';
import { heldOf } from '../movers/drains.ts';
import { type DrainingPlace, isIn } from '../movers/places.ts';
import { drainSteps } from '../movers/plan-drain.ts';
import { type Seat, type SeatDeps, seatsOf } from '../movers/seats.ts';
import { answeredAt, type QuestionDeps, QuestionError, quoted, type Terms } from './question.ts';

/** Who of an infra group or cell (`kind`, `name`) has somewhere to go, and who has not: as if it drained already. */
export function drainReport(deps: QuestionDeps, terms: Terms): DrainReport {
  const place = placeOf(terms);
  const state = deps.view.spec(place.kind, place.name)?.state;
  if (state === undefined)
    throw new QuestionError(`there is no accepted ${terms('kind') ?? ''} ${quoted(place.name)}`, true);
  const now = deps.clock.now();
  const seatDeps: SeatDeps = { view: deps.view, mode: deps.mode(), now };
  const seats = seatsOf(seatDeps, (placement) => placement.phase !== 'released' && isIn(place, placement));
  const candidates = seats.filter(({ standing }) => standing.kind === 'free' || standing.kind === 'waiting');
  const plan = drainSteps(deps.book.ledger(now), place, seats);
  const going: PlannedMove[] = candidates.flatMap(({ entry, placement }) => {
    const to = plan.going.get(placement.id);
    return to === undefined ? [] : [{ tenant: entry.name, placement: placement.id, from: placement.infraGroup, to }];
  });
  const closing = seats.filter(({ standing }) => standing.kind === 'closure');
  return {
    at: answeredAt(deps),
    kind: place.kind,
    name: place.name,
    state,
    placements: seats.length,
    going,
    held: [...seats.flatMap((seat) => heldOf(seat) ?? []), ...plan.held],
    leaving: seats.filter(({ standing }) => standing.kind === 'leaving' || standing.kind === 'moving').length,
    closures: closuresOf(deps, place, closing),
  };
}

function placeOf(terms: Terms): DrainingPlace {
  const word = terms('kind') ?? '';
  const kind = kindOfWord(word);
  if (kind === 'Cell' || kind === 'InfraGroup') return { kind, name: terms('name') ?? '' };
  throw new QuestionError(`kind is ${quoted(word)}, expected cell or infra-group`, false);
}

/** Tenants that share their tier's name leave an infra group together, when all the load balancers that remain serve all of them. */
function closuresOf(deps: QuestionDeps, place: DrainingPlace, seats: readonly Seat[]): DrainReport['closures'] {
  const groups = [...new Set(seats.map(({ placement }) => placement.infraGroup))].sort();
  return groups.map((group) => {
    const here = seats.filter(({ placement }) => placement.infraGroup === group);
    const tier = here[0]?.placement.tier ?? '';
    const blocked = blockedBecause(deps, place, tier, here);
    return { tier, group, tenants: here.length, ...(blocked === undefined ? {} : { blocked }) };
  });
}

function blockedBecause(
  { view }: QuestionDeps,
  place: DrainingPlace,
  tier: string,
  here: readonly Seat[],
): string | undefined {
  const remaining = view
    .cells(tier)
    .filter((cell) => cell.state !== 'draining')
    .flatMap((cell) => view.groups(cell.name))
    .filter((group) => group.state !== 'draining' && !isIn(place, { cell: group.cell, infraGroup: group.name }))
    .map((group) => ({
      group: group.name,
      lacking: here.filter(({ entry }) => !serves(entry, group.name)).map(({ entry }) => entry.name),
    }))
    // One where nobody of the tier is has no record under the name: nothing depends on it.
    .filter(({ lacking }) => lacking.length < here.length);
  if (remaining.length === 0)
    return 'no other infra group of the tier serves its tenants; add one (cellwright apply), or uncordon one';
  const short = remaining.find(({ lacking }) => lacking.length > 0);
  if (short === undefined) return undefined;
  const { group, lacking } = short;
  return `${lacking.length} of them do not serve behind ${group} yet, among them ${lacking.slice(0, 3).join(', ')}; see why: cellwright describe tenant ${lacking[0] ?? ''}`;
}

function serves(entry: Seat['entry'], group: string): boolean {
  return placementsOf(entry).some((one) => one.infraGroup === group && one.phase === 'serving');
}
