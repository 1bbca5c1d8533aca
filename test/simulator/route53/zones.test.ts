import type {
  CreateHostedZoneResponse,
  GetHostedZoneResponse,
  ListHostedZonesByNameResponse,
  ListHostedZonesResponse,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { createFixture, type Fixture, refusal } from '../elbv2/fixture.ts';

function make(fixture: Fixture, name: string, reference = name): string {
  const output = fixture.dns<CreateHostedZoneResponse>('CreateHostedZone', { Name: name, CallerReference: reference });
  return output.HostedZone?.Id ?? '';
}

describe('hosted zones', () => {
  test('are created with SOA and NS, once for each caller reference, and deleted only when empty', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const Id = make(fixture, 'Example.com', 'ref-1');
    expect(Id).toMatch(/^\/hostedzone\/Z[0-9A-F]{20}$/);
    const zone = fixture.dns<GetHostedZoneResponse>('GetHostedZone', { Id });
    expect(zone.HostedZone).toMatchObject({ Name: 'example.com.', ResourceRecordSetCount: 2 });
    expect(zone.DelegationSet?.NameServers).toHaveLength(4);
    expect(refusal(() => make(fixture, 'example.org', 'ref-1')).code).toBe('HostedZoneAlreadyExists');
    expect(make(fixture, 'example.com', 'ref-2')).not.toBe(Id);
    const record = { Name: 'a.example.com', Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"v"' }] };
    const change = (Action: string) =>
      fixture.dns('ChangeResourceRecordSets', {
        HostedZoneId: Id,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet: record }] },
      });
    change('CREATE');
    expect(refusal(() => fixture.dns('DeleteHostedZone', { Id })).code).toBe('HostedZoneNotEmpty');
    change('DELETE');
    fixture.dns('DeleteHostedZone', { Id });
    expect(refusal(() => fixture.dns('GetHostedZone', { Id })).code).toBe('NoSuchHostedZone');
  });

  test('belong to one account', () => {
    const fixture = createFixture();
    const Id = make(fixture, 'example.com');
    const foreign = { account: '222222222222' };
    expect(refusal(() => fixture.dns('GetHostedZone', { Id }, foreign)).code).toBe('AccessDenied');
    expect(refusal(() => fixture.dns('ListResourceRecordSets', { HostedZoneId: Id }, foreign)).code).toBe(
      'AccessDenied',
    );
    expect(refusal(() => fixture.dns('GetHostedZone', { Id: 'Z404' }, foreign)).code).toBe('NoSuchHostedZone');
    expect(fixture.dns<ListHostedZonesResponse>('ListHostedZones', {}, foreign).HostedZones).toEqual([]);
    expect(() => fixture.dns('GetHostedZone', { Id }, { region: 'eu-west-1' })).not.toThrow();
  });

  test('are listed by age, and by name', () => {
    const fixture = createFixture();
    for (const name of ['b.example.com', 'example.org', 'a.example.com', 'example.com']) make(fixture, name);
    const first = fixture.dns<ListHostedZonesResponse>('ListHostedZones', { MaxItems: 3 });
    expect(first.IsTruncated).toBe(true);
    const rest = fixture.dns<ListHostedZonesResponse>('ListHostedZones', { Marker: first.NextMarker });
    expect(rest.HostedZones?.map((zone) => zone.Name)).toEqual(['example.com.']);
    const byName = fixture.dns<ListHostedZonesByNameResponse>('ListHostedZonesByName', {
      DNSName: 'example.com',
      MaxItems: 2,
    });
    expect(byName.HostedZones?.map((zone) => zone.Name)).toEqual(['example.com.', 'a.example.com.']);
    expect(byName).toMatchObject({ IsTruncated: true, NextDNSName: 'b.example.com.' });
  });

  test('take tags', () => {
    const fixture = createFixture();
    const ResourceId = make(fixture, 'example.com').replace('/hostedzone/', '');
    const resource = { ResourceType: 'hostedzone', ResourceId };
    fixture.dns('ChangeTagsForResource', {
      ...resource,
      AddTags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    fixture.dns('ChangeTagsForResource', { ...resource, RemoveTagKeys: ['a'] });
    const { ResourceTagSet } = fixture.dns<ListTagsForResourceResponse>('ListTagsForResource', resource);
    expect(ResourceTagSet).toEqual({ ...resource, Tags: [{ Key: 'b', Value: '2' }] });
  });
});
