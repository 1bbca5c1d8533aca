import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError, failureText } from '../../model/errors.ts';
import type { DnsContext, Reconciler } from '../../reconcilers/contract.ts';
import type { ZoneReading } from '../capacity/readings.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import { strictest } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import { roomTold } from '../forecast/conditions.ts';
import { wiredCondition } from '../infra-group/wired.ts';
import { keyText } from '../keys.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { type RolloutRun, runRollout } from '../rollout/run.ts';
import { worstOutcome } from '../tenant/context.ts';
import { publishTier, type TierPublication } from '../tier/publish.ts';
import { readCondition } from './read-conditions.ts';
import { fleetMode, type InfraRunDeps, look, report } from './run-deps.ts';

/** One run of a tier: its tenants follow a change of it, and its shared name is kept. */
export async function runTier(deps: InfraRunDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Tier', name);
  if (entry === undefined) return { kind: 'settled' };
  if (changed) {
    deps.book.invalidate();
    for (const tenant of tenantsOf(deps.view, name)) deps.enqueue(tenant.key, 'change');
    for (const cell of deps.view.all('Cell')) deps.enqueue(cell.key, 'change');
    for (const cell of deps.view.cells(name))
      for (const group of deps.view.groups(cell.name)) deps.enqueue(keyText('InfraGroup', group.name), 'change');
  }
  if (changed || trigger === 'resync') await deps.infra.readZone(name, trigger === 'resync' ? 5_000 : 60_000);
  const { conditions, outcome } = await guardedPublish(deps, name);
  const zone = deps.view.spec('Tier', name)?.zone.id ?? '';
  const reading = deps.book.zones.get(zone);
  const words = (found: ZoneReading): string =>
    `zone ${zone} holds ${found.foreign} other records; quota ${found.quota}`;
  const read = readCondition('ZoneReadable', reading, words);
  const rollout = await rollOut(deps, entry);
  const found = [read, wiredCondition(deps.view, deps.book, name), ...conditions];
  const told = roomTold(entry.status?.value, deps.capacity.figures('Tier', name));
  // A tier is in use while a change of it goes out, too.
  await report(deps, entry, found, { parts: rollout.conditions, rollout: rollout.status, told });
  return worstOutcome([outcome, rollout.outcome]);
}

/** One look at how a change of the tier's service goes out. */
function rollOut(deps: InfraRunDeps, entry: ObjectEntry): Promise<RolloutRun> {
  const { term, view, enqueue } = deps;
  const { clock, state, observer } = term;
  const mode = fleetMode(term, view);
  return runRollout({ view, clock, state, observer, enqueue, mode, isCertain: deps.isCertain() }, entry);
}

function tenantsOf(view: FleetView, tier: string): readonly ObjectEntry[] {
  // A record that never was accepted may have waited for just this tier.
  return view
    .all('Tenant')
    .filter(
      (entry) =>
        entry.accepted === undefined ||
        entry.accepted.effective?.tier === tier ||
        placementsOf(entry).some((placement) => placement.tier === tier),
    );
}

/** A zone that cannot be written is the tier's own trouble: its status says so, and it comes back. */
async function guardedPublish(deps: InfraRunDeps, name: string): ReturnType<typeof publish> {
  try {
    return await publish(deps, name);
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    deps.term.observer.callFailed(keyText('Tier', name), error);
    const reason = error.class === 'denied' ? 'AccessDenied' : 'CallFailed';
    const message = failureText(error);
    return {
      conditions: [{ type: 'Published', status: 'Unknown', reason, message }],
      outcome: { kind: 'retry', class: error.class, error },
    };
  }
}

async function publish(
  deps: InfraRunDeps,
  name: string,
): Promise<{ conditions: readonly ConditionUpdate[]; outcome: Outcome }> {
  const { term, view, infra } = deps;
  const tier = view.spec('Tier', name);
  const zone = infra.zone(name);
  if (tier === undefined || zone === undefined || tier.routing.scope === 'tenant')
    return { conditions: [], outcome: { kind: 'settled' } };
  const dns = term.reconcilers.find((reconciler) => reconciler.kind === 'dns_record');
  if (dns === undefined) return { conditions: [], outcome: { kind: 'settled' } };
  const groups = view.cells(name).flatMap((cell) =>
    view.groups(cell.name).flatMap((group) => {
      const reading = deps.book.groups.get(group.name);
      return reading?.ok === true ? [{ name: group.name, weight: cell.weight, dns: reading.value.facts }] : [];
    }),
  );
  const toReach = tenantsOf(view, name).filter((entry) => isToBeReached(entry, name));
  const changes = deps.changes.get(name) ?? new Map<string, string>();
  deps.changes.set(name, changes);
  const before = deps.publications.get(name);
  const after = await publishTier(
    // Only the zone and the name are looked at: the context of a tenant's own placement is not needed.
    {
      dns: dns as Reconciler<unknown, unknown, DnsContext>,
      report: (change, what) => term.observer.shared(change, what, name),
    },
    {
      tier: name,
      host: tier.domain,
      installation: term.installation,
      zone,
      groups,
      tenants: toReach.map((entry) => entry.name),
      reached: new Set(toReach.filter((entry) => wasReached(entry, name)).map((entry) => entry.name)),
      serving: deps.serving,
      before,
      deserted: isDeserted(deps, name),
      draining: drainingGroups(view, name),
      mayWithdraw: term.removalsFrom <= term.clock.now(),
      stepSeconds: tier.moves.stepSeconds,
      now: term.clock.now(),
      write: strictest([fleetMode(term, view), tier.mode]) === 'active',
    },
    changes,
  );
  deps.publications.set(name, after);
  if (!samePublication(before, after)) for (const tenant of tenantsOf(view, name)) deps.enqueue(tenant.key, 'progress');
  const held = [...after.held].map(([group, why]) => `${group}: ${why}`);
  const message = `${tier.domain} leads to ${after.published.size} of ${groups.length} load balancers${held.length === 0 ? '' : `; held: ${held.join('; ')}`}`;
  const status = after.pending.size === 0 && after.held.size === 0 ? 'True' : 'False';
  const reason = status === 'True' ? 'Published' : after.held.size > 0 ? 'RouteClosure' : 'Pending';
  const outcome: Outcome =
    after.pending.size > 0
      ? { kind: 'progressing', checkInMs: 5_000, what: message }
      : after.shifting || after.left.size < after.withdrawn.size
        ? { kind: 'progressing', checkInMs: 5_000, what: message }
        : after.held.size > 0
          ? { kind: 'waiting', checkInMs: 30_000, on: message }
          : { kind: 'settled' };
  return { conditions: [{ type: 'Published', status, reason, message }], outcome };
}

function drainingGroups(view: FleetView, tier: string): ReadonlySet<string> {
  return new Set(
    view.cells(tier).flatMap((cell) =>
      view
        .groups(cell.name)
        .filter((group) => [cell.state, group.state].includes('draining'))
        .map(({ name }) => name),
    ),
  );
}

/** A tenant that moves to another tier is reached by the old name until its placements there have gone. */
function isToBeReached(entry: ObjectEntry, tier: string): boolean {
  return (
    entry.accepted?.effective?.state === 'active' && placementsOf(entry).some((placement) => placement.tier === tier)
  );
}

/** A placement serves for good, once all conditions of it were true: the name's among them. */
function wasReached(entry: ObjectEntry, tier: string): boolean {
  return placementsOf(entry).some((placement) => placement.tier === tier && placement.phase === 'serving');
}

/** Whether the last record of the name may go: no tenant of the tier but deleted ones, no doubt about what the state table knows, and no call of an earlier leader to come. */
function isDeserted({ term, view, infra }: InfraRunDeps, tier: string): boolean {
  if (infra.behind.closed() !== undefined || term.removalsFrom > term.clock.now()) return false;
  return tenantsOf(view, tier).every((entry) => {
    const known = entry.accepted?.effective;
    return entry.damaged.length === 0 && (known === undefined || known.state === 'deleted');
  });
}

function samePublication(a: TierPublication | undefined, b: TierPublication): boolean {
  const text = (publication: TierPublication | undefined): string =>
    publication === undefined
      ? ''
      : JSON.stringify([
          [...publication.published].sort(),
          [...publication.pending].sort(),
          [...publication.left].sort(),
        ]);
  return text(a) === text(b);
}
