import type { ZoneAccess } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { parseSetIdentifier, setIdentifier } from '../../model/names.ts';
import { base32Hash } from '../../model/records/canonical.ts';
import type { Change, FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, DnsContext, DnsWish, Reconciler } from '../../reconcilers/contract.ts';
import type { Publication } from '../tenant/deps.ts';
import { closureHolds, type ServingTable, servedEverywhere } from './closure.ts';

export interface TierScope {
  readonly tier: string;
  readonly host: string;
  readonly installation: string;
  readonly zone: ZoneAccess;
  /** Infra groups that may stand under the name, with the weight of their cell. What stands for others (they cannot be read now) is left as it is. */
  readonly groups: readonly { readonly name: string; readonly weight: number; readonly dns: DnsWish['group'] }[];
  /** Tenants of the tier that are to be reached: active and accepted. */
  readonly tenants: readonly string[];
  /** Those of them that were reached once. */
  readonly reached: ReadonlySet<string>;
  readonly serving: ServingTable;
  /** How the name stood after the pass before: a record of then that is missing now was taken out by somebody. */
  readonly before: TierPublication | undefined;
  /** Whether no tenant of the tier is left, suspended ones and such without a place included, and that is beyond doubt: the name may go. */
  readonly deserted: boolean;
  readonly write: boolean;
}

export interface PublishDeps {
  readonly dns: Reconciler<unknown, unknown, DnsContext>;
  readonly report: (change: Change, what: 'seen' | 'applied') => void;
}

/** How a tier's shared name stands after a pass. */
export interface TierPublication {
  /** Infra groups with a record under the name that has reached every name server. */
  readonly published: ReadonlySet<string>;
  /** Infra groups whose record is being spread. */
  readonly pending: ReadonlySet<string>;
  /** Why an infra group is not under the name, by group. */
  readonly held: ReadonlyMap<string, string>;
}

/**
 * One pass over the shared name of a tier in scope `tier`: heals the records that stand, adds those that route closure lets in, and takes them all out only when no tenant is
 * left. `changes` remembers the DNS change of each group until it is INSYNC.
 */
export async function publishTier(
  deps: PublishDeps,
  scope: TierScope,
  changes: Map<string, string>,
): Promise<TierPublication> {
  // The cell is not looked at: a name's records live in the zone alone.
  const access = { zone: scope.zone } as Access;
  const weights = await liveWeights(scope);
  const held = new Map<string, string>();
  if (scope.deserted) {
    for (const group of weights.keys()) await withdraw(deps, access, scope, changes, group);
    return { published: new Set(), pending: new Set(), held };
  }
  const standing = new Set(weights.keys());
  const contexts = new Map(scope.groups.map((group) => [group.name, contextOf(scope, group)]));
  for (const [group, context] of contexts) {
    if (scope.tenants.length === 0 && !standing.has(group)) continue;
    const live = weights.get(group);
    const grows = live === undefined || live < context.dns.weight;
    const refusal = grows ? closureHolds({ ...scope, standing }, group) : undefined;
    if (refusal !== undefined) held.set(group, refusal);
    if (refusal !== undefined && live === undefined) continue;
    // What stands keeps the weight that it has until closure lets it have more; all else of it heals.
    const weight = refusal === undefined ? context.dns.weight : (live ?? 0);
    const done = await converge(deps, access, scope, group, { dns: { ...context.dns, weight } });
    if (done.change !== undefined) changes.set(group, done.change);
    if (done.stands) standing.add(group);
    else held.set(group, 'mode observe: a record would be created');
  }
  return settle(scope, standing, changes, held);
}

/** The weight of each infra group with a record of ours under the name; of several records the greatest. */
async function liveWeights({ zone, host, tier, installation }: TierScope): Promise<Map<string, number>> {
  const view = await zone.view({ maxAgeMs: 10_000 });
  const weights = new Map<string, number>();
  for (const { setIdentifier: identifier, raw } of view.named(host)) {
    const mark = parseSetIdentifier(identifier ?? '');
    if (mark?.installation !== installation || mark.placement !== tierRecordId(tier, mark.infraGroup)) continue;
    weights.set(mark.infraGroup, Math.max(weights.get(mark.infraGroup) ?? 0, raw.Weight ?? 0));
  }
  return weights;
}

/** Whether a tenant is reached through the name: it serves behind every load balancer that stands there. */
export function publicationOf(
  publication: TierPublication | undefined,
  serving: ServingTable,
  host: string,
  tenant: string,
): Publication {
  if (publication === undefined || publication.published.size + publication.pending.size === 0) {
    return { published: false, message: `no load balancer stands under ${host} yet` };
  }
  if (publication.published.size === 0) return { published: false, message: `Route 53 spreads the records of ${host}` };
  const all = new Set([...publication.published, ...publication.pending]);
  const missing = servedEverywhere(serving, tenant, all);
  if (missing.length === 0) return { published: true, message: `${host} leads to it by ${all.size} load balancers` };
  return {
    published: false,
    message: `it does not serve behind every load balancer of ${host} yet: ${missing.join(', ')}`,
  };
}

async function settle(
  scope: TierScope,
  standing: ReadonlySet<string>,
  changes: Map<string, string>,
  held: ReadonlyMap<string, string>,
): Promise<TierPublication> {
  const published = new Set<string>();
  const pending = new Set<string>();
  for (const group of standing) {
    const change = changes.get(group);
    if (change === undefined || (await scope.zone.insync(change))) {
      changes.delete(group);
      published.add(group);
    } else pending.add(group);
  }
  return { published, pending, held };
}

async function converge(
  deps: PublishDeps,
  access: Access,
  scope: TierScope,
  group: string,
  context: DnsContext,
): Promise<{ readonly stands: boolean; readonly change?: string | undefined }> {
  const { dns } = deps;
  const observation = await dns.observe(access, context, { depth: 'full', maxAgeMs: 10_000, driftAgeMs: 10_000 });
  const desired = dns.desired(context);
  const stands = observation.state !== 'absent';
  if (desired.state !== 'known') return { stands };
  const name = context.dns.host;
  if (observation.state === 'absent') {
    const change: Change = {
      action: 'create',
      kind: 'dns_record',
      placement: context.dns.setIdentifier,
      name,
      reason: scope.before?.published.has(group) === true ? 'drift' : 'asked',
    };
    deps.report(change, 'seen');
    if (!scope.write) return { stands };
    const created = await dns.create(access, context, desired.value, entryOf(context));
    deps.report(change, 'applied');
    return created.outcome === 'created' ? { stands: true, change: created.change } : { stands };
  }
  if (observation.state !== 'live') return { stands };
  const fields: readonly FieldChange[] = dns.diff(desired.value, observation.live, context);
  if (fields.length === 0) return { stands };
  const change: Change = {
    action: 'update',
    kind: 'dns_record',
    placement: context.dns.setIdentifier,
    name,
    fields,
    reason: 'drift',
  };
  deps.report(change, 'seen');
  if (!scope.write) return { stands };
  const applied = await dns.update(access, context, desired.value, observation.live, fields);
  deps.report(change, 'applied');
  return { stands, change: applied.change };
}

async function withdraw(
  deps: PublishDeps,
  access: Access,
  scope: TierScope,
  changes: Map<string, string>,
  group: string,
): Promise<void> {
  // Name and set identifier say what has to go; where it leads to plays no part.
  const nowhere = { dnsName: '', canonicalHostedZoneId: '', dualstack: false };
  const { dns } = contextOf(scope, { name: group, weight: 0, dns: nowhere });
  const context: DnsContext = { dns: { ...dns, want: 'withdraw' } };
  const change: Change = {
    action: 'delete',
    kind: 'dns_record',
    placement: dns.setIdentifier,
    name: dns.host,
    reason: 'removal',
  };
  deps.report(change, 'seen');
  if (!scope.write) return;
  const step = await deps.dns.retire(access, context, entryOf(context));
  if (step.step === 'unmarked') {
    throw new CallError({
      class: 'conflict',
      service: 'route53',
      operation: 'retire',
      code: 'OwnershipLost',
      message: step.found,
    });
  }
  changes.delete(group);
  deps.report(change, 'applied');
}

function entryOf(context: DnsContext): InventoryResource {
  return { kind: 'dns_record', n: 1, name: context.dns.host };
}

function contextOf(scope: TierScope, group: TierScope['groups'][number]): DnsContext {
  const { host } = scope;
  return {
    dns: {
      want: 'publish',
      host,
      setIdentifier: recordIdentifier(scope, group.name),
      weight: group.weight,
      group: group.dns,
    },
  };
}

function recordIdentifier({ tier, installation }: TierScope, infraGroup: string): string {
  return setIdentifier({ installation, infraGroup, placement: tierRecordId(tier, infraGroup) });
}

/** A tier's record for an infra group has an id like a placement's, made from their names: there is just one. */
export function tierRecordId(tier: string, group: string): string {
  return base32Hash(`${tier}/${group}`, 12);
}
