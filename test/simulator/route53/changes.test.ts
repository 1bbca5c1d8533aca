import type { GetChangeResponse } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { create, createZone, list, remove, text, weighted, zoneId } from './fixture.ts';

describe('time and concurrency', () => {
  test('a change is listed at once, PENDING for 15 to 120 s, then INSYNC', () => {
    let slowest = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { fixture, change } = createZone({ latencyFactor: 1, seed });
      const Id = change(create(text('a.example.com'))).ChangeInfo?.Id;
      expect(Id).toMatch(/^\/change\/C[0-9A-F]{20}$/);
      expect(list(fixture).ResourceRecordSets).toHaveLength(3);
      const status = () => fixture.dns<GetChangeResponse>('GetChange', { Id }).ChangeInfo?.Status;
      fixture.world.advance(14.9);
      expect(status(), `seed ${seed}`).toBe('PENDING');
      let waited = 14.9;
      for (; status() === 'PENDING'; waited += 1) fixture.world.advance(1);
      expect(waited, `seed ${seed}`).toBeLessThanOrEqual(121);
      slowest = Math.max(slowest, waited);
    }
    expect(slowest).toBeGreaterThan(61);
  });

  test('one request at a time for each zone; PENDING changes may overlap', () => {
    const { fixture, change } = createZone({ latencyFactor: 1 });
    change(create(text('a.example.com')));
    expect(refusal(() => change(create(text('b.example.com')))).code).toBe('PriorRequestNotComplete');
    fixture.world.route53.seedZone({ id: 'Z2', name: 'example.org', account: '111111111111' });
    const elsewhere = { HostedZoneId: 'Z2', ChangeBatch: { Changes: [create(text('a.example.org'))] } };
    expect(() => fixture.dns('ChangeResourceRecordSets', elsewhere)).not.toThrow();
    fixture.world.advance(0.199);
    expect(refusal(() => change(create(text('b.example.com')))).details.status).toBe(400);
    fixture.world.advance(0.001);
    const second = change(create(text('b.example.com'))).ChangeInfo;
    expect(second?.Status).toBe('PENDING');
  });

  test('a refused batch does not keep the next one out', () => {
    const { change } = createZone({ latencyFactor: 1 });
    expect(refusal(() => change(remove(text('a.example.com')))).code).toBe('InvalidChangeBatch');
    expect(() => change(create(text('a.example.com')))).not.toThrow();
  });

  test('ids come with their prefixes, and are understood with and without; a change of another account is none', () => {
    const { fixture, change } = createZone();
    const Id = change(create(text('a.example.com'))).ChangeInfo?.Id ?? '';
    for (const one of [Id, Id.replace('/change/', '')]) {
      expect(fixture.dns<GetChangeResponse>('GetChange', { Id: one }).ChangeInfo?.Id).toBe(Id);
    }
    expect(refusal(() => fixture.dns('GetChange', { Id }, { account: '222222222222' })).code).toBe('NoSuchChange');
    expect(refusal(() => fixture.dns('GetChange', { Id: 'C0' })).code).toBe('NoSuchChange');
    expect(list(fixture, { HostedZoneId: `/hostedzone/${zoneId}` }).ResourceRecordSets).toHaveLength(3);
    expect(refusal(() => list(fixture, { HostedZoneId: 'Z'.repeat(33) })).code).toBe('InvalidInput');
  });

  test('the call log names records as zone/name/type/set identifier', () => {
    const { fixture, change } = createZone();
    change(create(weighted('A.example.com', 'cellwright/x/g/p')), create(text('*.example.com')));
    const record = fixture.world.log.since(0, 100).at(-1);
    expect(record).toMatchObject({ operation: 'ChangeResourceRecordSets', mutating: true, error: null });
    expect(record?.resources).toEqual([
      `${zoneId}/a.example.com/A/cellwright/x/g/p`,
      `${zoneId}/\\052.example.com/TXT`,
    ]);
  });
});
