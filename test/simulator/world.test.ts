import { describe, expect, it } from 'vitest';
import { RingCallLog } from '../../src/simulator/call-log.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { LostAnswer } from '../../src/simulator/faults.ts';
import type { ApiRequest, Operation, ServiceId } from '../../src/simulator/kernel.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { SimulatedAws } from '../../src/simulator/world.ts';
import { serverFault } from '../support/faults.ts';
import { HandClock } from './support/clock.ts';

function setUp(options: { throttle?: boolean; seed?: number } = {}) {
  const clock = new HandClock(1_000_000);
  const world = new SimulatedAws({ clock, ...options });
  const runs: { input: object; now: number; account: string }[] = [];
  const operations = new Map<string, Operation>([
    [
      'Write',
      {
        mutating: true,
        takes: ['fail', 'name'],
        buckets: () => [{ bucket: 'w', capacity: 2, refillPerSecond: 1, tokens: 1, scope: 'account' }],
        run: (input: { fail?: boolean }, call) => {
          runs.push({ input, now: call.now, account: call.account });
          if (input.fail === true) throw new AwsError('NoSuchThing', 'none');
          return { done: true };
        },
        resources: (input: { name?: string }, output: object | undefined) => [
          input.name ?? '',
          output === undefined ? 'failed' : 'ok',
        ],
      },
    ],
    [
      'Bug',
      {
        mutating: false,
        takes: [],
        run: () => {
          throw new TypeError('a bug');
        },
      },
    ],
  ]);
  world.install([
    {
      id: 'ecs',
      operations,
      throttled: () => new AwsError('ThrottlingException', 'Rate exceeded'),
      untaken: (member) => new AwsError('UnsupportedFeatureException', `${member} is not supported`),
    },
  ]);
  const request = (input: object = {}, changes: Partial<ApiRequest> = {}): ApiRequest => ({
    accessKeyId: '111111111111',
    region: 'us-east-1',
    service: 'ecs',
    operation: 'Write',
    input,
    ...changes,
  });
  return { clock, world, runs, request };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof AwsError ? error.code : String(error);
  }
  return 'none';
}

describe('a call', () => {
  it('runs what is due first, each event at its own time', () => {
    const { clock, world, request } = setUp();
    const seen: string[] = [];
    world.at(1_005_000, () => {
      seen.push(`b ${world.now()}`);
      world.at(world.now() + 1_000, () => seen.push(`c ${world.now()}`));
    });
    world.at(1_002_000, () => seen.push(`a ${world.now()}`));
    world.at(1_090_000, () => seen.push('later'));
    clock.tick(10_000);
    world.call(request());
    expect(seen).toEqual(['a 1002000', 'b 1005000', 'c 1006000']);
    expect(world.now()).toBe(1_010_000);
  });

  it('enters an event for the past at the present', () => {
    const { world } = setUp();
    let at = 0;
    world.at(5, () => {
      at = world.now();
    });
    world.settle();
    expect(at).toBe(1_000_000);
  });

  it('never goes back in time when the wall clock does', () => {
    const { clock, world } = setUp();
    clock.tick(10_000);
    expect(world.now()).toBe(1_010_000);
    clock.setBack(60_000);
    expect(world.now()).toBe(1_010_000);
  });

  it('sees time that was advanced, and what fell due on the way', () => {
    const { world, runs, request } = setUp();
    let ran = false;
    world.at(1_000_000 + 3_600_000, () => {
      ran = true;
    });
    world.advance(3_599);
    expect(ran).toBe(false);
    world.advance(1);
    expect(ran).toBe(true);
    world.call(request());
    expect(runs[0]?.now).toBe(4_600_000);
    expect(() => world.advance(-1)).toThrow(RangeError);
  });

  it('is logged with its outcome, refused or not', () => {
    const { world, request } = setUp({ throttle: false });
    world.call(request({ name: 'x' }, { appId: 'controller-1' }));
    expect(codeOf(() => world.call(request({ name: 'y', fail: true }, { accessKeyId: 'AKIA' })))).toBe('NoSuchThing');
    expect(codeOf(() => world.call(request({}, { operation: 'Nope' })))).toBe('UnknownOperationException');
    expect(world.log.since(0, 10)).toEqual([
      {
        n: 1,
        at: '1970-01-01T00:16:40.000Z',
        principal: '111111111111/controller-1',
        account: '111111111111',
        region: 'us-east-1',
        service: 'ecs',
        operation: 'Write',
        resources: ['x', 'ok'],
        mutating: true,
        error: null,
      },
      expect.objectContaining({
        n: 2,
        principal: 'AKIA',
        account: '000000000000',
        resources: ['y', 'failed'],
        mutating: true,
        error: 'NoSuchThing',
      }),
      expect.objectContaining({ n: 3, operation: 'Nope', mutating: false, error: 'UnknownOperationException' }),
    ]);
  });

  it('is throttled when its bucket is empty, without running, until the bucket refills', () => {
    const { clock, world, runs, request } = setUp();
    world.call(request());
    world.call(request());
    expect(codeOf(() => world.call(request()))).toBe('ThrottlingException');
    expect(runs).toHaveLength(2);
    expect(world.log.since(2, 10)).toEqual([expect.objectContaining({ error: 'ThrottlingException', mutating: true })]);
    clock.tick(1_000);
    world.call(request());
    expect(runs).toHaveLength(3);
  });

  it('is never throttled in a world without throttles', () => {
    const { world, runs, request } = setUp({ throttle: false });
    for (let i = 0; i < 100; i++) world.call(request());
    expect(runs).toHaveLength(100);
  });

  it('lets a fault of the simulator itself through, and goes on after it', () => {
    const { world, request } = setUp();
    expect(() => world.call(request({}, { operation: 'Bug' }))).toThrow(TypeError);
    expect(world.call(request())).toEqual({ done: true });
  });

  it('without a signature is refused in the words of the called service', () => {
    const { world, request } = setUp();
    const codes = (['ecs', 'elbv2', 'ec2', 'route53'] as ServiceId[]).map((service) =>
      codeOf(() => world.call(request({}, { accessKeyId: '', service }))),
    );
    expect(codes).toEqual([
      'MissingAuthenticationTokenException',
      'MissingAuthenticationToken',
      'AuthFailure',
      'MissingAuthenticationToken',
    ]);
    expect(world.log.last).toBe(4);
  });

  it('that the codec refused never runs, but is logged', () => {
    const { world, runs, request } = setUp();
    const refused = new AwsError('SerializationException', 'not JSON');
    expect(codeOf(() => world.call(request({}, { refused })))).toBe('SerializationException');
    expect(runs).toHaveLength(0);
    expect(world.log.since(0, 1)[0]?.error).toBe('SerializationException');
  });
});

describe('injected faults', () => {
  const once = (fault: Fault) => {
    let left: Fault | undefined = fault;
    return () => {
      const now = left;
      left = undefined;
      return now;
    };
  };

  it('before a call keep it from running', () => {
    const { world, runs, request } = setUp();
    world.faults = { before: once({ kind: 'throttle' }) };
    expect(codeOf(() => world.call(request()))).toBe('ThrottlingException');
    world.faults = { before: once(serverFault('ecs', 503)) };
    expect(codeOf(() => world.call(request()))).toBe('ServiceUnavailable');
    world.faults = { before: once({ kind: 'error', error: new AwsError('AccessDeniedException', 'no') }) };
    expect(codeOf(() => world.call(request()))).toBe('AccessDeniedException');
    world.faults = { before: once({ kind: 'lost', how: 'timeout' }) };
    expect(() => world.call(request())).toThrow(LostAnswer);
    expect(runs).toHaveLength(0);
    expect(world.faultCounts).toMatchObject({ throttle: 1, serverError: 1, otherError: 1, lostWithoutEffect: 1 });
    // A call that never arrived is not in AWS's log.
    expect(world.log.since(0, 10).map((record) => record.error)).toEqual([
      'ThrottlingException',
      'ServiceUnavailable',
      'AccessDeniedException',
    ]);
    world.call(request());
    expect(runs).toHaveLength(1);
  });

  it('after a call leave its effect, and the log says what really happened', () => {
    const { world, runs, request } = setUp();
    world.faults = { after: once({ kind: 'lost', how: 'reset' }) };
    expect(() => world.call(request({ name: 'x' }))).toThrow(LostAnswer);
    expect(runs).toHaveLength(1);
    expect(world.log.since(0, 1)[0]).toMatchObject({ error: null, resources: ['x', 'ok'] });
    expect(world.faultCounts.lostWithEffect).toBe(1);
  });

  it('see the call, its input and how it went', () => {
    const { world, request } = setUp();
    const seen: unknown[] = [];
    world.faults = {
      before: (call, input) => {
        seen.push([call.operation, call.account, input]);
        return undefined;
      },
      after: (_call, _input, outcome) => {
        seen.push('error' in outcome ? outcome.error.code : outcome.output);
        return undefined;
      },
    };
    world.call(request({ name: 'x' }));
    expect(codeOf(() => world.call(request({ fail: true })))).toBe('NoSuchThing');
    expect(seen).toEqual([
      ['Write', '111111111111', { name: 'x' }],
      { done: true },
      ['Write', '111111111111', { fail: true }],
      'NoSuchThing',
    ]);
  });

  it('can kill the caller before or after the call', () => {
    const { world, runs, request } = setUp();
    const killed: number[] = [];
    const crash: Fault = { kind: 'crash', kill: () => killed.push(runs.length) };
    world.faults = { before: once(crash) };
    expect(() => world.call(request())).toThrow(expect.objectContaining({ how: 'never' }));
    world.faults = { after: once(crash) };
    expect(() => world.call(request())).toThrow(expect.objectContaining({ how: 'never' }));
    expect(killed).toEqual([0, 1]);
    expect(world.faultCounts).toMatchObject({ crashBefore: 1, crashAfter: 1 });
  });
});

describe('randomness', () => {
  it('is the same for the same seed, and each purpose has a stream of its own', () => {
    const a = setUp({ seed: 7 }).world;
    const b = setUp({ seed: 7 }).world;
    const c = setUp({ seed: 8 }).world;
    const first = [a.random('x'), a.random('x'), a.hex('id', 32)];
    b.random('another purpose');
    expect([b.random('x'), b.random('x'), b.hex('id', 32)]).toEqual(first);
    expect([c.random('x'), c.random('x'), c.hex('id', 32)]).not.toEqual(first);
    expect(a.hex('id', 17)).toMatch(/^[0-9a-f]{17}$/);
  });

  it('is spread over its range', () => {
    const { world } = setUp();
    const values = Array.from({ length: 10_000 }, () => world.random('spread'));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(values.filter((value) => value < 0.1).length).toBeGreaterThan(800);
  });
});

describe('the call log', () => {
  const entry = {
    at: 0,
    principal: '',
    account: '',
    region: '',
    service: 'ecs' as const,
    operation: 'X',
    resources: [],
    mutating: false,
    error: null,
  };

  it('keeps the newest calls, by number, a page at a time', () => {
    const log = new RingCallLog(5);
    expect(log.since(0, 10)).toEqual([]);
    for (let i = 0; i < 12; i++) log.record(entry);
    const numbers = (since: number, limit: number): number[] => log.since(since, limit).map((record) => record.n);
    expect(log.last).toBe(12);
    expect(numbers(0, 10)).toEqual([8, 9, 10, 11, 12]);
    expect(numbers(9, 10)).toEqual([10, 11, 12]);
    expect(numbers(0, 2)).toEqual([8, 9]);
    expect(numbers(12, 10)).toEqual([]);
  });
});
