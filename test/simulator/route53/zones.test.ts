import type {
  CreateHostedZoneResponse,
  GetAccountLimitResponse,
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

  test('are known by a caller reference for good, by whatever name', () => {
    const fixture = createFixture();
    make(fixture, 'example.com', 'same');
    expect(refusal(() => make(fixture, 'example.com', 'same'))).toMatchObject({ code: 'HostedZoneAlreadyExists' });
    expect(() =>
      fixture.dns('CreateHostedZone', { Name: 'example.com', CallerReference: 'same' }, { account: '222222222222' }),
    ).not.toThrow();
    expect(refusal(() => make(fixture, 'example.org', 'r'.repeat(129))).code).toBe('InvalidInput');
  });

  test('stop at the account’s quota, which GetAccountLimit tells with the count', () => {
    const fixture = createFixture();
    const limit = (Type: string) => fixture.dns<GetAccountLimitResponse>('GetAccountLimit', { Type });
    expect(limit('MAX_HOSTED_ZONES_BY_OWNER')).toEqual({
      Limit: { Type: 'MAX_HOSTED_ZONES_BY_OWNER', Value: 500 },
      Count: 0,
    });
    fixture.world.quotas.set({ account: '111111111111', region: 'eu-west-1' }, 'hostedZones', 2);
    make(fixture, 'a.example');
    make(fixture, 'b.example');
    expect(limit('MAX_HOSTED_ZONES_BY_OWNER')).toMatchObject({ Limit: { Value: 2 }, Count: 2 });
    expect(refusal(() => make(fixture, 'c.example'))).toMatchObject({
      code: 'TooManyHostedZones',
      message: 'Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than 2',
    });
    expect(limit('MAX_HEALTH_CHECKS_BY_OWNER')).toMatchObject({ Limit: { Value: 200 }, Count: 0 });
    expect(limit('MAX_REUSABLE_DELEGATION_SETS_BY_OWNER').Limit?.Value).toBe(100);
    expect(limit('MAX_TRAFFIC_POLICIES_BY_OWNER').Limit?.Value).toBe(50);
    expect(limit('MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER').Limit?.Value).toBe(5);
    expect(refusal(() => limit('MAX_NONSENSE')).code).toBe('InvalidInput');
  });

  test('are private with a VPC, and show it instead of name servers', () => {
    const fixture = createFixture();
    const VPC = { VPCId: 'vpc-1', VPCRegion: 'us-east-1' };
    const made = fixture.dns<CreateHostedZoneResponse>('CreateHostedZone', {
      Name: 'internal',
      CallerReference: 'r',
      VPC,
    });
    expect(made).toMatchObject({ VPC, HostedZone: { Config: { PrivateZone: true } } });
    const Id = made.HostedZone?.Id ?? '';
    const shown = fixture.dns<GetHostedZoneResponse>('GetHostedZone', { Id });
    expect(shown).toMatchObject({ VPCs: [VPC] });
    expect(shown.DelegationSet).toBeUndefined();
    const limit = (HostedZoneId: string) =>
      fixture.dns('GetHostedZoneLimit', { HostedZoneId, Type: 'MAX_VPCS_ASSOCIATED_BY_ZONE' });
    expect(limit(Id)).toEqual({ Limit: { Type: 'MAX_VPCS_ASSOCIATED_BY_ZONE', Value: 300 }, Count: 1 });
    const open = make(fixture, 'example.com');
    expect(refusal(() => limit(open)).code).toBe('HostedZoneNotPrivate');
    const alone = { Name: 'x.example', CallerReference: 'x', HostedZoneConfig: { PrivateZone: true } };
    expect(refusal(() => fixture.dns('CreateHostedZone', alone)).code).toBe('InvalidInput');
    const listed = fixture.dns<ListHostedZonesResponse>('ListHostedZones', { HostedZoneType: 'PrivateHostedZone' });
    expect(listed.HostedZones?.map((zone) => zone.Name)).toEqual(['internal.']);
  });

  test('of a top-level domain are refused, and of names that are none', () => {
    const fixture = createFixture();
    expect(refusal(() => make(fixture, 'example')).code).toBe('InvalidDomainName');
    expect(refusal(() => make(fixture, 'a..example')).code).toBe('InvalidDomainName');
  });

  test('are listed by 100 at most', () => {
    const fixture = createFixture();
    for (let i = 0; i < 101; i++) make(fixture, `z${i}.example`);
    const page = fixture.dns<ListHostedZonesResponse>('ListHostedZones', { MaxItems: 500 });
    expect(page).toMatchObject({ IsTruncated: true, MaxItems: 100 });
    expect(page.HostedZones).toHaveLength(100);
    const byName = fixture.dns<ListHostedZonesByNameResponse>('ListHostedZonesByName', { MaxItems: 500 });
    expect(byName.HostedZones).toHaveLength(100);
    expect(fixture.dns('GetHostedZoneCount', {})).toEqual({ HostedZoneCount: 101 });
    expect(refusal(() => fixture.dns('ListHostedZones', { MaxItems: 0 })).code).toBe('InvalidInput');
    expect(refusal(() => fixture.dns('ListHostedZones', { Marker: 'Z404' })).code).toBe('NoSuchHostedZone');
  });

  test('keep a comment, which can be changed, and are not signed', () => {
    const fixture = createFixture();
    const Id = make(fixture, 'example.com');
    const comment = () => fixture.dns<GetHostedZoneResponse>('GetHostedZone', { Id }).HostedZone?.Config?.Comment;
    fixture.dns('UpdateHostedZoneComment', { Id, Comment: 'ours' });
    expect(comment()).toBe('ours');
    fixture.dns('UpdateHostedZoneComment', { Id });
    expect(comment()).toBeUndefined();
    const signing = fixture.dns('GetDNSSEC', { HostedZoneId: Id });
    expect(signing).toEqual({ Status: { ServeSignature: 'NOT_SIGNING' }, KeySigningKeys: [] });
  });
});
