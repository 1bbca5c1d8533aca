import type { Change } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { createZone, list, text, zoneId } from './fixture.ts';

const throttled = { code: 'Throttling', message: 'Rate exceeded', details: { status: 400 } };

function createThrottled() {
  const { fixture, change } = createZone({ throttle: true });
  const batch = (Action: NonNullable<Change['Action']>, count: number, from = 0) =>
    change(
      ...Array.from({ length: count }, (_, i) => ({ Action, ResourceRecordSet: text(`t${from + i}.example.com`) })),
    );
  const times = (count: number, run: (i: number) => unknown) => {
    for (let i = 0; i < count; i++) run(i);
  };
  return { fixture, batch, times };
}

describe('Route 53’s buckets', () => {
  test('changes: 1,500 tokens and 100 a second; CREATE and DELETE cost 1, UPSERT 2', () => {
    const { fixture, batch } = createThrottled();
    batch('UPSERT', 500);
    batch('CREATE', 490, 500);
    batch('DELETE', 9);
    expect(refusal(() => batch('UPSERT', 1))).toMatchObject(throttled);
    batch('DELETE', 1, 9);
    fixture.world.advance(1);
    expect(refusal(() => batch('UPSERT', 51))).toMatchObject(throttled);
    batch('UPSERT', 50);
    expect(refusal(() => batch('DELETE', 1, 20))).toMatchObject(throttled);
  });

  test('all requests of an account share 50 tokens and 10 a second, in every Region and zone; other accounts have their own', () => {
    const { fixture, times } = createThrottled();
    fixture.world.route53.seedZone({ id: 'Z0ORG', name: 'example.org', account: '111111111111' });
    times(20, () => list(fixture));
    times(20, () => fixture.dns('GetHostedZone', { Id: 'Z0ORG' }, { region: 'eu-west-1' }));
    times(10, () => fixture.dns('ListHostedZones', {}));
    expect(refusal(() => list(fixture))).toMatchObject(throttled);
    expect(() => fixture.dns('ListHostedZones', {}, { account: '222222222222' })).not.toThrow();
    fixture.world.advance(1);
    times(10, () => list(fixture));
    expect(refusal(() => fixture.dns('GetHostedZone', { Id: zoneId }))).toMatchObject(throttled);
  });

  test('CreateHostedZone has 40 tokens and 2 a second, DeleteHostedZone 40 and 5', () => {
    const { fixture, times } = createThrottled();
    const make = (i: number) =>
      fixture.dns<{ HostedZone: { Id: string } }>('CreateHostedZone', {
        Name: `z${i}.example`,
        CallerReference: `${i}`,
      }).HostedZone.Id;
    const ids = Array.from({ length: 40 }, (_, i) => make(i));
    expect(refusal(() => make(40))).toMatchObject(throttled);
    times(5, () => list(fixture));
    fixture.world.advance(1);
    ids.push(make(41), make(42));
    expect(refusal(() => make(43))).toMatchObject(throttled);
    fixture.world.advance(30);
    ids.push(...[50, 51, 52].map(make));
    const drop = (Id: string | undefined) => fixture.dns('DeleteHostedZone', { Id });
    for (const id of ids.splice(0, 40)) drop(id);
    expect(refusal(() => drop(ids[0]))).toMatchObject(throttled);
    fixture.world.advance(1);
    for (const id of ids.splice(0, 5)) drop(id);
    expect(ids).toEqual([]);
    expect(refusal(() => drop(zoneId))).toMatchObject(throttled);
  });

  test('making or deleting a zone costs two change tokens', () => {
    const { fixture, batch } = createThrottled();
    batch('CREATE', 1_000);
    batch('DELETE', 498);
    fixture.dns('CreateHostedZone', { Name: 'one.example', CallerReference: '1' });
    expect(refusal(() => batch('DELETE', 1, 500))).toMatchObject(throttled);
  });

  test('a call that is throttled takes nothing from any bucket', () => {
    const { fixture, batch, times } = createThrottled();
    batch('CREATE', 1_000);
    batch('DELETE', 498);
    times(100, () => refusal(() => batch('UPSERT', 2)));
    times(48, () => list(fixture));
    expect(refusal(() => list(fixture))).toMatchObject(throttled);
  });
});
