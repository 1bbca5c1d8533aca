import { afterEach, describe, expect, it } from 'vitest';
import { write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';
import { acme, acmeHost, begin, condition, groupsOf, isSettledIn, movePhaseOf, shares, status } from './move-stage.ts';
import { TrafficWatch } from './traffic-watch.ts';

let run: Installation;
let watch: TrafficWatch;

afterEach(async () => {
  expect(watch.complaints()).toEqual([]);
  await run.stop();
});

function observe(): void {
  watch = new TrafficWatch(run, [{ tenant: 'acme', host: acmeHost }]);
}

describe('a move by pin', () => {
  it('goes through its phases in order, with every request answered, and leaves nothing behind', async () => {
    run = await begin([acme(['g1'])]);
    observe();
    await write(run, acme(['g2']));
    const phases: (string | undefined)[] = [];
    const seenShares: string[] = [];
    await run.until(
      'acme in g2',
      () => {
        const phase = movePhaseOf(run);
        if (phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
        const now = JSON.stringify(shares(run));
        if (seenShares.at(-1) !== now) seenShares.push(now);
        if (phase !== undefined && phase !== 'Release') {
          expect(condition(run, 'Ready')).toBe('True Serving');
          expect(status(run)?.phase).toBe('Updating');
          expect(status(run)?.observedGeneration).toBe(1);
          expect(condition(run, 'Moving')).toBe(`True ${phase}`);
        }
        return isSettledIn(run, ['g2']);
      },
      1_800_000,
    );
    expect(phases).toEqual(['Provision', 'Warm', 'Canary', 'Ramp', 'Drain', 'Remove']);
    expect(seenShares).toEqual([]);
    expect(groupsOf(run)).toEqual(['g2']);
    expect(condition(run, 'Moving')).toBe('none');
    expect(run.told.moves).toMatchObject([{ tenant: 'acme', what: 'done' }]);
    expect(watch.looks).toBeGreaterThan(50);
  });
});
