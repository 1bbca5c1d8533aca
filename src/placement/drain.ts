import { reservationFor } from './decide.ts';
import type { Ledger, Site } from './ledger.ts';
import { listText, type RejectionCode } from './rejections.ts';
import type { Remedy } from './remedies.ts';
import { dominantShare, type Largest, largestOf } from './share.ts';
import { explainNoSuccessor, findSuccessor } from './successor.ts';
import type { PlacementRequest, PlacementView, Reservation } from './types.ts';

/** What is to be emptied. */
export type DrainScope = { readonly infraGroup: string } | { readonly cell: string };

/** What a drain has to know of a tenant besides its reservations. */
export interface DrainSubject {
  /** What its placements are built by: the last accepted spec. */
  readonly request: PlacementRequest;
  /** Its record vanished: nothing of it is moved, nothing removed. */
  readonly orphan?: boolean;
  /** It is deleted and within its retention: it just leaves, and is placed anew if it is revived. */
  readonly retained?: boolean;
  /** Ids of placements that have a successor already. */
  readonly moving?: ReadonlySet<string>;
}

interface StepBase {
  readonly tenant: string;
  readonly placement: string;
  /** The infra group that it is in now. */
  readonly from: string;
}

/** What is to become of one placement. */
export type DrainStep =
  | (StepBase & { readonly kind: 'move'; readonly to: string; readonly cell: string; readonly why: string })
  /** It goes without a successor: a retained tenant's, or one in tier scope, whose name other infra groups answer. */
  | (StepBase & { readonly kind: 'leave'; readonly why: string })
  /** A successor is being built already. */
  | (StepBase & { readonly kind: 'moving' })
  | (StepBase & {
      readonly kind: 'stuck';
      readonly code: RejectionCode | 'Orphan' | 'NoAcceptedSpec' | 'RouteClosure';
      readonly text: string;
      /** What would help; absent where nothing that placement knows of would. */
      readonly fix?: string;
    });

export interface DrainPlan {
  readonly scope: DrainScope;
  /** Moves in the order in which they are sure to fit one after the other; then what leaves, what is moving, what is stuck. */
  readonly steps: readonly DrainStep[];
  readonly counts: Readonly<Record<DrainStep['kind'], number>>;
  /** How many placements go to which infra group, the most first. */
  readonly targets: readonly { readonly group: string; readonly placements: number }[];
  /** What would help, and how many stuck placements it concerns, the most first. */
  readonly fixes: readonly { readonly text: string; readonly placements: number }[];
  readonly text: string;
}

/**
 * Plans the emptying of an infra group or a cell, whether it is marked as draining yet or not: where each placement there would go, all of them
 * together, one after the other and each beside the one that it replaces. Those with the fewest choices go first, then the largest. Reads the
 * ledger, changes nothing.
 */
export function planDrain(ledger: Ledger, scope: DrainScope, subjects: ReadonlyMap<string, DrainSubject>): DrainPlan {
  const books = ledger.copy((view) => draining(view, scope));
  const placements = [...books.allReservations()].filter((one) => isIn(scope, one) && one.leaving !== true);
  const emptied = new Set(
    books
      .sites()
      .filter(({ view, cell }) => isIn(scope, { group: view.name, cell: cell.view.name }))
      .map(({ view }) => view.name),
  );
  const drain: Drain = { books, emptied, largest: new Map(), subjects };
  const steps: DrainStep[] = [];
  const movers: Mover[] = [];
  for (const reservation of placements.sort(byId)) {
    const step = withoutSuccessor(drain, reservation);
    if (step !== undefined) steps.push(step);
    else movers.push(moverOf(drain, reservation));
  }
  const moves = moveAll(drain, movers.sort(hardestFirst));
  return summarised(scope, [...moves, ...steps].sort(byKind));
}

interface Drain {
  readonly books: Ledger;
  /** The infra groups that are to be empty. */
  readonly emptied: ReadonlySet<string>;
  readonly largest: Map<string, Largest>;
  readonly subjects: ReadonlyMap<string, DrainSubject>;
}

interface Mover {
  readonly reservation: Reservation;
  readonly request: PlacementRequest;
  readonly share: number;
}

const byId = (a: Reservation, b: Reservation): number =>
  a.tenant === b.tenant ? (a.placement < b.placement ? -1 : 1) : a.tenant < b.tenant ? -1 : 1;

function draining(view: PlacementView, scope: DrainScope): PlacementView {
  if ('cell' in scope) {
    const cells = view.cells.map((cell) => (cell.name === scope.cell ? { ...cell, state: 'draining' as const } : cell));
    return { ...view, cells };
  }
  const groups = view.groups.map((group) =>
    group.name === scope.infraGroup ? { ...group, state: 'draining' as const } : group,
  );
  return { ...view, groups };
}

function isIn(scope: DrainScope, { group, cell }: Pick<Reservation, 'group' | 'cell'>): boolean {
  return 'cell' in scope ? cell === scope.cell : group === scope.infraGroup;
}

/** What becomes of a placement that needs no successor, or may have none. */
function withoutSuccessor({ books, emptied, subjects }: Drain, reservation: Reservation): DrainStep | undefined {
  const { tenant, placement, group: from, tier } = reservation;
  const base = { tenant, placement, from };
  const subject = subjects.get(tenant);
  if (subject?.orphan === true) {
    const text = 'its record vanished: what runs stays as it is';
    const fix = `write the record of tenant ${tenant} again, or set its state to deleted`;
    return { ...base, kind: 'stuck', code: 'Orphan', text, fix };
  }
  if (subject === undefined) {
    const text = 'nothing was ever accepted of its record, so nothing is known of what it needs';
    return { ...base, kind: 'stuck', code: 'NoAcceptedSpec', text };
  }
  if (subject.retained === true) return { ...base, kind: 'leave', why: 'the tenant is deleted, within its retention' };
  if (subject.moving?.has(placement) === true) return { ...base, kind: 'moving' };
  if (books.tier(tier)?.scope !== 'tier') return undefined;
  const other = books
    .reservationsOf(tenant)
    .find((one) => one.leaving !== true && !emptied.has(one.group) && isActive(books.site(one.group)));
  if (other !== undefined) {
    return { ...base, kind: 'leave', why: `tier ${tier} has scope tier, and ${other.group} answers its name too` };
  }
  const text = `tier ${tier} has scope tier, and no other active infra group serves the tenant: its name would have no answer`;
  return { ...base, kind: 'stuck', code: 'RouteClosure', text, fix: `one more infra group in tier ${tier}` };
}

function isActive(site: Site | undefined): boolean {
  return site?.view.state === 'active' && site.cell.view.state === 'active';
}

function moverOf({ books, largest, subjects }: Drain, reservation: Reservation): Mover {
  const subject = subjects.get(reservation.tenant);
  if (subject === undefined) throw new RangeError(`Tenant ${reservation.tenant} has no spec to be placed by.`);
  const { request } = subject;
  const known = largest.get(request.tier) ?? largestOf(books, request.tier);
  largest.set(request.tier, known);
  return { reservation, request, share: dominantShare(reservation.demand, known) };
}

function hardestFirst(a: Mover, b: Mover): number {
  return choices(a.request) - choices(b.request) || b.share - a.share || byId(a.reservation, b.reservation);
}

/** Few are first: a pin leaves some infra groups, isolation and labels leave some, the rest may go anywhere. */
function choices({ pin, isolation, antiAffinity }: PlacementRequest): number {
  if (pin.length > 0) return 0;
  return isolation === 'dedicated' ? 1 : antiAffinity !== undefined ? 2 : 3;
}

/** Those who found nothing are asked again while others still go: what moved left room behind in its cell and zone. */
function moveAll(drain: Drain, movers: readonly Mover[]): readonly DrainStep[] {
  const moved: DrainStep[] = [];
  let left = movers;
  for (;;) {
    const steps = left.map((mover) => ({ mover, step: moveOne(drain, mover) }));
    moved.push(...steps.flatMap(({ step }) => (step.kind === 'move' ? [step] : [])));
    const stuck = steps.filter(({ step }) => step.kind === 'stuck');
    if (stuck.length === 0 || stuck.length === left.length) return [...moved, ...stuck.map(({ step }) => step)];
    left = stuck.map(({ mover }) => mover);
  }
}

function moveOne({ books, emptied }: Drain, { reservation, request }: Mover): DrainStep {
  const { tenant, placement, group: from } = reservation;
  const base = { tenant, placement, from };
  const choice = findSuccessor(request, books, reservation);
  if (choice !== undefined) {
    books.reserve(reservationFor(request, choice, `${placement} moved`));
    books.release(placement, true);
    return { ...base, kind: 'move', to: choice.group, cell: choice.cell, why: choice.why };
  }
  const { reason: code, text, remedies } = explainNoSuccessor(request, books, reservation, emptied);
  const fix = fixText(request, remedies);
  return fix === undefined ? { ...base, kind: 'stuck', code, text } : { ...base, kind: 'stuck', code, text, fix };
}

/** A pin is the tenant's own, so its name belongs to it. */
function fixText({ tenant }: PlacementRequest, remedies: readonly Remedy[]): string | undefined {
  const [first] = remedies;
  if (first === undefined) return undefined;
  return first.kind === 'WidenPin' ? `${first.text} of tenant ${tenant}` : first.text;
}

const kinds: readonly DrainStep['kind'][] = ['move', 'leave', 'moving', 'stuck'];

function byKind(a: DrainStep, b: DrainStep): number {
  return kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
}

function summarised(scope: DrainScope, steps: readonly DrainStep[]): DrainPlan {
  const counts = { move: 0, leave: 0, moving: 0, stuck: 0 };
  for (const { kind } of steps) counts[kind] += 1;
  const targets = tally(steps.flatMap((step) => (step.kind === 'move' ? [step.to] : [])));
  const fixes = tally(steps.flatMap((step) => (step.kind === 'stuck' && step.fix !== undefined ? [step.fix] : [])));
  const plan = {
    scope,
    steps,
    counts,
    targets: targets.map(([group, placements]) => ({ group, placements })),
    fixes: fixes.map(([text, placements]) => ({ text, placements })),
  };
  return { ...plan, text: planText(plan) };
}

/** How often each text stands in a list, the commonest first. */
function tally(texts: readonly string[]): readonly (readonly [text: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function planText({ scope, steps, counts, targets, fixes }: Omit<DrainPlan, 'text'>): string {
  const where = 'cell' in scope ? `Cell ${scope.cell}` : `Infra group ${scope.infraGroup}`;
  if (steps.length === 0) return `${where} holds no placement.`;
  const parts: string[] = [];
  if (counts.move > 0) {
    parts.push(`${counts.move} can move (${listText(targets.map((one) => `${one.placements} to ${one.group}`))})`);
  }
  if (counts.leave > 0) parts.push(`${counts.leave} just leave`);
  if (counts.moving > 0) parts.push(`${counts.moving} are moving`);
  if (counts.stuck > 0) parts.push(`${counts.stuck} have nowhere to go: ${listText(stuckNames(steps))}`);
  const help = fixes.slice(0, 3).map(({ text, placements }) => `${text} (for ${placements})`);
  const fix = help.length === 0 ? '' : ` What would help: ${help.join('; ')}.`;
  return `${where} holds ${steps.length} ${steps.length === 1 ? 'placement' : 'placements'}: ${parts.join('; ')}.${fix}`;
}

function stuckNames(steps: readonly DrainStep[]): readonly string[] {
  return steps.flatMap((step) => (step.kind === 'stuck' ? [`${step.tenant} (${step.code})`] : []));
}
