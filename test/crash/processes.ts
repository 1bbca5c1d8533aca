import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/cellwright', import.meta.url));

/** A program of ours in a process of its own. */
export class Program {
  readonly child: ChildProcess;
  /** Everything it wrote, to stdout and stderr. */
  output = '';
  readonly #exited: Promise<unknown>;

  /** `program`: what node is told to run, its own options first; this checkout's program where it is left out. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, program: readonly string[] = [bin]) {
    this.child = spawn(process.execPath, [...program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    this.child.stdout?.on('data', take);
    this.child.stderr?.on('data', take);
    this.#exited = once(this.child, 'exit');
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the output holds `text`; rejects when the program ends, or `limitMs` pass, before it does. */
  async says(text: string, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    await poll(() => {
      if (this.output.includes(text)) return true;
      if (!this.running) throw new Error(`the program ended before it said '${text}':\n${this.output.slice(-2_000)}`);
      if (Date.now() > deadline)
        throw new Error(`the program did not say '${text}' within ${limitMs} ms:\n${this.output.slice(-2_000)}`);
      return false;
    });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.#exited;
  }
}

/** Looks until it holds, ten times a second. */
export async function poll(holds: () => boolean | Promise<boolean>): Promise<void> {
  const { setTimeout: wait } = await import('node:timers/promises');
  while (!(await holds())) await wait(100);
}

/** Lets real time pass: the processes under test live in it. */
export async function realTime(ms: number): Promise<void> {
  const { setTimeout: wait } = await import('node:timers/promises');
  await wait(ms);
}

/** How many times as long as on a quiet machine everything takes just now: wall time for a fifth of a second of processor time. */
export function stretch(): number {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const used = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1_000;
  };
  while (used() < 200);
  return Math.max(1, (performance.now() - began) / used());
}
