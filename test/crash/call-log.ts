import type { CallRecord } from '../../src/simulator/kernel.ts';

/** The calls that a simulator in another process was asked, in the order in which they took effect. Each is fetched once: asking must not slow down what is asked about. */
export class CallLog {
  readonly #endpoint: string;
  readonly #calls: CallRecord[] = [];

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** All calls until now. */
  async read(): Promise<readonly CallRecord[]> {
    for (;;) {
      const response = await fetch(`${this.#endpoint}/_sim/calls?since=${this.last}`);
      const page = (await response.json()) as readonly CallRecord[];
      // Two may be asking at once.
      const fresh = page.filter((call) => call.n > this.last);
      if (page.length === 0) return this.#calls;
      this.#calls.push(...fresh);
    }
  }

  /** The number of the last call read. */
  get last(): number {
    return this.#calls.at(-1)?.n ?? 0;
  }
}

/** Which controller made a call, by its CELLWRIGHT_IDENTITY. */
export function callerOf(call: Pick<CallRecord, 'principal'>): string {
  return call.principal.split('/').at(-1) ?? '';
}

/** Whether a call may change something in a cell, a zone or an infra group. */
export function changesAws({ mutating, service }: CallRecord): boolean {
  return mutating && !service.startsWith('dynamodb') && service !== 'sts';
}

/** Whether a call changed something in the state table. */
function wroteState({ mutating, service, error, resources }: CallRecord): boolean {
  return mutating && service === 'dynamodb' && error === null && resources.some((name) => name.startsWith(`${state}/`));
}

const state = 'cellwright-state';
const lease = `${state}/Lease/controller/lease`;

/** What the log says of who wrote under which lease. */
export interface Turns {
  /** Who held the lease, in order; one entry for each time that it changed hands. */
  readonly holders: readonly { readonly holder: string; readonly since: CallRecord }[];
  /** Calls that change AWS, and writes of state, that are not the lease holder's: there must be none. */
  readonly outOfTurn: readonly string[];
  /** Resources that a controller changed after a later one had: there must be none. */
  readonly interleaved: readonly string[];
}

/** Reads the log of a simulator whose only writers, from call `after` on, are controllers. */
export function turnsOf(calls: readonly CallRecord[], controllers: ReadonlySet<string>): Turns {
  const holders: { holder: string; since: CallRecord }[] = [];
  const outOfTurn: string[] = [];
  const interleaved: string[] = [];
  /** Of each resource, the turn of the last one who changed it. */
  const writers = new Map<string, number>();
  /** Of each controller, its latest turn. */
  const turns = new Map<string, number>();
  for (const call of calls) {
    const caller = callerOf(call);
    if (!controllers.has(caller)) continue;
    const isState = wroteState(call);
    if (isState && call.resources.includes(lease)) {
      if (holders.at(-1)?.holder !== caller) {
        holders.push({ holder: caller, since: call });
        turns.set(caller, holders.length);
      }
      continue;
    }
    if (!isState && !changesAws(call)) continue;
    const words = `${call.n} ${call.at} ${call.operation} by ${caller}: ${call.resources.join(', ')}`;
    if (holders.at(-1)?.holder !== caller) outOfTurn.push(words);
    const turn = turns.get(caller) ?? 0;
    for (const resource of call.resources) {
      if (turn < (writers.get(resource) ?? 0)) interleaved.push(words);
      writers.set(resource, turn);
    }
  }
  return { holders, outOfTurn, interleaved };
}
