import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleAssembly } from './assembly.ts';

const installed = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' }).status === 0;
if (!installed) console.warn('SKIPPED: cfn-lint is not installed, so its judgement of the templates is missing');

/** Zones are named in the settings: what Fn::GetAZs gives can change, and would replace subnets. */
const ignored = ['W3010'];

const folder = mkdtempSync(join(tmpdir(), 'cellwright-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Judges templates with the schemas that cfn-lint ships: nothing is fetched. */
function lint(files: readonly string[]): { readonly status: number | null; readonly text: string } {
  const args = ['--ignore-checks', ...ignored, '--format', 'parseable', '--template', ...files];
  const { status, stdout, stderr } = spawnSync('cfn-lint', args, { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
  return { status, text: `${stdout}${stderr}`.replaceAll(`${folder}/`, '') };
}

describe.skipIf(!installed)('cfn-lint', () => {
  let files: readonly string[];
  beforeAll(() => {
    files = exampleAssembly().stacks.map(({ name, template }) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(template));
      return file;
    });
  });

  it('finds nothing in any template', () => {
    expect(lint(files)).toEqual({ status: 0, text: '' });
  });

  it('does find what is wrong', () => {
    const file = join(folder, 'wrong.json');
    const properties = { TableName: 'x', BillingMode: 'SOMETIMES' };
    writeFileSync(file, JSON.stringify({ Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: properties } } }));
    const { status, text } = lint([file]);
    expect(status).not.toBe(0);
    expect(text).toContain('wrong.json:1:50:1:62:E3003');
  });
});
