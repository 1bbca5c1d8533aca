import {
  type BaseReport,
  type CallCount,
  type ChangeCount,
  type HeldChange,
  type NotReady,
  type RefusedRecord,
  type RehearsalReport,
  type RehearsalRequest,
  reportVersion,
} from '../../cli/rehearsal.ts';
import { capacityReport } from '../../controller/forecast/report.ts';
import type { Term } from '../../controller/loop/term.ts';
import { type DesiredRecord, kinds } from '../../model/records/kinds.ts';
import type { BucketUsage } from '../../simulator/throttle.ts';
import { bottleneckOf, limitsOf } from './counts.ts';
import { groupReports, type Place, placementReports, placesOf, removedPlacements, unplaceableOf } from './places.ts';
import type { Timeline } from './timeline.ts';
import type { Standing, Wanted } from './wanted.ts';

/** What was measured up to the last progress. */
export interface Measured {
  readonly durationSeconds: number;
  readonly calls: readonly CallCount[];
  readonly usage: readonly BucketUsage[];
}

/** Everything that a report is made of. */
export interface Findings {
  readonly request: RehearsalRequest;
  readonly term: Term;
  readonly now: number;
  readonly wanted: Wanted;
  readonly timeline: Timeline;
  readonly measured: Measured;
  readonly before: readonly Place[];
  readonly base: BaseReport | null;
}

/** Puts what was found into the report. */
export function reportOf(findings: Findings): RehearsalReport {
  const { request, term, now, wanted, timeline, measured, before, base } = findings;
  const { view, book } = term;
  const { durationSeconds } = measured;
  const standings = standingsOf(wanted, term);
  const unplaceable = view
    .all('Tenant')
    .flatMap((entry) => unplaceableOf(entry, book, now) ?? [])
    .sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  const unplaced = new Set(unplaceable.map(({ tenant }) => `Tenant/${tenant}`));
  const invalid = [...request.refused, ...invalidOf(term)];
  const notReady = standings
    .filter(([key, standing]) => standing === 'open' && !unplaced.has(key))
    .map(([, , record]) => notReadyOf(term, record));
  const after = placesOf(view);
  const placements = placementReports(before, after);
  const removed = removedPlacements(before, after);
  const callShare = view.fleet()?.callShare ?? 0.7;
  const limits = limitsOf(measured.usage, durationSeconds, callShare);
  const waits = timeline.waits();
  return {
    version: reportVersion,
    ok: invalid.length === 0 && standings.every(([, standing]) => standing === 'as-wanted') && unplaceable.length === 0,
    settled: notReady.length === 0,
    durationSeconds,
    observedSeconds: timeline.seconds(),
    startAt: new Date(request.startAt).toISOString(),
    seed: request.seed,
    base,
    records: countByKind(wanted),
    tenants: tenantsOf(standings, term),
    invalid,
    unplaceable,
    notReady,
    bottleneck: bottleneckOf(limits, waits, durationSeconds),
    callShare,
    limits,
    waits,
    placements,
    groups: groupReports(book.ledger(now), placements, removed),
    capacity: capacityReport(term.engine, { growth: false }),
    removed,
    held: heldOf(timeline),
    changes: changesOf(timeline),
    calls: measured.calls,
    events: timeline.events,
    failures: [...timeline.failures],
  };
}

type Standings = readonly (readonly [key: string, standing: Standing, record: DesiredRecord])[];

function standingsOf(wanted: Wanted, { view }: Term): Standings {
  return [...wanted.records]
    .map(([key, record]) => [key, wanted.standing(view, record), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function tenantsOf(standings: Standings, { view }: Term): RehearsalReport['tenants'] {
  const tenants = standings.filter(([, , { kind }]) => kind === 'Tenant');
  const byPhase: Record<string, number> = {};
  for (const [, , { name }] of tenants) {
    const phase = view.get('Tenant', name)?.status?.value.phase ?? 'Pending';
    byPhase[phase] = (byPhase[phase] ?? 0) + 1;
  }
  const asWanted = tenants.filter(([, standing]) => standing === 'as-wanted').length;
  return { total: tenants.length, asWanted, byPhase };
}

/** Records that the controller refused for what other records say. */
function invalidOf({ view }: Term): readonly RefusedRecord[] {
  return kinds.flatMap((kind) => view.all(kind).flatMap((entry) => (entry.isAccepted ? [] : entry.problems)));
}

function notReadyOf({ view }: Term, { kind, name }: DesiredRecord): NotReady {
  const status = view.get(kind, name)?.status?.value;
  const ready = status?.conditions.find(({ type }) => type === 'Ready');
  const synced = status?.conditions.find(({ type }) => type === 'Synced' && ready?.status !== 'True');
  // A tenant that is to go is "not ready" by its record: what holds it up stands in `Synced`.
  const cause = ready?.reason === 'Suspended' || ready?.reason === 'Deleted' ? synced : ready;
  const unseen = 'the controller has not come to it';
  return {
    kind,
    name,
    phase: status?.phase ?? 'Pending',
    reason: cause?.reason ?? 'NotRead',
    message: cause?.message ?? unseen,
  };
}

function countByKind({ records }: Wanted): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = [...records.values()].filter((record) => record.kind === kind).length;
  return counts;
}

function heldOf(timeline: Timeline): readonly HeldChange[] {
  return [...timeline.held.values()].map(({ tenant, reason, message, from, until, open }) => {
    const untilSeconds = open ? timeline.seconds() : timeline.seconds(until);
    return { tenant, reason, message, fromSeconds: timeline.seconds(from), untilSeconds, open };
  });
}

function changesOf({ changes }: Timeline): readonly ChangeCount[] {
  const resources = [...new Set([...changes.keys()].map((key) => key.split('/')[0] ?? ''))].sort();
  return resources.map((resource) => {
    const count = (action: string): number => changes.get(`${resource}/${action}`) ?? 0;
    return {
      resource,
      created: count('create'),
      updated: count('update'),
      replaced: count('replace'),
      deleted: count('delete'),
    };
  });
}
