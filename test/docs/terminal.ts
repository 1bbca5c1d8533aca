import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where commands are run. */
export interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a block printed, to stdout and stderr together, and how its first failing command ended (0: none failed). */
export interface Ran {
  readonly code: number;
  readonly printed: string;
}

/** Stops a block at its first command that fails, but not the shell. */
const setUp = `exec 2>&1
set -o pipefail
__run() {
  trap '__status=$?; trap - ERR; return "$__status"' ERR
  . "$1"
}
__follow() {
  __status=0
  __run "$1"
  __last=$?
  trap - ERR
  if [ "$__status" = 0 ]; then __status=$__last; fi
  printf '\\n%s %s\\n' "$2" "$__status"
}
`;

/** A reader's terminal: variables, functions and the directory last from one block to the next. */
export class Terminal {
  readonly #shell: ChildProcess;
  readonly #place: Place;
  #printed = '';
  #blocks = 0;
  #waiting: (() => void) | undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#shell = spawnGroup(['--noprofile', '--norc'], place, 'pipe');
    const take = (chunk: Buffer): void => {
      this.#printed += chunk.toString('utf8');
      this.#waiting?.();
    };
    this.#shell.stdout?.on('data', take);
    this.#shell.stderr?.on('data', take);
    this.#shell.on('exit', () => this.#waiting?.());
    this.#shell.stdin?.write(setUp);
  }

  /** Runs commands to their end. Throws when that takes longer than `limitMs`, or the shell ends. */
  async run(commands: string, limitMs: number): Promise<Ran> {
    this.#blocks += 1;
    const file = join(this.#place.directory, `.block-${this.#blocks}.sh`);
    writeFileSync(file, `${commands}\n`);
    const mark = `--- end of block ${this.#blocks} ---`;
    const from = this.#printed.length;
    this.#shell.stdin?.write(`__follow '${file}' '${mark}'\n`);
    const printed = (): string => this.#printed.slice(from);
    const end = (): RegExpExecArray | null => new RegExp(`\n${mark} (\\d+)\n`).exec(printed());
    await this.#until(() => end() !== null, limitMs, printed);
    const found = end();
    return { code: Number(found?.[1]), printed: printed().slice(0, found?.index) };
  }

  async #until(holds: () => boolean, limitMs: number, printed: () => string): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#waiting?.();
    }, limitMs);
    try {
      while (!holds()) {
        if (late) throw new Error(`not done within ${limitMs / 1_000} s; it printed:\n${printed()}`);
        if (hasEnded(this.#shell)) throw new Error(`the shell ended; it printed:\n${printed()}`);
        await new Promise<void>((resolve) => {
          this.#waiting = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await endGroup(this.#shell, 'SIGKILL');
  }
}

/** Commands that go on running in a terminal of their own. */
export class Running {
  readonly #shell: ChildProcess;
  /** Everything they wrote. */
  printed = '';

  constructor(commands: string, place: Place) {
    this.#shell = spawnGroup(['--noprofile', '--norc', '-c', `exec 2>&1\n${commands}`], place, 'ignore');
    const take = (chunk: Buffer): void => {
      this.printed += chunk.toString('utf8');
    };
    this.#shell.stdout?.on('data', take);
    this.#shell.stderr?.on('data', take);
  }

  /** How they ended; undefined while they run. */
  get ended(): string | undefined {
    const { exitCode, signalCode } = this.#shell;
    return hasEnded(this.#shell) ? `, ended with ${signalCode ?? exitCode}` : undefined;
  }

  /** Ctrl-C, or worse; resolves when they are over. */
  async end(signal: NodeJS.Signals): Promise<void> {
    await endGroup(this.#shell, signal);
  }
}

/** A shell in a process group of its own, so that what it started can be ended with it. */
function spawnGroup(args: readonly string[], place: Place, stdin: 'pipe' | 'ignore'): ChildProcess {
  return spawn('bash', args, {
    cwd: place.directory,
    env: place.env,
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function endGroup(shell: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(shell) || shell.pid === undefined) return;
  const exited = once(shell, 'exit');
  process.kill(-shell.pid, signal);
  await exited;
}
