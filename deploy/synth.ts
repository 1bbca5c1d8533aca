/** `npm run deploy:synth`: settings in, an assembly out, and what to do with it. Neither an account nor a network is needed. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { makeDeployment } from './app.ts';
import { readStack } from './assembly.ts';
import { readSettings, SettingsError } from './config.ts';
import { resolveValue, type StackOf } from './resolve.ts';
import { rolesOf } from './roles.ts';
import { recordsFolder, stepsText } from './steps.ts';

/** What a run says: to stdout where it went well, else to stderr. */
export interface SynthResult {
  readonly code: 0 | 2;
  readonly text: string;
}

const usage = 'npm run deploy:synth [-- --settings FILE] [--out FOLDER]';

/** Runs it with the arguments after the command's name. Code 2: it could not be done, and the text says why. */
export function synth(args: readonly string[]): SynthResult {
  const options = readOptions(args);
  if ('problem' in options) return { code: 2, text: `${options.problem}; expected ${usage}` };
  const { settings: file, out } = options;
  try {
    const settings = readSettings(readFileSync(file, 'utf8'), file);
    clear(out);
    const { app, stacks } = makeDeployment(settings, out);
    app.synth();
    const written = stacks.map((stack) => readStack(out, stack));
    mkdirSync(join(out, recordsFolder));
    writeFileSync(join(out, 'roles.json'), `${JSON.stringify({ roles: rolesOf(written) }, null, 2)}\n`);
    writeFileSync(join(out, 'simulated-fleet.yaml'), simulatedFleet(written));
    const steps = written.map((stack) => ({
      stackName: stack.name,
      place: stack.place,
      hasRecord: stack.template.Outputs?.['Record'] !== undefined,
      bytes: stack.bytes,
    }));
    return { code: 0, text: stepsText(settings, steps, out) };
  } catch (error) {
    const known = error instanceof SettingsError || error instanceof FolderError || isFileError(error);
    if (!known || !(error instanceof Error)) throw error;
    return { code: 2, text: error.message };
  }
}

function readOptions(args: readonly string[]): { settings: string; out: string } | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        settings: { type: 'string', default: 'deploy/example.yaml' },
        out: { type: 'string', default: 'cdk.out' },
      },
    });
    return values;
  } catch (error) {
    // How parseArgs says that an argument is none of these.
    if (error instanceof TypeError) return { problem: error.message };
    throw error;
  }
}

/** Thrown where the folder holds something else than an assembly. */
class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** What an earlier run left: a stack that is no longer wanted must not be deployed. Nothing else is ever removed. */
function clear(out: string): void {
  if (!existsSync(out)) return;
  if (!existsSync(join(out, 'cdk.out')))
    throw new FolderError(`${out} exists and is no assembly of the CDK; name another folder with --out, or remove it`);
  rmSync(out, { recursive: true });
}

/** A file that is not there, or may not be read. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** All records, for `cellwright sim --fleet` and `rehearse`: what AWS makes up is made up here, so none of them is for real tables. */
function simulatedFleet(stacks: readonly StackOf[]): string {
  const records = stacks.flatMap((stack): unknown[] => {
    const record = stack.template.Outputs?.['Record'];
    return record === undefined ? [] : [JSON.parse(String(resolveValue(record.Value, stack)))];
  });
  const note = '# For the simulator only: ids of VPCs, subnets and load balancers are made up.\n';
  return `${note}${records.map((record) => stringify(record)).join('---\n')}`;
}
