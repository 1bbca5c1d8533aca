import type { Admission, RolloutFailure, TierRollout } from '../../model/rollout.ts';

/** How a tier's record wants its rollouts. */
export interface RolloutSettings {
  readonly wavePercents: readonly number[];
  readonly bakeSeconds: number;
  readonly maxUnavailable: number;
  readonly maxFailures: number;
  readonly hold: boolean;
}

/** What the scheduler has to know of one tenant that has served. Deleted tenants, and those that never served, are nothing to it. */
export interface RolloutTenant {
  readonly name: string;
  readonly ring: number;
  /** Of its first placement; empty where it has none. */
  readonly cell: string;
  readonly group: string;
  readonly revision: string | undefined;
  /** By which it came to `revision`, or will come to the target: then it is ordered. */
  readonly admission?: Admission | undefined;
  /** The order to admit it is given, and not durable yet. */
  readonly isOrdered: boolean;
  /** Why it is left out for now, in words. */
  readonly aside?: string | undefined;
  /** What the target would change for it. `idle`: it runs nothing, so that there is no health to look at. */
  readonly change: 'none' | 'idle' | 'fits' | { readonly unfit: string };
  readonly health: TenantHealth;
  /** How long it may take to become ready once admitted, in milliseconds. */
  readonly deadlineMs: number;
}

export interface TenantHealth {
  /** What is live is what was accepted last; it may have fallen ill since. */
  readonly isReached: boolean;
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Reached: when `ready` became what it is. Else: when what is not live yet was accepted (RFC 3339). */
  readonly since: string;
  /** What `Ready` says. */
  readonly message: string;
  /** When and how ECS rolled it back, where it did. */
  readonly rolledBack?: { readonly at: string; readonly why: string } | undefined;
  /** Since when too few of its targets pass health checks, and how many. */
  readonly sick?: { readonly since: string; readonly why: string } | undefined;
}

export interface RolloutInput {
  readonly rollout: TierRollout;
  readonly settings: RolloutSettings;
  readonly tenants: readonly RolloutTenant[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** False while a write of an earlier leader may still land: who is under way is not known for certain. */
  readonly isCertain: boolean;
}

/** What is to be done now. `rollout` has to be durable before anybody is admitted. */
export interface RolloutPlan {
  readonly rollout: TierRollout;
  /** Tenants to admit by the wave, to be watched. */
  readonly admit: readonly string[];
  /** Tenants that get the revision without a wave: nothing runs, or nothing changes. */
  readonly stamp: readonly string[];
}

/** How long targets have to fail before a tenant of a baking wave counts as unhealthy: one task that is replaced is not it. Milliseconds. */
export const sickAfterMs = 60_000;

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

/** Whether a tenant has the target, or is about to. */
export function hasTarget({ rollout }: Pick<RolloutInput, 'rollout'>, tenant: RolloutTenant): boolean {
  return tenant.revision === rollout.target || tenant.isOrdered;
}

/** Admitted by the open wave, and not ready yet, or not any more. */
export function isUnderWay({ rollout }: Pick<RolloutInput, 'rollout'>, tenant: RolloutTenant): boolean {
  if (tenant.isOrdered) return true;
  return isOfWave(rollout, tenant) && !isReady(tenant) && rollout.failed[tenant.name] === undefined;
}

export function isReady({ isOrdered, health }: RolloutTenant): boolean {
  return !isOrdered && health.isReached && health.ready === 'True';
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

/** With who failed: those that did before, and those of the open wave that do now. */
function judged(input: RolloutInput): RolloutInput {
  const { rollout, tenants } = input;
  const failed: Record<string, RolloutFailure> = {};
  for (const tenant of tenants) {
    const before = rollout.failed[tenant.name];
    const failure = before?.kind === 'unfit' ? undefined : before;
    const found = failure ?? unfitness(input, tenant, before) ?? failureOf(input, tenant);
    if (found !== undefined) failed[tenant.name] = found;
  }
  return { ...input, rollout: { ...rollout, failed } };
}

/** A tenant whose record does not go with the target fails when its ring is open; never admitted, it stays what it is. */
function unfitness(
  { rollout, now }: RolloutInput,
  tenant: RolloutTenant,
  before: RolloutFailure | undefined,
): RolloutFailure | undefined {
  if (typeof tenant.change !== 'object' || tenant.revision === rollout.target || tenant.aside !== undefined)
    return undefined;
  if (tenant.ring > rollout.ring) return undefined;
  const why = `its record does not go with the new service: ${tenant.change.unfit}`;
  return before?.why === why ? before : { kind: 'unfit', at: iso(now), where: whereOf(tenant), why };
}

function failureOf(input: RolloutInput, tenant: RolloutTenant): RolloutFailure | undefined {
  const { rollout, now } = input;
  const { admission, health, deadlineMs } = tenant;
  if (admission === undefined || tenant.isOrdered || !isOfWave(rollout, tenant)) return undefined;
  const at = iso(now);
  const where = whereOf(tenant);
  // A roll-back that is older than the admission is of another revision.
  if (health.rolledBack !== undefined && Date.parse(health.rolledBack.at) >= Date.parse(admission.at))
    return { kind: 'rolled-back', at, where, why: health.rolledBack.why };
  if (isReady(tenant)) return undefined;
  if (health.isReached && health.sick !== undefined && now - Date.parse(health.sick.since) >= sickAfterMs)
    return { kind: 'unhealthy', at, where, why: `unhealthy after it was ready: ${health.sick.why}` };
  const from = Math.max(Date.parse(admission.at), Date.parse(health.since));
  if (now - from < deadlineMs) return undefined;
  return { kind: 'not-ready', at, where, why: `not ready within ${deadlineMs / 1_000} s: ${health.message}` };
}

function isOfWave(rollout: TierRollout, { admission, isOrdered, revision }: RolloutTenant): boolean {
  if (admission?.rollout !== rollout.n || admission.wave !== rollout.wave) return false;
  return isOrdered || revision === rollout.target;
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

/** A place in words. */
export function whereOf({ cell, group }: Pick<RolloutTenant, 'cell' | 'group'>): string {
  return group === '' ? 'no infra group' : `infra group ${group} of cell ${cell}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
