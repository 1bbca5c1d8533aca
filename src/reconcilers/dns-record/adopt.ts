import type { ZoneChange, ZoneRecord } from '../../aws/ports.ts';
import type { Access, Adoptable, Adoption, DnsContext } from '../contract.ts';
import { submit } from './apply.ts';
import type { DnsContent } from './desired.ts';
import { addressTypes, type LiveRecords, recordText } from './observe.ts';

/**
 * Records of others under the placement's name. They have no mark that could be written: they are replaced by ours in one batch, once a request to the placement would be answered. Where ours stand already, they
 * are only taken out.
 */
export const recordAdoption: Adoption<DnsContent, LiveRecords, DnsContext> = {
  find: async (access, context, { desired, serves }, arns) => {
    const named = await recordsNamed(access, context, arns);
    const after = desired.state === 'known' ? desired.value.records : [];
    return named.map(({ arn, record }): Adoptable => {
      const found = `${recordText(record)}: ${wordsOf(record)}`;
      const refusal = refusalOf(record);
      if (refusal !== undefined) return { arn, found, becomes: 'current', fields: [], refusal };
      const ours = after.find(({ Type }) => Type === record.type) ?? after[0];
      const fields = [{ field: 'ResourceRecordSet', before: record.raw, after: ours ?? null }];
      const waits = 'a verified rule and a healthy target, as for any record';
      const then = 'it is replaced by ours in one batch';
      return {
        arn,
        found,
        becomes: 'current',
        fields,
        then,
        ...(serves && desired.state === 'known' ? {} : { waits }),
      };
    });
  },
  take: async (access, context, desired, found) => {
    const named = await recordsNamed(
      access,
      context,
      found.map(({ arn }) => arn),
    );
    const changes: ZoneChange[] = named.map(({ record }) => ({ action: 'DELETE', record: record.raw }));
    const standing = (await access.zone.view({ maxAgeMs: 0 })).named(context.dns.host);
    for (const record of desired.state === 'known' ? desired.value.records : []) {
      const stands = standing.some(
        ({ type, setIdentifier }) => type === record.Type && setIdentifier === context.dns.setIdentifier,
      );
      if (!stands) changes.push({ action: 'CREATE', record });
    }
    return submit(access, changes);
  },
};

/** Records by zone/name/type/set identifier; a set identifier may hold slashes itself. Only those of the placement's own name are looked at. */
async function recordsNamed(
  access: Access,
  { dns }: DnsContext,
  arns: readonly string[],
): Promise<readonly { readonly arn: string; readonly record: ZoneRecord }[]> {
  const view = await access.zone.view({ maxAgeMs: 0 });
  return arns.flatMap((arn) => {
    const [zone, name, type, ...rest] = arn.split('/');
    const setIdentifier = rest.join('/');
    if (zone !== access.zone.id || name?.toLowerCase().replace(/\.$/, '') !== dns.host) return [];
    const record = view.named(dns.host).find((one) => one.type === type && (one.setIdentifier ?? '') === setIdentifier);
    return record === undefined || record.setIdentifier === dns.setIdentifier ? [] : [{ arn, record }];
  });
}

function refusalOf(record: ZoneRecord): string | undefined {
  if (record.setIdentifier?.startsWith('cellwright/') === true)
    return 'it belongs to another placement or installation of Cellwright: whoever wrote it takes it out';
  if (!addressTypes.has(record.type))
    return `a ${record.type} record does not stand in the way of an address: leave it, or take it out by hand`;
  return undefined;
}

function wordsOf({ raw }: ZoneRecord): string {
  const values = (raw.ResourceRecords ?? []).map(({ Value }) => Value ?? '');
  const target = raw.AliasTarget?.DNSName;
  return [...values, ...(target === undefined ? [] : [`alias of ${target}`])].join(', ') || 'no value';
}
