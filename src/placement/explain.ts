import { type FilterContext, rejectionsOf } from './filters.ts';
import type { Site } from './ledger.ts';
import { describeRejection, isShortage, listText, type Rejection, type RejectionCode } from './rejections.ts';
import { type Remedy, remediesFor, roomRemedies, type Verdict } from './remedies.ts';
import type { Score } from './score.ts';
import { dimensionName } from './vector.ts';

/** Why a request cannot be met, as data and in words. */
export interface Explanation {
  readonly tenant: string;
  readonly tier: string;
  /** How many placements were to be found, and for how many there is room. */
  readonly needed: number;
  readonly found: number;
  /** The commonest first reason: what a metric may be labelled with. */
  readonly reason: RejectionCode;
  /** Every infra group with all its reasons, in order of name. In tier scope some may have none: there all have to fit. */
  readonly groups: readonly Verdict[];
  /** How many infra groups fail for which first reason, the commonest first; those of other tiers only where the tier has none. */
  readonly counts: readonly { readonly label: string; readonly code: RejectionCode; readonly groups: number }[];
  /** The infra group that comes closest to fitting. */
  readonly nearest?: Verdict;
  /** What would help; each is enough by itself, except that all quotas named for one place are needed together. */
  readonly remedies: readonly Remedy[];
  /** All of it in at most 1,000 characters, for the `Placed` condition. */
  readonly text: string;
}

interface Question {
  readonly needed: number;
  readonly found: number;
  /** Infra groups that are no part of the question: in tier scope, where the tenant is already. */
  readonly skip?: ReadonlySet<string>;
  /** Infra groups whose refusal counts; all where absent. In tier scope, those that have to fit. */
  readonly required?: ReadonlySet<string>;
}

const shownCounts = 5;
const shownRemedies = 3;
const longestText = 1000;

/** A reason with what sets it apart from others of its code: `Insufficient(rules)`. */
function labelOf(rejection: Rejection): string {
  switch (rejection.code) {
    case 'NotActive':
      return `${rejection.code}(${rejection.state})`;
    case 'ModeNotActive':
      return `${rejection.code}(${rejection.mode})`;
    case 'Insufficient':
    case 'ParentInsufficient':
    case 'ZoneInsufficient':
      return `${rejection.code}(${dimensionName(rejection.dimension)})`;
    case 'TierMismatch':
    case 'NotInPin':
    case 'NotReady':
    case 'ViewIncomplete':
    case 'QuotaUnknown':
    case 'DedicatedOccupied':
    case 'IsolationClass':
    case 'SpreadConflict':
    case 'AntiAffinity':
      return rejection.code;
  }
}

function countByFirstReason(verdicts: readonly Verdict[]): Explanation['counts'] {
  const counts = new Map<string, { label: string; code: RejectionCode; groups: number }>();
  for (const { rejections } of verdicts) {
    const [first] = rejections;
    if (first === undefined) continue;
    const label = labelOf(first);
    const entry = counts.get(label) ?? { label, code: first.code, groups: 0 };
    entry.groups += 1;
    counts.set(label, entry);
  }
  return [...counts.values()].sort((a, b) => b.groups - a.groups || (a.label < b.label ? -1 : 1));
}

/** How far a refusal is from a yes: obstacles that are no matter of room weigh most, then the share of the need that is lacking. */
function distance({ rejections }: Verdict): readonly [obstacles: number, lacking: number] {
  const shortages = rejections.filter(isShortage);
  const lacking = shortages.reduce((sum, { need, free }) => sum + (need - free) / need, 0);
  return [rejections.length - shortages.length, lacking];
}

function nearestMiss(verdicts: readonly Verdict[]): Verdict | undefined {
  let best: Verdict | undefined;
  for (const verdict of verdicts) {
    if (verdict.rejections.length === 0) continue;
    if (best === undefined || isNearer(distance(verdict), distance(best))) best = verdict;
  }
  return best;
}

function isNearer(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** Evaluates every filter on every infra group of the tier and says what stands in the way; groups of other tiers only as that. */
export function explainUnplaceable(context: FilterContext, question: Question): Explanation {
  const { ledger, request } = context;
  const { needed, found, skip, required } = question;
  const groups = ledger
    .sites()
    .filter(({ view }) => skip?.has(view.name) !== true)
    .map((site) => verdictOn(site, context));
  const ofTier = groups.filter(({ rejections }) => rejections[0]?.code !== 'TierMismatch');
  const decisive = required === undefined ? ofTier : ofTier.filter(({ group }) => required.has(group));
  const relevant = [decisive, ofTier, groups].find((list) => list.length > 0) ?? [];
  const counts = countByFirstReason(relevant);
  const nearest = nearestMiss(decisive.length > 0 ? decisive : ofTier);
  const remedies = remediesFor(context, decisive.length > 0 ? decisive : ofTier, nearest);
  const base = {
    tenant: request.tenant,
    tier: request.tier,
    needed,
    found,
    reason: counts[0]?.code ?? 'TierMismatch',
    groups,
    counts,
    remedies,
    ...(nearest === undefined ? {} : { nearest }),
  };
  return { ...base, text: explanationText(base, ofTier.length) };
}

function verdictOn(site: Site, context: FilterContext): Verdict {
  const { name } = site.view;
  const cell = site.cell.view.name;
  if (site.cell.view.tier === context.request.tier) {
    return { group: name, cell, rejections: rejectionsOf(site, context) };
  }
  const found = site.cell.view.tier === '' ? 'unknown' : site.cell.view.tier;
  return { group: name, cell, rejections: [{ code: 'TierMismatch', wanted: context.request.tier, found }] };
}

function explanationText(explanation: Omit<Explanation, 'text'>, ofTier: number): string {
  const { tier, needed, found, counts, nearest } = explanation;
  const parts = [`${found} of ${needed} ${needed === 1 ? 'placement' : 'placements'} could be found.`];
  if (ofTier === 0) {
    parts.push(`Tier ${tier} has no infra group in an accepted cell.`);
  } else {
    const shown = counts.slice(0, shownCounts).map(({ label, groups }) => `${groups} ${label}`);
    if (counts.length > shownCounts) shown.push(`${counts.length - shownCounts} further reasons`);
    parts.push(`Of ${ofTier} infra groups of tier ${tier}: ${shown.join(', ')}.`);
  }
  if (nearest !== undefined) {
    const lacks = nearest.rejections.map(describeRejection).join('; ');
    parts.push(`Nearest: ${nearest.group} in cell ${nearest.cell}: ${lacks}.`);
  }
  parts.push(remedyText(explanation.remedies));
  return cut(parts.join(' '));
}

/** A condition is stored with every tenant: what others put into it (names of pins, details of faults) must not make it grow. */
function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}

/** Says why a larger demand does not fit where the tenant is; `refusals` are the places that cannot give it. */
export function explainGrowth(
  { request, ledger, pending }: Pick<FilterContext, 'request' | 'ledger' | 'pending'>,
  refusals: readonly Verdict[],
): Explanation {
  const counts = countByFirstReason(refusals);
  const nearest = nearestMiss(refusals);
  const remedies = refusals.flatMap(({ group, rejections }) => {
    const site = ledger.site(group);
    return site === undefined ? [] : roomRemedies(site, rejections, pending);
  });
  const { tenant, tier } = request;
  const lacks = refusals.map(
    ({ group, cell, rejections }) => `${group} in cell ${cell}: ${rejections.map(describeRejection).join('; ')}`,
  );
  const text = cut(
    `The larger demand does not fit where the tenant is, and what runs stays as it was. ${listText(lacks)}. ${remedyText(remedies)}`,
  ).trimEnd();
  const reason = counts[0]?.code ?? 'Insufficient';
  const base = { tenant, tier, needed: refusals.length, found: 0, reason, groups: refusals, counts, remedies, text };
  return nearest === undefined ? base : { ...base, nearest };
}

/** The first remedies in one sentence. */
function remedyText(remedies: readonly Remedy[]): string {
  const shown = remedies.slice(0, shownRemedies).map(({ text }) => text);
  return shown.length === 0 ? '' : `What would help: ${shown.join('; or ')}.`;
}

/** One of the places that could be chosen, and what speaks for and against it. */
export interface Alternative {
  readonly group: string;
  readonly cell: string;
  readonly score: Score;
  /** Tenants that its cell shares with the other cells of the tenant. */
  readonly inCommon: number;
}

/** What the choice was made from. */
export interface ChoiceSummary {
  readonly strategy: 'pack' | 'spread';
  /** How many infra groups fitted, the chosen one included. */
  readonly candidates: number;
  readonly runnerUp?: Alternative | undefined;
}

/** `costs 2.6 average tenants of room (rules would bind)`. */
function costText({ score, inCommon }: Alternative, strategy: ChoiceSummary['strategy']): string {
  const { loss, binding } = score;
  const cost = loss.toFixed(1);
  const tenants = cost === '1.0' ? 'average tenant' : 'average tenants';
  const binds = binding === undefined ? '' : ` (${dimensionName(binding.dimension)} would bind)`;
  const full = `${Math.round((strategy === 'spread' ? score.fullness : score.groupFullness) * 100)} % full, `;
  const common =
    inCommon > 0 ? `${inCommon} ${inCommon === 1 ? 'tenant' : 'tenants'} in common with its other cells, ` : '';
  return `${common}${full}costs ${cost} ${tenants} of room${binds}`;
}

/** Why a placement went where it did, in one sentence, with the runner-up. */
export function choiceText(chosen: Alternative, { strategy, candidates, runnerUp }: ChoiceSummary): string {
  const others =
    runnerUp === undefined
      ? 'no other infra group fits'
      : `next best of ${candidates} that fit: ${runnerUp.group} in cell ${runnerUp.cell}, ${costText(runnerUp, strategy)}`;
  return `${chosen.group} in cell ${chosen.cell}: ${costText(chosen, strategy)}; ${others}`;
}
