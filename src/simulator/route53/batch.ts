/** Evaluates a change batch on a zone's records: all of it or nothing. Source: ChangeResourceRecordSets and "Quotas", Route 53. */
import type { Change, ChangeAction, ChangeBatch } from '@aws-sdk/client-route-53';
import { createDraft, type Draft, type RecordChange } from './draft.ts';
import { invalidChangeBatch, invalidInput, required } from './errors.ts';
import { type Limits, setProblems } from './group-rules.ts';
import { isWithin } from './names.ts';
import type { RecordIndex } from './record-index.ts';
import { nameInMessage, readSet, type StoredSet, sameSet } from './records.ts';

const maxElements = 1_000;
const maxCharacters = 32_000;

interface ReadChange {
  readonly action: ChangeAction;
  readonly stored: StoredSet;
}

interface BatchZone {
  readonly id: string;
  readonly name: string;
  readonly records: RecordIndex;
}

/** Change tokens that a batch costs: 1 for a CREATE or DELETE, 2 for an UPSERT. */
export function changeTokensOf(batch: ChangeBatch | undefined): number {
  return (batch?.Changes ?? []).reduce((sum, change) => sum + factorOf(change), 0);
}

/** Everything about an UPSERT counts twice. */
function factorOf(change: Change): number {
  return change.Action === 'UPSERT' ? 2 : 1;
}

/**
 * What a batch changes, evaluated in its order on what the API shows now. Throws InvalidInput for what cannot be read and InvalidChangeBatch,
 * with a message for each problem, for what cannot be done. Nothing is changed.
 */
export function evaluateBatch(zone: BatchZone, batch: ChangeBatch, limits: Limits): readonly RecordChange[] {
  const changes = required(batch.Changes, 'Changes');
  if (changes.length === 0) throw invalidInput('Invalid request: ChangeBatch has no changes');
  const problems: string[] = [];
  const read = changes.map((change) => readChange(zone, change, problems)).filter((one) => one !== undefined);
  refuse([...sizeProblems(changes), ...problems]);
  const draft = createDraft(zone.records);
  const deleted = new Set<string>();
  refuse(read.flatMap((change) => step(draft, change, deleted)));
  const made = draft.changes();
  const standing = made.map((change) => change.after).filter((set) => set !== undefined);
  refuse([...new Set(standing.flatMap((set) => setProblems({ draft, zone, limits }, set)))]);
  refuse(apexProblems(draft, zone));
  if (draft.size() > limits.recordsPerZone && draft.size() > zone.records.size) {
    refuse([`Exceeded limit MAX_RRSETS_BY_ZONE for zone: ${zone.id}`]);
  }
  return made;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw invalidChangeBatch(problems);
}

function readChange(zone: BatchZone, change: Change, problems: string[]): ReadChange | undefined {
  const action = required(change.Action, 'Action');
  if (!['CREATE', 'DELETE', 'UPSERT'].includes(action)) {
    throw invalidInput(`Invalid request: Action must be one of [CREATE, DELETE, UPSERT]; found '${action}'`);
  }
  const result = readSet(required(change.ResourceRecordSet, 'ResourceRecordSet'), action);
  if ('problem' in result) {
    problems.push(result.problem);
    return undefined;
  }
  const { stored } = result;
  problems.push(...result.problems);
  if (!isWithin(stored.name, zone.name)) {
    problems.push(`RRSet with DNS name ${stored.name} is not permitted in zone ${zone.name}`);
  }
  return { action, stored };
}

function sizeProblems(changes: readonly Change[]): string[] {
  let elements = 0;
  let characters = 0;
  for (const change of changes) {
    const set = change.ResourceRecordSet;
    const records = set?.ResourceRecords ?? [];
    elements += factorOf(change) * (set?.AliasTarget === undefined ? records.length : 1);
    characters += factorOf(change) * records.reduce((sum, record) => sum + (record.Value ?? '').length, 0);
  }
  return [
    ...(elements > maxElements ? [`Number of records limit of ${maxElements} exceeded.`] : []),
    ...(characters > maxCharacters ? [`RDATA character limit of ${maxCharacters} exceeded.`] : []),
  ];
}

/** Makes one change on the draft, or says why it cannot be made. */
function step(draft: Draft, { action, stored }: ReadChange, deleted: Set<string>): string[] {
  const existing = draft.get(stored.key);
  switch (action) {
    case 'CREATE':
      if (existing !== undefined) {
        return [`Tried to create resource record set ${nameInMessage(stored)} but it already exists`];
      }
      draft.put(stored);
      return [];
    case 'UPSERT':
      draft.put(stored);
      return [];
    case 'DELETE':
      if (deleted.has(stored.key)) {
        return [
          `The request contains an invalid set of changes for a resource record set '${stored.type} ${stored.name}'`,
        ];
      }
      if (existing === undefined) {
        return [`Tried to delete resource record set ${nameInMessage(stored)} but it was not found`];
      }
      if (!sameSet(existing, stored)) {
        return [
          `Tried to delete resource record set ${nameInMessage(stored)} but the values provided do not match the current values`,
        ];
      }
      deleted.add(stored.key);
      draft.remove(existing);
      return [];
  }
}

function apexProblems(draft: Draft, zone: BatchZone): string[] {
  const problems: string[] = [];
  if (draft.group(zone.name, 'SOA').length !== 1) problems.push('A HostedZone must contain exactly one SOA record.');
  if (draft.group(zone.name, 'NS').length === 0) {
    problems.push('A HostedZone must contain at least one NS record for the zone itself.');
  }
  return problems;
}
