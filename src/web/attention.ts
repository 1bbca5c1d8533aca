import type { Condition } from '../model/conditions.ts';
import { problemsLine } from '../model/records/problems.ts';
import type { FleetSnapshot, TenantSnapshot } from './snapshot-types.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** Something that a person should look at. */
export interface AttentionItem {
  readonly severity: Severity;
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339. */
  readonly since?: string;
}

/** How long a tenant may be on its way before it is worth a look, in milliseconds. */
const patienceMs = 900_000;

const rank: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** What needs a person first: outages, then what is stuck or refused, then what is merely unusual; the oldest first. */
export function attentionOf(snapshot: FleetSnapshot): readonly AttentionItem[] {
  // An account that cannot be entered says all there is to say of the groups in it.
  const unreachable = new Set(snapshot.cells.filter(isUnreachable).map((cell) => cell.name));
  const items = [
    ...snapshot.tenants.flatMap((tenant) => tenantItems(tenant, Date.parse(snapshot.at))),
    ...snapshot.cells.flatMap((cell) => placeItems('Cell', cell)),
    ...snapshot.infraGroups
      .filter((group) => !unreachable.has(group.cell))
      .flatMap((group) => placeItems('InfraGroup', group)),
    ...snapshot.tiers.flatMap((tier) => placeItems('Tier', tier)),
    ...snapshot.orphans.map(
      ({ kind, name }): AttentionItem => ({
        severity: 'warning',
        kind,
        name,
        reason: 'Orphaned',
        message:
          'its record vanished: it is kept as its last good spec says. Put the record back, or write state: deleted',
      }),
    ),
    ...snapshot.refused.map(
      ({ kind, name, problems }): AttentionItem => ({
        severity: 'warning',
        kind,
        name,
        reason: 'NotAccepted',
        message: problemsLine(problems),
      }),
    ),
  ];
  return items.sort(
    (a, b) => rank[a.severity] - rank[b.severity] || compare(a.since, b.since) || compare(a.name, b.name),
  );
}

function tenantItems(tenant: TenantSnapshot, now: number): AttentionItem[] {
  const trouble = troubleOf(tenant, now);
  if (trouble === undefined) return [];
  const { severity, condition, reason } = trouble;
  const since = tenant.unreadySince ?? condition?.lastTransitionTime;
  return [
    {
      severity,
      kind: 'Tenant',
      name: tenant.name,
      reason: reason ?? condition?.reason ?? tenant.phase,
      message: condition?.message ?? tenant.message,
      ...(since === undefined ? {} : { since }),
    },
  ];
}

interface Trouble {
  readonly severity: Severity;
  readonly reason?: string;
  readonly condition?: Condition | undefined;
}

function troubleOf(tenant: TenantSnapshot, now: number): Trouble | undefined {
  const named = (type: string): Condition | undefined =>
    tenant.conditions.find((condition) => condition.type === type && condition.status !== 'True');
  const ready = named('Ready');
  switch (tenant.phase) {
    case 'Degraded':
      return { severity: 'critical', condition: ready };
    case 'Unplaceable':
      return { severity: 'critical', reason: tenant.refusal ?? 'Unplaceable', condition: named('Placed') ?? ready };
    default:
      break;
  }
  if (tenant.refusal !== undefined) return { severity: 'warning', reason: tenant.refusal, condition: named('Placed') };
  const placed = named('Placed');
  if (placed?.reason === 'MoveRequired') return { severity: 'warning', condition: placed };
  const synced = named('Synced');
  if (synced !== undefined && synced.reason !== 'Applying' && tenant.wanted !== 'deleted')
    return {
      severity: synced.reason === 'Observing' || synced.reason === 'Paused' ? 'info' : 'warning',
      condition: synced,
    };
  const since = tenant.unreadySince === undefined ? now : Date.parse(tenant.unreadySince);
  return now - since > patienceMs ? { severity: 'warning', condition: ready } : undefined;
}

interface Place {
  readonly name: string;
  readonly present: boolean;
  readonly conditions: readonly Condition[];
}

/** A refused record is listed with its problems elsewhere, so `Accepted` is left out here. */
function placeItems(kind: string, place: Place): AttentionItem[] {
  return place.conditions
    .filter((condition) => condition.status !== 'True' && condition.type !== 'Ready' && condition.type !== 'Accepted')
    .filter((condition) => condition.type !== 'HasRoom' || condition.status === 'False')
    .filter((condition) => condition.type !== 'Drained' || condition.reason === 'Held')
    .map((condition) => ({
      severity: severityOf(condition),
      kind,
      name: place.name,
      reason: condition.reason,
      message: `${condition.type}: ${condition.message}`,
      since: condition.lastTransitionTime,
    }));
}

function severityOf({ type, reason }: Condition): Severity {
  if (type === 'RolledOut') return reason === 'Halted' ? 'critical' : reason === 'Incomplete' ? 'warning' : 'info';
  if (type === 'HasRoom') return reason === 'CapacityCritical' ? 'critical' : 'warning';
  return type === 'Published' || type === 'Drained' ? 'warning' : 'critical';
}

function isUnreachable(cell: Place): boolean {
  return cell.conditions.some((condition) => condition.type === 'Reachable' && condition.status !== 'True');
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  return (a ?? '~') < (b ?? '~') ? -1 : 1;
}
