/** The simulated AWS as the `requestHandler` of the real SDK clients: no socket, but their own serialisers, signers and retries. */
import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import { LostAnswer } from '../faults.ts';
import type { WireRequest } from '../wire/messages.ts';
import type { SimulatedAws } from '../world.ts';
import { exchange } from './exchange.ts';
import { holdBack, lose, throwIfAborted } from './lost.ts';

/** What SDK clients take as `requestHandler`. */
export interface SimulatedRequestHandler extends RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> {
  updateHttpClientConfig(key: never, value: never): void;
  httpHandlerConfigs(): object;
  destroy(): void;
}

/**
 * A request handler that answers from `world`. Injected lost answers reject as Node's HTTP handler does (`TimeoutError`, or an
 * error with code ECONNRESET); an abort signal rejects with `AbortError` and, if the call has not been made yet, keeps it from being made.
 */
export function createRequestHandler(world: SimulatedAws): SimulatedRequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: (request, options) => handle(world, request, options),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

async function handle(
  world: SimulatedAws,
  request: HttpRequest,
  options: HttpHandlerOptions | undefined,
): Promise<{ response: HttpResponse }> {
  const signal = options?.abortSignal;
  throwIfAborted(signal);
  const message = wireRequest(request);
  try {
    const { status, headers, body, delayMs } = await exchange(world, message, () => throwIfAborted(signal));
    if (delayMs !== undefined) await holdBack(world, delayMs, signal);
    return { response: new SimulatedResponse(status, { ...headers }, Buffer.from(body)) };
  } catch (error) {
    if (error instanceof LostAnswer) return lose(world, error, signal);
    throw error;
  }
}

/** The SDK tells a response by its members; a class keeps them in one hidden shape. */
class SimulatedResponse implements HttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;

  constructor(statusCode: number, headers: Record<string, string>, body: Uint8Array) {
    this.statusCode = statusCode;
    this.headers = headers;
    this.body = body;
  }
}

function wireRequest(request: HttpRequest): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const query = new Map<string, string>();
  for (const [key, value] of Object.entries(request.query ?? {})) {
    query.set(key, Array.isArray(value) ? value.join(',') : (value ?? ''));
  }
  return { method: request.method, path: request.path, query, headers, body: bodyText(request.body) };
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body === undefined || body === null) return '';
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new TypeError(`found a request body of type ${typeof body}, expected text or bytes`);
}
