import type { ZoneAccess } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { nextWeight } from '../../model/moves.ts';
import { parseSetIdentifier, setIdentifier } from '../../model/names.ts';
import { base32Hash } from '../../model/records/canonical.ts';
import type { Change, FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Access, DnsContext, DnsWish, Reconciler } from '../../reconcilers/contract.ts';
import type { Publication } from '../tenant/deps.ts';
import { closureCovers, closureHolds, type ServingTable, servedEverywhere } from './closure.ts';

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
  /** Infra groups that are being emptied: their records go when closure covers it, and none is added. */
  readonly draining: ReadonlySet<string>;
  /** Whether no call of an earlier leader can land any more: nothing is withdrawn before. */
  readonly mayWithdraw: boolean;
  readonly stepSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
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
  /** Why an infra group is not under the name, or not out of it, by group. */
  readonly held: ReadonlyMap<string, string>;
  /** From when every name server has a group's record as it stands (milliseconds since the epoch). */
  readonly answeredFrom: ReadonlyMap<string, number>;
  /** The weights that were ordered. */
  readonly weights: ReadonlyMap<string, number>;
  /** Infra groups that are being emptied and have no record any more. */
  readonly withdrawn: ReadonlyMap<string, Withdrawal>;
  /** Those of them that nobody comes to by the name any more: their record is gone everywhere, and resolvers have forgotten it. */
  readonly left: ReadonlySet<string>;
  /** Weights that are on their way to their cells'. */
  readonly shifting: boolean;
}

/** A record that is gone. `change`: until that one is INSYNC; `outFrom`: from when no name server has it (milliseconds since the epoch). */
export interface Withdrawal {
  readonly change?: string;
  readonly outFrom?: number;
}

/** How long resolvers may hold an answer. */
const lingerMs = 60_000;

/** After this long a change counts as INSYNC that an earlier leader made. */
const unknownInsyncMs = 120_000;

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
    const none = {
      answeredFrom: new Map(),
      weights: new Map(),
      withdrawn: new Map(),
      left: new Set<string>(),
      shifting: false,
    };
    return { published: new Set(), pending: new Set(), held, ...none };
  }
  const standing = new Set(weights.keys());
  const ordered = new Map<string, number>();
  let shifting = false;
  const contexts = new Map(scope.groups.map((group) => [group.name, contextOf(scope, group)]));
  // Where every infra group is being emptied there is nowhere to go: a name that leads nowhere would help nobody.
  const isNeeded = (group: string): boolean =>
    scope.tenants.length > 0 &&
    (!scope.draining.has(group) || scope.groups.every(({ name }) => scope.draining.has(name)));
  for (const [group, context] of contexts) {
    if (!isNeeded(group) && !standing.has(group)) continue;
    const live = weights.get(group);
    const target = context.dns.weight;
    const next = live === undefined || standing.size < 2 ? target : stepOf(scope, changes, group, { live, target });
    shifting = shifting || next !== target;
    const grows = live === undefined || live < next;
    const refusal = grows ? closureHolds({ ...scope, standing }, group) : undefined;
    if (refusal !== undefined) held.set(group, refusal);
    if (refusal !== undefined && live === undefined) continue;
    // What stands keeps the weight that it has until closure lets it have more; all else of it heals.
    const weight = refusal === undefined ? next : (live ?? 0);
    ordered.set(group, weight);
    const done = await converge(deps, access, scope, group, { dns: { ...context.dns, weight } });
    if (done.change !== undefined) changes.set(group, done.change);
    if (done.stands) standing.add(group);
    else held.set(group, 'mode observe: a record would be created');
  }
  const withdrawn = await withdrawDraining(deps, access, scope, { standing, changes, held });
  const settled = await settle(scope, standing, changes, held);
  const left = new Set([...withdrawn].filter(([, one]) => isForgotten(one, scope.now)).map(([group]) => group));
  return { ...settled, weights: ordered, withdrawn, left, shifting };
}

/** The next weight of a record on its way to its cell's; what somebody else did to it is undone at once. */
function stepOf(
  { before, now, stepSeconds }: TierScope,
  changes: ReadonlyMap<string, string>,
  group: string,
  { live, target }: { readonly live: number; readonly target: number },
): number {
  const last = before?.weights.get(group);
  if (last !== undefined && last !== live) return last;
  const from = before?.answeredFrom.get(group);
  if (live === target || changes.has(group) || from === undefined || now < from + stepSeconds * 1_000) {
    return live;
  }
  return nextWeight(live, target);
}

function isForgotten({ outFrom }: Withdrawal, now: number): boolean {
  return outFrom !== undefined && now >= outFrom + lingerMs;
}

interface Name {
  readonly standing: Set<string>;
  readonly changes: Map<string, string>;
  readonly held: Map<string, string>;
}

/** Takes the records of infra groups that are being emptied out of the name, one after the other, as far as closure covers it; follows those that are out. */
async function withdrawDraining(
  deps: PublishDeps,
  access: Access,
  scope: TierScope,
  { standing, changes, held }: Name,
): Promise<ReadonlyMap<string, Withdrawal>> {
  const { draining, before, now } = scope;
  const withdrawn = new Map<string, Withdrawal>();
  for (const group of draining) {
    if (standing.has(group)) {
      const refusal = refusalToWithdraw(scope, standing);
      if (refusal !== undefined) {
        held.set(group, `it is to leave the name: ${refusal}`);
        continue;
      }
      const change = await withdraw(deps, access, scope, changes, group);
      standing.delete(group);
      // A zone whose reads lag shows it for a while yet: what took it out is known then.
      const gone = before?.withdrawn.get(group) ?? { outFrom: now + unknownInsyncMs };
      withdrawn.set(group, change === undefined ? gone : { change });
      continue;
    }
    const known = before?.withdrawn.get(group) ?? { outFrom: now + unknownInsyncMs };
    const isOut = known.change !== undefined && (await scope.zone.insync(known.change));
    withdrawn.set(group, isOut ? { outFrom: now } : known);
  }
  return withdrawn;
}

function refusalToWithdraw(scope: TierScope, standing: ReadonlySet<string>): string | undefined {
  const remain = new Set([...standing].filter((group) => !scope.draining.has(group)));
  const refusal = closureCovers({ ...scope, standing }, remain);
  if (refusal !== undefined) return refusal;
  const fresh = [...remain].filter((group) => (scope.before?.answeredFrom.get(group) ?? Infinity) > scope.now);
  if (fresh.length > 0) return `not every name server has the record of ${fresh.join(', ')} yet`;
  if (!scope.write) return 'mode observe: it would be withdrawn';
  return scope.mayWithdraw ? undefined : 'calls of an earlier leader may still land';
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
): Omit<Publication, 'left'> {
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
): Promise<Pick<TierPublication, 'published' | 'pending' | 'held' | 'answeredFrom'>> {
  const { before, now } = scope;
  const published = new Set<string>();
  const pending = new Set<string>();
  const answeredFrom = new Map<string, number>();
  for (const group of standing) {
    const change = changes.get(group);
    if (change === undefined || (await scope.zone.insync(change))) {
      changes.delete(group);
      published.add(group);
      // When a record that was found standing was made is not known.
      const known = change === undefined ? (before?.answeredFrom.get(group) ?? now + unknownInsyncMs) : now;
      answeredFrom.set(group, known);
    } else pending.add(group);
  }
  return { published, pending, held, answeredFrom };
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
    reason: isOrdered(scope, group, context, fields) ? 'asked' : 'drift',
  };
  deps.report(change, 'seen');
  if (!scope.write) return { stands };
  const applied = await dns.update(access, context, desired.value, observation.live, fields);
  deps.report(change, 'applied');
  return { stands, change: applied.change };
}

/** A weight that is not the one ordered last is on its way to another: nobody else changed it. */
function isOrdered({ before }: TierScope, group: string, { dns }: DnsContext, fields: readonly FieldChange[]): boolean {
  const last = before?.weights.get(group);
  return last !== undefined && last !== dns.weight && fields.every(({ field }) => field === 'Weight');
}

async function withdraw(
  deps: PublishDeps,
  access: Access,
  scope: TierScope,
  changes: Map<string, string>,
  group: string,
): Promise<string | undefined> {
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
  if (!scope.write) return undefined;
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
  return step.step === 'gone' ? step.change : undefined;
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
