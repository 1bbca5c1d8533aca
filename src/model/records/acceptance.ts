import type { ConditionUpdate } from '../conditions.ts';
import { parseLoadBalancerArn, partitionOf } from './aws-shapes.ts';
import { canonicalHash } from './canonical.ts';
import type { Claim, ClaimConflict, ClaimRegistry } from './claims.ts';
import { cellClaims, infraGroupClaims, ownerKey, tenantClaims, tierClaims } from './claims.ts';
import type { EffectiveTenant } from './effective.ts';
import { effectiveHash, effectiveTenant } from './effective.ts';
import { immutableProblems } from './immutable.ts';
import type { Cell, DesiredRecord, Frozen, InfraGroup, Kind, Specs, Tenant } from './kinds.ts';
import type { ParseResult } from './parse.ts';
import type { InvalidField } from './problems.ts';
import { invalidField, problemsLine } from './problems.ts';

/** Why a record is accepted or not: the reasons of the condition `Accepted`. */
export type AcceptedReason = 'Valid' | 'Invalid' | 'UnknownReference' | 'Immutable' | 'Conflict';

/** What was accepted of a record last, as the state table keeps it. */
export interface Accepted {
  /** A tenant's is +1 whenever its effective spec changes; another record's whenever its spec does. Starts at 1. */
  readonly generation: number;
  /** Canonical hash: of the effective spec of a tenant, else of the spec. */
  readonly hash: string;
  /** The accepted record. */
  readonly record: DesiredRecord;
  /** Of a tenant only. */
  readonly effective?: EffectiveTenant;
}

/** What acceptance has to know of the other records: their last accepted specs, never what is merely written. */
export interface AcceptanceContext {
  tier(name: string): Frozen<Specs['Tier']> | undefined;
  cell(name: string): Frozen<Specs['Cell']> | undefined;
  readonly claims: Pick<ClaimRegistry, 'conflicts'>;
}

/** One record before acceptance. */
export interface AcceptanceRequest {
  readonly kind: Kind;
  readonly name: string;
  readonly parsed: ParseResult;
  readonly lastGood?: Accepted | undefined;
  /** The effective spec that a tenant's placements were built by, where that is not `lastGood`: its host stays claimed until they are gone. */
  readonly serving?: EffectiveTenant | undefined;
  /** Those of placements that are being replaced: their hosts stay claimed too. */
  readonly former?: readonly EffectiveTenant[];
  readonly context: AcceptanceContext;
}

/** What acceptance decided. */
export interface Acceptance {
  /** What to go by: the new spec, else the last good one. Undefined where nothing was ever accepted: nothing runs, and nothing is to. */
  readonly accepted: Accepted | undefined;
  /** Whether the record as it stands was accepted. */
  readonly isAccepted: boolean;
  /** Whether `generation` went up. */
  readonly changed: boolean;
  /** A tenant that names another tier than the one it is placed in: to be moved, which is decided elsewhere. */
  readonly tierChanged: boolean;
  readonly condition: ConditionUpdate & { readonly type: 'Accepted'; readonly reason: AcceptedReason };
  readonly problems: readonly InvalidField[];
  /** All claims that the record is to hold from now on; give them to `ClaimRegistry.hold`. */
  readonly claims: readonly Claim[];
}

/**
 * Decides about one record: valid, merged, with its references known, nothing changed that cannot change, and nothing claimed that
 * another holds. One that fails keeps its last good spec and its claims, so that nothing running changes. Pure: the caller writes what
 * comes back, and gives the claims to the registry before it asks about the next record.
 */
export function acceptRecord(request: AcceptanceRequest): Acceptance {
  const { parsed } = request;
  if (!parsed.ok) return refused(request, 'Invalid', parsed.problems);
  const { record } = parsed;
  const built = buildRecord(record, request);
  if (!built.ok) return refused(request, built.reason, built.problems);
  const fixed = request.lastGood === undefined ? [] : immutableProblems(request.lastGood.record, record);
  if (fixed.length > 0) return refused(request, 'Immutable', fixed);
  const claims = [...new Set([...claimsOf(record, built.effective), ...servingClaims(request)])];
  const conflicts = request.context.claims.conflicts(ownerKey(record.kind, record.name), claims);
  if (conflicts.length > 0) return refused(request, 'Conflict', conflictProblems(record, conflicts));
  return granted(request, record, built.effective, claims);
}

/** The claims of an accepted record: what a restarted controller gives to its registry before it looks at any new record. */
export function claimsOf(record: DesiredRecord, effective: EffectiveTenant | undefined): Claim[] {
  switch (record.kind) {
    case 'Fleet':
      return [];
    case 'Tier':
      return tierClaims(record.spec);
    case 'Cell':
      return cellClaims(record.spec);
    case 'InfraGroup':
      return infraGroupClaims(record.spec);
    case 'Tenant':
      return effective === undefined ? [] : tenantClaims(effective);
  }
}

function servingClaims({ serving, former = [] }: AcceptanceRequest): Claim[] {
  return [...(serving === undefined ? [] : [serving]), ...former].flatMap(tenantClaims);
}

function granted(
  request: AcceptanceRequest,
  record: DesiredRecord,
  effective: EffectiveTenant | undefined,
  claims: readonly Claim[],
): Acceptance {
  const { lastGood } = request;
  const hash = hashOf(record, effective);
  // The last spec is hashed anew, so that an upgrade which hashes differently is not taken for a change of every record.
  const before = lastGood === undefined ? undefined : hashOf(lastGood.record, lastGood.effective);
  const changed = hash !== before;
  const generation = (lastGood?.generation ?? 0) + (changed ? 1 : 0);
  const placedIn = (request.serving ?? lastGood?.effective)?.tier;
  return {
    accepted: { generation, hash, record, ...(effective === undefined ? {} : { effective }) },
    isAccepted: true,
    changed,
    tierChanged: effective !== undefined && placedIn !== undefined && placedIn !== effective.tier,
    condition: { type: 'Accepted', status: 'True', reason: 'Valid', message: 'The record is valid and in force.' },
    problems: [],
    claims,
  };
}

function hashOf(record: DesiredRecord, effective: EffectiveTenant | undefined): string {
  return effective === undefined ? canonicalHash(record.spec) : effectiveHash(effective);
}

function refused(request: AcceptanceRequest, reason: AcceptedReason, problems: readonly InvalidField[]): Acceptance {
  const { lastGood } = request;
  const held =
    lastGood === undefined ? [] : [...claimsOf(lastGood.record, lastGood.effective), ...servingClaims(request)];
  const after =
    lastGood === undefined
      ? 'Nothing is done until the record is right.'
      : `The last accepted spec (generation ${lastGood.generation}) stays in force.`;
  return {
    accepted: lastGood,
    isAccepted: false,
    changed: false,
    tierChanged: false,
    condition: { type: 'Accepted', status: 'False', reason, message: `${problemsLine(problems)}. ${after}` },
    problems,
    claims: [...new Set(held)],
  };
}

type Built =
  | { readonly ok: true; readonly effective?: EffectiveTenant }
  | { readonly ok: false; readonly reason: AcceptedReason; readonly problems: InvalidField[] };

/** Follows a record's references, and merges a tenant with its tier. */
function buildRecord(record: DesiredRecord, { context }: AcceptanceRequest): Built {
  switch (record.kind) {
    case 'Fleet':
    case 'Tier':
      return { ok: true };
    case 'Cell':
      return context.tier(record.spec.tier) === undefined ? unknownReference(record, 'tier', 'Tier') : { ok: true };
    case 'InfraGroup':
      return buildInfraGroup(record, context);
    case 'Tenant':
      return buildTenant(record, context);
  }
}

function buildTenant(record: Tenant, context: AcceptanceContext): Built {
  const tier = context.tier(record.spec.tier);
  if (tier === undefined) return unknownReference(record, 'tier', 'Tier');
  const merged = effectiveTenant(record.spec, record.name, tier, record.spec.tier);
  return merged.ok ? merged : { ok: false, reason: 'Invalid', problems: merged.problems };
}

function buildInfraGroup(record: InfraGroup, context: AcceptanceContext): Built {
  const cell = context.cell(record.spec.cell);
  if (cell === undefined) return unknownReference(record, 'cell', 'Cell');
  const parts = parseLoadBalancerArn(record.spec.loadBalancerArn);
  const fits =
    parts !== undefined &&
    parts.accountId === cell.accountId &&
    parts.region === cell.region &&
    parts.partition === partitionOf(cell.region);
  if (fits) return { ok: true };
  const expected = `a load balancer of cell ${record.spec.cell}: account ${cell.accountId} in ${cell.region}`;
  const path = ['spec', 'loadBalancerArn'];
  const problem = invalidField(record.kind, record.name, { path, value: record.spec.loadBalancerArn, expected });
  return { ok: false, reason: 'Invalid', problems: [problem] };
}

function unknownReference(record: Cell | InfraGroup | Tenant, field: 'tier' | 'cell', kind: 'Tier' | 'Cell'): Built {
  const value = record.kind === 'InfraGroup' ? record.spec.cell : record.spec.tier;
  const expected = `the name of a ${kind} record that is accepted`;
  const problem = invalidField(record.kind, record.name, { path: ['spec', field], value, expected });
  return { ok: false, reason: 'UnknownReference', problems: [problem] };
}

/** A conflict in words. Holders of hosts are not named: a tenant learns that a name is taken, not by whom. */
function conflictProblems(record: DesiredRecord, conflicts: readonly ClaimConflict[]): InvalidField[] {
  return conflicts.map(({ claim, owner }) => {
    const what = claim.slice(0, claim.indexOf(':'));
    const value = claim.slice(claim.indexOf(':') + 1);
    const field = conflictField(record, what);
    const expected =
      what === 'host'
        ? `a ${field === 'name' ? 'name whose host' : 'domain that'} is free; ${value} is taken by another record`
        : `one that no other record has; ${owner} has it, and the first accepted record keeps it`;
    const path = field === 'name' ? ['name'] : ['spec', field];
    return invalidField(record.kind, record.name, { path, value: field === 'name' ? record.name : value, expected });
  });
}

function conflictField(record: DesiredRecord, what: string): string {
  switch (what) {
    case 'host':
      return record.kind === 'Tier' ? 'domain' : 'name';
    case 'account':
      return 'accountId';
    case 'load-balancer':
      return 'loadBalancerArn';
    default:
      return 'listenerArn';
  }
}
