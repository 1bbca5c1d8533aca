import { describe, expect, it } from 'vitest';
import type { ChainResult } from '../../../src/controller/tenant/chain.ts';
import { chainOf, type Stranger, type Subject } from '../subject.ts';
import type { Witnesses } from '../witness.ts';
import { emptyWorld, settledWorld, type World } from './worlds.ts';

/** What does not bear our mark is never changed or removed. */
export function strangers(subject: Subject, witnesses: Witnesses): void {
  describe('strangers', () => {
    it.each(subject.strangers.map((stranger) => [stranger.what, stranger] as const))('%s', async (_what, stranger) => {
      const world = await emptyWorld(witnesses, { usual: subject.usual });
      const { ground, controller } = world;
      await stranger.plant(ground, controller);
      const before = JSON.stringify(await stranger.look(ground.hands));
      expect(before.length).toBeGreaterThan(20);
      const last = await meet(world, stranger);
      stranger.then?.(last);
      expect(JSON.stringify(await stranger.look(ground.hands))).toBe(before);
      if (stranger.outcome === 'held')
        expect(last.held).toMatchObject([{ reason: 'NameTaken', message: expect.stringContaining(subject.kind) }]);
      if (stranger.outcome === 'fails') expect(last.failed.map(({ kind }) => kind)).toEqual([subject.kind]);
      await ground.clock.advance(60_000);
      const leaving = controller.remove();
      if (stranger.blocks !== undefined) await expect(leaving).rejects.toThrow(stranger.blocks);
      else await leaving;
      if (stranger.ends !== true) expect(JSON.stringify(await stranger.look(ground.hands))).toBe(before);
      if (stranger.blocks === undefined)
        expect(controller.ledger.placement).toMatchObject({ resources: {}, retired: [] });
    });

    const { unmark } = subject;
    if (unmark === undefined) return;
    it('holds what has lost its mark, and leaves it alone, also when the placement goes', async () => {
      const { ground, controller } = await settledWorld(witnesses, { usual: subject.usual });
      const arn = chainOf(ground, controller).arn(subject.kind);
      await unmark(chainOf(ground, controller));
      const since = ground.aws.log.last;
      const pass = await controller.pass(subject.change);
      expect(pass.held).toMatchObject([{ reason: 'OwnershipLost', message: expect.stringContaining(arn) }]);
      let step = await controller.removeStep();
      for (let look = 0; step.state === 'busy' && look < 40; look++) {
        await ground.clock.advance(step.checkInMs);
        step = await controller.removeStep();
      }
      expect(step).toMatchObject({ state: 'held', refusal: { reason: 'ownership' } });
      expect(ground.writes(since).filter(({ resources }) => resources.includes(arn))).toEqual([]);
      expect(controller.ledger.placement.resources[subject.kind]?.arn).toBe(arn);
    });
  });
}

async function meet({ ground, controller }: World, stranger: Stranger): Promise<ChainResult> {
  if (stranger.outcome === 'passes') return controller.settle();
  for (let pass = 0; pass < 5; pass++) {
    await controller.pass();
    await ground.clock.advance(3_000);
  }
  return controller.pass();
}
