import { afterEach, describe, expect, it } from 'vitest';
import { leftOf, reserved } from '../e2e/leftovers.ts';
import {
  acme,
  acmeHost,
  begin,
  condition,
  groupsOf,
  isSettledIn,
  movePhaseOf,
  placements,
  shares,
  status,
} from '../e2e/move-stage.ts';
import { TrafficWatch } from '../e2e/traffic-watch.ts';
import { tenant, write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';

const limit = 1_800_000;
let run: Installation;
let watch: TrafficWatch;

afterEach(async () => {
  expect(watch.complaints()).toEqual([]);
  await run.stop();
});

function observe(): void {
  watch = new TrafficWatch(run, [{ tenant: 'acme', host: acmeHost }]);
}

/** What is reserved is what the placements that are left hold, and of the others nothing stands. */
async function expectTraceless(gone: readonly string[]): Promise<void> {
  expect(await leftOf(run, gone)).toEqual([]);
  const rules = Object.entries(await reserved(run)).flatMap(([key, used]) =>
    key.startsWith('InfraGroup/') ? [Number((used as { rules?: number }).rules ?? 0)] : [],
  );
  expect(rules.reduce((sum, one) => sum + one, 0)).toBe(placements(run).length);
}

describe('a move by pin', () => {
  it('goes through its phases in order, with every request answered, and leaves nothing behind', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    const old = placements(run)[0]?.id ?? '';
    await write(run, acme(['g2']));
    const phases: (string | undefined)[] = [];
    const seen: string[] = [];
    await run.until(
      'acme in g2',
      () => {
        const phase = movePhaseOf(run);
        if (phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
        const now = JSON.stringify(shares(run));
        if (seen.at(-1) !== now) seen.push(now);
        if (phase !== undefined) {
          expect(condition(run, 'Ready')).toBe('True Serving');
          expect(status(run)?.phase).toBe('Updating');
          expect(status(run)?.observedGeneration).toBe(1);
          expect(condition(run, 'Moving')).toBe(`True ${phase}`);
        }
        return isSettledIn(run, ['g2']);
      },
      limit,
    );
    expect(phases).toEqual(['Provision', 'Warm', 'Canary', 'Ramp', 'Drain', 'Remove']);
    expect(seen.map((text) => JSON.parse(text) as unknown)).toEqual([
      { g1: 100 },
      { g1: 95, g2: 5 },
      { g1: 67, g2: 33 },
      { g1: 50, g2: 50 },
      { g1: 33, g2: 67 },
      { g1: 5, g2: 95 },
      { g2: 100 },
    ]);
    expect(condition(run, 'Moving')).toBe('none');
    expect(run.told.moves).toMatchObject([{ tenant: 'acme', what: 'done' }]);
    expect(placements(run)[0]?.why).toContain('to move from g1 to g2 because g1 is not in the pin (g2)');
    expect(watch.looks).toBeGreaterThan(50);
    await expectTraceless([old]);
  });

  it.each(['Provision', 'Warm', 'Canary', 'Ramp'])('is taken back in %s by the pin that was', async (phase) => {
    run = await begin([acme(['g1'])]);
    observe();
    const [old] = placements(run);
    await write(run, acme(['g2']));
    await run.until(phase, () => movePhaseOf(run) === phase, limit);
    // In the middle of the ramp: the old record has its least weight.
    if (phase === 'Ramp') await run.until('the last step', () => shares(run).g1 === 5, limit);
    const gone = placements(run).flatMap(({ id }) => (id === old?.id ? [] : [id]));
    await write(run, acme(['g1']));
    await run.until('acme in g1 alone', () => isSettledIn(run, ['g1']), limit);
    expect(placements(run).map(({ id }) => id)).toEqual([old?.id]);
    expect(shares(run)).toEqual({ g1: 100 });
    expect(run.told.moves).toMatchObject([{ tenant: 'acme', what: 'aborted' }]);
    await expectTraceless(gone);
  });

  it('follows a second change of mind: what was begun is taken back, and the tenant ends where it is wanted', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    await write(run, acme(['g2']));
    await run.until('Canary', () => movePhaseOf(run) === 'Canary', limit);
    await write(run, acme(['g2b']));
    await run.until('acme in g2b', () => isSettledIn(run, ['g2b']), limit);
    await write(run, acme(['g1']));
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    // Too late to turn back: it moves once more.
    await write(run, acme(['g2b']));
    await run.until('acme in g2b again', () => isSettledIn(run, ['g2b']), limit);
  });

  it('waits for room with everything as it was, and says where it is wanted', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    const full = { quotas: { rules: 0 } };
    const group = (await run.stored('InfraGroup', 'g2')).spec?.value.spec as object;
    await run.put('InfraGroup', 'g2', { ...group, ...full });
    await run.advance(30);
    await write(run, acme(['g2']));
    await run.until('a refusal', () => condition(run, 'Placed') === 'False Unplaceable', limit);
    expect(groupsOf(run)).toEqual(['g1']);
    expect(status(run)?.observedGeneration).toBe(1);
    await run.put('InfraGroup', 'g2', group);
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
  });

  it('takes a new image along, in both places', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    await write(run, acme(['g2']));
    await run.until('Canary', () => movePhaseOf(run) === 'Canary', limit);
    await write(run, acme(['g2'], { service: { image: 'registry.example.com/server:2.0' } }));
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
    expect(groupsOf(run)).toEqual(['g2']);
  });

  it('lets what is replaced stay small where a larger service would not fit', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    const cellSpec = (await run.stored('Cell', 'one')).spec?.value.spec as object;
    await run.put('Cell', 'one', { ...cellSpec, quotas: { fargateVcpu: 1 } });
    await run.advance(30);
    await write(run, acme(['g2'], { service: { cpu: 2048, memoryMiB: 4096 } }));
    await run.until('Warm', () => movePhaseOf(run) === 'Warm', limit);
    expect((await run.stored('Tenant', 'acme')).spec?.value.former).toHaveLength(1);
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
    expect((await run.stored('Tenant', 'acme')).spec?.value.former).toBeUndefined();
    expect((await run.stored('Cell', 'one')).capacity?.used.fargateVcpu).toBe(0);
  });
});

describe('a tenant of two placements', () => {
  it('moves both at once, and never serves by fewer', async () => {
    run = await begin([acme(['g1', 'g2'], { placements: 2 })]);
    observe();
    await write(run, acme(['g1b', 'g2b'], { placements: 2 }));
    await run.until(
      'acme in the other two',
      () => {
        expect(Object.keys(shares(run)).length).toBeGreaterThanOrEqual(2);
        return isSettledIn(run, ['g1b', 'g2b']);
      },
      limit,
    );
  });

  it('moves one and drops the other where fewer are asked for', async () => {
    run = await begin([acme(['g1', 'g2'], { placements: 2 })]);
    observe();
    await write(run, acme(['g1b', 'g2'], { placements: 2 }));
    await run.until('Canary', () => movePhaseOf(run) === 'Canary', limit);
    await write(run, acme(['g1b', 'g2']));
    await run.until('acme in one place', () => isSettledIn(run, ['g2']), limit);
  });
});

describe('a tenant that shall not serve', () => {
  it('moves while it is suspended: the new record first, then the old one goes', async () => {
    run = await begin([acme(['g1']), tenant('bolt', 'standard')]);
    await write(run, acme(['g1'], { state: 'suspended' }));
    await run.until('suspended', () => status(run)?.phase === 'Suspended', limit);
    watch = new TrafficWatch(run, [{ tenant: 'bolt', host: 'bolt.standard.example.com' }]);
    await write(run, acme(['g2'], { state: 'suspended' }));
    await run.until(
      'suspended in g2',
      () => {
        expect(run.route(acmeHost).answers.length).toBeGreaterThan(0);
        return (
          status(run)?.phase === 'Suspended' && groupsOf(run).join() === 'g2' && condition(run, 'Moving') === 'none'
        );
      },
      limit,
    );
    await write(run, acme(['g2']));
    await run.until('active in g2', () => isSettledIn(run, ['g2']), limit);
  });

  it('is suspended in the midst of a move, and resumed', async () => {
    run = await begin([acme(['g1']), tenant('bolt', 'standard')]);
    watch = new TrafficWatch(run, [{ tenant: 'bolt', host: 'bolt.standard.example.com' }]);
    await write(run, acme(['g2']));
    await run.until('Ramp', () => movePhaseOf(run) === 'Ramp', limit);
    await write(run, acme(['g2'], { state: 'suspended' }));
    await run.advance(20);
    await write(run, acme(['g2']));
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
  });

  it.each(['Warm', 'Ramp', 'Drain'])('goes altogether when it is deleted in %s', async (phase) => {
    run = await begin([acme(['g1']), tenant('bolt', 'standard')]);
    watch = new TrafficWatch(run, [{ tenant: 'bolt', host: 'bolt.standard.example.com' }]);
    await write(run, acme(['g2']));
    await run.until(phase, () => movePhaseOf(run) === phase, limit);
    const ids = placements(run).map(({ id }) => id);
    await write(run, acme(['g2'], { state: 'deleted' }));
    await run.until('gone', () => status(run)?.phase === 'Deleted', limit);
    expect(await leftOf(run, ids)).toEqual([]);
  });

  it('becomes an orphan in the midst of a move: it stays where it was', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    await write(run, acme(['g2']));
    await run.until('Ramp', () => movePhaseOf(run) === 'Ramp', limit);
    await run.clock.drive(run.desired.delete('Tenant', 'acme'));
    await run.until('back in g1', () => groupsOf(run).join() === 'g1' && status(run)?.phase === 'Orphaned', limit);
    expect(shares(run)).toEqual({ g1: 100 });
    await write(run, acme(['g2']));
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
  });
});

describe('a successor that falls ill', () => {
  it.each(['Canary', 'Ramp'])('in %s gives its record up; the move begins anew by itself', async (phase) => {
    run = await begin([acme(['g1'])]);
    observe();
    await write(run, acme(['g2']));
    await run.until(phase, () => movePhaseOf(run) === phase, limit);
    watch.strict = false;
    const successor = placements(run).find(({ move }) => move !== undefined);
    const tasks = [...run.aws.truth.ecs.tasksByArn.values()].filter(
      (task) => task.service.tags.get('cellwright:placement') === successor?.id && task.lastStatus === 'RUNNING',
    );
    for (const task of tasks) run.aws.tasks.failTask(task.arn);
    await run.until('its record gone', () => shares(run).g2 === undefined, limit);
    expect(shares(run)).toEqual({ g1: 100 });
    await run.advance(70);
    watch.strict = true;
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
    expect(placements(run).map(({ id }) => id)).toEqual([successor?.id]);
  });
});
