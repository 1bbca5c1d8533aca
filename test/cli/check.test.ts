import {
  DeleteTableCommand,
  DescribeTableCommand,
  TagResourceCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../src/cli/version.ts';
import type { CheckAnswer } from '../../src/model/checks.ts';
import { CallError } from '../../src/model/errors.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import type { AwsAccess } from '../../src/store/client.ts';
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

/** The way to this AWS with a Date header on every answer, so many seconds ahead of our clock. */
function dated(seconds: number): AwsAccess {
  const { access, clock } = desk.world;
  const inner = access.requestHandler as { handle: (...args: unknown[]) => Promise<{ response: { headers: object } }> };
  const handle = async (...args: unknown[]) => {
    const answered = await inner.handle(...args);
    const date = new Date(clock.now() + seconds * 1_000).toUTCString();
    Object.assign(answered.response.headers, { date });
    return answered;
  };
  return { ...access, requestHandler: { ...inner, handle } as never };
}

/** From now on every call, or those with such an input, gets this error. */
function refuse(code: string, message = 'no', isMeant: (input: object) => boolean = () => true): void {
  const error = new AwsError(code, message);
  desk.world.aws.faults = { before: (_call, input) => (isMeant(input) ? { kind: 'error', error } : undefined) };
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
    expect(lineOf(run, 'has a stream')).toBe(
      '  - the desired table has a stream: skipped, not looked at, because of what failed above',
    );
    expect(run.out).toContain('Controller\n  - skipped, not looked at, because of what failed above\n');
    const wide = await desk.cli('check --local -o wide');
    expect(lineOf(wide, 'the controller answers')).toContain('- the controller answers: skipped, ');
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

  test('account, Region and what the stream carries are told', async () => {
    await lead();
    const run = await check();
    expect(lineOf(run, 'has a stream')).toBe(`  ✓ ${desiredTable}: the desired table has a stream: KEYS_ONLY`);
    expect(lineOf(run, 'AWS answers')).toMatch(/account \d{12}, Region us-east-1$/);
  });

  test.each(['UnrecognizedClientException', 'ExpiredTokenException'])(
    'credentials that are refused (%s) are told as that, and not as a table that is missing',
    async (code) => {
      refuse(code);
      const run = await check();
      expect(lineOf(run, 'AWS answers')).toContain(`✗ AWS answers to the credentials of this command: ${code}`);
      expect(run.out).toContain('Tables\n  - skipped');
      expect(run.code).toBe(1);
    },
  );

  test('a table that may not be described is told as that, and the other one is looked at', async () => {
    refuse('AccessDeniedException', 'no', (input) => 'TableName' in input && input.TableName === stateTable);
    const run = await check();
    expect(lineOf(run, 'AWS answers')).toContain('✓ ');
    expect(lineOf(run, 'the state table is there')).toContain('✗ ');
    expect(lineOf(run, 'the desired table is there')).toContain('✓ ');
  });

  test.each([
    [0, '✓', 'to the second', 0],
    [30, '!', '30 s apart', 0],
    [-400, '✗', '400 s apart', 1],
  ])('a clock that is %d s off gets %s', async (seconds, sign, found, code) => {
    await lead();
    const run = await check(answer, { access: dated(seconds) });
    expect(lineOf(run, "this machine's clock")).toBe(`  ${sign} this machine's clock agrees with AWS: ${found}`);
    expect(run.code).toBe(code);
  });

  test('a signature that AWS calls expired is the fault of the clock, not of the credentials', async () => {
    const message = 'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z';
    refuse('InvalidSignatureException', message);
    const run = await check();
    expect(lineOf(run, "this machine's clock")).toContain('✗ ');
    expect(lineOf(run, 'AWS answers')).toContain('skipped');
    expect(run.out).toContain('set the clock by NTP');
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

  test('--local that may not read the tables is a failure with the call that was denied; the rest is told', async () => {
    await lead();
    const denied = { class: 'denied', service: 'dynamodb', operation: 'Scan', code: 'AccessDeniedException' } as const;
    const askLocal = (): never => {
      throw new CallError({ ...denied, message: 'DynamoDB Scan on cellwright-state: no' });
    };
    const run = await desk.cli('check --local', { programs: { askLocal: async () => askLocal() } });
    expect(lineOf(run, 'the controller answers')).toContain('DynamoDB Scan on cellwright-state: no');
    expect(lineOf(run, 'a controller leads')).toContain('✓ ');
    expect(run.code).toBe(1);
  });

  test('one that does not answer is a failure, and what it alone knows is skipped', async () => {
    await lead();
    const run = await desk.cli('check', { env: { CELLWRIGHT_HTTP: '127.0.0.1:9' } });
    expect(lineOf(run, 'the controller answers')).toContain('✗ the controller answers: the controller cannot be asked');
    expect(run.out).toContain('Cells\n  - skipped');
    expect(run.code).toBe(1);
  });
});

describe('what many things have in common', () => {
  const checks = ['a', 'b', 'c', 'd', 'e'].map((cell) => ({
    id: 'cell-read' as const,
    about: `cell ${cell}`,
    outcome: cell === 'c' ? ('failed' as const) : ('ok' as const),
    found: cell === 'c' ? 'no' : 'yes',
  }));

  test('is told in one line where it holds, and one by one where it does not, or where that is asked for', async () => {
    await lead();
    const told = { ...answer, checks };
    const lines = (await check(told)).out.split('\n').filter((line) => line.includes('the account can be read'));
    expect(lines).toEqual([
      '  ✓ the account can be read, with every quota: 4 of 5',
      '  ✗ cell c: the account can be read, with every quota: no',
    ]);
    const wide = await desk.cli('check --local -o wide', { programs: { askLocal: async () => told } });
    expect(wide.out.split('\n').filter((line) => line.includes('the account can be read'))).toHaveLength(5);
  });
});

describe('exit codes', () => {
  test('2 where nothing failed and something could not be told', async () => {
    await lead();
    const checks = [
      { id: 'cell-roles', about: 'cell a', outcome: 'unknown', found: '?', remedy: 'ask again' },
    ] as const;
    expect((await check({ ...answer, checks })).code).toBe(2);
  });
});

describe('before a controller runs', () => {
  test('what needs one is left out; with --local the rest is found out here', async () => {
    const run = await desk.cli('check --pre');
    expect(run.out).not.toContain('Controller');
    expect(run.code).toBe(0);
    const local = await desk.cli('check --pre --local', { programs: { askLocal: async () => answer } });
    expect(lineOf(local, 'the controller may act')).toContain('✓ ');
    expect(local.out).not.toContain('a controller leads');
    expect(local.code).toBe(0);
  });

  test('tables that init has yet to make are warned of', async () => {
    const bare = await createDesk({ initialised: false });
    const run = await bare.cli('check --pre');
    expect(lineOf(run, 'the desired table is there')).toContain('! ');
    expect(run.out).toContain('run cellwright init');
    expect(run.code).toBe(0);
    expect((await bare.cli('check')).code).toBe(1);
  });
});

describe('--wait', () => {
  test('looks again until nothing fails, and says on stderr what is in the way', async () => {
    const run = desk.begin('check --local --wait 60', { programs: { askLocal: async () => answer } });
    await desk.until(() => run.err().includes('not yet: leader'), 'it says what it waits for');
    expect(run.out()).toBe('');
    await lead();
    const { out, code } = await desk.drive(run.done);
    expect(out.match(/^Environment$/gm)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test('gives up at the time-out with what it found last; an interrupt ends it', async () => {
    const run = await desk.cli('check --local --wait 20', { programs: { askLocal: async () => answer } });
    expect(lineOf(run, 'a controller leads')).toContain('✗ ');
    expect(run.code).toBe(1);
    const cut = desk.begin('check --local --wait 600', { programs: { askLocal: async () => answer } });
    await desk.until(() => cut.err().includes('not yet'), 'it waits');
    cut.interrupt();
    expect((await desk.drive(cut.done)).code).toBe(130);
  });
});
