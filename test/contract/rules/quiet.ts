import { beforeAll, describe, expect, it } from 'vitest';
import { liveState } from '../live.ts';
import type { Subject } from '../subject.ts';
import type { Witnesses } from '../witness.ts';
import { emptyWorld, settledWorld, type World } from './worlds.ts';

/** Observing never writes; what was applied shows no difference; what stands is left alone. */
export function quiet({ kind, usual }: Subject, witnesses: Witnesses): void {
  describe('quiet', () => {
    let world: World;
    beforeAll(async () => {
      world = await settledWorld(witnesses, { usual });
    });

    it('shows no difference in what it has applied', async () => {
      const { ground, controller, witness } = world;
      const reconciler = witness.of(kind);
      const context = { ...controller.context(), dns: { ...controller.context().dns, want: 'publish' as const } };
      const desired = reconciler.desired(context);
      const observation = await ground.run(
        reconciler.observe(controller.machine.access, context, { depth: 'full', maxAgeMs: 0, driftAgeMs: 0 }),
      );
      if (desired.state !== 'known' || observation.state !== 'live')
        throw new Error(`desired is ${desired.state} and the resource ${observation.state}`);
      expect(reconciler.diff(desired.value, observation.live, context)).toEqual([]);
    });

    it('writes nothing when everything stands, however often it looks', async () => {
      const { ground, controller } = world;
      const since = ground.aws.log.last;
      const before = await liveState(ground.hands);
      for (let pass = 0; pass < 3; pass++) expect((await controller.pass()).converged).toBe(true);
      expect(ground.writes(since)).toEqual([]);
      expect(await liveState(ground.hands)).toEqual(before);
    });

    it.each(['probe', 'full'] as const)(
      'writes nothing when it observes by %s, in every state of a life',
      async (depth) => {
        const life = await emptyWorld(witnesses, { usual });
        const { ground, controller, witness } = life;
        const look = async (): Promise<void> => {
          const since = ground.aws.log.last;
          const { access } = controller.machine;
          await ground.run(
            witness.of(kind).observe(access, controller.context(), { depth, maxAgeMs: 0, driftAgeMs: 0 }),
          );
          expect(ground.writes(since)).toEqual([]);
          expect(ground.aws.log.last - since, 'calls of one look').toBeLessThan(12);
        };
        await look();
        await controller.pass();
        await look();
        await controller.settle();
        await look();
        await controller.removeStep('stop');
        await look();
        await controller.remove();
        await look();
      },
    );
  });
}
