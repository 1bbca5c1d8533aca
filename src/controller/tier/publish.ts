import type { ZoneAccess } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { setIdentifier } from '../../model/names.ts';
import { base32Hash } from '../../model/records/canonical.ts';
import type { Change, FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, DnsContext, DnsWish, Reconciler } from '../../reconcilers/contract.ts';
import type { Publication } from '../tenant/deps.ts';
import { closureHolds, servedEverywhere, type ServingTable } from './closure.ts';

export interface TierScope {
  readonly tier: string;
  readonly host: string;
  readonly installation: string;
  readonly zone: ZoneAccess;
  /** Infra groups that may stand under the name, with the weight of their cell. */
  readonly groups: readonly { readonly name: string; readonly weight: number; readonly dns: DnsWish['group'] }[];
  /** Tenants of the tier that are to be reached: active and accepted. */
  readonly tenants: readonly string[];
  readonly serving: ServingTable;
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
  const standing = new Set<string>();
  const held = new Map<string, string>();
  const contexts = new Map(scope.groups.map((group) => [group.name, contextOf(scope, group)]));
  // The cell is not looked at: a name's records live in the zone alone.
  const access = { zone: scope.zone } as Access;
  const view = await scope.zone.view({ maxAgeMs: 10_000 });
  for (const [group, context] of contexts) {
    if (view.named(scope.host).some((record) => record.setIdentifier === context.dns.setIdentifier))
      standing.add(group);
  }
  if (scope.tenants.length === 0) {
    for (const group of standing) await withdraw(deps, access, scope, contexts.get(group), changes, group);
    return { published: new Set(), pending: new Set(), held };
  }
  for (const [group, context] of contexts) {
    if (!standing.has(group)) {
      const refusal = closureHolds(scope.serving, scope.tenants, standing, group);
      if (refusal !== undefined) {
        held.set(group, refusal);
        continue;
      }
    }
    const change = await converge(deps, access, scope, context);
    if (change !== undefined) changes.set(group, change);
    standing.add(group);
  }
  return settle(scope, standing, changes, held);
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
  context: DnsContext,
): Promise<string | undefined> {
  const { dns } = deps;
  const observation = await dns.observe(access, context, { depth: 'full', maxAgeMs: 10_000, driftAgeMs: 10_000 });
  const desired = dns.desired(context);
  if (desired.state !== 'known') return undefined;
  const name = context.dns.host;
  if (observation.state === 'absent') {
    const change: Change = {
      action: 'create',
      kind: 'dns_record',
      placement: context.dns.setIdentifier,
      name,
      reason: 'asked',
    };
    deps.report(change, 'seen');
    if (!scope.write) return undefined;
    const created = await dns.create(access, context, desired.value, entryOf(context));
    deps.report(change, 'applied');
    return created.outcome === 'created' ? created.change : undefined;
  }
  if (observation.state !== 'live') return undefined;
  const fields: readonly FieldChange[] = dns.diff(desired.value, observation.live, context);
  if (fields.length === 0) return undefined;
  const change: Change = {
    action: 'update',
    kind: 'dns_record',
    placement: context.dns.setIdentifier,
    name,
    fields,
    reason: 'drift',
  };
  deps.report(change, 'seen');
  if (!scope.write) return undefined;
  const applied = await dns.update(access, context, desired.value, observation.live, fields);
  deps.report(change, 'applied');
  return applied.change;
}

async function withdraw(
  deps: PublishDeps,
  access: Access,
  scope: TierScope,
  context: DnsContext | undefined,
  changes: Map<string, string>,
  group: string,
): Promise<void> {
  if (context === undefined || !scope.write) return;
  const gone: DnsContext = { dns: { ...context.dns, want: 'withdraw' } };
  const step = await deps.dns.retire(access, gone, entryOf(context));
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
  deps.report(
    {
      action: 'delete',
      kind: 'dns_record',
      placement: context.dns.setIdentifier,
      name: context.dns.host,
      reason: 'removal',
    },
    'applied',
  );
}

function entryOf(context: DnsContext): InventoryResource {
  return { kind: 'dns_record', n: 1, name: context.dns.host };
}

function contextOf(scope: TierScope, group: TierScope['groups'][number]): DnsContext {
  const placement = tierRecordId(scope.tier, group.name);
  return {
    dns: {
      want: 'publish',
      host: scope.host,
      setIdentifier: setIdentifier({ installation: scope.installation, infraGroup: group.name, placement }),
      weight: group.weight,
      group: group.dns,
    },
  };
}

/** A tier's record for an infra group has an id like a placement's, made from their names: there is just one. */
export function tierRecordId(tier: string, group: string): string {
  return base32Hash(`${tier}/${group}`, 12);
}
