import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDocuments } from '../../src/model/records/documents.ts';
import { exampleAssembly, exampleText } from './assembly.ts';

const folder = mkdtempSync(join(tmpdir(), 'cellwright-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The real command, with no credentials and no way to any. */
function synth(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  return spawnSync('npm', ['run', '--silent', 'deploy:synth', '--', ...args], { encoding: 'utf8', env });
}

describe('npm run deploy:synth', () => {
  const out = join(folder, 'out');

  it('writes the assembly, and says what to deploy in which order by which command', () => {
    const { status, stdout, stderr } = synth('--out', out);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const names = exampleAssembly().stacks.map(({ name }) => name);
    const titles = [...stdout.matchAll(/^\d+\. (cellwright-[a-z0-9-]+) \(account \d{12}, us-east-1\)$/gm)];
    expect(titles.map(([, name]) => name)).toEqual(names);
    for (const name of names) {
      expect(stdout).toContain(
        `aws cloudformation deploy --region us-east-1 --stack-name ${name} --template-file ${out}/${name}.template.json --capabilities CAPABILITY_NAMED_IAM`,
      );
      expect(existsSync(join(out, `${name}.template.json`))).toBe(true);
    }
    expect(stdout.indexOf('cellwright init')).toBeLessThan(stdout.indexOf('2. cellwright-example-controller'));
    expect(stdout).toContain(
      `bin/cellwright apply --desired-table cellwright-desired --state-table cellwright-state -f ${out}/records/*.json`,
    );
    expect(stdout).toContain(`npx cdk deploy --app ${out} STACK`);
    expect(readdirSync(join(out, 'records'))).toEqual([]);
  });

  it('writes the roles, and a fleet for the simulator', () => {
    const { roles } = JSON.parse(readFileSync(join(out, 'roles.json'), 'utf8')) as { roles: { arn: string }[] };
    expect(roles.length).toBe(19);
    const { records, problems } = parseDocuments(readFileSync(join(out, 'simulated-fleet.yaml'), 'utf8'));
    expect(problems).toEqual([]);
    expect(records.length).toBe(2 + 3 + 4);
  });

  it('leaves nothing of an earlier run', () => {
    writeFileSync(join(out, 'cellwright-old.template.json'), '{}');
    const settings = join(folder, 'mine.yaml');
    writeFileSync(settings, exampleText.replace('installation: example', 'installation: mine'));
    expect(synth('--out', out, '--settings', settings).status).toBe(0);
    expect(readdirSync(out).filter((name) => name.includes('-old.') || name.includes('-example-'))).toEqual([]);
    expect(readdirSync(out)).toContain('cellwright-mine-controller.template.json');
  });

  it('removes no folder that is no assembly', () => {
    const mine = join(folder, 'photos');
    mkdirSync(mine);
    writeFileSync(join(mine, 'cat.jpg'), 'x');
    const { status, stderr } = synth('--out', mine);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${mine} exists and is no assembly of the CDK; name another folder with --out, or remove it`,
    );
    expect(existsSync(join(mine, 'cat.jpg'))).toBe(true);
  });

  it('refuses settings that are wrong, with place, finding and expectation', () => {
    const settings = join(folder, 'wrong.yaml');
    writeFileSync(settings, exampleText.replace('cpu: 256', 'cpu: 255'));
    const { status, stderr } = synth('--out', out, '--settings', settings);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${settings} cannot be used:\n  tiers[1].record.service.cpu: found 255, expected one of 256, `,
    );
  });

  it('says so where there is no such file, and where an argument is none', () => {
    expect(synth('--settings', join(folder, 'none.yaml'))).toMatchObject({ status: 2 });
    expect(synth('--setting', 'x').stderr).toContain(
      'expected npm run deploy:synth [-- --settings FILE] [--out FOLDER]',
    );
  });
});
