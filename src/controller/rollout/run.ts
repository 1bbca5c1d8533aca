import type { ConditionUpdate } from '../../model/conditions.ts';
import { type RolloutStatus, shortRevision, withoutUnused } from '../../model/rollout.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import { hasServedIn } from '../fleet/revisions.ts';
import type { FleetView } from '../fleet/view.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import type { EngineDeps } from '../tenant/deps.ts';
import { type RolloutTier, rolloutTenants } from './facts.ts';
import { planRollout, type RolloutPlan, type Turn, turnsOf } from './plan.ts';
import { eventsOf, rolledOut, rolloutStatus, standingOf } from './report.ts';
import type { RolloutInput, RolloutTenant } from './tenants.ts';

export interface RolloutDeps {
  readonly view: FleetView;
  readonly clock: EngineDeps['clock'];
  readonly state: Pick<EngineDeps['state'], 'writeSpec'>;
  readonly observer: Pick<EngineDeps['observer'], 'event'>;
  readonly enqueue: (key: string, trigger: Trigger) => void;
  /** The process's mode and the fleet's. */
  readonly mode: Mode;
  /** Whether all that an earlier leader wrote is known. */
  readonly isCertain: boolean;
}

/** What a tier's run has to say of its rollout. */
export interface RolloutRun {
  readonly conditions: readonly ConditionUpdate[];
  readonly status?: RolloutStatus;
  readonly outcome: Outcome;
}

/** How soon a rollout that waits for tenants is looked at again, and one that waits for something else. Milliseconds. */
const lookMs = 5_000;
const slowLookMs = 30_000;

/** One look at a tier's rollout: first what is decided is made durable, then tenants are told to come in. */
export async function runRollout(deps: RolloutDeps, entry: ObjectEntry): Promise<RolloutRun> {
  const input = rolloutInput(deps, entry);
  const stored = entry.spec?.value;
  if (input === undefined || stored?.rollout === undefined) return { conditions: [], outcome: { kind: 'settled' } };
  const before = stored.rollout;
  const plan = planRollout(input);
  const rollout = withoutUnused(plan.rollout, usedRevisions(deps.view, entry.name));
  entry.spec = await deps.state.writeSpec(entry.key, { ...stored, rollout }, entry.spec);
  const after = { ...input, rollout };
  for (const event of eventsOf(before, after)) deps.observer.event(entry.key, event);
  admit(deps, entry.name, { ...plan, rollout });
  if (rollout.halted !== undefined && before.halted === undefined) wakeNew(deps, entry.name);
  // As it is now, with those that have just been told.
  const now = rolloutInput(deps, entry) ?? after;
  const status = rolloutStatus(now);
  return { conditions: [rolledOut(status)], status, outcome: outcomeOf(status) };
}

/** All that a tier's rollout follows from; undefined for a tier of which nothing was accepted. */
export function rolloutInput(
  { view, clock, mode, isCertain }: Pick<RolloutDeps, 'view' | 'clock' | 'mode' | 'isCertain'>,
  entry: ObjectEntry,
): RolloutInput | undefined {
  const tier = tierOf(view, entry);
  if (tier === undefined) return undefined;
  const tenants = rolloutTenants(view, tier, strictest([mode, tier.record.mode]));
  return { rollout: tier.rollout, settings: tier.record.rollout, tenants, now: clock.now(), isCertain };
}

function tierOf(view: FleetView, entry: ObjectEntry): RolloutTier | undefined {
  const record = view.spec('Tier', entry.name);
  const rollout = entry.spec?.value.rollout;
  return record === undefined || rollout === undefined ? undefined : { name: entry.name, record, rollout };
}

function admit({ view, enqueue }: RolloutDeps, tier: string, { rollout, ...plan }: RolloutPlan): void {
  const give = (wave: number | undefined) => (tenant: string) => {
    view.admissions.order(tenant, { tier, revision: rollout.target, rollout: rollout.n, wave });
    enqueue(`Tenant/${tenant}`, 'change');
  };
  plan.admit.forEach(give(rollout.wave));
  plan.stamp.forEach(give(undefined));
}

/** Tenants that never served go by what is newest and not halted: that is another now. */
function wakeNew({ view, enqueue }: RolloutDeps, tier: string): void {
  for (const tenant of view.all('Tenant')) {
    const isOfTier = tenant.accepted?.effective?.tier === tier;
    if (isOfTier && !hasServedIn(tenant, tier)) enqueue(tenant.key, 'change');
  }
}

/** Orders on their way count: they may become durable at any moment. */
function usedRevisions(view: FleetView, tier: string): ReadonlySet<string> {
  const used = new Set<string>(view.admissions.revisions());
  for (const entry of view.all('Tenant')) {
    const { tierRevision, effective } = entry.accepted ?? {};
    if (tierRevision !== undefined && effective?.tier === tier) used.add(tierRevision);
  }
  return used;
}

function outcomeOf({ state, counts, bakesUntil }: RolloutStatus): Outcome {
  switch (state) {
    case 'RollingOut':
    case 'Baking':
      return {
        kind: 'waiting',
        on:
          bakesUntil === undefined
            ? 'tenants of the wave to be ready'
            : `the wave to have been watched until ${bakesUntil}`,
        checkInMs: lookMs,
      };
    case 'Held':
      return {
        kind: 'waiting',
        on: 'rollout.hold to be taken back',
        checkInMs: counts.underWay > 0 ? lookMs : slowLookMs,
      };
    case 'Incomplete':
      return { kind: 'waiting', on: 'tenants that are left out of the rollout', checkInMs: slowLookMs };
    case 'Halted':
      if (counts.underWay === 0) return { kind: 'settled' };
      return { kind: 'waiting', on: 'the rest of the wave that was under way', checkInMs: lookMs };
    case 'RolledOut':
      return { kind: 'settled' };
    default:
      return state satisfies never;
  }
}

/** What tenants wait for in their tier's rollout, in words, by tenant. */
export function rolloutNotes(
  deps: Pick<RolloutDeps, 'view' | 'clock' | 'mode'>,
  tier: ObjectEntry,
): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  const input = rolloutInput({ ...deps, isCertain: true }, tier);
  if (input === undefined) return notes;
  const turns = turnsOf(input);
  for (const tenant of input.tenants) {
    const note = noteOf(input, tenant, turns.get(tenant.name));
    const what = `revision ${shortRevision(input.rollout.target)} of tier ${tier.name}`;
    if (note !== undefined) notes.set(tenant.name, `${what}: ${note}`);
  }
  return notes;
}

function noteOf(input: RolloutInput, tenant: RolloutTenant, turn: Turn | undefined): string | undefined {
  const { rollout, settings } = input;
  const standing = standingOf(input, tenant);
  if (standing === 'failed') return `failed in its rollout: ${rollout.failed[tenant.name]?.why ?? ''}`;
  if (standing === 'skipped') return `skipped by its rollout: ${tenant.aside ?? ''}`;
  if (standing !== 'waiting') return undefined;
  if (rollout.halted !== undefined) return `its rollout is halted: ${rollout.halted.why}`;
  const held = settings.hold ? ' (rollout.hold is true)' : '';
  if (turn === undefined) return `comes when ring ${tenant.ring} of its rollout is through${held}`;
  return `waits for ring ${turn.ring}, wave ${turn.wave} of ${turn.waves} of its rollout${held}`;
}
