import type { ConditionUpdate } from '../../model/conditions.ts';
import {
  type RolloutState,
  type RolloutStatus,
  rolloutCounts,
  shortRevision,
  shownTenants,
  type TierRollout,
} from '../../model/rollout.ts';
import { stepsOf } from './plan.ts';
import { hasTarget, isReady, isUnderWay, type RolloutInput, type RolloutTenant } from './tenants.ts';

/** How many tenants a sentence names. */
const namedTenants = 3;

/** Where one tenant stands. */
export function standingOf(input: RolloutInput, tenant: RolloutTenant): (typeof rolloutCounts)[number] {
  const { rollout } = input;
  const has = tenant.revision === rollout.target;
  // One that failed and works by now is done once the waves are over; until then it is what they were stopped by, or may yet be.
  if (rollout.failed[tenant.name] !== undefined)
    return has && rollout.phase === 'through' && isReady(tenant) ? 'done' : 'failed';
  if (isUnderWay(input, tenant)) return 'underWay';
  if (has || tenant.change === 'none') return 'done';
  return tenant.aside === undefined ? 'waiting' : 'skipped';
}

/** The rollout as users see it. Equal input gives an equal status: no time of its own enters it. */
export function rolloutStatus(input: RolloutInput): RolloutStatus {
  const { rollout, settings, tenants } = input;
  const counts = { done: 0, underWay: 0, failed: 0, waiting: 0, skipped: 0 };
  for (const tenant of tenants) counts[standingOf(input, tenant)] += 1;
  const isOpen = rollout.phase !== 'through';
  const bakesUntil = Date.parse(rollout.bakingSince ?? '') + settings.bakeSeconds * 1_000;
  const failures = Object.entries(rollout.failed).sort(([a], [b]) => (a < b ? -1 : 1));
  const skipped = tenants
    .filter((tenant) => standingOf(input, tenant) === 'skipped')
    .map(({ name, aside = '' }) => ({ tenant: name, why: aside }));
  return {
    revision: shortRevision(rollout.target),
    state: stateOf(input, counts),
    ...(isOpen ? { ring: rollout.ring, wave: rollout.step + 1, waves: stepsOf(settings).length } : {}),
    counts,
    ...(rollout.phase === 'baking' ? { bakesUntil: new Date(bakesUntil).toISOString() } : {}),
    ...(rollout.halted === undefined ? {} : { halted: rollout.halted }),
    failures: failures.slice(0, shownTenants).map(([tenant, failure]) => ({ tenant, ...failure })),
    skipped: skipped.sort((a, b) => (a.tenant < b.tenant ? -1 : 1)).slice(0, shownTenants),
  };
}

function stateOf({ rollout, settings }: RolloutInput, counts: RolloutStatus['counts']): RolloutState {
  if (rollout.halted !== undefined) return 'Halted';
  const isOver = counts.waiting === 0 && counts.underWay === 0;
  if (rollout.phase === 'through' && isOver)
    return counts.failed === 0 && counts.skipped === 0 ? 'RolledOut' : 'Incomplete';
  if (settings.hold && counts.waiting > 0) return 'Held';
  return rollout.phase === 'baking' ? 'Baking' : 'RollingOut';
}

/** The condition `RolledOut` of a tier. */
export function rolledOut(status: RolloutStatus): ConditionUpdate {
  const { state } = status;
  return {
    type: 'RolledOut',
    status: state === 'RolledOut' ? 'True' : 'False',
    reason: state,
    message: sentence(status),
  };
}

function sentence(status: RolloutStatus): string {
  const { state, revision, counts } = status;
  const all = rolloutCounts.reduce((sum, name) => sum + counts[name], 0);
  const has = `${counts.done} of ${all} tenants have revision ${revision}`;
  switch (state) {
    case 'RolledOut':
      return `all tenants have revision ${revision}`;
    case 'RollingOut':
      return `${at(status)}${has}; ${countsText(status)}${asides(status)}`;
    case 'Baking':
      return `${at(status)}${has}; watched until ${status.bakesUntil ?? ''}; ${countsText(status)}${asides(status)}`;
    case 'Held':
      return `rollout.hold is true: nobody is admitted. ${at(status)}${has}; ${countsText(status)}${asides(status)}`;
    case 'Halted':
      return `${at(status)}stopped at ${status.halted?.at ?? ''}: ${status.halted?.why ?? ''}. Failed: ${failed(status)}. ${has}; nobody else gets it. Change the tier's service to go on: a fix, or the one before`;
    case 'Incomplete':
      return `the waves are over; ${has}; left: ${countsText(status)}${counts.failed > 0 ? `; failed: ${failed(status)}` : ''}${asides(status)}`;
    default:
      return state satisfies never;
  }
}

/** `ring 0, wave 1 of 3: `, or nothing where no ring is open. */
export function at({ ring, wave, waves }: Pick<RolloutStatus, 'ring' | 'wave' | 'waves'>): string {
  return ring === undefined ? '' : `ring ${ring}, wave ${wave ?? 0} of ${waves ?? 0}: `;
}

function countsText({ counts }: RolloutStatus): string {
  return `${counts.underWay} under way, ${counts.failed} failed, ${counts.waiting} waiting, ${counts.skipped} skipped`;
}

function failed({ failures, counts }: RolloutStatus): string {
  const named = failures.slice(0, namedTenants).map(({ tenant, where, why }) => `${tenant} (${where}: ${why})`);
  return named.join(', ') + more(Math.max(counts.failed, failures.length) - named.length);
}

function asides({ skipped, counts, state, failures }: RolloutStatus): string {
  const named = skipped.slice(0, namedTenants).map(({ tenant, why }) => `${tenant} (${why})`);
  const left = named.length === 0 ? '' : `; skipped: ${named.join(', ')}${more(counts.skipped - named.length)}`;
  const lost = failures.slice(0, namedTenants).map(({ tenant, why }) => `${tenant} (${why})`);
  return state === 'Incomplete' || lost.length === 0 ? left : `; failed: ${lost.join(', ')}${left}`;
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : '';
}

/** What people are told of a step of the rollout: an event of the tier each. */
export function eventsOf(
  before: TierRollout,
  input: RolloutInput,
): readonly { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }[] {
  const { rollout } = input;
  const status = rolloutStatus(input);
  const message = sentence(status);
  if (rollout.halted !== undefined)
    return before.halted === undefined ? [{ type: 'Warning', reason: 'RolloutHalted', message }] : [];
  const isFailure = Object.keys(rollout.failed).filter((tenant) => before.failed[tenant] === undefined);
  const failures = isFailure.slice(0, namedTenants).map((tenant) => {
    const { where = '', why = '' } = rollout.failed[tenant] ?? {};
    return { type: 'Warning', reason: 'RolloutFailure', message: `${tenant} (${where}): ${why}` } as const;
  });
  if (before.n === rollout.n && before.wave === rollout.wave && before.phase === rollout.phase) return failures;
  if (rollout.phase === 'through') {
    const waited = before.phase !== 'through' || before.n !== rollout.n;
    return waited ? [...failures, { type: 'Normal', reason: 'RolloutEnded', message }] : failures;
  }
  if (before.wave === rollout.wave) return failures;
  const waiting = input.tenants.filter((tenant) => !hasTarget(input, tenant)).length;
  const begun = `${at(status)}begins with revision ${status.revision}; ${waiting} tenants do not have it yet`;
  return [...failures, { type: 'Normal', reason: 'WaveStarted', message: begun }];
}
