/**
 * The single writer of one hosted zone. Requests of many callers are merged for a short while into one batch, behind the zone's fence; one batch is out at a
 * time. A lost answer is resolved by reading the fence; a batch that Route 53 refuses is halved until only the request at fault is refused.
 */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import type { CallPurpose, ZoneChange, ZoneChangeResult } from './ports.ts';
import { type BatchLimits, fits, nextBatch, purposeOf, routeLimits, sizeOf, type ZoneRequest } from './zone-batch.ts';
import { fenceChanges, fenceRecord, type StandingFence } from './zone-fence.ts';

/** What the writer needs of the zone. All calls throw `CallError`. */
export interface ZoneWriterDeps {
  readonly clock: Clock;
  /** A short random id of letters and digits, different each time. */
  readonly randomId: () => string;
  /** The epoch of our lease now. */
  readonly epoch: () => number;
  readonly limits: () => BatchLimits;
  /** The fence record's name, canonical. */
  readonly fenceName: (purpose: CallPurpose) => Promise<string>;
  readonly readFence: (purpose: CallPurpose) => Promise<StandingFence | undefined>;
  /** Sends one batch, once. Answers with the change's id. */
  readonly send: (changes: readonly ZoneChange[], purpose: CallPurpose) => Promise<string>;
  /** Runs `work` while nobody reads the whole zone. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  /** These changes were made. */
  readonly applied: (changes: readonly ZoneChange[]) => void;
  /** Something may have been changed: what is known of the zone is worth nothing. */
  readonly uncertain: () => void;
  /** Names a change whose answer was lost. */
  readonly lostChangeId: () => string;
  /** Milliseconds of the clock in which requests are collected; the first after a pause goes at once. */
  readonly windowMs?: number;
}

export interface ZoneWriter {
  change(changes: readonly ZoneChange[], purpose: CallPurpose): Promise<ZoneChangeResult>;
}

interface Waiting extends ZoneRequest {
  readonly settle: (result: ZoneChangeResult) => void;
  readonly fail: (error: unknown) => void;
}

interface Batch {
  readonly id: string;
  readonly requests: readonly Waiting[];
  readonly purpose: CallPurpose;
}

/** How a batch that failed goes on. */
type Next = 'again' | 'applied' | 'at fault';

const defaultWindowMs = 500;
/** Waits between attempts: grows from the first to the last. */
const pausesMs = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000];

/** Creates the writer of one zone; there may be only one for a zone in a process. */
export function createZoneWriter(deps: ZoneWriterDeps): ZoneWriter {
  const { clock } = deps;
  let waiting: readonly Waiting[] = [];
  let running = false;
  let sentAt = Number.NEGATIVE_INFINITY;
  /** Undefined: to be read. */
  let known: { readonly standing: StandingFence | undefined } | undefined;

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const rest = (deps.windowMs ?? defaultWindowMs) - (clock.monotonic() - sentAt);
      if (rest > 0) await clock.sleep(rest);
      const next = nextBatch(waiting, deps.limits());
      waiting = next.rest;
      sentAt = clock.monotonic();
      await deliver(next.batch);
    }
    // In the turn that found nothing waiting, so that a request that comes next starts a new run.
    running = false;
  };

  /** Never rejects: each request is settled or failed. */
  const deliver = async (requests: readonly Waiting[]): Promise<void> => {
    const batch: Batch = { id: deps.randomId(), requests, purpose: purposeOf(requests) };
    try {
      const changeId = await deps.exclusive(() => write(batch));
      for (const { settle } of requests) settle({ outcome: 'done', changeId, at: clock.now() });
    } catch (error) {
      if (error instanceof AtFaultError) return divide(requests, error.reason);
      known = undefined;
      for (const { fail } of requests) fail(error);
    }
  };

  const divide = async (requests: readonly Waiting[], reason: CallError): Promise<void> => {
    if (requests.length === 1) {
      requests[0]?.settle({ outcome: 'refused', message: reason.message, stale: reason.class === 'conflict' });
      return;
    }
    const middle = Math.ceil(requests.length / 2);
    await deliver(requests.slice(0, middle));
    await deliver(requests.slice(middle));
  };

  /** Sends the batch until it is known what became of it. Returns the change's id. Throws `CallError` or `AtFaultError`. */
  const write = async (batch: Batch): Promise<string> => {
    const changes = batch.requests.flatMap((request) => request.changes);
    const name = await deps.fenceName(batch.purpose);
    for (let attempt = 0; ; attempt++) {
      known ??= { standing: await deps.readFence(batch.purpose) };
      const { standing } = known;
      const epoch = deps.epoch();
      refuseNewer(standing, epoch);
      const mark = { epoch, sequence: (standing?.mark.sequence ?? 0) + 1, batch: batch.id };
      const fence = fenceChanges(name, standing, mark);
      const done = (): void => {
        known = { standing: { mark, raw: fenceRecord(name, mark) } };
        deps.applied([...fence, ...changes]);
      };
      try {
        const changeId = await deps.send([...fence, ...changes], batch.purpose);
        done();
        return changeId;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        const next = await afterFailure(error, batch, standing);
        if (next === 'at fault') throw new AtFaultError(error);
        if (next === 'applied') {
          done();
          return deps.lostChangeId();
        }
        const pause = pausesMs[attempt];
        if (pause === undefined) throw error;
        if (error.code !== 'InvalidChangeBatch') await clock.sleep(pause);
      }
    }
  };

  const afterFailure = async (error: CallError, batch: Batch, used: StandingFence | undefined): Promise<Next> => {
    if (error.code === 'PriorRequestNotComplete' || error.class === 'throttled') return 'again';
    const refused = error.code === 'InvalidChangeBatch';
    if (!refused && error.class !== 'unknown_result' && error.class !== 'transient') throw error;
    // Until the fence is read, nobody knows whether the batch was applied.
    if (!refused) deps.uncertain();
    const standing = await deps.readFence(batch.purpose);
    known = { standing };
    if (standing?.mark.batch === batch.id) return 'applied';
    refuseNewer(standing, deps.epoch());
    return refused && sameFence(standing, used) ? 'at fault' : 'again';
  };

  return {
    change: (changes, purpose) => {
      const refusal = refusalOf(changes);
      if (refusal !== undefined) return Promise.resolve(refusal);
      return new Promise((settle, fail) => {
        waiting = [...waiting, { changes, purpose, settle, fail }];
        if (running) return;
        running = true;
        void run();
      });
    },
  };
}

/** Carries Route 53's refusal of a batch whose fence was right. */
class AtFaultError extends Error {
  readonly reason: CallError;
  constructor(reason: CallError) {
    super(reason.message);
    this.reason = reason;
  }
}

function refusalOf(changes: readonly ZoneChange[]): ZoneChangeResult | undefined {
  const size = sizeOf(changes);
  if (changes.length > 0 && fits(size, routeLimits)) return undefined;
  const found =
    changes.length === 0
      ? 'no change'
      : `${size.elements} resource record elements and ${size.characters} characters of values`;
  return {
    outcome: 'refused',
    stale: false,
    message: `the request has ${found}; one batch takes 1 to ${routeLimits.elements} elements and ${routeLimits.characters} characters, its fence included`,
  };
}

function refuseNewer(standing: StandingFence | undefined, epoch: number): void {
  if (standing === undefined || standing.mark.epoch <= epoch) return;
  throw new CallError({
    class: 'fenced',
    service: 'route53',
    operation: 'changeResourceRecordSets',
    code: 'NewerEpoch',
    message: `the zone's fence bears epoch ${standing.mark.epoch}, our lease has ${epoch}: another controller writes here now`,
  });
}

function sameFence(a: StandingFence | undefined, b: StandingFence | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.mark.epoch === b.mark.epoch && a.mark.sequence === b.mark.sequence && a.mark.batch === b.mark.batch;
}
