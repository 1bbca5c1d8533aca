/** The command line: words to commands, failures to three lines and an exit code. */
import { Command, CommanderError } from 'commander';
import { declareFleet } from './declare-fleet.ts';
import { declareReading } from './declare-read.ts';
import { declareRecovering } from './declare-recover.ts';
import { declareRehearsing } from './declare-rehearse.ts';
import { declareRunning } from './declare-run.ts';
import { declareWriting } from './declare-write.ts';
import { CliError, exitCodeOf, exitCodes, type Trouble, troubleOf } from './errors.ts';
import { formatHelp, setExamples } from './help.ts';
import { type CliHost, Interrupted, processHost } from './host.ts';
import type { Programs } from './programs.ts';
import { mayColour, paintOf } from './style.ts';
import { versionLine } from './version.ts';

/**
 * Runs one command and returns its exit code: 0 yes or done, 1 no, 2 could not answer, 130 interrupted. Never throws. `argv` is what stands after the
 * program's name.
 */
export async function runCli(
  argv: readonly string[],
  programs: Programs,
  host: CliHost = processHost(),
): Promise<number> {
  let code: number = exitCodes.yes;
  const root = createRoot(host);
  const finish = (result: number): void => {
    code = result;
  };
  const wiring = { root, host, programs, finish };
  declareRunning(wiring);
  declareWriting(wiring);
  declareRecovering(wiring);
  declareReading(wiring);
  declareFleet(wiring);
  declareRehearsing(wiring);
  try {
    if (argv.length === 0) root.outputHelp();
    else await root.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.yes;
    complain(host, argv, error instanceof CommanderError ? usageError(error) : error);
    return exitCodeOf(error);
  }
}

function createRoot(host: CliHost): Command {
  const root = new Command('cellwright');
  root
    .description('Places tenants on cells, builds their AWS resources and keeps them as their records say.')
    .version(versionLine(), '-V, --version', 'version, commit and time of this build')
    .helpOption('-h, --help', 'this help; also on every command')
    .helpCommand('help [command]', 'this help, or that of a command')
    .configureHelp({ formatHelp })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  setExamples(root, [
    'cellwright start --fleet examples/fleet.yaml   a fleet on an AWS in this process',
    'cellwright apply -f tenants.yaml               write records',
    'cellwright get tenants                         see how they are',
    'cellwright describe tenant acme                see why',
  ]);
  return root;
}

/** Commander's own refusals, in our three lines. */
function usageError(error: CommanderError): CliError {
  const [first = '', second = ''] = error.message.replace(/^error: /, '').split('\n');
  const meant = /Did you mean (?:one of )?(.*)\?/.exec(second)?.[1];
  const hint =
    meant === undefined
      ? 'see what there is: cellwright --help'
      : `did you mean ${meant}? Otherwise: cellwright --help`;
  return new CliError({ reason: 'Usage', what: 'the command is not understood', why: first, hint }, { cause: error });
}

function complain(host: CliHost, argv: readonly string[], error: unknown): void {
  if (error instanceof Interrupted) return;
  const trouble = troubleOf(error, commandOf(argv));
  // Standard output holds JSON and nothing else, so that a program that reads it finds the reason there too.
  if (wantsJson(argv)) {
    const { reason, what, why, hint, details } = trouble;
    const body = { error: { reason, message: `${what}: ${why}`, hint, ...details } };
    host.stdout.write(`${JSON.stringify(body, null, 2)}\n`);
  }
  host.stderr.write(threeLines(host, argv, trouble));
  if (argv.includes('-v') || argv.includes('--verbose')) {
    host.stderr.write(`${error instanceof Error ? stackOf(error) : String(error)}\n`);
  }
}

function threeLines(host: CliHost, argv: readonly string[], { what, why, hint }: Trouble): string {
  const paint = paintOf(mayColour(host.stderr, host.env, !argv.includes('--no-color')));
  const reasons = why.split('\n');
  const [first = '', ...rest] = reasons;
  return `${paint('bad', 'error:')} ${what}\n  why: ${first}\n${rest.map((line) => `       ${line}\n`).join('')}  do:  ${hint}\n`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

/** The first word that is no flag. */
function commandOf(argv: readonly string[]): string {
  return argv.find((word) => !word.startsWith('-')) ?? '';
}

/** Looked for in the raw words, because the very parsing of them may have failed. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === '--output=json' ||
      word === '-ojson' ||
      ((word === '-o' || word === '--output') && argv[index + 1] === 'json'),
  );
}
