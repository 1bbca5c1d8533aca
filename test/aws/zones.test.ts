import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { R53, ZoneAccess, ZoneChange, ZoneChangeResult } from '../../src/aws/ports.ts';
import { fenceEpoch } from '../../src/aws/zone-fence.ts';
import { canonicalName } from '../../src/aws/zone-names.ts';
import type { CallOutcome, Fault } from '../../src/simulator/faults.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { account, installation, type Simulated, simulated, zoneId } from './simulated.ts';
import { healthyLease } from './support.ts';

const text = (name: string, value = 'v'): R53.ResourceRecordSet => ({
  Name: `${name}.example.test`,
  Type: 'TXT',
  TTL: 60,
  ResourceRecords: [{ Value: `"${value}"` }],
});
const create = (name: string, value?: string): ZoneChange => ({ action: 'CREATE', record: text(name, value) });
const remove = (name: string, value?: string): ZoneChange => ({ action: 'DELETE', record: text(name, value) });
const fenceRecordName = `_cellwright-${installation}.example.test`;

let sim: Simulated;
beforeEach(async () => {
  sim = await simulated();
});

const names = async (zone: ZoneAccess = sim.zone): Promise<string[]> =>
  (await sim.finish(zone.view({ maxAgeMs: 0 })))
    .all()
    .filter(({ type, name }) => type === 'TXT' && name !== fenceRecordName)
    .map(({ name }) => name.replace('.example.test', ''))
    .sort();
const fence = async (): Promise<string | undefined> => {
  const [found] = (await sim.finish(sim.zone.view({ maxAgeMs: 0 }))).named(fenceRecordName);
  return found?.raw.ResourceRecords?.[0]?.Value;
};
const changesSent = (since = 0): number =>
  sim.calls('route53', since).filter((operation) => operation === 'ChangeResourceRecordSets').length;
/** The n-th ChangeResourceRecordSets from now on (from 1; `after`: that succeeded) meets the fault. */
const faultAt = (when: 'before' | 'after', fault: (n: number) => Fault | undefined): void => {
  let count = 0;
  const hook = (call: { operation: string }, _input: object, outcome?: CallOutcome): Fault | undefined => {
    const counts = call.operation === 'ChangeResourceRecordSets' && (outcome === undefined || 'output' in outcome);
    return counts ? fault(++count) : undefined;
  };
  sim.world.faults = { [when]: hook };
};

describe('the writer of a zone', () => {
  it('makes the fence with the first batch, and moves it on with each', async () => {
    expect(await fence()).toBeUndefined();
    expect(await sim.finish(sim.zone.change([create('a')]))).toMatchObject({ outcome: 'done' });
    expect(await fence()).toMatch(/^"7\/1\/\w+"$/);
    await sim.finish(sim.zone.change([create('b')]));
    expect(await fence()).toMatch(/^"7\/2\/\w+"$/);
    expect(await names()).toEqual(['a', 'b']);
    expect(fenceEpoch(await sim.finish(sim.zone.view({ maxAgeMs: 0 })), installation)).toBe(7);
    expect(fenceEpoch(await sim.finish(sim.zone.view({ maxAgeMs: 0 })), 'other')).toBeUndefined();
  });

  it('sends the first request at once and merges those that follow', async () => {
    const begun = sim.clock.now();
    const results = Array.from({ length: 50 }, (_, n) => sim.zone.change([create(`n${n}`)]));
    await sim.finish(Promise.all(results));
    expect(changesSent()).toBe(2);
    expect(sim.clock.now() - begun).toBeLessThan(2_000);
    expect(await names()).toHaveLength(50);
  });

  it('makes all of a request or nothing', async () => {
    await sim.finish(sim.zone.change([create('taken')]));
    const result = await sim.finish(sim.zone.change([create('fresh'), create('taken')]));
    expect(result).toMatchObject({ outcome: 'refused', stale: true });
    expect(await names()).toEqual(['taken']);
  });

  it('refuses just the requests at fault, and makes the others', async () => {
    await sim.finish(sim.zone.change([create('taken')]));
    const asked = Array.from({ length: 40 }, (_, n) =>
      sim.zone.change(
        n === 7
          ? [create('taken')]
          : n === 31
            ? [{ action: 'CREATE', record: { ...text('bad'), ResourceRecords: [{ Value: 'no quotes' }] } }]
            : [create(`n${n}`)],
      ),
    );
    const results = await sim.finish(Promise.all(asked));
    const refused = results.flatMap((result, n) => (result.outcome === 'refused' ? [{ n, stale: result.stale }] : []));
    expect(refused).toEqual([
      { n: 7, stale: true },
      { n: 31, stale: false },
    ]);
    expect(await names()).toHaveLength(39);
  });

  it('never puts two requests about one record into one batch, and keeps their order', async () => {
    const results = await sim.finish(
      Promise.all([
        sim.zone.change([create('x', 'one')]),
        sim.zone.change([remove('x', 'one'), create('x', 'two')]),
        sim.zone.change([remove('x', 'two'), create('x', 'three')]),
        sim.zone.change([create('y')]),
      ]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
    expect(changesSent()).toBe(3);
    const view = await sim.finish(sim.zone.view({ maxAgeMs: 0 }));
    expect(view.named('x.example.test')[0]?.raw.ResourceRecords).toEqual([{ Value: '"three"' }]);
  });

  it("keeps batches within Route 53's limits, and refuses what no batch can take", async () => {
    const large = Array.from({ length: 6 }, (_, n) =>
      sim.zone.change(Array.from({ length: 300 }, (_unused, m) => create(`r${n}-${m}`))),
    );
    expect((await sim.finish(Promise.all(large))).every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(await names()).toHaveLength(1_800);
    const tooLarge = await sim.finish(sim.zone.change(Array.from({ length: 999 }, (_, n) => create(`t${n}`))));
    expect(tooLarge).toMatchObject({ outcome: 'refused', stale: false });
    expect((tooLarge as { message: string }).message).toContain('999');
  });

  it.each(['timeout', 'reset'] as const)(
    'finds out what became of a batch whose answer was lost (%s), applied or not',
    async (how) => {
      for (const when of ['before', 'after'] as const) {
        faultAt(when, (n) => (n === 1 ? { kind: 'lost', how } : undefined));
        const name = `${when}-${how}`;
        const result = await sim.finish(sim.zone.change([create(name)]));
        sim.world.faults = undefined;
        expect(result.outcome).toBe('done');
        expect(sim.world.faultCounts[when === 'before' ? 'lostWithoutEffect' : 'lostWithEffect']).toBe(1);
        expect(await names()).toContain(name);
        if (result.outcome !== 'done' || when === 'before') continue;
        // The id of this change is lost: it counts as INSYNC after two minutes.
        expect(await sim.finish(sim.zone.insync(result.changeId))).toBe(false);
        await sim.clock.advance(120_000);
        expect(await sim.finish(sim.zone.insync(result.changeId))).toBe(true);
      }
    },
  );

  it('waits while the zone is busy, throttled or down, and reads nothing for that', async () => {
    const busy: Fault = { kind: 'error', error: new AwsError('PriorRequestNotComplete', 'x', { status: 400 }) };
    await sim.finish(sim.zone.change([create('first')]));
    const since = sim.world.log.last;
    faultAt('before', (n) => (n === 1 ? busy : n === 2 ? { kind: 'throttle' } : undefined));
    expect(await sim.finish(sim.zone.change([create('a')]))).toMatchObject({ outcome: 'done' });
    expect(sim.calls('route53', since)).toEqual(Array(3).fill('ChangeResourceRecordSets'));
  });

  it('gives up with the reason when nothing helps, and recovers by itself', async () => {
    sim.world.faults = {
      before: (call) => (call.service === 'route53' ? { kind: 'lost', how: 'reset' } : undefined),
    };
    await expect(sim.finish(sim.zone.change([create('a')]))).rejects.toMatchObject({ service: 'route53' });
    sim.world.faults = undefined;
    expect(await sim.finish(sim.zone.change([create('a')]))).toMatchObject({ outcome: 'done' });
  });

  it('takes a zone over from an older epoch, whose writer is fenced from then on', async () => {
    const old = await sim.rival({ remainingMs: () => 12_000, epoch: 6 });
    await sim.finish(old.change([create('old')]));
    await sim.finish(sim.zone.change([create('new')]));
    expect(await fence()).toMatch(/^"7\/2\//);
    await expect(sim.finish(old.change([create('stale')]))).rejects.toMatchObject({ class: 'fenced' });
    // Also one that has read nothing yet.
    const other = await sim.rival({ remainingMs: () => 12_000, epoch: 5 });
    await expect(sim.finish(other.change([create('stale')]))).rejects.toMatchObject({ class: 'fenced' });
    expect(await names()).toEqual(['new', 'old']);
  });

  it('makes the fence anew when somebody deleted it', async () => {
    await sim.finish(sim.zone.change([create('a')]));
    const [standing] = (await sim.finish(sim.zone.view({ maxAgeMs: 0 }))).named(fenceRecordName);
    sim.world.call({
      accessKeyId: account,
      region: 'us-east-1',
      service: 'route53',
      operation: 'ChangeResourceRecordSets',
      input: {
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: standing?.raw }] },
      },
    });
    expect(await sim.finish(sim.zone.change([create('b')]))).toMatchObject({ outcome: 'done' });
    expect(await fence()).toMatch(/^"7\/1\//);
  });

  it("writes nothing behind a record of another form under the fence's name", async () => {
    sim.world.call({
      accessKeyId: account,
      region: 'us-east-1',
      service: 'route53',
      operation: 'ChangeResourceRecordSets',
      input: {
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: { ...text('x'), Name: fenceRecordName } }] },
      },
    });
    await expect(sim.finish(sim.zone.change([create('b')]))).rejects.toMatchObject({ code: 'UnreadableFence' });
    expect(await names()).toEqual([]);
  });

  it('makes each request exactly once or not at all, whatever is lost and whoever else writes', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const fault = fc.constantFrom<Fault | undefined>(
      undefined,
      undefined,
      { kind: 'lost', how: 'reset' },
      { kind: 'lost', how: 'timeout' },
      { kind: 'throttle' },
      { kind: 'error', error: new AwsError('PriorRequestNotComplete', 'x', { status: 400 }) },
      { kind: 'error', error: new AwsError('InternalFailure', 'x', { status: 500 }) },
    );
    const property = fc.asyncProperty(
      fc.array(fc.record({ before: fault, after: fault }), { maxLength: 30 }),
      fc.array(fc.record({ by: fc.constantFrom('us', 'us', 'stale'), waitMs: fc.integer({ min: 0, max: 900 }) }), {
        minLength: 3,
        maxLength: 25,
      }),
      async (faults, asks) => {
        sim = await simulated({ seed });
        const stale = await sim.rival({ remainingMs: () => 12_000, epoch: 6 });
        let count = -1;
        sim.world.faults = {
          before: (call) => (call.operation === 'ChangeResourceRecordSets' ? faults[++count]?.before : undefined),
          after: (call) => (call.operation === 'ChangeResourceRecordSets' ? faults[count]?.after : undefined),
        };
        const results: Promise<[string, ZoneChangeResult | undefined]>[] = [];
        for (const [n, { by, waitMs }] of asks.entries()) {
          const name = `${by}-${n}`;
          const asked = (by === 'us' ? sim.zone : stale).change([create(name)]);
          results.push(
            asked
              .then(
                (result) => [name, result] as const,
                () => [name, undefined] as const,
              )
              .then(([a, b]) => [a, b]),
          );
          await sim.clock.advance(waitMs);
        }
        const settled = await sim.finish(Promise.all(results));
        sim.world.faults = undefined;
        const stand = new Set(await names());
        for (const [name, result] of settled) {
          if (result?.outcome === 'done') expect(stand, name).toContain(name);
          if (result?.outcome === 'refused') expect(stand, name).not.toContain(name);
        }
        // Nobody asked twice, so nothing is stale and nothing is at fault.
        expect(settled.filter(([, result]) => result?.outcome === 'refused')).toEqual([]);
      },
    );
    await fc.assert(property, { seed, numRuns: 12 });
  }, 120_000);
});

describe('views of a zone', () => {
  it('are read to the end, and found by canonical names', async () => {
    const wild: ZoneChange = {
      action: 'CREATE',
      record: { Name: '*.Wild.example.test', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
    };
    await sim.finish(sim.zone.change([wild]));
    await sim.finish(sim.zone.change(Array.from({ length: 700 }, (_, n) => create(`n${n}`))));
    const view = await sim.finish(sim.zone.view({ maxAgeMs: 0 }));
    expect(view.all().filter(({ type }) => type === 'TXT')).toHaveLength(701);
    expect(view.named('*.wild.example.test')[0]?.raw.Name).toBe('\\052.wild.example.test.');
    expect(view.named('*.WILD.example.test.')).toHaveLength(1);
    expect(view.named('nothing.example.test')).toEqual([]);
  });

  it('show our own changes without another read, as Route 53 would return them', async () => {
    const alias: ZoneChange = {
      action: 'CREATE',
      record: {
        Name: 'acme.example.test',
        Type: 'A',
        SetIdentifier: 'cellwright/inst1/g/p',
        Weight: 10,
        AliasTarget: {
          HostedZoneId: 'Z35SXDOTRQ7X7K',
          DNSName: 'shared-1.us-east-1.elb.amazonaws.com',
          EvaluateTargetHealth: false,
        },
      },
    };
    const freshness = { maxAgeMs: 60_000 };
    const before = await sim.finish(sim.zone.view(freshness));
    await sim.finish(sim.zone.change([alias]));
    await sim.finish(sim.zone.change([create('x')]));
    const since = sim.world.log.last;
    const kept = await sim.finish(sim.zone.view(freshness));
    expect(sim.world.log.last).toBe(since);
    const read = await sim.finish(sim.zone.view({ maxAgeMs: 0 }));
    expect(sim.world.log.last).toBeGreaterThan(since);
    const raws = (view: typeof read): unknown[] =>
      view
        .all()
        .map(({ raw }) => JSON.stringify(raw, Object.keys(raw).sort()))
        .sort();
    expect(raws(kept)).toEqual(raws(read));
    expect(before.named('acme.example.test')).toEqual([]);
    expect(
      await sim.finish(
        sim.zone.change([{ action: 'DELETE', record: kept.named('acme.example.test')[0]?.raw ?? alias.record }]),
      ),
    ).toMatchObject({ outcome: 'done' });
  });

  it('never mix old and new while we write', async () => {
    await sim.finish(sim.zone.change(Array.from({ length: 900 }, (_, n) => create(`n${n}`))));
    // Moved as one, from before all others to behind them: a mixed view would show both places, or neither.
    await sim.finish(sim.zone.change([create('a-000')]));
    let moved: Promise<ZoneChangeResult> | undefined;
    let pages = 0;
    sim.world.faults = {
      before: (call) => {
        if (call.operation !== 'ListResourceRecordSets' || ++pages !== 2) return undefined;
        // The second page has to wait, and meanwhile the writer goes.
        moved = sim.zone.change([remove('a-000'), create('zz-000')]);
        return { kind: 'throttle' };
      },
    };
    const view = await sim.finish(sim.zone.view({ maxAgeMs: 0 }));
    expect(await sim.finish(moved ?? Promise.reject(new Error('no second page was read')))).toMatchObject({
      outcome: 'done',
    });
    expect(view.named('a-000.example.test')).toHaveLength(0);
    expect(view.named('zz-000.example.test')).toHaveLength(1);
  });

  it('throw when a page cannot be read, and say nothing', async () => {
    await sim.finish(sim.zone.change(Array.from({ length: 700 }, (_, n) => create(`n${n}`))));
    let pages = 0;
    sim.world.faults = {
      before: (call) =>
        call.operation === 'ListResourceRecordSets' && ++pages > 1
          ? { kind: 'error', error: new AwsError('AccessDenied', 'x', { status: 403 }) }
          : undefined,
    };
    await expect(sim.finish(sim.zone.view({ maxAgeMs: 0 }))).rejects.toMatchObject({ class: 'denied' });
  });
});

describe('changes and limits', () => {
  it('are followed until INSYNC, with one question in five seconds', async () => {
    const result = await sim.finish(sim.zone.change([create('a')]));
    const id = result.outcome === 'done' ? result.changeId : '';
    const since = sim.world.log.last;
    const begun = sim.clock.now();
    while (!(await sim.finish(Promise.all([sim.zone.insync(id), sim.zone.insync(id)])))[0])
      await sim.clock.advance(500);
    const asked = sim.calls('route53', since).filter((operation) => operation === 'GetChange').length;
    expect(asked).toBeLessThanOrEqual(Math.ceil((sim.clock.now() - begun) / 5_000) + 1);
    expect(await sim.finish(sim.zone.insync(id))).toBe(true);
  });

  it('long forgotten by Route 53 are over', async () => {
    expect(await sim.finish(sim.zone.insync('/change/C0LDCHANGE'))).toBe(true);
  });

  it('tell how full the zone is', async () => {
    await sim.finish(sim.zone.change([create('a')]));
    expect(await sim.finish(sim.zone.limit({ maxAgeMs: 0 }))).toEqual({ records: 4, quota: 10_000 });
  });
});

describe('canonical names', () => {
  it('decode what spells a plain character, and nothing that would change the meaning', () => {
    expect(canonicalName('\\052.Example.COM.')).toBe('*.example.com');
    expect(canonicalName('a\\056b.example.com.')).toBe('a\\056b.example.com');
    expect(canonicalName('a\\134b.')).toBe('a\\134b');
    expect(canonicalName('_x.example.com')).toBe('_x.example.com');
  });
});

it('keeps its epoch current: a lease regained under a higher epoch goes on writing', async () => {
  let epoch = 3;
  const zone = await sim.rival({
    remainingMs: () => healthyLease.remainingMs(),
    get epoch() {
      return epoch;
    },
  });
  await sim.finish(zone.change([create('a')]));
  epoch = 9;
  await sim.finish(zone.change([create('b')]));
  expect(await fence()).toMatch(/^"9\/2\//);
});
