/** The synthesized roles, enforced: the whole demo under them, as real processes that take their keys as a task of ECS does. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../deploy/config.ts';
import { rolesOf } from '../../deploy/roles.ts';
import { readRoles } from '../../src/simulator/iam/roles-file.ts';
import { assemble, exampleFile } from './assembly.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellwright-roles-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The roles of a settings file, as `npm run deploy:synth` writes them. */
function rolesFile(settings: string): { readonly roles: ReturnType<typeof rolesOf> } {
  return { roles: rolesOf(assemble(readSettings(readFileSync(settings, 'utf8'), settings)).stacks) };
}

test('the simulator can enforce every document of the example', () => {
  const { roles } = rolesFile(exampleFile);
  const read = readRoles({ roles: JSON.parse(JSON.stringify(roles)) as unknown });
  expect(read.map(({ arn }) => arn)).toEqual(roles.map(({ arn }) => arn));
  const bounded = read.filter(({ boundary }) => boundary !== undefined).map(({ name }) => name);
  expect(new Set(bounded)).toEqual(new Set(['observe', 'apply', 'reap'].map((role) => `cellwright-example-${role}`)));
});

test('the demo runs under the roles of its stacks, and AWS denies it nothing', async () => {
  const file = join(folder, 'roles.json');
  writeFileSync(file, JSON.stringify(rolesFile('deploy/demo.yaml')));
  await run(process.execPath, ['scripts/build.mjs']);
  const { stdout } = await run(process.execPath, ['dist/demo.js', '--roles', file]);
  expect(stdout).toMatch(/Rights: [1-9]\d{2,} calls of the controllers were checked/);
  expect(stdout).toContain('✓ AWS denied nothing');
  expect(stdout).toContain('All held');
}, 300_000);

test('one right less, and the demo ends with 1 and says which', async () => {
  const file = join(folder, 'less.json');
  const less = JSON.stringify(rolesFile('deploy/demo.yaml')).replaceAll('"elasticloadbalancing:DescribeTags",', '');
  writeFileSync(file, less);
  const failed = await run(process.execPath, ['dist/demo.js', '--roles', file]).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 1 });
  expect((failed as { stdout: string }).stdout).toContain('elasticloadbalancing:DescribeTags on *');
}, 300_000);
