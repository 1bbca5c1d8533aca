import { test } from 'vitest';
import { needs } from '../../deploy/policies/needs.ts';
import { MissingRight } from '../support/missing-right.ts';

const only = process.env['ONLY'];
const pairs = [...new Map(needs.map(({ role, action }) => [`${role} ${action}`, { role, action }])).values()].filter(
  ({ role, action }) => (process.env['ROLES'] ?? 'observe').split(',').includes(role) && (only === undefined || only.split(',').includes(action)),
);
test.each(pairs)('$role $action', async (pair) => {
  const t = performance.now();
  const missing = await MissingRight.begin(pair);
  const { run } = missing;
  run.start();
  const ready = () => ['plain', 'scaled', 'leaving', 'safe'].every((name) => run.phase(name) === 'Ready');
  let stage = 'onboarding';
  let found = await missing.look(300, ready);
  if (!found) {
    stage = 'provoked';
    await missing.provoke();
    found = await missing.look(240);
  }
  if (!found) {
    stage = 'withdrawn';
    await missing.withdraw();
    found = await missing.look(400);
  }
  let end = '';
  const s = missing.shown();
  if (found) {
    const w = run.clock.now();
    await run.advance(120);
    const steady = missing.shown().length > 0 ? 'steady' : 'FLAPPED';
    for (let i = 0; i < 300 && run.phase('safe') !== 'Ready'; i += 5) await run.advance(5);
    end = `${steady} safe ${run.phase('safe')} after ${(run.clock.now() - w) / 1000}`;
  }
  console.log(
    `RES ${pair.role} ${pair.action}: ${found ? stage : 'NOT SHOWN'} denials ${run.told.denials.length} ${s.map((x) => `${x.of}/${x.type}/${x.status}`).join(' ')} | ${s[0]?.message ?? run.told.denials[0]?.resource ?? ''} | ${end} | ${Math.round(performance.now() - t)} ms | ${found ? '' : run.describe()}`,
  );
  await run.stop();
});
