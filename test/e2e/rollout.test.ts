import { afterEach, describe, expect, it } from 'vitest';
import type { TierRollout } from '../../src/model/rollout.ts';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

const image = (tag: string) => `registry.example.com/server:${tag}`;
const rollout = { wavePercents: [10, 50, 100], bakeSeconds: 60, maxUnavailable: 4, maxFailures: 1 };
const first = tier('crowd', { rollout });
const service = first.spec.service as Record<string, unknown>;

/** The tier with another image, and other fields beside. */
const tierWith = (tag: string, fields: Readonly<Record<string, unknown>> = {}): PlainRecord =>
  tier('crowd', { rollout, service: { ...service, image: image(tag) }, ...fields });

const name = (n: number): string => `t${String(n).padStart(2, '0')}`;
const entryOf = (tenantName: string) => run.leader?.term?.view.get('Tenant', tenantName);
const tierEntry = () => run.leader?.term?.view.get('Tier', 'crowd');
const rolledOut = () => tierEntry()?.status?.value.conditions.find((one) => one.type === 'RolledOut');
const shown = () => tierEntry()?.status?.value.rollout;
const imageOf = (tenantName: string): string =>
  entryOf(tenantName)?.accepted?.effective?.service.image.split(':')[1] ?? 'none';

/** Forty tenants in three rings, in two cells with two groups. */
function crowd(count: number, fields: (n: number) => Readonly<Record<string, unknown>> = () => ({})) {
  const [a, b] = [cell('crowd-a', 'crowd', 1), cell('crowd-b', 'crowd', 2)];
  const tenants = Array.from({ length: count }, (_none, n) =>
    tenant(name(n), 'crowd', { ring: n < count / 10 ? 0 : n < count / 2 ? 1 : 2, ...fields(n) }),
  );
  return documents([first, a, b, group('a1', a), group('a2', a), group('b1', b), ...tenants]);
}

async function settled(fleet: string): Promise<void> {
  run = await new Installation({ fleet, config: { resyncMs: 300_000, detailMs: 600_000 } }).init();
  run.start();
  await run.until('all are ready', () => {
    const { Ready = 0, Suspended = 0, ...others } = run.phases();
    return Ready + Suspended > 0 && Object.keys(others).length === 0;
  });
}

describe('a change of the tier', () => {
  it('goes out ring by ring and wave by wave', async () => {
    await settled(crowd(40));
    const order: { tenant: string; at: number; ring: number }[] = [];
    let mostUnderWay = 0;
    const seen = new Set<string>();
    await run.put('Tier', 'crowd', tierWith('2').spec);
    const start = run.clock.now();
    await run.until(
      'rolled out',
      () => {
        for (const entry of run.leader?.term?.view.all('Tenant') ?? []) {
          if (imageOf(entry.name) !== '2' || seen.has(entry.name)) continue;
          seen.add(entry.name);
          order.push({ tenant: entry.name, at: (run.clock.now() - start) / 1000, ring: entry.accepted?.effective?.ring ?? -1 });
        }
        mostUnderWay = Math.max(mostUnderWay, shown()?.counts.underWay ?? 0);
        if (run.clock.now() % 30_000 < 1000) console.log((run.clock.now() - start) / 1000, rolledOut()?.message);
        return seen.size === 40 && rolledOut()?.status === 'True';
      },
      7_200_000,
    );
    console.log(order.map((o) => `${o.tenant}@${o.at}r${o.ring}`).join(' '));
    expect(mostUnderWay).toBeLessThanOrEqual(4);
  });
});
