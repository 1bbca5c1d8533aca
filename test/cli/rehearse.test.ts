// Loaded before any virtual clock runs, like the other commands.
import '../../src/cli/commands/rehearse.ts';
import '../../src/cli/aws-environment.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RehearsalReport, RehearsalRequest } from '../../src/cli/rehearsal.ts';
import { runRehearsal } from '../../src/wiring/rehearse/run.ts';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { land, tenants } from '../wiring/rehearse-support.ts';
import { createDesk, type Desk, type Run } from './harness.ts';

let desk: Desk;
let folder: string;
beforeEach(async () => {
  desk = await createDesk();
  folder = await mkdtemp(join(tmpdir(), 'cellwright-rehearse-'));
});
afterEach(async () => rm(folder, { recursive: true }));

async function file(name: string, records: readonly PlainRecord[] | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof records === 'string' ? records : documents(records));
  return path;
}

/** Runs the command with the real rehearsal; its own clock is the only virtual one. */
function rehearse(
  words: string,
  options: { stdin?: string; terminal?: boolean; env?: Record<string, string> } = {},
): Promise<Run> {
  return desk.begin(`rehearse ${words}`, { ...options, realTime: true, programs: { rehearse: runRehearsal } }).done;
}

describe('the report as a table', () => {
  test('begins with the verdict, then says what binds, who goes where and which calls it takes', async () => {
    const run = await rehearse(`-f ${await file('fleet.yaml', [...land(), ...tenants(3)])}`);
    expect(run.code).toBe(0);
    const lines = run.out.split('\n');
    expect(lines[0]).toMatch(/^All as wanted: 3 of 3 tenants as wanted after \d+m \d\ds$/);
    expect(lines[1]).toBe('  fleet        1 tier, 2 cells, 2 infra groups, 3 tenants (3 Ready)');
    const titles = lines.filter((line) => /^[A-Z]/.test(line)).slice(1);
    expect(titles).toEqual([
      'Room at the end',
      "What binds: AWS's token buckets, the tightest of each account",
      'What tenants waited for',
      'Placements',
      'Calls that write',
      'Calls that read',
    ]);
    expect(run.out).toMatch(/east-a +east +\d +\d +0 +targetGroups \d of 90/);
    expect(run.out).toMatch(/ecs +CreateCluster +3 +3 +0/);
    expect(run.out).not.toMatch(/\bt-1\b/);
    // Nobody looks on: nothing is said.
    expect(run.err).toBe('');
  });

  test('names every placement, call and event with -o wide', async () => {
    const run = await rehearse(`-f ${await file('fleet.yaml', [...land(), ...tenants(2)])} -o wide`);
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/t-1 +\w{12} +(east|west)-a +(east|west) +\d+ +serving +new +(east|west)-a in cell/);
    expect(run.out).toMatch(/Tenant\/t-2 +Ready +/);
    expect(run.out).toContain('GetHostedZoneLimit');
    expect(run.out).not.toContain('-o wide shows all');
  });

  test('says what does not fit right after the verdict, with what would help', async () => {
    const one = cell('east', 'standard', 1);
    const records = [
      tier('standard', { placement: { strategy: 'pack', reservePercent: 0 } }),
      one,
      group('east-a', one, { quotas: { targetGroups: 1 } }),
    ];
    const run = await rehearse(`-f ${await file('fleet.yaml', [...records, ...tenants(2)])}`);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/^Not as wanted: 1 of 2 tenants as wanted after/);
    const [, problem = ''] = /Does not fit: 1 tenant\n([\s\S]*?)\n\n/.exec(run.out) ?? [];
    expect(problem).toMatch(/^ {2}tenant t-\d \(tier standard\): Unplaceable: 0 of 1 placement could be found/);
    expect(problem).toMatch(/what would help: .*infra group/);
    expect(problem.match(/What would help/g)).toBeNull();
  });

  test('tells of a change what is taken away and what the removal budget holds back', async () => {
    const fleet = { kind: 'Fleet', name: 'default', spec: { removals: { perTenMinutes: 1 } } };
    const base = await file('base.yaml', [fleet, ...land(), ...tenants(2)]);
    const gone = ['t-1', 't-2'].map((name) => tenant(name, 'standard', { state: 'deleted' }));
    const run = await rehearse(`--base ${base} -f ${await file('change.yaml', gone)}`);
    expect(run.code).toBe(0);
    expect(run.out).toContain('stood before 2 tenants, 2 placements');
    expect(run.out).toMatch(
      /Taken away or out of service: 2 placements\n +TENANT +PLACEMENT +GROUP +CELL +STATE\n +t-1 .* gone/,
    );
    expect(run.out).toMatch(/Held back: 1 tenant\n +tenant t-\d: removal_budget, from \S+ to 1\dm/);
    expect(run.out).toMatch(/binds +no token bucket, but waiting for the removal budget/);
  });

  test('shows progress to whoever looks on, on stderr', async () => {
    const run = await rehearse(`-f ${await file('fleet.yaml', [...land(), ...tenants(1)])}`, {
      terminal: true,
      env: { NO_COLOR: '1' },
    });
    expect(run.err).toMatch(/^the change: \d+s of virtual time, \d of 6 objects as wanted\n/);
  });
});

describe('the report for machines', () => {
  test('has the documented fields, and names the version of its shape', async () => {
    const run = await rehearse(`-f ${await file('fleet.yaml', [...land(), ...tenants(2)])} -o json`);
    expect(run.code).toBe(0);
    const report = JSON.parse(run.out) as RehearsalReport;
    expect(report.version).toBe(1);
    expect(Object.keys(report).sort()).toEqual([
      'base',
      'bottleneck',
      'callShare',
      'calls',
      'capacity',
      'changes',
      'durationSeconds',
      'events',
      'failures',
      'groups',
      'held',
      'invalid',
      'limits',
      'notReady',
      'observedSeconds',
      'ok',
      'placements',
      'records',
      'removed',
      'seed',
      'settled',
      'startAt',
      'tenants',
      'unplaceable',
      'version',
      'waits',
    ]);
    const keys = (rows: readonly object[]): string[] => Object.keys(rows[0] ?? {}).sort();
    expect(keys(report.placements)).toEqual([
      'cell',
      'infraGroup',
      'isNew',
      'phase',
      'placement',
      'slot',
      'tenant',
      'why',
    ]);
    expect(keys(report.groups)).toEqual(['added', 'cell', 'infraGroup', 'removed', 'room', 'tenants']);
    expect(keys(report.calls)).toEqual(['calls', 'errors', 'mutating', 'ok', 'operation', 'service', 'throttled']);
    expect(keys(report.events)).toEqual(['kind', 'message', 'name', 'reason', 'seconds', 'type']);
    expect(keys(report.waits)).toEqual(['lastTenantSeconds', 'share', 'tenantSeconds', 'what']);
    expect(keys(report.limits)).toEqual([
      'account',
      'binds',
      'bucket',
      'capacity',
      'emptySeconds',
      'floorAtCallShareSeconds',
      'floorSeconds',
      'refillPerSecond',
      'region',
      'shareOfDuration',
      'throttled',
      'tokens',
    ]);
  });

  test('is YAML where asked for', async () => {
    const run = await rehearse(`-f - -o yaml`, { stdin: documents([...land(), ...tenants(1)]) });
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^version: 1\nok: true\nsettled: true\n/);
  });
});

describe('records that are not valid', () => {
  test('are named with file, line and field, and the rest is played', async () => {
    const records = [...land(), ...tenants(1), tenant('broken', 'standard', { placements: 0 })];
    const path = await file('fleet.yaml', records);
    const run = await rehearse(`-f ${path} -o json`);
    expect(run.code).toBe(1);
    const report = JSON.parse(run.out) as RehearsalReport;
    expect(report).toMatchObject({ ok: false, settled: true, tenants: { total: 1, asWanted: 1 } });
    expect(report.invalid).toMatchObject([
      { file: path, line: 13, kind: 'Tenant', name: 'broken', field: 'spec.placements', found: '0' },
    ]);
    const table = await rehearse(`-f ${path}`);
    expect(table.out).toContain(
      `Invalid, and left as it was: 1 problem\n  ${path}:13: Tenant/broken: spec.placements: found 0`,
    );
  });

  test('count once where they are there twice', async () => {
    const path = await file('fleet.yaml', [...land(), ...tenants(1), ...tenants(1)]);
    const report = JSON.parse((await rehearse(`-f ${path} -o json`)).out) as RehearsalReport;
    expect(report.invalid).toMatchObject([{ field: 'name', expected: `each record once (first at ${path}:11)` }]);
  });
});

describe('from the table', () => {
  async function fill(records: readonly PlainRecord[]): Promise<void> {
    for (const record of records) await desk.drive(desk.desired.put(record));
  }
  const fromTable = (words: string): Promise<Run> =>
    desk.cli(`rehearse --from-table ${words}`, { programs: { rehearse: runRehearsal } });

  test('a copy is played from nothing, and the table is only read', async () => {
    await fill([...land(), ...tenants(2)]);
    desk.world.calls();
    const run = await fromTable('-o json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({
      ok: true,
      base: null,
      tenants: { total: 2, asWanted: 2 },
      startAt: expect.stringMatching(/^2026-01-01T/),
    });
    expect(new Set(desk.world.calls().map(({ operation }) => operation))).toEqual(new Set(['Scan']));
  });

  test('a change on top is measured alone; what the table holds that is no record is named', async () => {
    await fill([...land(), ...tenants(2), { kind: 'Tenant', name: 'odd', spec: { tier: 7 } }]);
    const run = await fromTable(`-f ${await file('change.yaml', [tenant('t-3', 'standard')])} -o json`);
    expect(run.code).toBe(1);
    const report = JSON.parse(run.out) as RehearsalReport;
    expect(report).toMatchObject({
      base: { tenants: 2, placements: 2, settled: true },
      tenants: { total: 3, asWanted: 3 },
    });
    expect(report.placements.filter(({ isNew }) => isNew).map(({ tenant: name }) => name)).toEqual(['t-3']);
    expect(report.invalid).toMatchObject([{ kind: 'Tenant', name: 'odd', field: 'spec.tier' }]);
    expect(report.invalid[0]).not.toHaveProperty('file');
  });

  test('a table that is not there is no answer', async () => {
    const run = await desk.cli('rehearse --from-table --desired-table no-such-table');
    expect(run.code).toBe(2);
    expect(run.err).toContain('do:  make the tables (cellwright init)');
  });
});

describe('what cannot be played', () => {
  test.each([
    ['', 'no record is given', 'cellwright rehearse -f FILE, or --from-table'],
    ['--base x.yaml', '--base says what stands already, and nothing changes it', '-f FILE'],
    ['--base x.yaml --from-table', '--base and --from-table both say what stands already', 'give one'],
    ['-f x.yaml --hours 0', 'expected a number from 0.01 to 8760', '--hours'],
    ['-f x.yaml --seed -1', 'expected a whole number from 0', '--seed'],
    ['-f /nowhere/x.yaml', 'ENOENT', 'check the path'],
  ])('"%s" is told, and what to do', async (words, why, what) => {
    const run = await rehearse(words);
    expect(run.code).toBe(2);
    expect(run.out).toBe('');
    expect(run.err).toContain(why);
    expect(run.err).toContain(what);
  });

  test('tenants without a fleet want one', async () => {
    const run = await rehearse(`-f ${await file('tenants.yaml', tenants(2))}`);
    expect(run.code).toBe(2);
    expect(run.err).toBe(
      'error: there is nothing to place tenants on\n  why: among 2 valid records there is no Tier, no Cell, no InfraGroup\n  do:  add the fleet that stands already: --base FLEET, or --from-table for the live desired table\n',
    );
  });

  test('a fleet that is not valid is no fleet: its problems are told', async () => {
    const [first, ...rest] = land();
    const run = await rehearse(
      `-f ${await file('fleet.yaml', [{ ...first, spec: { domain: 'x' } } as PlainRecord, ...rest])} -o json`,
    );
    expect(run.code).toBe(2);
    expect(run.err).toContain('Tier/standard: spec.');
    expect(run.err).toContain('do:  correct the records that are not valid');
    expect(JSON.parse(run.out)).toMatchObject({
      error: { reason: 'NoFleet', problems: expect.arrayContaining([expect.objectContaining({ kind: 'Tier' })]) },
    });
  });

  test('a file that is no YAML is told with its place', async () => {
    const path = await file('broken.yaml', 'kind: Tenant\nname: [unclosed\n');
    const run = await rehearse(`-f ${path}`);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(new RegExp(`why: ${path}:\\d+:\\d+: found`));
  });

  test('records that contradict each other about AWS are told by name and field', async () => {
    const [one, other] = [cell('east', 'standard', 1), cell('west', 'standard', 2)];
    const shared = group('west-a', other, { vpcId: group('east-a', one).spec['vpcId'] });
    const run = await rehearse(
      `-f ${await file('fleet.yaml', [tier('standard'), one, other, group('east-a', one), shared])}`,
    );
    expect(run.code).toBe(2);
    expect(run.err).toContain('why: InfraGroup west-a: vpcId is');
    expect(run.err).toContain('do:  correct the record that is named');
  });
});

test('what the program is asked for: base, change, hours, seed and the time of day', async () => {
  const asked: RehearsalRequest[] = [];
  const rehearseOnce = async (request: RehearsalRequest): Promise<RehearsalReport> => {
    asked.push(request);
    throw new Error('enough');
  };
  const [base, more, change] = [
    await file('a.yaml', land().slice(0, 2)),
    await file('b.yaml', land().slice(2)),
    await file('c.yaml', tenants(2)),
  ];
  const run = await desk.cli(`rehearse --base ${base} ${more} -f ${change} --hours 1.5 --seed 7`, {
    programs: { rehearse: rehearseOnce },
  });
  expect(run.code).toBe(2);
  expect(asked).toMatchObject([{ hours: 1.5, seed: 7, refused: [] }]);
  expect(asked[0]?.base).toHaveLength(5);
  expect(asked[0]?.change.map(({ record, spec }) => [record.name, spec])).toEqual([
    ['t-1', { tier: 'standard' }],
    ['t-2', { tier: 'standard' }],
  ]);
  expect(asked[0]?.startAt).toBeGreaterThanOrEqual(Date.parse('2026-01-01T00:00:00Z'));
  expect(asked[0]).not.toHaveProperty('onProgress');
});

test('the help begins with examples', async () => {
  const run = await desk.cli('rehearse --help');
  expect(run.code).toBe(0);
  expect(run.out.indexOf('Examples:')).toBeGreaterThan(0);
  expect(run.out.indexOf('Examples:')).toBeLessThan(run.out.indexOf('Usage:'));
  expect(run.out).toContain('$ cellwright rehearse --from-table -f change.yaml -o wide');
  expect(run.out).toMatch(/-o, --output <form>.*table.*wide.*json.*yaml/s);
  expect(run.out).toContain('--desired-table <NAME>');
  expect(run.out).not.toContain('--state-table');
});
