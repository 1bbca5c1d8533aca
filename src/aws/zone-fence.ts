/**
 * The fence of a hosted zone: one TXT record per installation that names the last batch written. Each batch deletes the exact fence it was built on and creates
 * the next, so that of two writers, or of one batch sent twice, only one gets through. Batches are atomic.
 */
import { CallError } from '../model/errors.ts';
import type { R53, ZoneChange, ZoneView } from './ports.ts';
import { canonicalName } from './zone-names.ts';

/** `epoch` is the lease's, `sequence` counts batches, `batch` is the random id of the last one. */
export interface FenceMark {
  readonly epoch: number;
  readonly sequence: number;
  readonly batch: string;
}

/** The fence as it stands in the zone. */
export interface StandingFence {
  readonly mark: FenceMark;
  /** What a DELETE has to repeat exactly. */
  readonly raw: R53.ResourceRecordSet;
}

/** The code of the error for a fence that cannot be read. */
export const unreadableFence = 'UnreadableFence';

/** Value characters and elements of one fence record are far below this; two records stand in each batch. */
export const fenceElements = 2;
export const fenceCharacters = 2 * 128;

/** The fence's name, in canonical form. `zoneName`: the hosted zone's own name. */
export function fenceName(installation: string, zoneName: string): string {
  return `_cellwright-${installation}.${canonicalName(zoneName)}`;
}

/** The fence record that bears this mark. Throws where the mark could not be read back: it would lock the zone. */
export function fenceRecord(name: string, mark: FenceMark): R53.ResourceRecordSet {
  const value = `"${mark.epoch}/${mark.sequence}/${mark.batch}"`;
  if (parseMark(value) === undefined) throw new Error(`${value} is no fence; expected epoch/sequence/batch`);
  return { Name: `${name}.`, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: value }] };
}

/** Replaces what stands by `next`; creates it where nothing stands. */
export function fenceChanges(
  name: string,
  standing: StandingFence | undefined,
  next: FenceMark,
): readonly ZoneChange[] {
  const create: ZoneChange = { action: 'CREATE', record: fenceRecord(name, next) };
  return standing === undefined ? [create] : [{ action: 'DELETE', record: standing.raw }, create];
}

/** Reads a fence record. Throws `CallError` (`conflict`) when it is none of ours in form: then nothing may be written. */
export function parseFence(raw: R53.ResourceRecordSet): StandingFence {
  const values = (raw.ResourceRecords ?? []).map(({ Value }) => Value ?? '');
  const mark = values.length === 1 ? parseMark(values[0] ?? '') : undefined;
  if (mark !== undefined) return { mark, raw };
  throw new CallError({
    class: 'conflict',
    service: 'route53',
    operation: 'listResourceRecordSets',
    code: unreadableFence,
    message:
      `the TXT record ${raw.Name ?? ''} holds ${values.length} value(s) and no fence; expected one value "epoch/sequence/batch". ` +
      'Nothing is written to the zone: put the record right, or delete it while no controller runs.',
  });
}

function parseMark(value: string): FenceMark | undefined {
  const found = /^"(\d{1,15})\/(\d{1,15})\/([\w-]{1,64})"$/.exec(value);
  if (found === null) return undefined;
  const [, epoch = '', sequence = '', batch = ''] = found;
  return { epoch: Number(epoch), sequence: Number(sequence), batch };
}

/** The epoch in the installation's fence, or undefined where there is none: an epoch that the state table lacks asks for a rebuild. Throws as `parseFence`. */
export function fenceEpoch(view: ZoneView, installation: string): number | undefined {
  const epochs = view
    .all()
    .filter(({ name, type }) => type === 'TXT' && name.startsWith(`_cellwright-${installation.toLowerCase()}.`))
    .map(({ raw }) => parseFence(raw).mark.epoch);
  return epochs.length === 0 ? undefined : Math.max(...epochs);
}
