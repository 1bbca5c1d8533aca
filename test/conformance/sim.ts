import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Program } from '../crash/processes.ts';

/** `cellwright sim` in a process of its own. */
export interface Sim {
  readonly program: Program;
  readonly url: string;
}

const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'conformance',
};

/** What a program of ours needs to speak to the simulator, and to nothing else. */
export function environmentFor(url: string): Record<string, string> {
  return { ...environment, AWS_ENDPOINT_URL: url, CELLWRIGHT_HTTP: '127.0.0.1:0' };
}

/** Starts the simulator on a free port; resolves once it listens. */
export async function startSim(...args: string[]): Promise<Sim> {
  const program = new Program(['sim', '--port', '0', ...args], environment);
  await program.says('listens on', 60_000);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(program.output)?.[0];
  if (url === undefined) throw new Error(`the simulator did not say where it listens: ${program.output}`);
  return { program, url };
}

const bin = fileURLToPath(new URL('../../bin/cellwright', import.meta.url));

/** Runs a command of ours to its end. */
export function cellwright(url: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, ...environmentFor(url) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(`it did not run: ${error.message}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** One answer of `/_sim/route`. */
export interface RouteAnswer {
  readonly share: number;
  readonly account: string;
  readonly tenant?: string;
  readonly task?: string;
  readonly status: number;
}

/** Where a request for `host` would go now. */
export async function route(url: string, host: string): Promise<readonly RouteAnswer[]> {
  const response = await fetch(`${url}/_sim/route?host=${host}`);
  if (!response.ok) throw new Error(`/_sim/route answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { answers: RouteAnswer[] }).answers;
}

/** Lets the simulated AWS live through so many seconds at once. */
export async function advance(url: string, seconds: number): Promise<void> {
  const response = await fetch(`${url}/_sim/advance?seconds=${seconds}`, { method: 'POST' });
  if (!response.ok) throw new Error(`/_sim/advance answered ${response.status}: ${await response.text()}`);
}

/** The operations that were called after call number `since`, and the number of the newest. */
export async function calledSince(url: string, since: number): Promise<{ operations: string[]; last: number }> {
  const response = await fetch(`${url}/_sim/calls?since=${since}`);
  const calls = (await response.json()) as readonly { n: number; operation: string }[];
  return { operations: calls.map(({ operation }) => operation), last: calls.at(-1)?.n ?? since };
}
