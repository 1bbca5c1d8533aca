import { describe, expect, test } from 'vitest';
import type { RehearsalReport } from '../../src/cli/rehearsal.ts';
import { expectAsTold, playStage, type StageName, warnings } from '../wiring/growth.ts';

const played = new Map<StageName, RehearsalReport>();

async function play(stage: StageName): Promise<RehearsalReport> {
  const report = played.get(stage) ?? (await playStage(stage));
  played.set(stage, report);
  return report;
}

describe('the walk of a growing company', () => {
  test.each<StageName>([
    'ten',
    'a quota raised',
    'a second load balancer',
    'a second account',
    'three hundred and twenty',
    'a thousand',
  ])('goes as its guide tells, and everybody finds a place: %s', async (stage) => {
    const report = await play(stage);
    expect(report).toMatchObject({ ok: true, settled: true, unplaceable: [], failures: [] });
    expectAsTold(stage, report);
  });

  test('the target groups of the only load balancer are warned of in time', async () => {
    expect(warnings(await play('a quota raised')).join()).toContain(
      'Warning Cell main-a: 88 % full, by its target groups',
    );
    const ignored = await play('the second warning ignored');
    expectAsTold('the second warning ignored', ignored);
    expect(ignored.unplaceable).toHaveLength(5);
    expect(ignored.unplaceable[0]?.remedies.map(({ text }) => text).join()).toContain('one more infra group');
  });

  test('the account whose loss could not be carried is named until the others could', async () => {
    const lost = ({ capacity }: RehearsalReport): boolean[] =>
      capacity.tiers.flatMap(({ lossOf }) => lossOf.map(({ carried }) => carried));
    expect(lost(await play('a second load balancer'))).toEqual([false]);
    expect(lost(await play('a second account'))).toEqual([true]);
    expect(lost(await play('three hundred and twenty'))).toEqual([false, false]);
    expect(lost(await play('a thousand'))).toEqual([true, true, true, true]);
  });

  test('a crowd of tenants costs no more calls for each than a few do', async () => {
    const perTenant = ({ calls, placements }: RehearsalReport): number =>
      calls.reduce((sum, count) => sum + count.calls, 0) / placements.filter(({ isNew }) => isNew).length;
    expect(perTenant(await play('three hundred and twenty'))).toBeLessThan(perTenant(await play('ten')));
  });
});
