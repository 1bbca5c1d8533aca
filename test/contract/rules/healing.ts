import { beforeAll, describe, expect, it } from 'vitest';
import { liveState } from '../live.ts';
import { chainOf, type Drift, type Subject } from '../subject.ts';
import type { Witnesses } from '../witness.ts';
import { liveBesidesNames, settledWorld, type World } from './worlds.ts';

/** What other hands changed is named by its field and put right, with nothing else touched. */
export function healing(subject: Subject, witnesses: Witnesses): void {
  describe('healing', () => {
    let world: World;
    beforeAll(async () => {
      world = await settledWorld(witnesses, { usual: subject.usual });
    });

    it.each(subject.drifts.map((drift) => [drift.what, drift] as const))('%s', async (_what, drift) => {
      const on =
        drift.slow === true ? await settledWorld(witnesses, { usual: subject.usual, latencyFactor: 1 }) : world;
      const { ground, controller } = on;
      const before = await liveState(ground.hands);
      const chain = chainOf(ground, controller);
      await drift.hurt(chain);
      await ground.clock.advance(1_000);
      expect(await fieldsOf(on, subject)).toEqual([...drift.fields].sort());
      const since = controller.applied.length;
      await controller.settle();
      await drift.undo?.(chain);
      expect(await liveState(ground.hands)).toEqual(before);
      const [first] = controller.applied.slice(since).filter(({ kind }) => kind === subject.kind);
      expect(first).toMatchObject({ reason: 'drift', ...fieldsApplied(drift) });
      await expectQuiet(on);
      await ground.clock.advance(60_000);
    });

    it('deleted: a successor, wired into the chain', async () => {
      const { ground, controller } = world;
      const before = await liveBesidesNames(world);
      await subject.vanish(chainOf(ground, controller));
      await ground.clock.advance(60_000);
      const since = controller.applied.length;
      await controller.settle();
      expect(await liveBesidesNames(world)).toEqual(before);
      const made = controller.applied.slice(since).filter(({ kind }) => kind === subject.kind);
      expect(made).toMatchObject([{ action: 'create' }]);
      await expectQuiet(world);
    });

    it('follows a change of the record, and back', async () => {
      const { ground, controller } = world;
      const before = await liveBesidesNames(world);
      await controller.settle(subject.change);
      const since = ground.aws.log.last;
      expect((await controller.pass(subject.change)).converged).toBe(true);
      expect(ground.writes(since)).toEqual([]);
      await controller.settle();
      expect(await liveBesidesNames(world)).toEqual(before);
    });
  });
}

/** A field that takes a successor is told by the change's action; the others are all in the first update. */
function fieldsApplied(drift: Drift): object {
  if (drift.fields.includes('status')) return { action: 'replace' };
  return { action: 'update' };
}

async function fieldsOf({ ground, controller, witness }: World, { kind }: Subject): Promise<readonly string[]> {
  const reconciler = witness.of(kind);
  const own = controller.context();
  const context = { ...own, dns: { ...own.dns, want: 'publish' as const } };
  const options = { depth: 'full', maxAgeMs: 0, driftAgeMs: 0 } as const;
  const observation = await ground.run(reconciler.observe(controller.machine.access, context, options));
  const desired = reconciler.desired(context);
  if (desired.state !== 'known' || observation.state !== 'live')
    throw new Error(`desired is ${desired.state} and the resource ${observation.state}`);
  return [...new Set(reconciler.diff(desired.value, observation.live, context).map(({ field }) => field))].sort();
}

async function expectQuiet({ ground, controller }: World): Promise<void> {
  const since = ground.aws.log.last;
  expect((await controller.pass()).converged).toBe(true);
  expect(ground.writes(since)).toEqual([]);
}
