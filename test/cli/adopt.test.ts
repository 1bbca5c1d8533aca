import { beforeEach, describe, expect, test } from 'vitest';
import type { AdoptReport } from '../../src/model/reports.ts';
import { createDesk, type Desk, type RunOptions, settleTenant } from './harness.ts';

const arn = 'arn:aws:ecs:us-east-1:111111111111:cluster/c1';
const shown: AdoptReport = {
  at: '2026-01-01T00:00:00.000Z',
  tenant: 'acme',
  arn,
  kind: 'cluster',
  placement: 'abcdefghijkl',
  found: 'cluster ACTIVE with 1 services and 2 running tasks',
  fields: [
    { field: 'tags', before: { 'cellwright:placement': null }, after: { 'cellwright:placement': 'abcdefghijkl' } },
    { field: 'settings', before: [{ name: 'containerInsights', value: 'enabled' }], after: [] },
  ],
};

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
  await settleTenant(desk, 'acme', { tier: 'standard', state: 'active' });
});

function answering(report: AdoptReport, more: RunOptions = {}): RunOptions {
  return { ...more, programs: { adoptLocal: async () => report } };
}

async function entries(): Promise<readonly { arn: string; until: string }[]> {
  const spec = (await desk.drive(desk.desired.get('Tenant', 'acme')))?.['spec'] as {
    adopt?: { arn: string; until: string }[];
  };
  return spec.adopt ?? [];
}

describe('adopt', () => {
  test('shows the difference first; a no changes nothing', async () => {
    const run = await desk.cli(`adopt tenant acme ${arn} --local`, answering(shown, { terminal: true, stdin: 'n\n' }));
    expect(run.code).toBe(1);
    expect(run.err).toContain(
      `cluster ${arn} (placement abcdefghijkl): cluster ACTIVE with 1 services and 2 running tasks`,
    );
    expect(run.err).toContain('~ settings:');
    expect(run.err).toContain('Adopt it for tenant acme?');
    expect(await entries()).toEqual([]);
  });

  test('writes the entry for as long as asked, beside others that still hold', async () => {
    const other = 'Z0STANDARD/acme.standard.example.com/CNAME/';
    const adopt = [
      { arn: other, until: '2999-01-01T00:00:00Z' },
      { arn: 'arn:aws:ecs:us-east-1:111111111111:cluster/over', until: '2020-01-01T00:00:00Z' },
    ];
    await desk.drive(desk.desired.put({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard', adopt } }));
    for (const length of ['2h', '30m']) {
      const now = desk.world.clock.now();
      const run = await desk.cli(`adopt tenant acme ${arn} --local --yes --for ${length}`, answering(shown));
      expect(run.code).toBe(0);
      const found = await entries();
      expect(found.map((entry) => entry.arn)).toEqual([other, arn]);
      const wanted = length === '2h' ? 7_200_000 : 1_800_000;
      expect(Math.abs(Date.parse(found[1]?.until ?? '') - now - wanted)).toBeLessThan(30_000);
    }
  });

  test('refuses what cannot be taken over, with what to do instead', async () => {
    const refusal = 'its tag cellwright:installation says another: take it off by hand';
    const run = await desk.cli(`adopt tenant acme ${arn} --local --yes`, answering({ ...shown, fields: [], refusal }));
    expect(run.code).toBe(2);
    expect(run.err).toContain(refusal);
    expect(await entries()).toEqual([]);
  });

  test.each([
    [
      'adopt infra-group g1 arn:aws:ecs:us-east-1:111111111111:cluster/c1 --local --yes',
      'expected the id of an interface endpoint',
    ],
    ['adopt infra-group nowhere vpce-0a1b --local --yes', 'nowhere'],
    [`adopt cell one ${arn} --local --yes`, 'adopt does not take cell'],
    [`adopt tenant acme ${arn} --local --yes --for 1y`, '--for 1y is no length of time'],
    [`adopt tenant nobody ${arn} --local --yes`, 'nobody'],
  ])('%s', async (line, why) => {
    const run = await desk.cli(line, answering(shown));
    expect(run.code).toBe(2);
    expect(run.err).toContain(why);
  });

  test('wants --yes where nobody can be asked', async () => {
    const run = await desk.cli(`adopt tenant acme ${arn} --local`, answering(shown));
    expect(run.code).toBe(2);
    expect(run.err).toContain('--yes');
  });
});

describe('adopt infra-group', () => {
  const id = 'vpce-0a1b2c3d4e5f60718';
  const found: AdoptReport = {
    at: shown.at,
    infraGroup: 'g1',
    arn: id,
    kind: 'endpoint',
    dependency: 'orders',
    found: 'available, to com.amazonaws.us-east-1.sqs in 1 subnet, private DNS on',
    fields: [{ field: 'AddSubnetIds', before: ['subnet-1'], after: ['subnet-2'] }],
  };
  const spec = { cell: 'one', vpcId: 'vpc-1' };
  beforeEach(() => desk.drive(desk.desired.put({ kind: 'InfraGroup', name: 'g1', spec })));

  test.each([id, `arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/${id}`])(
    'shows the difference, and writes the entry beside what the record says: %s',
    async (name) => {
      const asked: unknown[] = [];
      const programs: RunOptions['programs'] = {
        adoptLocal: async ({ config: _config, ...request }) => {
          asked.push(request);
          return { ...found, arn: name };
        },
      };
      const run = await desk.cli(`adopt infra-group g1 ${name} --local --yes --for 2h`, { programs });
      expect([run.code, asked]).toEqual([0, [{ infraGroup: 'g1', arn: name }]]);
      expect(run.err).toContain(`endpoint ${name} (dependency orders): available, to com.amazonaws.us-east-1.sqs`);
      expect(run.err).toContain('~ AddSubnetIds: ["subnet-1"] -> ["subnet-2"]');
      expect(run.out).toContain('~ infra-group g1: spec.adopt:');
      const record = await desk.drive(desk.desired.get('InfraGroup', 'g1'));
      expect(record?.['spec']).toMatchObject({ ...spec, adopt: [{ arn: name }] });
    },
  );

  test('asks first, and refuses with what to do where one of the group stands', async () => {
    const no = await desk.cli(`adopt infra-group g1 ${id} --local`, answering(found, { terminal: true, stdin: 'n\n' }));
    expect([no.code, no.err]).toEqual([1, expect.stringContaining('Adopt it for infra-group g1?')]);
    const refusal = `delete ${id}, or switch its private DNS off`;
    const refused = await desk.cli(`adopt infra-group g1 ${id} --local --yes`, answering({ ...found, refusal }));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`${id} cannot be adopted for infra-group g1`);
    expect(refused.err).toContain(refusal);
    const record = await desk.drive(desk.desired.get('InfraGroup', 'g1'));
    expect(record?.['spec']).toEqual(spec);
  });
});
