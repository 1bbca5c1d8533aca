import { describe, expect, it } from 'vitest';
import type { BucketDraw, Call } from '../../src/simulator/kernel.ts';
import { TokenBuckets } from '../../src/simulator/throttle.ts';

function callAt(now: number, changes: Partial<Call> = {}): Call {
  return {
    account: '111111111111',
    region: 'us-east-1',
    principal: 'p',
    service: 'ecs',
    operation: 'X',
    requestId: 'r',
    now,
    ...changes,
  };
}

const draw = (bucket: string, capacity: number, refillPerSecond: number, tokens = 1): BucketDraw => ({
  bucket,
  capacity,
  refillPerSecond,
  tokens,
  scope: 'account-region',
});

function takenOf(buckets: TokenBuckets, tries: number, draws: BucketDraw[], call: Call): number {
  let taken = 0;
  for (let i = 0; i < tries; i++) if (buckets.take(draws, call)) taken += 1;
  return taken;
}

describe('token buckets', () => {
  it('start full, refill by the second and never exceed their capacity', () => {
    const buckets = new TokenBuckets();
    const modify = [draw('modify', 20, 1)];
    expect(takenOf(buckets, 50, modify, callAt(0))).toBe(20);
    expect(takenOf(buckets, 50, modify, callAt(3_500))).toBe(3);
    expect(takenOf(buckets, 50, modify, callAt(4_000))).toBe(1);
    expect(takenOf(buckets, 50, modify, callAt(10_000_000))).toBe(20);
  });

  it('take nothing at all from a call that one of its buckets cannot pay', () => {
    const buckets = new TokenBuckets();
    const both = [draw('all', 40, 0), draw('writes', 2, 0)];
    expect(takenOf(buckets, 10, both, callAt(0))).toBe(2);
    expect(takenOf(buckets, 100, [draw('all', 40, 0)], callAt(0))).toBe(38);
  });

  it('add up several draws from one bucket', () => {
    const buckets = new TokenBuckets();
    expect(buckets.take([draw('changes', 5, 0, 3), draw('changes', 5, 0, 3)], callAt(0))).toBe(false);
    expect(buckets.take([draw('changes', 5, 0, 3), draw('changes', 5, 0, 2)], callAt(0))).toBe(true);
    expect(buckets.take([draw('changes', 5, 0, 1)], callAt(0))).toBe(false);
  });

  it('belong to one account, one Region and one service, or to the account in all Regions', () => {
    const buckets = new TokenBuckets();
    const one = [draw('b', 1, 0)];
    expect(buckets.take(one, callAt(0))).toBe(true);
    expect(buckets.take(one, callAt(0, { region: 'eu-west-1' }))).toBe(true);
    expect(buckets.take(one, callAt(0, { account: '222222222222' }))).toBe(true);
    expect(buckets.take(one, callAt(0, { service: 'elbv2' }))).toBe(true);
    expect(buckets.take(one, callAt(0))).toBe(false);
    const global: BucketDraw[] = [{ ...draw('g', 1, 0), scope: 'account' }];
    expect(buckets.take(global, callAt(0))).toBe(true);
    expect(buckets.take(global, callAt(0, { region: 'eu-west-1' }))).toBe(false);
  });

  it('tell what they gave, whom they refused, and for how long they held less than a token', () => {
    const buckets = new TokenBuckets();
    const pair = [draw('modify', 4, 2), draw('account', 100, 10)];
    takenOf(buckets, 6, pair, callAt(0));
    // Empty from 0 s until 0.5 s, when the first token has come in.
    buckets.take([draw('modify', 4, 2)], callAt(2_000));
    const dns = { ...draw('changes', 1_500, 100, 500), scope: 'account' } as const;
    buckets.take([dns], callAt(2_000, { service: 'route53', region: 'eu-west-1' }));
    expect(buckets.usage(3_000)).toEqual([
      {
        account: '111111111111',
        region: 'us-east-1',
        service: 'ecs',
        bucket: 'modify',
        capacity: 4,
        refillPerSecond: 2,
        taken: 5,
        throttled: 2,
        emptyMs: 500,
      },
      expect.objectContaining({ bucket: 'account', taken: 4, throttled: 0, emptyMs: 0 }),
      expect.objectContaining({ bucket: 'changes', service: 'route53', region: undefined, taken: 500 }),
    ]);
  });
});
