import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, key, N, refusal, S, start } from './fixture.ts';

const hour = 3600;
const set = ({ call }: Fixture, Enabled: boolean, AttributeName = 'until'): unknown =>
  call('UpdateTimeToLive', { TableName: 'sessions', TimeToLiveSpecification: { Enabled, AttributeName } });
const state = ({ call }: Fixture): unknown =>
  call('DescribeTimeToLive', { TableName: 'sessions' }).TimeToLiveDescription;

function sessions(latencyFactor: number): Fixture {
  const fixture = createFixture({ latencyFactor });
  fixture.table('sessions', { keys: 'S', view: 'NEW_AND_OLD_IMAGES' });
  return fixture;
}

describe('time to live', () => {
  it('takes items away at the next sweep where there are no latencies, and leaves a record that says so', () => {
    const fixture = sessions(0);
    set(fixture, true);
    const seconds = start / 1000;
    fixture.put('sessions', { ...key('short'), until: N(seconds + 60) });
    fixture.put('sessions', { ...key('long'), until: N(seconds + 90_000) });
    fixture.put('sessions', { ...key('text'), until: S('soon') });
    fixture.put('sessions', { ...key('ancient'), until: N(seconds - 6 * 365 * 24 * hour) });
    const there = (pk: string): boolean => fixture.get('sessions', key(pk)) !== undefined;
    fixture.advance(120);
    expect(there('short')).toBe(true);
    fixture.advance(hour);
    expect(['short', 'long', 'text', 'ancient'].map(there)).toEqual([false, true, true, true]);
    const StreamArn = fixture.call('DescribeTable', { TableName: 'sessions' }).Table.LatestStreamArn;
    const [shard] = fixture.streams('DescribeStream', { StreamArn }).StreamDescription.Shards;
    const { ShardIterator } = fixture.streams('GetShardIterator', {
      StreamArn,
      ShardId: shard?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    expect(fixture.streams('GetRecords', { ShardIterator }).Records.at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    });
  });

  it('takes each item away within two days of its expiry, until then it is read as any other', () => {
    const fixture = sessions(1);
    set(fixture, true);
    const names = Array.from({ length: 40 }, (_, index) => `k${index}`);
    for (const pk of names) fixture.put('sessions', { ...key(pk), until: N(start / 1000) });
    const left = (): number => names.filter((pk) => fixture.get('sessions', key(pk)) !== undefined).length;
    fixture.advance(2 * hour);
    const early = left();
    fixture.advance(22 * hour);
    const later = left();
    fixture.advance(26 * hour);
    expect([early > 30, later > 10, later < 30, left()]).toEqual([true, true, true, 0]);
  });

  it('expires what nobody asks for, and stops when it is switched off', () => {
    const fixture = sessions(0);
    set(fixture, true);
    fixture.put('sessions', { ...key('a'), until: N(start / 1000) });
    fixture.advance(2 * hour);
    expect([...fixture.db.items({ account: '111122223333', region: 'eu-west-1', tableName: 'sessions' })]).toEqual([]);
    set(fixture, false);
    fixture.put('sessions', { ...key('b'), until: N(start / 1000) });
    fixture.advance(72 * hour);
    expect(fixture.get('sessions', key('b'))).toBeDefined();
  });

  it('is ENABLING and DISABLING for a while, and changes once an hour', () => {
    const fixture = sessions(1);
    expect(state(fixture)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    set(fixture, true);
    expect(state(fixture)).toEqual({ TimeToLiveStatus: 'ENABLING', AttributeName: 'until' });
    expect(refusal(() => set(fixture, true))).toBe('ValidationException: TimeToLive is already enabled');
    expect(refusal(() => set(fixture, false))).toBe(
      'ValidationException: Time to live has been modified multiple times within a fixed interval',
    );
    fixture.advance(60);
    expect(state(fixture)).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'until' });
    fixture.advance(hour);
    expect(refusal(() => set(fixture, false, 'other'))).toContain('TimeToLive is active on a different AttributeName');
    set(fixture, false);
    expect(state(fixture)).toEqual({ TimeToLiveStatus: 'DISABLING', AttributeName: 'until' });
    fixture.advance(60);
    expect(state(fixture)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});
