import type { Clock } from '../../model/clock.ts';
import { type Accepted, acceptRecord } from '../../model/records/acceptance.ts';
import { ownerKey } from '../../model/records/claims.ts';
import { isKind, type Kind } from '../../model/records/kinds.ts';
import { isRecordName, parseRecord } from '../../model/records/parse.ts';
import { nextRollout, type TierRollout } from '../../model/rollout.ts';
import type { AcceptedSpec } from '../../model/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import { keyText } from '../keys.ts';
import { formerSpecs, type ObjectEntry, servingSpec } from './entry.ts';
import type { AdmissionOrder } from './revisions.ts';
import type { FleetView } from './view.ts';

export interface AcceptorDeps {
  readonly view: FleetView;
  readonly state: Pick<StateWriter, 'writeSpec'>;
  readonly clock: Clock;
}

export interface AcceptResult {
  readonly entry: ObjectEntry;
  /** Whether a new generation was accepted, or the record came back: what depends on it has to be looked at again. */
  readonly changed: boolean;
  /** Of a tenant: the revision of its tier that it was admitted to by this look. */
  readonly admitted?: string;
}

/**
 * Looks at one record as it was read (undefined: the table has none, by a consistent read) and brings view, claims and state table in line. Returns undefined for what is no record
 * of ours at all: that is listed among the refused.
 */
export async function acceptObject(
  deps: AcceptorDeps,
  kind: string,
  name: string,
  raw: unknown,
): Promise<AcceptResult | undefined> {
  const { view } = deps;
  const key = keyText(kind, name);
  view.refused.delete(key);
  if (!isKind(kind) || !isRecordName(name)) {
    if (raw !== undefined) refuse(view, key, raw);
    return undefined;
  }
  if (raw === undefined) return vanish(deps, kind, name);
  return look(deps, view.ensure(kind, name), raw);
}

function refuse(view: FleetView, key: string, raw: unknown): void {
  const parsed = parseRecord(raw);
  if (!parsed.ok) view.refused.set(key, parsed.problems);
}

async function look(deps: AcceptorDeps, entry: ObjectEntry, raw: unknown): Promise<AcceptResult> {
  const { view, clock } = deps;
  const parsed = parseRecord(raw);
  const isTenant = entry.kind === 'Tenant';
  const order = isTenant ? view.admissions.orderFor(entry.name) : undefined;
  const followed = order !== undefined && view.admissions.standing(entry.name) === order ? order : undefined;
  const acceptance = acceptRecord({
    kind: entry.kind,
    name: entry.name,
    parsed,
    lastGood: entry.accepted,
    serving: servingSpec(entry),
    former: formerSpecs(entry),
    context: view.context,
  });
  const before = entry.spec?.value;
  const cameBack = before?.vanishedAt !== undefined;
  entry.present = true;
  entry.isAccepted = acceptance.isAccepted;
  entry.condition = acceptance.condition;
  entry.problems = acceptance.problems;
  entry.refused = parsed.ok && !acceptance.isAccepted ? parsed.record : undefined;
  const accepted = withRevision(view, acceptance.accepted);
  const admitted = acceptance.isAccepted ? followed : undefined;
  if (accepted !== undefined) {
    const news = { accepted, admitted, changed: acceptance.changed, now: new Date(clock.now()).toISOString() };
    const spec = nextSpec(entry, before, news);
    if (acceptance.changed || cameBack || isElsewhere(before, spec))
      entry.spec = await deps.state.writeSpec(entry.key, spec, entry.spec);
  }
  entry.accepted = accepted;
  view.claims.hold(ownerKey(entry.kind, entry.name), acceptance.claims);
  // Only now: an order whose write failed may have been carried out for all that we know.
  if (order !== undefined) view.admissions.settle(entry.name, order);
  return {
    entry,
    changed: acceptance.changed || cameBack,
    ...(admitted === undefined || accepted?.tierRevision === undefined ? {} : { admitted: accepted.tierRevision }),
  };
}

/** What a look came to. */
interface News {
  readonly accepted: Accepted;
  /** The order that it followed. */
  readonly admitted: AdmissionOrder | undefined;
  readonly changed: boolean;
  readonly now: string;
}

function nextSpec(entry: ObjectEntry, before: AcceptedSpec | undefined, news: News): AcceptedSpec {
  const { accepted, admitted, changed, now } = news;
  const rollout = rolloutOf(entry, accepted, now);
  return {
    generation: accepted.generation,
    hash: accepted.hash,
    spec: accepted.record.spec,
    ...(accepted.effective === undefined ? {} : { effective: accepted.effective }),
    // Until its placement is decided, what runs goes on as it was.
    ...servingField(before, changed),
    ...(before?.former === undefined ? {} : { former: before.former }),
    ...revisionFields(accepted, before, admitted, now),
    ...(rollout === undefined ? {} : { rollout }),
    acceptedAt: changed || before === undefined ? now : before.acceptedAt,
    ...(before?.goneAt === undefined ? {} : { goneAt: before.goneAt }),
  };
}

/** Whether the tenant has another revision than it is written, or the tier another rollout. */
function isElsewhere(before: AcceptedSpec | undefined, { tierRevision, rollout }: AcceptedSpec): boolean {
  return before === undefined || tierRevision !== before.tierRevision || rollout !== before.rollout;
}

/** What a state table of a version without rollouts leaves open: which revision of its tier a tenant has. */
function withRevision(view: FleetView, accepted: Accepted | undefined): Accepted | undefined {
  if (accepted?.effective === undefined || accepted.tierRevision !== undefined) return accepted;
  const tier = view.context.tierOf(accepted.record.name, accepted.effective.tier);
  return tier === undefined ? accepted : { ...accepted, tierRevision: tier.revision };
}

function servingField(before: AcceptedSpec | undefined, changed: boolean): Pick<AcceptedSpec, 'serving'> {
  const serving = before?.serving ?? (changed ? before?.effective : undefined);
  return serving === undefined ? {} : { serving };
}

/** The revision of a tenant and how it came to it: by an order, or as before. */
function revisionFields(
  { tierRevision }: Accepted,
  before: AcceptedSpec | undefined,
  admitted: AdmissionOrder | undefined,
  now: string,
): Pick<AcceptedSpec, 'tierRevision' | 'admission'> {
  if (tierRevision === undefined) return {};
  if (admitted !== undefined) {
    const { rollout, wave } = admitted;
    return { tierRevision, ...(wave === undefined ? {} : { admission: { rollout, wave, at: now } }) };
  }
  const kept = before?.tierRevision === tierRevision ? before.admission : undefined;
  return { tierRevision, ...(kept === undefined ? {} : { admission: kept }) };
}

/** A tier's rollout, with the service that is accepted now. Written with the spec itself, so that what tenants have is never forgotten in between. */
function rolloutOf(entry: ObjectEntry, accepted: Accepted | undefined, now: string): TierRollout | undefined {
  if (accepted?.record.kind !== 'Tier') return undefined;
  const last = entry.accepted?.record.kind === 'Tier' ? entry.accepted.record.spec.service : undefined;
  return nextRollout(entry.spec?.value.rollout, last, accepted.record.spec.service, now);
}

/** The record is gone: absence is never an instruction, so what was accepted last stays in force, and says so. */
async function vanish(deps: AcceptorDeps, kind: Kind, name: string): Promise<AcceptResult | undefined> {
  const entry = deps.view.get(kind, name);
  if (entry === undefined) return undefined;
  entry.present = false;
  entry.problems = [];
  entry.refused = undefined;
  if (kind === 'Tenant') deps.view.admissions.settle(name, deps.view.admissions.orderFor(name));
  const spec = entry.spec?.value;
  if (spec === undefined || spec.vanishedAt !== undefined) return { entry, changed: false };
  const vanishedAt = new Date(deps.clock.now()).toISOString();
  entry.spec = await deps.state.writeSpec(entry.key, { ...spec, vanishedAt }, entry.spec);
  return { entry, changed: true };
}
