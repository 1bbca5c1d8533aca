/** The simulator's own door: what tests and scripts ask the simulated world itself, beside AWS's APIs. */
import { answerRoute } from './route53/data-plane.ts';
import type { WireResponse } from './wire/messages.ts';
import type { SimulatedAws } from './world.ts';

export interface DoorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** At most this many calls are shown at a time. */
const callsAtATime = 10_000;

/** A request that cannot be answered, with what it should have said. */
class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const answers: ReadonlyMap<
  string,
  { method: string; answer: (world: SimulatedAws, query: URLSearchParams) => unknown }
> = new Map([
  ['/_sim/health', { method: 'GET', answer: health }],
  ['/_sim/route', { method: 'GET', answer: route }],
  ['/_sim/calls', { method: 'GET', answer: calls }],
  ['/_sim/advance', { method: 'POST', answer: advance }],
]);

/** Answers a request to the door; undefined for anything outside `/_sim/`, which is AWS's. */
export function answerDoor(world: SimulatedAws, request: DoorRequest): WireResponse | undefined {
  if (!request.path.startsWith('/_sim/')) return undefined;
  try {
    const known = answers.get(request.path);
    if (known === undefined) {
      throw new DoorError(404, `found ${request.path}, expected one of ${[...answers.keys()].join(', ')}`);
    }
    if (request.method !== known.method) {
      throw new DoorError(405, `found ${request.method} ${request.path}, expected ${known.method}`);
    }
    world.settle();
    return json(200, known.answer(world, request.query));
  } catch (error) {
    if (error instanceof DoorError) return json(error.status, { error: error.message });
    throw error;
  }
}

function json(status: number, value: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function timeOf(world: SimulatedAws): { now: string } {
  return { now: new Date(world.now()).toISOString() };
}

function health(world: SimulatedAws): unknown {
  return { status: 'ok', ...timeOf(world), calls: world.log.last };
}

function route(world: SimulatedAws, query: URLSearchParams): unknown {
  const host = query.get('host') ?? '';
  if (host === '') throw new DoorError(400, 'host: found nothing, expected the name that the request is for');
  const cached = query.get('cached') ?? 'false';
  if (cached !== 'true' && cached !== 'false') {
    throw new DoorError(400, `cached: found '${cached}', expected true or false`);
  }
  const headers: Record<string, string> = {};
  for (const header of query.getAll('header')) {
    const colon = header.indexOf(':');
    if (colon < 1) throw new DoorError(400, `header: found '${header}', expected Name:Value`);
    headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim();
  }
  const path = query.get('path') ?? '';
  return answerRoute(world, { host, path: path === '' ? '/' : path, headers }, cached === 'true');
}

function calls(world: SimulatedAws, query: URLSearchParams): unknown {
  const since = query.get('since') ?? '0';
  if (!/^\d{1,15}$/.test(since))
    throw new DoorError(400, `since: found '${since}', expected the number of a call, from 0`);
  return world.log.since(Number(since), callsAtATime);
}

function advance(world: SimulatedAws, query: URLSearchParams): unknown {
  const text = query.get('seconds') ?? '';
  const seconds = Number(text);
  if (text === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new DoorError(400, `seconds: found '${text}', expected a number from 0`);
  }
  world.advance(seconds);
  return timeOf(world);
}
