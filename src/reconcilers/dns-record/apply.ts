import type { ZoneChange } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { Access, Applied, Created, DnsContext, RetireStep } from '../contract.ts';
import { fieldChanges } from '../fields.ts';
import type { DnsContent } from './desired.ts';
import { canonicalRecord, extras } from './diff.ts';
import { arnOf, type LiveRecords } from './observe.ts';

/** Adds the whole set in one request. One that stands already makes the request fail whole: the next look shows it, and it is put right. */
export async function createRecords(access: Access, context: DnsContext, desired: DnsContent): Promise<Created> {
  const changes: ZoneChange[] = desired.records.map((record) => ({ action: 'CREATE', record }));
  const { change } = await submit(access, changes);
  return { outcome: 'created', arn: arnOf(access, context), ...(change === undefined ? {} : { change }) };
}

/** Replaces what differs: DELETE exactly what was read, CREATE what is wanted. A view that has changed since makes the request fail whole. */
export async function updateRecords(
  access: Access,
  _context: DnsContext,
  desired: DnsContent,
  live: LiveRecords,
): Promise<Applied> {
  const changes: ZoneChange[] = extras(desired, live).map((record) => ({ action: 'DELETE', record: record.raw }));
  for (const record of desired.records) {
    const found = live.own.find((candidate) => candidate.type === record.Type);
    if (found !== undefined && fieldChanges(canonicalRecord(record), canonicalRecord(found.raw)).length === 0) continue;
    if (found !== undefined) changes.push({ action: 'DELETE', record: found.raw });
    changes.push({ action: 'CREATE', record });
  }
  return submit(access, changes);
}

/** Takes every record of the set out of the name, exactly as it stands. */
export async function retireRecords(access: Access, context: DnsContext): Promise<RetireStep> {
  const view = await access.zone.view({ maxAgeMs: 0 });
  const own = view.named(context.dns.host).filter((record) => record.setIdentifier === context.dns.setIdentifier);
  if (own.length === 0) return { step: 'gone' };
  const applied = await submit(
    access,
    own.map((record) => ({ action: 'DELETE', record: record.raw })),
  );
  return { step: 'gone', ...applied };
}

export async function submit(access: Access, changes: readonly ZoneChange[]): Promise<Applied> {
  if (changes.length === 0) return {};
  const result = await access.zone.change(changes);
  if (result.outcome === 'done') return { change: result.changeId };
  throw new CallError({
    class: result.stale ? 'conflict' : 'invalid',
    service: 'route53',
    operation: 'changeResourceRecordSets',
    code: 'InvalidChangeBatch',
    message: result.message,
  });
}
