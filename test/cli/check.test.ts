import {
  DeleteTableCommand,
  DescribeTableCommand,
  TagResourceCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../src/cli/version.ts';
import type { CheckAnswer } from '../../src/model/checks.ts';
import { putItem } from '../../src/store/items.ts';
import { leaseKey } from '../../src/store/keys.ts';
import { initTables } from '../../src/store/tables.ts';
import { desiredTable, stateTable } from '../store/world.ts';
import { createDesk, type Desk, type Run, type RunOptions } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
  // Puts the tags on, which the tables of this world lack.
  await desk.drive(initTables(desk.world.dynamo, { desiredTable, stateTable }));
  await settle();
});

/** Tags of tables take a while to show. */
const settle = (): Promise<void> => desk.drive(desk.world.clock.sleep(60_000));

const answer: CheckAnswer = {
  at: '2026-01-01T00:00:00.000Z',
  version: build.version,
  checks: [{ id: 'mode', outcome: 'ok', found: 'mode active' }],
};

/** The command without a controller over HTTP: `--local` is answered with `told`. */
const check = (told: CheckAnswer = answer, options: RunOptions = {}): Promise<Run> =>
  desk.cli('check --local', { programs: { askLocal: async () => told }, ...options });

/** A leader that renews: it is played by the test. */
async function lead(): Promise<void> {
  let sequence = 0;
  const renew = async (): Promise<void> => {
    sequence += 1;
    const item = { ...leaseKey, holder: 'c-1', epoch: 3, sequence, durationMs: 12_000, released: false };
    await putItem(desk.world.dynamo, { table: stateTable, item });
    desk.world.clock.after(4_000, () => void renew());
  };
  await desk.drive(renew());
}

const lineOf = ({ out }: Run, words: string): string => out.split('\n').find((line) => line.includes(words)) ?? '';

describe('from the tables', () => {
  test('all holds: exit 0, by group, and a warning is no failure', async () => {
    await lead();
    const run = await check();
    expect(run.out.split('\n').filter((line) => /^[A-Z]/.test(line))).toEqual(['Environment', 'Tables', 'Controller']);
    expect(lineOf(run, 'a controller leads')).toBe('  ✓ a controller leads, and renews its lease: c-1, epoch 3');
    expect(lineOf(run, `${desiredTable}: the table is protected`)).toContain('! ');
    expect(run.out).toContain('docs/runbook/checks.md#protection');
    expect(run.code).toBe(0);
  });

  test('a leader that renews no more is no leader; one that never was is said to be that', async () => {
    expect(lineOf(await check(), 'a controller leads')).toContain(
      '✗ a controller leads, and renews its lease: no controller ever led',
    );
    const item = { ...leaseKey, holder: 'c-1', epoch: 3, sequence: 9, durationMs: 12_000, released: false };
    await desk.drive(putItem(desk.world.dynamo, { table: stateTable, item }));
    const run = await check();
    expect(lineOf(run, 'a controller leads')).toContain('c-1 did not renew the lease for 10 s');
    expect(run.code).toBe(1);
  });

  test('a stream that is off is told with the command that switches it on', async () => {
    await lead();
    const StreamSpecification = { StreamEnabled: false };
    await desk.drive(
      desk.world.dynamo.sdk.send(new UpdateTableCommand({ TableName: desiredTable, StreamSpecification })),
    );
    await settle();
    const run = await check();
    expect(lineOf(run, 'has a stream')).toContain('✗ ');
    expect(run.out).toContain(`aws dynamodb update-table --table-name ${desiredTable} --stream-specification`);
    expect(run.code).toBe(1);
  });

  test('a table that is not there makes what needs it skipped, and nothing else', async () => {
    await desk.drive(desk.world.dynamo.sdk.send(new DeleteTableCommand({ TableName: stateTable })));
    await settle();
    const run = await check();
    expect(lineOf(run, 'the state table is there')).toContain('✗ ');
    expect(lineOf(run, 'the desired table is there')).toContain('✓ ');
    expect(lineOf(run, 'a controller leads')).toBe(
      '  - a controller leads, and renews its lease: skipped, not looked at, because of what failed above',
    );
    expect(lineOf(run, 'the controller answers')).toContain(': skipped, ');
    expect(run.code).toBe(1);
  });

  test('tables of two installations are told with what each says', async () => {
    const { sdk } = desk.world.dynamo;
    const described = await desk.drive(sdk.send(new DescribeTableCommand({ TableName: desiredTable })));
    const ResourceArn = described.Table?.TableArn;
    const Tags = [{ Key: 'cellwright:installation', Value: 'another' }];
    await desk.drive(sdk.send(new TagResourceCommand({ ResourceArn, Tags })));
    await settle();
    const found = lineOf(await check(), 'one installation');
    expect(found).toContain('✗ ');
    expect(found).toContain("the desired table's tag says another");
  });

  test('an AWS that does not answer leaves one failure and nothing but skipped checks', async () => {
    const access = { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'us-east-1' }, ownAccess: true };
    const run = await desk.begin('check -o json', { ...access, realTime: true }).done;
    const { counts } = JSON.parse(run.out) as { counts: Record<string, number> };
    expect(counts).toMatchObject({ ok: 0, failed: 1 });
    expect(run.code).toBe(1);
  });
});

describe('from the controller', () => {
  test('what it found is shown after the rest, and fails the command where it failed', async () => {
    await lead();
    const broken = {
      id: 'cell-roles',
      about: 'cell a, role reap',
      outcome: 'failed',
      found: 'no',
      remedy: 'mend it',
    } as const;
    const run = await check({ ...answer, checks: [...answer.checks, broken] });
    expect(run.out).toContain(
      'Cells\n  ✗ cell a, role reap: the role can be assumed: no\n      what to do: mend it\n      docs/runbook/checks.md#cell-roles',
    );
    expect(run.code).toBe(1);
    expect(run.out.trimEnd().split('\n').at(-1)).toMatch(/^\d+ hold, 2 warnings, 1 failed, 2 skipped$/);
  });

  test('one that does not answer is a failure, and what it alone knows is skipped', async () => {
    await lead();
    const run = await desk.cli('check', { env: { CELLWRIGHT_HTTP: '127.0.0.1:9' } });
    expect(lineOf(run, 'the controller answers')).toContain('✗ the controller answers: the controller cannot be asked');
    expect(lineOf(run, 'the role can be assumed')).toContain(': skipped, ');
    expect(run.code).toBe(1);
  });
});
