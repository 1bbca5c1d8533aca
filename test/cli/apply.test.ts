import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../src/simulator/kernel.ts';
import { createDesk, type Desk, settleTenant, tierSpec } from './harness.ts';

const tier = `kind: Tier
name: standard
spec:
  domain: standard.example.com
  zone: {id: Z123}
  service: {image: 'registry.example.com/app:1'}
`;
const tenant = (name: string, more = ''): string => `kind: Tenant\nname: ${name}\nspec:\n  tier: standard\n${more}`;

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const apply = (text: string, flags = ''): ReturnType<Desk['cli']> => desk.cli(`apply -f - ${flags}`, { stdin: text });
const writes = (): number => desk.world.calls().filter(({ mutating }) => mutating).length;

describe('apply', () => {
  test('writes what is new, and says so; a second run changes nothing', async () => {
    const text = [tenant('acme'), tier].join('---\n');
    const first = await apply(text);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toBe('+ tier standard\n+ tenant acme\nWritten: 2 added, 0 changed, 0 unchanged\n');
    expect(await desk.drive(desk.desired.get('Tenant', 'acme'))).toEqual({
      kind: 'Tenant',
      name: 'acme',
      spec: { tier: 'standard' },
    });
    desk.world.calls();
    const second = await apply(text);
    expect(second.out).toBe('= tier standard\n= tenant acme\nWritten: 0 added, 0 changed, 2 unchanged\n');
    expect(writes()).toBe(0);
  });

  test('writes numbers as DynamoDB numbers, so that the table reads back what the file said', async () => {
    await apply([tier, tenant('acme', '  service: {cpu: 1024, memoryMiB: 2048}\n  expectedRps: 2.5\n')].join('---\n'));
    const stored = await desk.drive(desk.desired.get('Tenant', 'acme'));
    expect(stored?.spec).toEqual({ tier: 'standard', service: { cpu: 1024, memoryMiB: 2048 }, expectedRps: 2.5 });
    const again = await apply(
      [tier, tenant('acme', '  service: {cpu: 1024, memoryMiB: 2048}\n  expectedRps: 2.5\n')].join('---\n'),
    );
    expect(again.out).toContain('= tenant acme');
  });

  test('shows each changed field, environment values only as hashes', async () => {
    await settleTenant(desk, 'acme', { tier: 'standard', service: { tasks: 1, environment: { A: 'old-secret' } } });
    const run = await apply(
      tenant('acme', '  service: {tasks: 2, environment: {A: new-secret, B: other-secret}}\n  expectedRps: 5\n'),
    );
    expect(run.code).toBe(0);
    expect(run.out).toContain('~ tenant acme\n    spec.service.tasks: 1 -> 2\n');
    expect(run.out).toMatch(/spec\.service\.environment\.A: #[0-9a-f]{8} -> #[0-9a-f]{8}\n/);
    expect(run.out).toMatch(/spec\.service\.environment\.B: \(none\) -> #[0-9a-f]{8}\n/);
    expect(run.out).toContain('    spec.expectedRps: (none) -> 5\n');
    expect(run.out + run.err).not.toContain('secret');
  });

  test('a dry run shows the same and writes nothing', async () => {
    const run = await apply([tier, tenant('acme')].join('---\n'), '--dry-run');
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain('+ tenant acme');
    expect(run.out).toContain('Would write: 2 added');
    expect(writes()).toBe(0);
  });

  test('one invalid record, and nothing is written; every problem is named with its line', async () => {
    const text = [
      tier,
      tenant('acme'),
      tenant('bad', '  service: {cpu: 100}\n'),
      'kind: Tenat\nname: typo\nspec: {}\n',
    ].join('---\n');
    const run = await apply(text);
    expect(run.code).toBe(2);
    expect(run.out).toBe('');
    expect(run.err).toMatch(/^error: nothing was written: 2 records are not valid\n/);
    expect(run.err).toMatch(/stdin:13: Tenant\/bad: spec\.service\.cpu: found 100, expected /);
    expect(run.err).toMatch(/stdin:19: Tenat\/typo: kind: found Tenat, expected one of Fleet/);
    expect(writes()).toBe(0);
  });

  test('the same as JSON, for programs', async () => {
    const run = await apply(tenant('acme', '  tasks: 3\n'), '-o json');
    expect(run.code).toBe(2);
    const { error } = JSON.parse(run.out) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      reason: 'InvalidRecords',
      hint: expect.stringContaining('cellwright explain') as string,
    });
    expect(error.problems).toEqual([
      expect.objectContaining({
        file: 'stdin',
        line: 1,
        kind: 'Tenant',
        name: 'acme',
        field: 'spec.tasks',
        found: 'number',
      }),
    ]);
  });

  test.each([
    ['NaN', tenant('acme', '  expectedRps: .nan\n'), /expectedRps/],
    ['a key twice', tenant('acme', '  tier: premium\n'), /tier twice in one map/],
    [
      'an alias inside its own anchor',
      'kind: Tenant\nname: acme\nspec: &a\n  tier: *a\n',
      /alias inside its own anchor/,
    ],
    [
      'the same record twice',
      [tier, tenant('acme'), tenant('acme')].join('---\n'),
      /Tenant\/acme a second time, expected each record once \(first at stdin:8\)/,
    ],
    ['a tier that is nowhere', tenant('acme'), /spec\.tier: found standard, expected the name of a Tier record/],
    ['no record at all', '# nothing\n', /there is nothing to apply/],
  ])('refuses %s', async (_what, text, message) => {
    const run = await apply(text);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(message);
    expect(writes()).toBe(0);
  });

  test('checks a tenant against its tier in the table, and a tier against tenants in the table', async () => {
    await settleTenant(desk, 'acme', { tier: 'standard', service: { tasks: 2 } });
    const closed = `${tier}  overridable: []\n`;
    const warned = await apply(closed);
    expect(warned.code).toBe(0);
    expect(warned.err).toMatch(/^warning: Tenant\/acme is not accepted as it stands.*spec\.service\.tasks/);
    const refused = await apply(tenant('other', '  service: {tasks: 2}\n'));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('tier standard does not let tenants set it');
  });

  test('refuses what cannot change once it was accepted, and a host that another record has', async () => {
    await settleTenant(desk, 'acme');
    const moved = await apply(tier.replace('domain: standard', 'domain: other'));
    expect(moved.code).toBe(2);
    expect(moved.err).toMatch(/Tier\/standard: spec\.domain: .*cannot change/);
    const clash = await apply(
      tier.replace('name: standard', 'name: second').replace('domain: standard', 'domain: acme.standard'),
    );
    expect(clash.code).toBe(2);
    expect(clash.err).toContain('acme.standard.example.com is taken');
  });

  test('takes what get prints, JSON and YAML, one or many', async () => {
    await settleTenant(desk, 'acme');
    for (const line of [
      'get tenants -o json',
      'get tenant acme -o json',
      'get tenants -o yaml',
      'get tenant acme -o yaml',
    ]) {
      const printed = await desk.cli(line);
      const run = await apply(printed.out);
      expect(run).toMatchObject({ code: 0, out: '= tenant acme\nWritten: 0 added, 0 changed, 1 unchanged\n' });
    }
  });

  test('tells what a failed write leaves behind, and what to do', async () => {
    let puts = 0;
    desk.world.aws.faults = {
      before: (call) => {
        if (call.operation !== 'PutItem') return undefined;
        puts += 1;
        return puts === 2
          ? { kind: 'error', error: new AwsError('AccessDeniedException', 'no', { status: 400 }) }
          : undefined;
      },
      after: () => undefined,
    };
    const run = await apply([tier, tenant('acme')].join('---\n'));
    expect(run.code).toBe(2);
    expect(run.err).toContain('1 of 2 records were written, then one failed');
    expect(run.err).toContain('AccessDeniedException');
    expect(run.err).toContain('apply the same file again');
    expect(await desk.drive(desk.desired.get('Tier', 'standard'))).toBeDefined();
    expect(await desk.drive(desk.desired.get('Tenant', 'acme'))).toBeUndefined();
  });

  test('says which file cannot be read', async () => {
    const run = await desk.cli('apply -f /no/such/file.yaml');
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/\/no\/such\/file\.yaml cannot be read\n {2}why: .*ENOENT/);
  });

  test('lists outcomes as JSON', async () => {
    await desk.drive(desk.desired.put({ kind: 'Tier', name: 'standard', spec: tierSpec }));
    const run = await apply(tenant('acme'), '-o json');
    expect(JSON.parse(run.out)).toEqual({
      items: [{ kind: 'Tenant', name: 'acme', action: 'add', fields: [] }],
      dryRun: false,
    });
  });
});
