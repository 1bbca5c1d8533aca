import type { R53 } from '../../aws/ports.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, DnsContext } from '../contract.ts';

export interface DnsContent {
  readonly records: R53.ResourceRecordSet[];
}

/**
 * The weighted aliases of one load balancer under one name: A, and AAAA where the load balancer has IPv6 addresses. `dualstack.` is written always and compared exactly:
 * without it AAAA does not resolve. EvaluateTargetHealth is false: one tenant's dead target group would take the whole load balancer out of DNS for all.
 */
export function desiredRecords(context: DnsContext): Desired<DnsContent> {
  const { dns } = context;
  if (dns.want === 'withdraw') return { state: 'none' };
  const types: R53.RRType[] = dns.group.dualstack ? ['A', 'AAAA'] : ['A'];
  const records = types.map((Type) => ({
    Name: dns.host,
    Type,
    SetIdentifier: dns.setIdentifier,
    Weight: dns.weight,
    AliasTarget: {
      HostedZoneId: dns.group.canonicalHostedZoneId,
      DNSName: `dualstack.${dns.group.dnsName.toLowerCase()}`,
      EvaluateTargetHealth: false,
    },
  }));
  return { state: 'known', value: { records }, hash: canonicalHash(records) };
}
