import type { Clock } from '../../model/clock.ts';
import type { HeldTenant } from '../../model/reports.ts';
import { type DrainStep, type DrainSubject, planDrain } from '../../placement/drain.ts';
import type { Ledger } from '../../placement/ledger.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { placementsOf } from '../fleet/entry.ts';
import { requestOf } from '../tenant/placing.ts';
import { type DrainingPlace, isIn } from './places.ts';
import type { Seat } from './seats.ts';

/** Who has somewhere to go, by placement with the infra group, in the order in which they are sure to fit; and who has not. */
export interface DrainSteps {
  readonly going: ReadonlyMap<string, string>;
  readonly held: readonly HeldTenant[];
}

/** Plans the drain of a place with these seats. */
export type DrainPlanner = (place: DrainingPlace, seats: readonly Seat[]) => DrainSteps;

/** The planner over the books as they are when it is asked. */
export function drainPlanner(book: PlacementBook, clock: Pick<Clock, 'now'>): DrainPlanner {
  return (place, seats) => drainSteps(book.ledger(clock.now()), place, seats);
}

/** The plan of a drain, of a place that drains already or as if it did. Reads the ledger, changes nothing. */
export function drainSteps(ledger: Ledger, place: DrainingPlace, seats: readonly Seat[]): DrainSteps {
  const scope = place.kind === 'Cell' ? { cell: place.name } : { infraGroup: place.name };
  const subjects = subjectsOf(seats);
  const { steps } = planDrain(ledger, scope, subjects);
  const pins = new Map([...subjects].map(([tenant, { request }]) => [tenant, request.pin]));
  const free = new Set(seats.filter(isAsked).map(({ placement }) => placement.id));
  const asked = steps.filter(({ placement }) => free.has(placement));
  return {
    going: new Map(asked.flatMap((step) => (step.kind === 'move' ? [[step.placement, step.to] as const] : []))),
    held: asked.flatMap((step) => (step.kind === 'stuck' ? [pinned(ledger, place, step, pins) ?? heldBy(step)] : [])),
  };
}

/** Seats of which a place elsewhere is asked: of the others their standing says it all. */
function isAsked({ standing }: Seat): boolean {
  return standing.kind === 'free' || standing.kind === 'waiting';
}

function subjectsOf(seats: readonly Seat[]): ReadonlyMap<string, DrainSubject> {
  return new Map(
    seats.flatMap(({ entry }): (readonly [string, DrainSubject])[] => {
      const effective = entry.accepted?.effective;
      if (effective === undefined) return [];
      const moving = new Set(placementsOf(entry).flatMap(({ move }) => (move === undefined ? [] : [move.from])));
      const subject = {
        request: requestOf(entry.name, effective),
        orphan: !entry.present,
        retained: effective.state === 'deleted',
        moving,
      };
      return [[entry.name, subject]];
    }),
  );
}

type Stuck = Extract<DrainStep, { kind: 'stuck' }>;

/** One whose pin allows only places that are closed: nothing helps but the pin, whatever room there is elsewhere. */
function pinned(
  ledger: Ledger,
  place: DrainingPlace,
  { tenant, placement, from }: Stuck,
  pins: ReadonlyMap<string, readonly string[]>,
): HeldTenant | undefined {
  const pin = pins.get(tenant) ?? [];
  if (pin.length === 0 || pin.some((group) => isOpen(ledger, place, group))) return undefined;
  const remedy = `widen or lift its pin (cellwright pin tenant ${tenant} GROUP[,GROUP...], or --none)`;
  return { tenant, placement, from, reason: 'NotInPin', text: `pinned to ${pin.join(', ')}`, remedies: [remedy] };
}

function isOpen(ledger: Ledger, place: DrainingPlace, group: string): boolean {
  const site = ledger.site(group);
  if (site === undefined || isIn(place, { cell: site.cell.view.name, infraGroup: group })) return false;
  return site.view.state === 'active' && site.cell.view.state === 'active';
}

function heldBy({ tenant, placement, from, code, text, fix }: Stuck): HeldTenant {
  // The text of an explanation ends with what would help, which is told by itself.
  const why = text.split(' What would help:')[0] ?? text;
  return { tenant, placement, from, reason: code, text: why, remedies: fix === undefined ? [] : [fix] };
}
