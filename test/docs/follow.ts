import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { awsCli, isInstalled, type Tool } from '../conformance/tools.ts';
import { type Step, stepsOf } from './page.ts';
import { firstMissing } from './shown.ts';
import { type Place, Running, Terminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A block, and what shows up after a while, get so long on a busy machine. */
const blockMs = 600_000;
const untilMs = 150_000;

/** The ports that the pages name; each run has its own in their place. */
const ports = ['4566', '9400', '9401'] as const;

/** What following a page came to. */
export interface Followed {
  readonly ran: number;
  /** What was left out, with the reason. */
  readonly leftOut: readonly string[];
}

/**
 * Does what pages say, one after the other, block by block, as one reader in a checkout does. Throws for a block that ends otherwise than it should, or does not
 * print what the page shows, with the line of the page and all that was printed.
 */
export async function follow(pages: readonly string[]): Promise<Followed> {
  const directory = checkout();
  const own = new Map<string, string>();
  for (const port of ports) own.set(port, String(await freePort()));
  const reader = new Reader(own, { directory, env: environment(directory, own) });
  try {
    for (const page of pages) await reader.read(page);
    return { ran: reader.ran, leftOut: reader.leftOut };
  } finally {
    await reader.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A checkout of its own, that may be written to; with the packages and the program that are there already. */
function checkout(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cellwright-docs-'));
  for (const name of readdirSync(root)) {
    if (name.startsWith('.') || name === 'cdk.out') continue;
    if (name === 'node_modules') symlinkSync(join(root, name), join(directory, name));
    else cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  return directory;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
}

/** A reader's environment: an AWS account that is the simulated one, and nothing of whoever runs the test. */
function environment(directory: string, own: ReadonlyMap<string, string>): Place['env'] {
  return {
    ...process.env,
    PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${own.get('4566')}`,
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'docs',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CELLWRIGHT_HTTP: `127.0.0.1:${own.get('9400')}`,
    NO_COLOR: '1',
    STAND_INS: join(root, 'test/docs/stand-ins'),
  };
}

class Reader {
  #page = '';
  readonly #ports: ReadonlyMap<string, string>;
  readonly #place: Place;
  readonly #terminal: Terminal;
  readonly #others = new Map<string, Running>();
  ran = 0;
  readonly leftOut: string[] = [];

  constructor(own: ReadonlyMap<string, string>, place: Place) {
    this.#ports = own;
    this.#place = place;
    this.#terminal = new Terminal(place);
  }

  async read(page: string): Promise<void> {
    this.#page = page;
    for (const step of stepsOf(readFileSync(join(root, page), 'utf8'))) await this.#take(step);
  }

  async #take(step: Step): Promise<void> {
    if (step.do === 'leave out') return void this.leftOut.push(`${this.#page}:${step.line}: ${step.why}`);
    if (step.do === 'interrupt') return this.#interrupt(step.terminal, step.line);
    const missing = needed.find(
      ({ tool, isUsed }) => isUsed.test(withoutComments(step.commands)) && !isInstalled(tool),
    );
    if (missing !== undefined) {
      const { program, install } = missing.tool;
      return void this.leftOut.push(`${this.#page}:${step.line}: ${program} is not installed (${install})`);
    }
    this.ran += 1;
    if (step.do === 'open') return this.#open(step);
    return this.#run(step);
  }

  async #run({ commands, expects, exit, again, line }: Extract<Step, { do: 'run' }>): Promise<void> {
    const deadline = Date.now() + untilMs;
    for (;;) {
      const { code, printed } = await this.#terminal.run(this.#ownPorts(commands), blockMs);
      const missing = expects === undefined ? undefined : firstMissing(expects, this.#pagePorts(printed));
      if (missing === undefined && code === exit) return;
      if (!again || Date.now() > deadline) {
        const why = missing === undefined ? `it ended with ${code}, expected ${exit}` : `it did not print: ${missing}`;
        throw this.#failure(line, commands, why, printed);
      }
      await wait(1_000);
    }
  }

  async #open({ commands, expects, terminal, line }: Extract<Step, { do: 'open' }>): Promise<void> {
    const running = new Running(this.#ownPorts(commands), this.#place);
    this.#others.set(terminal, running);
    const deadline = Date.now() + untilMs;
    const missing = (): string | undefined =>
      expects === undefined ? undefined : firstMissing(expects, this.#pagePorts(running.printed));
    // What shows nothing on the page is ready when it has said its first word.
    const isReady = (): boolean => running.printed !== '' && missing() === undefined;
    while (!isReady()) {
      if (running.ended !== undefined) throw this.#failure(line, commands, 'it ended', running.printed);
      if (Date.now() > deadline) throw this.#failure(line, commands, `it did not print: ${missing()}`, running.printed);
      await wait(100);
    }
  }

  async #interrupt(terminal: string, line: number): Promise<void> {
    const running = this.#others.get(terminal);
    if (running === undefined) throw new Error(`${this.#page}:${line}: there is no terminal ${terminal}`);
    this.#others.delete(terminal);
    await running.end('SIGINT');
  }

  #failure(line: number, commands: string, why: string, printed: string): Error {
    const others = [...this.#others].map(
      ([name, one]) => `--- terminal ${name}${one.ended ?? ', still running'}:\n${one.printed.slice(-3_000)}`,
    );
    return new Error(
      [`${this.#page}:${line}: ${why}`, '--- commands:', commands, '--- printed:', printed, ...others].join('\n'),
    );
  }

  #ownPorts(text: string): string {
    const own = (all: string, [from, to]: readonly [string, string]): string =>
      all.replaceAll(new RegExp(`(127\\.0\\.0\\.1:|--port )${from}\\b`, 'g'), `$1${to}`);
    return [...this.#ports].reduce(own, text);
  }

  #pagePorts(text: string): string {
    return [...this.#ports].reduce((all, [from, to]) => all.replaceAll(`127.0.0.1:${to}`, `127.0.0.1:${from}`), text);
  }

  async close(): Promise<void> {
    await this.#terminal.close();
    for (const running of this.#others.values()) await running.end('SIGKILL');
  }
}

/** Programs of others that pages use. CloudFormation has a stand-in of ours. */
const needed: readonly { readonly tool: Tool; readonly isUsed: RegExp }[] = [
  { tool: awsCli, isUsed: /(^|[\s;|&(])aws (?!cloudformation )[a-z]/m },
  {
    tool: { program: 'jq', probe: ['--version'], install: 'https://jqlang.org/download/' },
    isUsed: /(^|[\s;|&(])jq /m,
  },
];

function withoutComments(commands: string): string {
  return commands.replaceAll(/#.*$/gm, '');
}
