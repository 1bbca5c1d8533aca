import { describe, expect, it } from 'vitest';
import { controllerWrites, settled } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

describe('a settled fleet', () => {
  it('costs no write for ten further rounds of both sweeps, but for renewals of the lease', async () => {
    const run = await settled({ fleet: smallFleet(), config: { resyncMs: 30_000, detailMs: 30_000 } });
    // What the last steps of the onboarding left (a DNS change that spreads, definitions that go) comes to rest.
    await run.advance(400);
    const since = run.aws.log.last;
    const swept = run.told.sweeps.length;
    const rounds = (kind: string) => run.told.sweeps.slice(swept).filter((sweep) => sweep.kind === kind).length;
    await run.until('ten rounds of each sweep', () => rounds('probe') >= 10 && rounds('detail') >= 10, 3_600_000);
    expect(controllerWrites(run, since)).toEqual([]);
    const writes = run.calls(since).filter((call) => call.service === 'dynamodb' && call.mutating);
    const items = new Set(writes.flatMap((call) => call.resources));
    expect([...items]).toEqual(['state/Lease/controller/lease']);
    expect(writes.length).toBeGreaterThan(0);
    expect(run.told.changes.filter((change) => change.change.reason === 'drift')).toEqual([]);
    await run.stop();
  });
});
