/** The simulated AWS on a socket: for demos, the `aws` CLI, and whatever else speaks HTTP. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerDoor, type DoorWorld } from '../door.ts';
import { LostAnswer } from '../faults.ts';
import type { WireResponse } from '../wire/messages.ts';
import { exchange } from './exchange.ts';

export interface SocketOptions {
  /** 4566 is the port that AWS emulators use; 0 takes a free one. */
  readonly port: number;
  /** 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** Told of faults of the simulator itself; the client gets a 500. */
  readonly onFault: (error: unknown) => void;
}

/** A listening simulator. */
export interface SocketMount {
  readonly port: number;
  readonly url: string;
  /** Stops listening and breaks what is still open. */
  close(): Promise<void>;
}

/** AWS's largest request here is DynamoDB's 16 MB. */
const largestBody = 20 * 1024 * 1024;
/** How long a request without an answer is held open when its fault names no time: longer than clients wait. */
const heldOpenMs = 120_000;

/** Listens; rejects with the socket's error when the port is taken. */
export async function listen(world: DoorWorld, options: SocketOptions): Promise<SocketMount> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => {
    serve(world, request, response).catch((error: unknown) => {
      if (error instanceof LostAnswer) breakOff(world, error, response);
      else if (!response.destroyed) fail(response, error, options.onFault);
    });
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const port = portOf(server);
  return { port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close: () => close(server) };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

async function serve(world: DoorWorld, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    send(response, { status: 413, headers: {}, body: '' });
    return;
  }
  const url = new URL(request.url ?? '/', 'http://simulator');
  const method = request.method ?? 'GET';
  const door = answerDoor(world, { method, path: url.pathname, query: url.searchParams, body });
  const answer =
    door ??
    (await exchange(world, {
      method,
      path: url.pathname,
      query: firstValues(url.searchParams),
      headers: headersOf(request),
      body,
    }));
  if (answer.delayMs !== undefined) await world.clock.sleep(answer.delayMs);
  send(response, answer);
}

/** The body as text; undefined when it is larger than AWS takes. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks).toString('utf8');
}

function firstValues(query: URLSearchParams): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of query) if (!values.has(key)) values.set(key, value);
  return values;
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function send(response: ServerResponse, answer: WireResponse): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  response.end(body);
}

/** A lost answer: the connection breaks, or hangs until the client gives up. */
function breakOff(world: DoorWorld, fault: LostAnswer, response: ServerResponse): void {
  if (fault.how === 'never') return;
  const afterMs = fault.how === 'timeout' && fault.afterMs === 0 ? heldOpenMs : fault.afterMs;
  const cancel = world.clock.after(afterMs, () => response.destroy());
  response.once('close', cancel);
}

function fail(response: ServerResponse, error: unknown, onFault: (error: unknown) => void): void {
  onFault(error);
  const message = 'The simulator failed; its own output says why.';
  send(response, {
    status: 500,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ __type: 'InternalFailure', message }),
  });
}
