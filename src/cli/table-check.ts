/** What the controller would say about every record, worked out from the tables alone, by the model's own rules. */
import {
  type Acceptance,
  type Accepted,
  acceptRecord,
  claimsOf,
  type TierOfTenant,
} from '../model/records/acceptance.ts';
import { ClaimRegistry, ownerKey, tenantClaims } from '../model/records/claims.ts';
import { asEffective, type EffectiveTenant } from '../model/records/effective.ts';
import { type DesiredRecord, type Frozen, type Kind, kinds, type Specs } from '../model/records/kinds.ts';
import type { ParseResult } from '../model/records/parse.ts';
import type { InvalidField } from '../model/records/problems.ts';
import { revisionOf } from '../model/rollout.ts';
import type { StoredObject } from '../store/state.ts';
import { lastGoodRecord } from './wanted.ts';

/** A record to be looked at. */
export interface Candidate {
  readonly parsed: ParseResult;
  /** Looked at after those that are not, so that what stands in the table wins over what is new. */
  readonly isNew?: boolean;
}

/** A record that would not be accepted, and why. */
export interface Refusal {
  readonly candidate: Candidate;
  readonly problems: readonly InvalidField[];
}

/**
 * Goes through records as a controller would that starts now: what was accepted holds its claims, then each kind from the top down. Those that would
 * not be accepted come back with every problem. Pure.
 */
export function refusals(
  candidates: readonly Candidate[],
  stored: ReadonlyMap<string, StoredObject>,
): readonly Refusal[] {
  const known: Known = { accepted: new Map(), serving: new Map(), claims: new ClaimRegistry() };
  for (const object of stored.values()) remember(object, known);
  const refused: Refusal[] = candidates.flatMap((candidate) =>
    candidate.parsed.ok ? [] : [{ candidate, problems: candidate.parsed.problems }],
  );
  for (const candidate of inOrder(candidates)) {
    const { parsed } = candidate;
    if (!parsed.ok) continue;
    const acceptance = look(parsed.record, known);
    if (!acceptance.isAccepted) refused.push({ candidate, problems: acceptance.problems });
  }
  return refused;
}

/** What is known before a record is looked at, by owner. */
interface Known {
  readonly accepted: Map<string, Accepted>;
  /** Of tenants whose change waits: what their placements are built by. */
  readonly serving: Map<string, EffectiveTenant>;
  readonly claims: ClaimRegistry;
}

function remember(object: StoredObject, known: Known): void {
  const kind = kinds.find((each) => each === object.kind);
  const spec = object.spec?.value;
  if (kind === undefined || spec === undefined) return;
  const record = lastGoodRecord({ kind, name: object.name, stored: object });
  if (record === undefined) return;
  const owner = ownerKey(kind, object.name);
  const effective = asEffective(spec.effective);
  const serving = asEffective(spec.serving);
  const { generation, hash } = spec;
  known.accepted.set(owner, { generation, hash, record, ...(effective === undefined ? {} : { effective }) });
  if (serving !== undefined) known.serving.set(owner, serving);
  known.claims.hold(owner, [...claimsOf(record, effective), ...(serving === undefined ? [] : tenantClaims(serving))]);
}

function look(record: DesiredRecord, known: Known): Acceptance {
  const owner = ownerKey(record.kind, record.name);
  const acceptance = acceptRecord({
    kind: record.kind,
    name: record.name,
    parsed: { ok: true, record },
    lastGood: known.accepted.get(owner),
    serving: known.serving.get(owner),
    context: {
      tier: (name) => specOf(known, 'Tier', name),
      tierOf: (_tenant, name) => tierAsItStands(known, name),
      cell: (name) => specOf(known, 'Cell', name),
      claims: known.claims,
    },
  });
  if (acceptance.accepted !== undefined) known.accepted.set(owner, acceptance.accepted);
  known.claims.hold(owner, acceptance.claims);
  return acceptance;
}

/** A tenant has to go with its tier as that stands now, whichever revision its rollout has brought it so far: that is where it comes to. */
function tierAsItStands(known: Known, name: string): TierOfTenant | undefined {
  const spec = specOf(known, 'Tier', name);
  return spec === undefined ? undefined : { revision: revisionOf(spec.service), spec };
}

function specOf<K extends Kind>(known: Known, kind: K, name: string): Frozen<Specs[K]> | undefined {
  // The key says which kind the record is of.
  return known.accepted.get(ownerKey(kind, name))?.record.spec as Frozen<Specs[K]> | undefined;
}

/** From the top of the fleet down, so that a tier is known before its cells and tenants; what stands before what is new; by name. */
function inOrder(candidates: readonly Candidate[]): Candidate[] {
  const rank = ({ parsed }: Candidate): number => (parsed.ok ? kinds.indexOf(parsed.record.kind) : 0);
  const name = ({ parsed }: Candidate): string => (parsed.ok ? parsed.record.name : '');
  return [...candidates].sort(
    (a, b) => rank(a) - rank(b) || Number(a.isNew ?? false) - Number(b.isNew ?? false) || (name(a) < name(b) ? -1 : 1),
  );
}
