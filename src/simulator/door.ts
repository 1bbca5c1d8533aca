/** The simulator's own door: what tests and scripts ask the simulated world itself, beside AWS's APIs. */

import type { FaultPlan } from './fault-plan/plan.ts';
import { FaultPlanError, parseFaultPlan } from './fault-plan/rules.ts';
import type { Iam } from './iam/index.ts';
import { answerRoute } from './route53/data-plane.ts';
import type { WireResponse } from './wire/messages.ts';
import type { SimulatedAws } from './world.ts';

/** A simulated AWS, with a fault plan and checked roles where it has them. */
export type DoorWorld = SimulatedAws & { readonly plan?: FaultPlan; readonly iam?: Iam };

export interface DoorRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
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

type Answer = (world: DoorWorld, query: URLSearchParams, body: string) => unknown;

const answers: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  '/_sim/health': { GET: health },
  '/_sim/route': { GET: route },
  '/_sim/calls': { GET: calls },
  '/_sim/advance': { POST: advance },
  '/_sim/credentials': { GET: credentials },
  '/_sim/fault': { GET: faults, POST: addFaults, DELETE: clearFaults },
};

/** Answers a request to the door; undefined for anything outside `/_sim/`, which is AWS's. */
export function answerDoor(world: DoorWorld, request: DoorRequest): WireResponse | undefined {
  if (!request.path.startsWith('/_sim/')) return undefined;
  try {
    const known = Object.hasOwn(answers, request.path) ? answers[request.path] : undefined;
    if (known === undefined) {
      throw new DoorError(404, `found ${request.path}, expected one of ${Object.keys(answers).join(', ')}`);
    }
    const answer = Object.hasOwn(known, request.method) ? known[request.method] : undefined;
    if (answer === undefined) {
      const methods = Object.keys(known).join(' or ');
      throw new DoorError(405, `found ${request.method} ${request.path}, expected ${methods}`);
    }
    world.settle();
    return json(200, answer(world, request.query, request.body));
  } catch (error) {
    if (error instanceof DoorError) return json(error.status, { error: error.message });
    throw error;
  }
}

function json(status: number, value: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function timeOf(world: DoorWorld): { now: string } {
  return { now: new Date(world.now()).toISOString() };
}

function health(world: DoorWorld): unknown {
  return { status: 'ok', ...timeOf(world), calls: world.log.last };
}

function route(world: DoorWorld, query: URLSearchParams): unknown {
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

function calls(world: DoorWorld, query: URLSearchParams): unknown {
  const since = query.get('since') ?? '0';
  if (!/^\d{1,15}$/.test(since))
    throw new DoorError(400, `since: found '${since}', expected the number of a call, from 0`);
  return world.log.since(Number(since), callsAtATime);
}

function advance(world: DoorWorld, query: URLSearchParams): unknown {
  const text = query.get('seconds') ?? '';
  const seconds = Number(text);
  if (text === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new DoorError(400, `seconds: found '${text}', expected a number from 0`);
  }
  world.advance(seconds);
  return timeOf(world);
}

/** A task role's credentials, in the form in which ECS hands them to a task's containers: `AWS_CONTAINER_CREDENTIALS_FULL_URI` may name this. */
function credentials(world: DoorWorld, query: URLSearchParams): unknown {
  const role = query.get('role') ?? '';
  const region = query.get('region') ?? 'us-east-1';
  const session = query.get('session') ?? 'task';
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw new DoorError(400, `session: found '${session}', expected 2 to 64 letters, digits or any of _+=,.@-`);
  }
  if (!(world.iam?.trustsTasks(role, region) ?? true)) {
    throw new DoorError(403, `the trust policy of ${role} does not let ecs-tasks.amazonaws.com of ${region} in`);
  }
  const found = world.sts.taskCredentials(role, session);
  if (found === undefined) throw new DoorError(404, `role: found '${role}', expected the ARN of a role that is there`);
  return found;
}

/** The fault plan's rules, each with how many calls matched it and how many met its fault. */
function faults(world: DoorWorld): unknown {
  return { faults: planOf(world).rules() };
}

/** Adds to the fault plan what the body says: `{"faults": [...]}`, a list of rules, or one rule. */
function addFaults(world: DoorWorld, _query: URLSearchParams, body: string): unknown {
  try {
    planOf(world).add(parseFaultPlan(JSON.parse(body)));
  } catch (error) {
    if (error instanceof SyntaxError) throw new DoorError(400, `the body is no JSON: ${error.message}`);
    if (error instanceof FaultPlanError) throw new DoorError(400, error.message);
    throw error;
  }
  return faults(world);
}

function clearFaults(world: DoorWorld): unknown {
  planOf(world).clear();
  return faults(world);
}

function planOf(world: DoorWorld): FaultPlan {
  if (world.plan === undefined) throw new DoorError(404, 'this simulator was made without a fault plan');
  return world.plan;
}
