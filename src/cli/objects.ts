/** Both tables side by side: what is wanted of each object, and what the controller wrote about it. */
import { type Kind, kinds } from '../model/records/kinds.ts';
import { type ParseResult, parseRecord } from '../model/records/parse.ts';
import type { ObjectStatus } from '../model/state.ts';
import type { RawRecord } from '../store/desired.ts';
import { objectKey } from '../store/keys.ts';
import type { StoredObject } from '../store/state.ts';
import type { Session } from './session.ts';
import { acceptedHash, ownHash } from './wanted.ts';

/** One object of the fleet. At least one of `raw` and `stored` is there. */
export interface ObjectView {
  readonly kind: Kind;
  readonly name: string;
  /** The record as it stands in the desired table. */
  readonly raw?: RawRecord;
  readonly parsed?: ParseResult;
  readonly stored?: StoredObject;
}

/** Everything, by key (`Tenant/acme`). */
export interface FleetTables {
  readonly records: readonly RawRecord[];
  readonly stored: ReadonlyMap<string, StoredObject>;
  readonly views: ReadonlyMap<string, ObjectView>;
}

/** Reads both tables to their ends. Throws `CallError`. */
export async function loadFleet(session: Session): Promise<FleetTables> {
  const [records, stored] = await Promise.all([session.desired.list(), session.state.loadAll()]);
  return { records, stored, views: viewsOf(records, stored) };
}

/** Reads one object and, for a tenant, its tier. Undefined when neither table has it. */
export async function loadObject(
  session: Session,
  kind: Kind,
  name: string,
): Promise<{ view: ObjectView; views: ReadonlyMap<string, ObjectView> } | undefined> {
  const view = await readView(session, kind, name);
  if (view === undefined) return undefined;
  const views = new Map([[objectKey(kind, name), view]]);
  const tierName = view.parsed?.ok === true && view.parsed.record.kind === 'Tenant' ? view.parsed.record.spec.tier : '';
  if (tierName !== '') {
    const tier = await readView(session, 'Tier', tierName);
    if (tier !== undefined) views.set(objectKey('Tier', tierName), tier);
  }
  return { view, views };
}

async function readView(session: Session, kind: Kind, name: string): Promise<ObjectView | undefined> {
  const [raw, stored] = await Promise.all([
    session.desired.get(kind, name),
    session.state.query(objectKey(kind, name)),
  ]);
  if (raw === undefined && !isKnown(stored)) return undefined;
  return { kind, name, ...(raw === undefined ? {} : withRaw(raw)), stored };
}

function viewsOf(
  records: readonly RawRecord[],
  stored: ReadonlyMap<string, StoredObject>,
): ReadonlyMap<string, ObjectView> {
  const views = new Map<string, ObjectView>();
  for (const raw of records) {
    const kind = kinds.find((each) => each === raw.kind);
    if (kind === undefined) continue;
    const key = objectKey(kind, raw.name);
    const object = stored.get(key);
    views.set(key, { kind, name: raw.name, ...withRaw(raw), ...(object === undefined ? {} : { stored: object }) });
  }
  for (const [key, object] of stored) {
    const kind = kinds.find((each) => each === object.kind);
    if (kind !== undefined && !views.has(key) && isKnown(object)) {
      views.set(key, { kind, name: object.name, stored: object });
    }
  }
  return views;
}

function withRaw(raw: RawRecord) {
  return { raw, parsed: parseRecord(raw) };
}

/** Capacity and history alone may outlive what they belonged to. */
function isKnown(object: StoredObject): boolean {
  return (
    object.spec !== undefined ||
    object.status !== undefined ||
    object.inventory !== undefined ||
    object.damaged.length > 0
  );
}

/** Views of one kind, by name. */
export function ofKind(views: ReadonlyMap<string, ObjectView>, kind: Kind): ObjectView[] {
  return [...views.values()].filter((view) => view.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const removing: ReadonlySet<string> = new Set(['Deleting', 'Retained', 'Deleted']);

/**
 * The status as users see it: what the controller wrote, except that its phase must not speak for a record that it has not looked at yet. Then it is
 * Pending, or Invalid where the record cannot be read; without a record it is Orphaned.
 */
export function shownStatus(view: ObjectView, views: ReadonlyMap<string, ObjectView>): ObjectStatus {
  const status = view.stored?.status?.value ?? { generation: 0, observedGeneration: 0, conditions: [] };
  if (view.kind !== 'Tenant') return status;
  const phase = phaseOf(view, status, views);
  return { ...status, phase };
}

function phaseOf(view: ObjectView, status: ObjectStatus, views: ReadonlyMap<string, ObjectView>): string {
  const { phase } = status;
  if (view.raw === undefined) return phase !== undefined && removing.has(phase) ? phase : 'Orphaned';
  if (view.parsed?.ok !== true) return phase ?? 'Invalid';
  if (phase === undefined) return 'Pending';
  const refused = status.conditions.some(({ type, status: is }) => type === 'Accepted' && is === 'False');
  // A tenant that waits for its turn in its tier's rollout is no newer than its status.
  const wanted = ownHash(view, views);
  const isNewer = wanted !== undefined && wanted !== acceptedHash(view.stored?.spec?.value);
  return isNewer && !refused ? 'Pending' : phase;
}

/** An object as `-o json` and `-o yaml` print it. Without a record the spec is the last accepted one. */
export function printedObject(view: ObjectView, views: ReadonlyMap<string, ObjectView>) {
  const spec = view.raw === undefined ? view.stored?.spec?.value.spec : view.raw.spec;
  return { kind: view.kind, name: view.name, spec: spec ?? null, status: shownStatus(view, views) };
}
