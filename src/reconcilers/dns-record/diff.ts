import type { R53, ZoneRecord } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import type { DnsContent } from './desired.ts';
import type { LiveRecords } from './observe.ts';

/** Members that differ, `_missing` for a record of the set that is not there, `_extra` for one that should not be. */
export function diffRecords(desired: DnsContent, live: LiveRecords): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  for (const wanted of desired.records) {
    const found = live.own.find((record) => record.type === wanted.Type);
    if (found === undefined) changes.push({ field: '_missing', before: null, after: wanted.Type });
    else changes.push(...fieldChanges(canonicalRecord(wanted), canonicalRecord(found.raw)));
  }
  for (const record of extras(desired, live)) changes.push({ field: '_extra', before: record.type, after: null });
  return changes;
}

/** Records under our own set identifier that the set does not have. */
export function extras(desired: DnsContent, live: LiveRecords): readonly ZoneRecord[] {
  const types = new Set<string | undefined>(desired.records.map((record) => record.Type));
  return live.own.filter((record) => !types.has(record.type));
}

/** Every member that a record may have but its key: Route 53 adds a trailing dot and lower case to what it was given. */
export function canonicalRecord(record: R53.ResourceRecordSet): Record<string, unknown> {
  const { AliasTarget, Weight, TTL, ResourceRecords, HealthCheckId, Region, Failover, GeoLocation } = record;
  return {
    Weight,
    AliasTarget:
      AliasTarget === undefined
        ? undefined
        : {
            HostedZoneId: AliasTarget.HostedZoneId?.replace('/hostedzone/', ''),
            DNSName: AliasTarget.DNSName?.toLowerCase().replace(/\.$/, ''),
            EvaluateTargetHealth: AliasTarget.EvaluateTargetHealth,
          },
    TTL,
    ResourceRecords,
    HealthCheckId,
    Region,
    Failover,
    GeoLocation,
    GeoProximityLocation: record.GeoProximityLocation,
    MultiValueAnswer: record.MultiValueAnswer,
    TrafficPolicyInstanceId: record.TrafficPolicyInstanceId,
    CidrRoutingConfig: record.CidrRoutingConfig,
  };
}
