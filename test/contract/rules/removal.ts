import { describe, expect, it } from 'vitest';
import { liveState } from '../live.ts';
import { chainOf, type Subject } from '../subject.ts';
import type { Witnesses } from '../witness.ts';
import { emptyWorld, settledWorld } from './worlds.ts';

/** Removing what is gone succeeds, and nothing is left. */
export function removal(subject: Subject, witnesses: Witnesses): void {
  describe('removal', () => {
    it('retires what somebody else has deleted, as often as it is asked', async () => {
      const { ground, controller, witness } = await settledWorld(witnesses, { usual: subject.usual });
      const entry = controller.ledger.placement.resources[subject.kind];
      if (entry === undefined) throw new Error('the chain is built');
      await subject.vanish(chainOf(ground, controller));
      await ground.clock.advance(600_000);
      const since = ground.aws.log.last;
      for (let time = 0; time < 2; time++) {
        const { access } = controller.machine;
        const context = { ...controller.context(), dns: { ...controller.context().dns, want: 'withdraw' as const } };
        const step = await ground.run(witness.of(subject.kind).retire(access, context, entry));
        expect(step).toEqual({ step: 'gone' });
      }
      expect(ground.writes(since)).toEqual([]);
    });

    it('leaves nothing of the placement when the resource was deleted by somebody else before', async () => {
      const empty = await liveState((await emptyWorld(witnesses, { usual: subject.usual })).ground.hands);
      const { ground, controller } = await settledWorld(witnesses, { usual: subject.usual });
      await subject.vanish(chainOf(ground, controller));
      await ground.clock.advance(60_000);
      await controller.remove();
      expect(await liveState(ground.hands)).toEqual(empty);
      expect(controller.ledger.placement).toMatchObject({ resources: {}, retired: [] });
    });
  });
}
