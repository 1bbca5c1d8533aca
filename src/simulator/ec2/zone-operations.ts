import type { AvailabilityZone, DescribeAvailabilityZonesCommandInput } from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { invalidValue } from './errors.ts';
import { operation } from './operation.ts';
import { select } from './select.ts';
import { zonesOf } from './zones.ts';

function describeZones(
  input: DescribeAvailabilityZonesCommandInput,
  call: Call,
): { AvailabilityZones: AvailabilityZone[] } {
  const zones = new Map(
    zonesOf(call.region).map((zone) => [
      zone.name,
      { id: zone.name, zoneId: zone.id, tags: new Map<string, string>() },
    ]),
  );
  const byId = (id: string): string => [...zones.values()].find((zone) => zone.zoneId === id)?.id ?? id;
  const listing = {
    all: zones,
    ids: [...(input.ZoneNames ?? []), ...(input.ZoneIds ?? []).map(byId)],
    fields: {
      'zone-name': (zone: { id: string }) => [zone.id],
      'zone-id': (zone: { zoneId: string }) => [zone.zoneId],
      'region-name': () => [call.region],
      'zone-type': () => ['availability-zone'],
      'opt-in-status': () => ['opt-in-not-required'],
      state: () => ['available'],
    },
    notFound: (name: string) => invalidValue(`Invalid availability zone: [${name}]`),
  };
  const { page } = select(listing, input.Filters === undefined ? {} : { Filters: input.Filters });
  return {
    AvailabilityZones: page.map((zone) => ({
      ZoneName: zone.id,
      ZoneId: zone.zoneId,
      RegionName: call.region,
      State: 'available',
      ZoneType: 'availability-zone',
      OptInStatus: 'opt-in-not-required',
      GroupName: call.region,
      NetworkBorderGroup: call.region,
      Messages: [],
    })),
  };
}

/** DescribeAvailabilityZones. */
export const zoneOperations: readonly [string, Operation][] = [
  operation({
    name: 'DescribeAvailabilityZones',
    size: 'describe',
    takes: ['ZoneNames', 'ZoneIds', 'Filters', 'AllAvailabilityZones'],
    run: describeZones,
  }),
];
