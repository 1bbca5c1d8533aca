import type { TierRollout } from '../../model/rollout.ts';
import { judged } from './judge.ts';
import {
  hasTarget,
  isOfWave,
  iso,
  isReady,
  isUnderWay,
  type RolloutInput,
  type RolloutSettings,
  type RolloutTenant,
} from './tenants.ts';

/** What is to be done now. `rollout` has to be durable before anybody is admitted. */
export interface RolloutPlan {
  readonly rollout: TierRollout;
  /** Tenants to admit by the wave, to be watched. */
  readonly admit: readonly string[];
  /** Tenants that get the revision without a wave: nothing runs, or nothing changes. */
  readonly stamp: readonly string[];
}

/**
 * Decides who gets the target next. Pure: everything follows from what the tenants show and from the durable rollout. Ring by ring; in a ring cell by cell and infra group by infra group, one
 * after the other; as many of the ring as the wave's percentage says; never more under way than `maxUnavailable`; the next wave only after all of this one were healthy for `bakeSeconds`.
 */
export function planRollout(input: RolloutInput): RolloutPlan {
  let after = judged(input);
  // Each turn of the loop opens a wave or ring, or ends it; whose record does not go with the target is told when its ring opens.
  for (;;) {
    const rollout = advance(after);
    if (rollout === after.rollout) break;
    after = judged({ ...after, rollout });
  }
  return { rollout: after.rollout, admit: admissionsOf(after), stamp: stampsOf(after) };
}

/** Tenants that wait for their turn, in the order in which it comes. */
export function candidatesOf(input: RolloutInput): readonly RolloutTenant[] {
  return input.tenants.filter((tenant) => isCandidate(input, tenant)).sort((a, b) => compareTurns(input, a, b));
}

function isCandidate(input: RolloutInput, tenant: RolloutTenant): boolean {
  return !hasTarget(input, tenant) && tenant.aside === undefined && tenant.change === 'fits';
}

/** The ring and wave (from 1) that tenants wait for, as things stand; those that wait for no wave are not in it. */
export function turnsOf(input: RolloutInput): ReadonlyMap<string, Turn> {
  const { rollout, settings } = input;
  const steps = stepsOf(settings);
  const rings = new Map<number, string[]>();
  for (const { name, ring } of candidatesOf(input)) {
    const turn = Math.max(ring, rollout.ring);
    const names = rings.get(turn);
    if (names === undefined) rings.set(turn, [name]);
    else names.push(name);
  }
  const turns = new Map<string, Turn>();
  for (const [ring, names] of rings) {
    const before = ring === rollout.ring ? admittedIn(input).length : 0;
    for (const [index, name] of names.entries()) {
      const step = steps.findIndex((percent) => quotaOf(percent, before + names.length) > before + index);
      turns.set(name, { ring, wave: step + 1, waves: steps.length });
    }
  }
  return turns;
}

export interface Turn {
  readonly ring: number;
  readonly wave: number;
  readonly waves: number;
}

/** The percentages of a ring's waves; whatever they end at, the last wave takes the rest. */
export function stepsOf({ wavePercents }: Pick<RolloutSettings, 'wavePercents'>): readonly number[] {
  return wavePercents.at(-1) === 100 ? wavePercents : [...wavePercents, 100];
}

function quotaOf(percent: number, tenants: number): number {
  return Math.ceil((tenants * percent) / 100);
}

/** Admitted in the open ring by this rollout. */
function admittedIn({ rollout, tenants }: RolloutInput): readonly RolloutTenant[] {
  return tenants.filter(
    ({ admission, isOrdered, revision }) =>
      admission?.rollout === rollout.n &&
      admission.wave >= rollout.ringWave &&
      (isOrdered || revision === rollout.target),
  );
}

/** One step of the rollout as a whole; the same object where nothing moves. */
function advance(input: RolloutInput): TierRollout {
  const { rollout } = input;
  if (rollout.halted !== undefined) return rollout;
  const halt = reasonToHalt(input);
  if (halt !== undefined) return { ...rollout, halted: { at: iso(input.now), why: halt } };
  switch (rollout.phase) {
    case 'through':
      return open(input);
    case 'rolling':
      return endWave(input);
    case 'baking':
      return isBaked(input) ? nextWave(input) : rollout;
    default:
      return rollout.phase satisfies never;
  }
}

function reasonToHalt(input: RolloutInput): string | undefined {
  const { rollout, settings } = input;
  if (rollout.phase === 'through') return undefined;
  const failed = Object.keys(rollout.failed).length;
  if (failed > settings.maxFailures) return `${failed} tenants failed, maxFailures is ${settings.maxFailures}`;
  const wave = waveOf(input);
  const all = wave.length > 0 && wave.every((tenant) => rollout.failed[tenant.name] !== undefined);
  if (!all || roomInWave(input) > 0) return undefined;
  return `every tenant of the wave failed (${wave.length})`;
}

function waveOf({ rollout, tenants }: RolloutInput): readonly RolloutTenant[] {
  return tenants.filter((tenant) => isOfWave(rollout, tenant));
}

/** Candidates of the open ring, with those of earlier rings that were left out or came back since. */
function isOpenTo(input: RolloutInput, tenant: RolloutTenant): boolean {
  return tenant.ring <= input.rollout.ring && isCandidate(input, tenant);
}

/** How many more tenants the open wave takes. */
function roomInWave(input: RolloutInput): number {
  const waiting = input.tenants.filter((tenant) => isOpenTo(input, tenant)).length;
  const admitted = admittedIn(input).length;
  const percent = stepsOf(input.settings)[input.rollout.step] ?? 100;
  return Math.min(waiting, Math.max(0, quotaOf(percent, admitted + waiting) - admitted));
}

function endWave(input: RolloutInput): TierRollout {
  const { rollout, settings, now } = input;
  const wave = waveOf(input);
  if (roomInWave(input) > 0 || wave.some((tenant) => isUnderWay(input, tenant))) return rollout;
  if (wave.length === 0 || settings.bakeSeconds === 0) return nextWave(input);
  return { ...rollout, phase: 'baking', bakingSince: iso(now) };
}

/** Baked: the time is over, and all that did not fail are ready at this moment. */
function isBaked(input: RolloutInput): boolean {
  const { rollout, settings, now } = input;
  if (now < Date.parse(rollout.bakingSince ?? '') + settings.bakeSeconds * 1_000) return false;
  return waveOf(input).every((tenant) => rollout.failed[tenant.name] !== undefined || isReady(tenant));
}

function nextWave(input: RolloutInput): TierRollout {
  const { bakingSince: _baked, ...rollout } = input.rollout;
  if (!input.tenants.some((tenant) => isOpenTo(input, tenant)))
    return open({ ...input, rollout: { ...rollout, phase: 'through' } });
  return { ...rollout, phase: 'rolling', wave: rollout.wave + 1, step: stepWithRoom(input) };
}

/** Opens the wave of the lowest ring in which somebody waits. */
function open(input: RolloutInput): TierRollout {
  const { rollout } = input;
  const rings = input.tenants
    .filter((tenant) => !hasTarget(input, tenant) && tenant.aside === undefined && tenant.change !== 'none')
    // What is not to be watched, and what can never be admitted, opens no ring that was open before.
    .filter((tenant) => tenant.change === 'fits' || tenant.ring > rollout.ring)
    .map((tenant) => Math.max(tenant.ring, rollout.ring));
  if (rings.length === 0) return ended(input);
  const ring = Math.min(...rings);
  const wave = rollout.wave + 1;
  if (ring === rollout.ring) return { ...rollout, phase: 'rolling', wave, step: stepWithRoom(input) };
  return { ...rollout, phase: 'rolling', ring, wave, ringWave: wave, step: 0 };
}

/** Nobody waits for a wave any more: from now on the target is what new tenants fall back on. Not where all are left out, and nobody has shown it to work. */
function ended(input: RolloutInput): TierRollout {
  const { rollout, tenants } = input;
  const isShown =
    tenants.every((tenant) => hasTarget(input, tenant) || tenant.aside === undefined) ||
    tenants.some((tenant) => tenant.revision === rollout.target && isReady(tenant));
  return rollout.stable === rollout.target || !isShown ? rollout : { ...rollout, stable: rollout.target };
}

/** The first of the ring's waves that takes somebody more. */
function stepWithRoom(input: RolloutInput): number {
  const steps = stepsOf(input.settings);
  const found = steps.findIndex((_percent, step) => roomInWave({ ...input, rollout: { ...input.rollout, step } }) > 0);
  return found < 0 ? steps.length - 1 : found;
}

function admissionsOf(input: RolloutInput): readonly string[] {
  const { rollout, settings } = input;
  if (rollout.phase !== 'rolling' || !mayAdmit(input)) return [];
  if (!input.tenants.some((tenant) => isOpenTo(input, tenant))) return [];
  const candidates = candidatesOf(input).filter((tenant) => tenant.ring <= rollout.ring);
  const busy = waveOf(input).find((tenant) => isUnderWay(input, tenant)) ?? candidates[0];
  if (busy === undefined) return [];
  let free = settings.maxUnavailable - input.tenants.filter((tenant) => holdsSlot(input, tenant)).length;
  let room = roomInWave(input);
  const admit: string[] = [];
  for (const tenant of candidates) {
    if (room === 0) break;
    if (tenant.cell !== busy.cell || tenant.group !== busy.group) continue;
    // Still on its way to the revision before: it is no more unavailable than it was.
    const isExtra = !holdsSlot(input, tenant);
    if (isExtra && free <= 0) continue;
    if (isExtra) free -= 1;
    room -= 1;
    admit.push(tenant.name);
  }
  return admit;
}

/** Who gets the target without a wave: only once its ring is over, so that nothing that is done about it later brings it the target out of turn. */
function stampsOf(input: RolloutInput): readonly string[] {
  const { rollout } = input;
  if (!mayAdmit(input)) return [];
  return input.tenants
    .filter((tenant) => !hasTarget(input, tenant) && (rollout.phase === 'through' || tenant.ring < rollout.ring))
    .filter(({ change, aside }) => change === 'none' || (change === 'idle' && aside === undefined))
    .map(({ name }) => name);
}

function mayAdmit({ rollout, settings, isCertain }: RolloutInput): boolean {
  return rollout.halted === undefined && !settings.hold && isCertain;
}

/** Whether a tenant counts towards `maxUnavailable`: under way by this rollout, or still by one before it. */
function holdsSlot(input: RolloutInput, tenant: RolloutTenant): boolean {
  const { rollout, now } = input;
  if (isUnderWay(input, tenant)) return true;
  const { admission, health, deadlineMs } = tenant;
  if (admission === undefined || admission.rollout === rollout.n || health.isReached) return false;
  if (health.rolledBack !== undefined && Date.parse(health.rolledBack.at) >= Date.parse(admission.at)) return false;
  return now < Date.parse(admission.at) + deadlineMs;
}

/** Cell by cell, group by group; in a group first who is under way already, then who is well: what one of them shows is news of the revision and not of the tenant. */
function compareTurns(input: RolloutInput, a: RolloutTenant, b: RolloutTenant): number {
  const rank = (tenant: RolloutTenant): number => (holdsSlot(input, tenant) ? 0 : isReady(tenant) ? 1 : 2);
  return compare(a.cell, b.cell) || compare(a.group, b.group) || rank(a) - rank(b) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
