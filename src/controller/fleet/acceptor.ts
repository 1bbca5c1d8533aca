import type { Clock } from '../../model/clock.ts';
import { acceptRecord } from '../../model/records/acceptance.ts';
import { ownerKey } from '../../model/records/claims.ts';
import { isKind, type Kind } from '../../model/records/kinds.ts';
import { isRecordName, parseRecord } from '../../model/records/parse.ts';
import type { AcceptedSpec } from '../../model/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import { keyText } from '../keys.ts';
import { formerSpecs, type ObjectEntry, servingSpec } from './entry.ts';
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
  const acceptance = acceptRecord({
    kind: entry.kind,
    name: entry.name,
    parsed: parseRecord(raw),
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
  const { accepted } = acceptance;
  if (accepted !== undefined && (acceptance.changed || before === undefined || cameBack)) {
    const now = new Date(clock.now()).toISOString();
    const spec: AcceptedSpec = {
      generation: accepted.generation,
      hash: accepted.hash,
      spec: accepted.record.spec,
      ...(accepted.effective === undefined ? {} : { effective: accepted.effective }),
      // Until its placement is decided, what runs goes on as it was.
      ...(before?.effective === undefined ? {} : { serving: before.serving ?? before.effective }),
      ...(before?.former === undefined ? {} : { former: before.former }),
      acceptedAt: acceptance.changed || before === undefined ? now : before.acceptedAt,
      ...(before?.goneAt === undefined ? {} : { goneAt: before.goneAt }),
    };
    entry.spec = await deps.state.writeSpec(entry.key, spec, entry.spec);
  }
  entry.accepted = accepted;
  view.claims.hold(ownerKey(entry.kind, entry.name), acceptance.claims);
  return { entry, changed: acceptance.changed || cameBack };
}

/** The record is gone: absence is never an instruction, so what was accepted last stays in force, and says so. */
async function vanish(deps: AcceptorDeps, kind: Kind, name: string): Promise<AcceptResult | undefined> {
  const entry = deps.view.get(kind, name);
  if (entry === undefined) return undefined;
  entry.present = false;
  entry.problems = [];
  const spec = entry.spec?.value;
  if (spec === undefined || spec.vanishedAt !== undefined) return { entry, changed: false };
  const vanishedAt = new Date(deps.clock.now()).toISOString();
  entry.spec = await deps.state.writeSpec(entry.key, { ...spec, vanishedAt }, entry.spec);
  return { entry, changed: true };
}
