import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { vi } from 'vitest';
import { motoServer } from './tools.ts';

/** moto in a process of its own. */
export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts moto on a free port; resolves once it answers. */
export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const moto = spawn(motoServer.program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await vi.waitUntil(() => answers(`${url}/moto-api/`), { timeout: 60_000, interval: 200 });
  return { url, stop: () => stop(moto) };
}

async function stop(moto: ChildProcess): Promise<void> {
  if (moto.exitCode !== null) return;
  moto.kill();
  await once(moto, 'exit');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}
