import { beforeEach, describe, expect, test } from 'vitest';
import type { CapacityReport, DrainReport, RebalanceReport, RoomReport } from '../../src/model/reports.ts';
import { condition, createDesk, type Desk, type RunOptions, settleTenant, tierSpec } from './harness.ts';

// Nobody listens there: what only a controller can tell is not known, and is said to be so.
const nobody = { CELLWRIGHT_HTTP: '127.0.0.1:9' };
const at = '2026-01-01T00:00:00.000Z';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const specOf = async (kind: string, name: string): Promise<unknown> =>
  (await desk.drive(desk.desired.get(kind, name)))?.spec;

const put = (kind: string, name: string, spec: unknown): Promise<void> =>
  desk.drive(desk.desired.put({ kind, name, spec }));

const answering = (answers: Readonly<Record<string, object>>, asked: unknown[] = []): RunOptions => ({
  programs: {
    askLocal: async ({ question, terms }) => {
      asked.push({ question, ...terms });
      return answers[question];
    },
  },
});

const roles = { observe: 'o', apply: 'a', reap: 'r' };
const role = (name: string): string => `arn:aws:iam::111111111111:role/cellwright/${name}`;

/** Two cells of tier `standard` with three infra groups, and a tenant in `a1`. */
async function places(): Promise<void> {
  await settleTenant(desk, 'acme');
  for (const cell of ['a', 'b']) {
    const own = Object.fromEntries(Object.entries(roles).map(([key, name]) => [key, role(name)]));
    await put('Cell', cell, {
      tier: 'standard',
      accountId: '111111111111',
      region: 'us-east-1',
      roles: own,
      externalId: 'external-id',
    });
  }
  for (const group of ['a1', 'a2', 'b1']) await put('InfraGroup', group, groupSpec(group));
}

function groupSpec(group: string) {
  const id = Buffer.from(group).toString('hex').padEnd(16, '0');
  const elb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111';
  return {
    cell: group.slice(0, 1),
    vpcId: `vpc-${id}0`,
    subnetIds: [`subnet-${id}1`],
    loadBalancerArn: `${elb}:loadbalancer/app/${group}/${id}`,
    listenerArn: `${elb}:listener/app/${group}/${id}/${id}`,
    taskSecurityGroupIds: [`sg-${id}0`],
  };
}

const room = (more: Partial<RoomReport> = {}): RoomReport => ({
  at,
  tenant: 'acme',
  pin: ['b1'],
  from: ['a1'],
  fits: true,
  to: ['b1'],
  text: 'b1 in cell b: costs 1.0 average tenant of room',
  ...more,
});

describe('move and pin', () => {
  test('move sets the pin, says that it stays and how to lift it, and that room is not known without a controller', async () => {
    await places();
    const run = await desk.cli('move tenant acme --to b1,a2', { env: nobody });
    expect(run.code).toBe(0);
    expect(run.out).toContain('~ tenant acme: spec.pin: any -> b1,a2');
    expect(run.out).toContain('whether there is room is not known');
    expect(run.out).toContain('to lift it: cellwright pin tenant acme --none');
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard', pin: ['b1', 'a2'] });
    const lifted = await desk.cli('pin tenant acme --none -o json', { env: nobody });
    expect(JSON.parse(lifted.out)).toMatchObject({ field: 'spec.pin', before: ['b1', 'a2'], changed: true });
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard' });
  });

  test('pinned so already is said, and writes nothing', async () => {
    await places();
    await desk.cli('pin tenant acme b1', { env: nobody });
    desk.world.calls();
    const run = await desk.cli('move tenant acme --to b1', { env: nobody });
    expect(run.out).toContain('= tenant acme: spec.pin is b1 already');
    expect(desk.world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test.each([
    ['an unknown group', 'move tenant acme --to z9', /no infra group z9[\s\S]*choose from: a1, a2, b1/],
    ['a tenant that is not there', 'move tenant nobody --to a1', /no record Tenant\/nobody/],
    ['another kind', 'move cell a --to a1', /a cell is not moved/],
    [
      'a group that is no name',
      'pin tenant acme A1',
      /cannot be the name of a infra-group|cannot be the name of an? infra-group/,
    ],
    ['neither groups nor --none', 'pin tenant acme', /either infra groups or --none/],
    ['both', 'pin tenant acme a1 --none', /either infra groups or --none/],
    ['no group', 'move tenant acme --to ,', /names no infra group/],
  ])('%s is refused', async (_what, line, message) => {
    await places();
    const run = await desk.cli(line, { env: nobody });
    expect(run.code).toBe(2);
    expect(run.err).toMatch(message);
    expect(await specOf('Tenant', 'acme')).toEqual({ tier: 'standard' });
  });

  test('more placements than the pin has cells for are refused', async () => {
    await places();
    await put('Tenant', 'acme', { tier: 'standard', placements: 2 });
    const run = await desk.cli('pin tenant acme a1,a2', { env: nobody });
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/2 placements, which are in distinct cells, and these groups are in 1/);
  });

  test('a tier with scope tier, and a deleted tenant, are refused', async () => {
    await places();
    await put('Tenant', 'gone', { tier: 'standard', state: 'deleted' });
    expect((await desk.cli('move tenant gone --to b1', { env: nobody })).err).toMatch(
      /state: deleted[\s\S]*cellwright resume tenant gone/,
    );
    await put('Tier', 'shared', { ...tierSpec, domain: 'app.example.com', routing: { scope: 'tier', by: 'path' } });
    await put('Tenant', 'echo', { tier: 'shared' });
    expect((await desk.cli('move tenant echo --to b1', { env: nobody })).err).toMatch(
      /scope tier[\s\S]*drain infra-group/,
    );
  });
});

describe('cordon and uncordon', () => {
  test.each([
    ['cordon infra-group a1', 'InfraGroup', 'a1', 'active -> cordoned', 'cordoned'],
    ['cordon cells a', 'Cell', 'a', 'active -> cordoned', 'cordoned'],
  ])('%s', async (line, kind, name, change, state) => {
    await places();
    const before = await specOf(kind, name);
    expect((await desk.cli(line)).out).toContain(`spec.state: ${change}`);
    expect(await specOf(kind, name)).toEqual({ ...(before as object), state });
    expect((await desk.cli(line.replace('cordon', 'uncordon'))).out).toContain('cordoned -> active');
    expect((await desk.cli(`get ${kind === 'Cell' ? 'cells' : 'infra-groups'}`)).out).toContain('active');
  });

  test('uncordon of what drains says that this cancels it', async () => {
    await places();
    await put('InfraGroup', 'a1', { ...groupSpec('a1'), state: 'draining' });
    const run = await desk.cli('uncordon infra-group a1');
    expect(run.out).toContain('draining -> active (the drain is cancelled');
  });

  test.each(['cordon tenant acme', 'uncordon tier standard', 'cordon infra-group z9'])('%s is 2', async (line) => {
    await places();
    expect((await desk.cli(line)).code).toBe(2);
  });
});

const drainReport = (more: Partial<DrainReport> = {}): DrainReport => ({
  at,
  kind: 'InfraGroup',
  name: 'a1',
  state: 'active',
  placements: 2,
  going: [
    { tenant: 'acme', placement: 'p1', from: 'a1', to: 'a2' },
    { tenant: 'bolt', placement: 'p2', from: 'a1', to: 'b1' },
  ],
  held: [],
  leaving: 0,
  closures: [],
  ...more,
});
const held: DrainReport = drainReport({
  going: [{ tenant: 'acme', placement: 'p1', from: 'a1', to: 'a2' }],
  held: [
    {
      tenant: 'bolt',
      placement: 'p2',
      from: 'a1',
      reason: 'Pinned',
      text: 'pinned to a1',
      remedies: ['widen its pin'],
    },
  ],
});

describe('drain', () => {
  const stateOf = async (): Promise<unknown> => ((await specOf('InfraGroup', 'a1')) as { state?: string }).state;

  test('says who goes where, and orders it', async () => {
    await places();
    const asked: unknown[] = [];
    const run = await desk.cli('drain infra-group a1 --yes --local', answering({ drain: drainReport() }, asked));
    expect(asked).toEqual([{ question: 'drain', kind: 'infra-group', name: 'a1' }]);
    expect(run.code).toBe(0);
    expect(run.out).toContain('2 placements in infra-group a1: 2 can move, 0 cannot');
    expect(run.out).toContain('1 to a2: acme');
    expect(run.out).toContain('spec.state: active -> draining');
    expect(await stateOf()).toBe('draining');
  });

  test('refuses when somebody has nowhere to go, naming who and what would help; --force does it all the same', async () => {
    await places();
    const run = await desk.cli('drain infra-group a1 --yes --local', answering({ drain: held }));
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/bolt \(Pinned\): pinned to a1[\s\S]*would help: widen its pin[\s\S]*--force/);
    expect(await stateOf()).toBeUndefined();
    const forced = await desk.cli('drain infra-group a1 --yes --local --force', answering({ drain: held }));
    expect(forced.code).toBe(0);
    expect(await stateOf()).toBe('draining');
  });

  test('a shared name that cannot do without the group refuses too', async () => {
    await places();
    const closures = [
      { tier: 'shared', group: 'a1', tenants: 2, blocked: 'no other infra group of the tier serves its tenants' },
    ];
    const run = await desk.cli('drain infra-group a1 --yes --local', answering({ drain: drainReport({ closures }) }));
    expect(run.code).toBe(1);
    expect(run.err).toContain('no other infra group of the tier serves its tenants');
  });

  test('--dry-run only answers', async () => {
    await places();
    const able = await desk.cli('drain infra-group a1 --dry-run --local -o json', answering({ drain: drainReport() }));
    expect(able.code).toBe(0);
    expect(JSON.parse(able.out)).toMatchObject({ possible: true, placements: 2 });
    expect((await desk.cli('drain infra-group a1 --dry-run --local', answering({ drain: held }))).code).toBe(1);
    expect(await stateOf()).toBeUndefined();
  });

  test('without a terminal it wants --yes; on one it asks', async () => {
    await places();
    const answers = answering({ drain: drainReport() });
    const silent = await desk.cli('drain infra-group a1 --local', answers);
    expect(silent.code).toBe(2);
    expect(silent.err).toContain('cellwright drain infra-group a1 --yes');
    const no = await desk.cli('drain infra-group a1 --local', { ...answers, stdin: 'n\n', terminal: true });
    expect(no.code).toBe(1);
    expect(await stateOf()).toBeUndefined();
    const yes = await desk.cli('drain infra-group a1 --local', { ...answers, stdin: 'y\n', terminal: true });
    expect(yes.err).toContain('Drain infra-group a1? 2 placements move.');
    expect(await stateOf()).toBe('draining');
  });

  test('without a controller it cannot be told, and nothing is written', async () => {
    await places();
    const run = await desk.cli('drain infra-group a1 --yes --force', { env: nobody });
    expect(run.code).toBe(2);
    expect(run.err).toContain('cellwright drain infra-group a1 --local');
    expect(await stateOf()).toBeUndefined();
  });

  const status = (reason: string, message: string, now: 'True' | 'False' = 'False') => ({
    phase: 'Ready',
    generation: 1,
    observedGeneration: 1,
    conditions: [condition('Drained', now, reason, message)],
  });

  test('--wait tells of progress and ends when nobody is left', async () => {
    await places();
    const run = desk.begin('drain infra-group a1 --yes --local --wait', answering({ drain: drainReport() }));
    await desk.until(() => run.err().includes('no controller has begun yet'), 'the wait begins');
    const first = await desk.drive(
      desk.writer.writeStatus('InfraGroup/a1', status('Draining', '2 of 2 placements left'), undefined),
    );
    await desk.until(() => run.err().includes('2 of 2 placements left'), 'progress is said');
    await desk.drive(desk.writer.writeStatus('InfraGroup/a1', status('Drained', 'no tenant is left', 'True'), first));
    const done = await desk.drive(run.done);
    expect(done.code).toBe(0);
    expect(done.out).toContain('infra-group a1 is drained');
  });

  test('an interrupt leaves the drain going, and says so', async () => {
    await places();
    const run = desk.begin('drain infra-group a1 --yes --local --wait', answering({ drain: drainReport() }));
    await desk.until(() => run.err().includes('no controller has begun yet'), 'the wait begins');
    run.interrupt();
    const done = await desk.drive(run.done);
    expect(done.code).toBe(130);
    expect(done.err).toContain('the drain of infra-group a1 goes on; cancel it: cellwright uncordon infra-group a1');
    expect(await stateOf()).toBe('draining');
  });

  test('--wait gives up when nobody who is left can move, and when it is cancelled', async () => {
    await places();
    await desk.drive(desk.writer.writeStatus('InfraGroup/a1', status('Held', '1 of 2 left; held: bolt'), undefined));
    const line = 'drain infra-group a1 --yes --local --force --wait';
    const halted = await desk.cli(line, answering({ drain: held }));
    expect(halted.code).toBe(1);
    expect(halted.err).toMatch(/nobody who is left can move[\s\S]*held: bolt/);
    const run = desk.begin(line, answering({ drain: held }));
    await desk.until(() => run.err().includes('held: bolt'), 'the wait begins');
    await desk.cli('uncordon infra-group a1');
    const done = await desk.drive(run.done);
    expect(done).toMatchObject({ code: 1 });
    expect(done.err).toContain('was cancelled');
  });
});

const plan: RebalanceReport = {
  at,
  tiers: [
    {
      tier: 'standard',
      moves: [{ tenant: 'acme', placement: 'p1', from: 'a1', to: 'b1', why: 'frees a1' }],
      frees: ['a1'],
      text: '1 move frees 1 infra group',
    },
    { tier: 'other', moves: [], frees: [], text: 'nothing to gain' },
  ],
};

describe('rebalance', () => {
  const ordersOf = async (): Promise<unknown> =>
    ((await specOf('Fleet', 'default')) as { rebalance?: unknown })?.rebalance;

  test('shows the plan, and orders nothing without being told to', async () => {
    const run = await desk.cli('rebalance --local', answering({ rebalance: plan }));
    expect(run.code).toBe(1);
    expect(run.out).toContain('acme: a1 -> b1 (frees a1)');
    expect(run.out).toContain('would be empty then: a1');
    expect(run.err).toContain('nothing was ordered');
    expect(await specOf('Fleet', 'default')).toBeUndefined();
  });

  test('--yes orders it for the tiers that have something to gain, beside orders of others; --cancel takes back', async () => {
    const later = '2027-01-01T00:00:00Z';
    await put('Fleet', 'default', { callShare: 0.5, rebalance: [{ tier: 'big', moves: 3, until: later }] });
    const asked: unknown[] = [];
    const run = await desk.cli('rebalance --local --yes --max-moves 4 --for 30', answering({ rebalance: plan }, asked));
    expect(asked).toEqual([{ question: 'rebalance', moves: '4' }]);
    expect(run.code).toBe(0);
    const until = (run.out.match(/until (\S+)/) ?? [])[1];
    expect(await specOf('Fleet', 'default')).toEqual({
      callShare: 0.5,
      rebalance: [
        { tier: 'big', moves: 3, until: later },
        { tier: 'standard', moves: 4, until },
      ],
    });
    const one = await desk.cli('rebalance tier standard --cancel');
    expect(one.out).toContain('the order to rebalance tier standard is taken back');
    expect(await ordersOf()).toEqual([{ tier: 'big', moves: 3, until: later }]);
    await desk.cli('rebalance --cancel');
    expect(await specOf('Fleet', 'default')).toEqual({ callShare: 0.5 });
    expect((await desk.cli('rebalance --cancel')).out).toContain('nothing is being rebalanced');
  });

  test('nothing to gain is 0; a wrong flag, another kind and an invalid Fleet are 2', async () => {
    const nothing = { at, tiers: [plan.tiers[1]] } as RebalanceReport;
    expect((await desk.cli('rebalance tier other --local', answering({ rebalance: nothing }))).code).toBe(0);
    expect((await desk.cli('rebalance --max-moves 0 --local', answering({ rebalance: plan }))).code).toBe(2);
    expect((await desk.cli('rebalance cell a --local', answering({ rebalance: plan }))).code).toBe(2);
    await put('Fleet', 'default', { bogus: 1 });
    const run = await desk.cli('rebalance --local --yes', answering({ rebalance: plan }));
    expect(run.code).toBe(2);
    expect(await specOf('Fleet', 'default')).toEqual({ bogus: 1 });
  });
});

describe('capacity', () => {
  const report: CapacityReport = {
    at,
    tiers: [
      {
        name: 'standard',
        state: 'active',
        room: 12,
        binding: 'rules',
        usedPercent: 88,
        daysToFull: 6.4,
        level: 'low',
        perDay: 1.9,
        whatIfs: [{ what: 'one more infra group in cell a', tenants: 90 }],
        lossOf: [{ cell: 'a', carried: false, text: 'cell a: 40 of its 60 placements would find no room' }],
        cells: [
          {
            name: 'a',
            state: 'active',
            room: 12,
            binding: 'Fargate vCPU',
            usedPercent: 71,
            level: 'filling',
            groups: [{ name: 'a1', state: 'draining', level: 'room' }],
          },
        ],
      },
    ],
    warnings: [{ severity: 'warning', kind: 'Tier', name: 'standard', text: 'tier standard: 88 % used' }],
  };

  test('a table of tiers, cells and groups, what would help, and the warnings', async () => {
    const run = await desk.cli('capacity --local', answering({ capacity: report }));
    expect(run.code).toBe(0);
    const lines = run.out.split('\n').map((line) => line.replace(/ {2,}/g, '  ').trim());
    expect(lines[0]).toBe('TIER  CELL  GROUP  STATE  ROOM  USED  BINDING  DAYS TO FULL  LEVEL');
    expect(lines[1]).toBe('standard  -  -  active  12  88%  rules  6  low');
    expect(lines[3]).toBe('standard  a  a1  draining  ?  -  -  -  room');
    expect(run.out).toContain('one more infra group in cell a: room for 90 more');
    expect(run.out).toContain('cell a: 40 of its 60 placements would find no room');
    expect(run.out).toContain('warning: tier standard: 88 % used');
  });

  test('one tier is asked for by name; JSON is the answer itself; one that is not there is 2', async () => {
    const asked: unknown[] = [];
    const run = await desk.cli('capacity tier standard --local -o json', answering({ capacity: report }, asked));
    expect(asked).toEqual([{ question: 'capacity', tier: 'standard' }]);
    expect(JSON.parse(run.out)).toEqual(report);
    const none = await desk.cli('capacity tier none --local', answering({ capacity: { at, tiers: [], warnings: [] } }));
    expect(none.code).toBe(2);
    expect((await desk.cli('capacity cell a --local', answering({ capacity: report }))).code).toBe(2);
  });
});

test('there is room: the words of the controller are shown', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(room()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await places();
  const run = await desk.cli(`move tenant acme --to b1 --http 127.0.0.1:${port}`);
  expect(run.out).toContain('there is room: b1 in cell b: costs 1.0 average tenant of room');
  await new Promise((resolve) => server.close(resolve));
});
