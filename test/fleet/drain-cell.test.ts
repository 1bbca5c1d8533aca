import { afterEach, expect, test } from 'vitest';
import { movePhases } from '../../src/model/moves.ts';
import { DrainRun, names } from './drain-fleet.ts';

const places = { a1: 'a', a2: 'a', b1: 'b', c1: 'c' };

let drain: DrainRun;
afterEach(async () => {
  drain.probe.stop();
  await drain.run.stop();
});

test('a cell with a hundred tenants is emptied without one failed or misrouted request: cancelled half-way, taken up again, the controller killed in each phase of a move', async () => {
  const tenants = Object.fromEntries(names(100).map((name) => [name, {}]));
  drain = await DrainRun.start({ places, home: ['a1', 'a2'], tenants, rules: 120 });
  const { killedIn, most } = await drain.empty('a', 50, movePhases);
  const { asked, failed } = drain.probe;
  console.log(
    `${asked} requests, ${failed.length} failed; killed in ${killedIn.join(', ')}; at most ${most} moves at once`,
  );
  expect(failed).toEqual([]);
  expect(most).toBe(10);
  // Release is one transaction, which cannot be seen from outside.
  for (const phase of movePhases) if (phase !== 'Release') expect(killedIn).toContain(phase);
  for (const name of names(100)) {
    const groups = drain.placements(name).map(({ infraGroup }) => infraGroup);
    expect(['b1', 'c1']).toContain(groups.join());
  }
});
