import { describe, expect, test } from 'vitest';
import { createRoute53 } from '../../../src/simulator/route53/index.ts';
import { createFixture, refusal } from '../elbv2/fixture.ts';
import { create, createZone, record, text, zoneId } from './fixture.ts';

describe('what is not simulated', () => {
  test.each([
    ['a health check', { HealthCheckId: '00000000-0000-0000-0000-000000000000' }],
    ['latency', { Region: 'us-east-1', SetIdentifier: 'x' }],
    ['place', { GeoLocation: { CountryCode: 'DE' }, SetIdentifier: 'x' }],
    ['CIDR blocks', { CidrRoutingConfig: { CollectionId: 'c', LocationName: 'l' }, SetIdentifier: 'x' }],
    ['bias', { GeoProximityLocation: { AWSRegion: 'us-east-1' }, SetIdentifier: 'x' }],
    ['a traffic policy', { TrafficPolicyInstanceId: 'i' }],
  ])('%s in a record set is refused as InvalidInput', (_what, more) => {
    const { change } = createZone();
    const [member = ''] = Object.keys(more);
    expect(refusal(() => change(create({ ...text('a.example.com'), ...more } as never)))).toMatchObject({
      code: 'InvalidInput',
      message: `Invalid request: ChangeBatch.Changes.ResourceRecordSet.${member} is not supported`,
    });
  });

  test('a delegation set, and tags of health checks, are refused as InvalidInput', () => {
    const { fixture } = createZone();
    const zone = { Name: 'a.example', CallerReference: 'r', DelegationSetId: 'N1' };
    expect(refusal(() => fixture.dns('CreateHostedZone', zone)).code).toBe('InvalidInput');
    expect(refusal(() => fixture.dns('ListHostedZones', { DelegationSetId: 'N1' })).code).toBe('InvalidInput');
    const tags = { ResourceType: 'healthcheck', ResourceId: 'x' };
    expect(refusal(() => fixture.dns('ListTagsForResource', tags)).code).toBe('InvalidInput');
  });

  test('every operation says which members it acts on', () => {
    const { service } = createRoute53(createFixture().world);
    for (const [name, operation] of service.operations) expect(operation.takes, name).toBeDefined();
  });
});

describe('how long answers take', () => {
  test('50 ms for reads, 200 ms for a change batch, 150 ms for other writes', () => {
    const { service } = createRoute53(createFixture().world);
    for (const [name, { mutating, latencyMs }] of service.operations) {
      const expected = name === 'ChangeResourceRecordSets' ? 200 : mutating ? 150 : 50;
      expect(latencyMs, name).toBe(expected);
    }
  });
});

test('a batch keeps nothing of its input that the caller may change later', () => {
  const { fixture, change } = createZone();
  const set = record('A', 'a.example.com', ['10.0.0.1']);
  change(create(set));
  const [value] = set.ResourceRecords ?? [];
  if (value !== undefined) value.Value = '10.9.9.9';
  const page = () =>
    fixture.dns<{ ResourceRecordSets: { ResourceRecords: { Value: string }[] }[] }>('ListResourceRecordSets', {
      HostedZoneId: zoneId,
      StartRecordName: 'a.example.com',
    });
  const [shown] = page().ResourceRecordSets;
  expect(shown?.ResourceRecords).toEqual([{ Value: '10.0.0.1' }]);
  shown?.ResourceRecords.pop();
  expect(page().ResourceRecordSets[0]?.ResourceRecords).toHaveLength(1);
});
