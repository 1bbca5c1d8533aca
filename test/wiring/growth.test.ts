import { expect, test } from 'vitest';
import { expectAsTold, playStage, warnings } from './growth.ts';

/** The other walls are played by `npm run test:fleet`. */
test('the walk of a growing company comes to its first wall as its guide tells: warned of in time, and missed by those who go on', async () => {
  const warned = await playStage('a first warning');
  expect(warned).toMatchObject({ ok: true, unplaceable: [] });
  expectAsTold('a first warning', warned);
  expect(warnings(warned)).toContain(
    'Normal Tier main: 78 % full, by its Fargate vCPU; room for 12 more average tenants',
  );
  const help = warned.capacity.tiers.flatMap(({ whatIfs }) => whatIfs.map(({ what }) => what));
  expect(help).toContain('a quota of 192 Fargate vCPU in cell main-a (now 128)');
  const ignored = await playStage('the first warning ignored');
  expectAsTold('the first warning ignored', ignored);
  expect(ignored.unplaceable).toHaveLength(3);
  expect(ignored.unplaceable[0]?.remedies.map(({ text }) => text).join()).toContain('Fargate vCPU in cell main-a');
});
