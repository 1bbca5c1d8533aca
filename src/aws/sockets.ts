/**
 * Kept-alive connections that cannot write late. Node hands a request to a socket before it is connected and writes once it is; a process
 * that was stopped meanwhile would so send a request long after its time, before any timer has run. Here a request gets its socket only when that is
 * connected, or free again, and in that same turn every overdue attempt is aborted first.
 */
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpHandler } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';

type Connected = (error: Error | null, socket: Duplex) => void;

/** Real milliseconds after which a connection that does not come about is given up; the attempt that wanted it has ended long before. */
const connectTimeoutMs = 10_000;

/** One handler with one pool of connections, to be shared by all clients. `beforeWrite` runs whenever a request is about to get a socket. */
export function createSocketHandler(options: {
  readonly beforeWrite: () => void;
  /** Connections per host. */
  readonly maxSockets?: number;
  /** Certificates to trust instead of the well-known ones. */
  readonly ca?: string;
}): HttpHandler {
  const settings = { keepAlive: true, maxSockets: options.maxSockets ?? 256 };
  const httpAgent = new ConnectedAgent(settings);
  const httpsAgent = new ConnectedTlsAgent({ ...settings, ...(options.ca === undefined ? {} : { ca: options.ca }) });
  for (const agent of [httpAgent, httpsAgent]) {
    agent.beforeWrite = options.beforeWrite;
    agent.prependListener('free', options.beforeWrite);
  }
  return new NodeHttpHandler({ httpAgent, httpsAgent });
}

class ConnectedAgent extends http.Agent {
  beforeWrite: () => void = () => undefined;
  override createConnection(
    options: Parameters<http.Agent['createConnection']>[0],
    callback?: Connected,
  ): ReturnType<http.Agent['createConnection']> {
    const socket = super.createConnection(options);
    if (callback === undefined || socket === null || socket === undefined) return socket;
    return whenConnected(socket, 'connect', this.beforeWrite, callback);
  }
}

class ConnectedTlsAgent extends https.Agent {
  beforeWrite: () => void = () => undefined;
  override createConnection(
    options: Parameters<https.Agent['createConnection']>[0],
    callback?: Connected,
  ): ReturnType<https.Agent['createConnection']> {
    const socket = super.createConnection(options);
    if (callback === undefined || socket === null || socket === undefined) return socket;
    return whenConnected(socket, 'secureConnect', this.beforeWrite, callback);
  }
}

/** Calls back once `socket` is connected. Returns nothing, which tells the agent to wait for the callback. */
function whenConnected(
  socket: Duplex,
  event: 'connect' | 'secureConnect',
  beforeWrite: () => void,
  callback: Connected,
): undefined {
  const onConnected = (): void => {
    socket.off('error', onError);
    socket.off('close', onClose);
    if (isNetSocket(socket)) socket.setTimeout(0);
    beforeWrite();
    callback(null, socket);
  };
  const onError = (error: Error): void => {
    socket.off(event, onConnected);
    socket.off('close', onClose);
    callback(error, socket);
  };
  const onClose = (): void => onError(connectFailure('the connection was closed before it was established'));
  socket.once(event, onConnected);
  socket.once('error', onError);
  socket.once('close', onClose);
  if (isNetSocket(socket)) {
    socket.setTimeout(connectTimeoutMs, () => {
      if (socket.connecting) socket.destroy(connectFailure(`no connection within ${connectTimeoutMs} ms`));
    });
  }
  return undefined;
}

function isNetSocket(socket: Duplex): socket is net.Socket {
  return 'setTimeout' in socket && 'connecting' in socket;
}

function connectFailure(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT', syscall: 'connect' });
}
