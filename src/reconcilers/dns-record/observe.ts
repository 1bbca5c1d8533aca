import type { ZoneRecord } from '../../aws/ports.ts';
import type { Access, DnsContext, Observation, ObserveOptions } from '../contract.ts';

export interface LiveRecords {
  /** Ours under the name, by set identifier. */
  readonly own: readonly ZoneRecord[];
  /** Address records and CNAMEs under the name that are not Cellwright's: they take a share of the tenant's traffic, or all of it. */
  readonly foreign: readonly ZoneRecord[];
}

export const addressTypes = new Set(['A', 'AAAA', 'CNAME']);

/** One read shows the whole zone, so probe and full are the same. A record is ours by its set identifier; nobody else's is ever looked at twice. */
export async function observeRecords(
  access: Access,
  context: DnsContext,
  options: ObserveOptions,
): Promise<Observation<LiveRecords>> {
  const { host, setIdentifier, want } = context.dns;
  const view = await access.zone.view({ maxAgeMs: options.driftAgeMs });
  const named = view.named(host).filter((record) => addressTypes.has(record.type));
  const own = named.filter((record) => record.setIdentifier === setIdentifier);
  const foreign = named.filter((record) => record.setIdentifier?.startsWith('cellwright/') !== true);
  // Not published yet: nothing stands and nothing shall.
  if (own.length === 0 && want === 'keep') return { state: 'unread' };
  if (own.length === 0) return { state: 'absent', foreign: foreign.map(recordText) };
  return { state: 'live', live: { own, foreign }, arn: arnOf(access, context) };
}

/** A record as people name it. */
export function recordText(record: ZoneRecord): string {
  return `${record.type} ${record.name}${record.setIdentifier === undefined ? '' : ` (${record.setIdentifier})`}`;
}

/** Records have no ARN: zone, name and set identifier name them. */
export function arnOf(access: Access, context: DnsContext): string {
  return `${access.zone.id}/${context.dns.host}/${context.dns.setIdentifier}`;
}
