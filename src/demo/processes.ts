import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ControllerConfig } from '../cli/programs.ts';

/** What the demo tells its controller: settings, and the clock that both share. */
export type DemoControllerConfig = ControllerConfig & {
  readonly scale: number;
  readonly origin: number;
  readonly startAt: number;
};

/** A controller in a process of its own. */
export interface ControllerProcess {
  /** Where its page is. */
  readonly url: string;
  /** SIGKILL: it gets no chance to say anything. */
  kill(): Promise<void>;
  /** The last of what it wrote to stderr. */
  words(): string;
  /** SIGTERM: it hands the lease over and ends. */
  stop(): Promise<void>;
}

/** Where a controller finds its own keys: long-lived ones, or those of a role as ECS hands them out. */
function keysOf(endpoint: string, { identity }: DemoControllerConfig, role: string | undefined): NodeJS.ProcessEnv {
  const none = { AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined };
  if (role === undefined) return { ...none, AWS_ACCESS_KEY_ID: '000000000000', AWS_SECRET_ACCESS_KEY: 'demo' };
  const query = new URLSearchParams({ role, session: identity });
  const uri = `${endpoint}/_sim/credentials?${query.toString()}`;
  return {
    ...none,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
  };
}

/** Starts one, under this role where one is named; resolves once it runs. Rejects with its own words when it ends at once. */
export async function startControllerProcess(
  config: DemoControllerConfig,
  endpoint: string,
  role?: string,
): Promise<ControllerProcess> {
  const child = fork(fileURLToPath(new URL('./demo-controller.js', import.meta.url)), [JSON.stringify(config)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // By the SDK's own means, as any controller is pointed at an AWS.
    env: {
      ...process.env,
      ...keysOf(endpoint, config, role),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-4_000);
  });
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`the controller ended at once:\n${words}`);
  const [message] = first as [{ url: string }];
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isRunning(child)) child.kill(signal);
    await exited;
  };
  return { url: message.url, words: () => words, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
