import type { Clock } from '../model/clock.ts';
import { Agenda } from './agenda.ts';
import { RingCallLog } from './call-log.ts';
import type { BentFault, CallOutcome, Fault, FaultCounts, FaultInjector } from './faults.ts';
import { isBent, meetFault, noFaults, withSmallestPage } from './faults.ts';
import { type Identity, identify, unknownOperation } from './identity.ts';
import type {
  AcmWorld,
  ApiRequest,
  Call,
  Ec2World,
  EcsWorld,
  ElbWorld,
  Guard,
  Operation,
  QuotaWorld,
  Route53World,
  ServiceId,
  SimService,
  StsWorld,
  World,
} from './kernel.ts';
import { AwsError } from './kernel.ts';
import type { SimulatedAwsOptions } from './options.ts';
import { Past, type PastFollower } from './past.ts';
import { RandomStreams } from './random.ts';
import { firstUntaken } from './takes.ts';
import { type BucketUsage, TokenBuckets } from './throttle.ts';
import type { Deed } from './trailing.ts';

/** The state that services offer each other; a service is there once it was installed. */
export interface ServiceWorlds {
  readonly ecs: EcsWorld;
  readonly elb: ElbWorld;
  readonly ec2: Ec2World;
  readonly route53: Route53World;
  readonly sts: StsWorld;
  readonly quotas: QuotaWorld;
  readonly acm: AcmWorld;
}

/** Events at one instant beyond this number can only be a loop that no time passes in. */
const eventsPerInstant = 1_000_000;

/** AWS in one process: services, accounts, time, throttles and the call log behind one synchronous `call`. */
export class SimulatedAws implements World, PastFollower<SimulatedAws> {
  readonly clock: Clock;
  readonly latencyFactor: number;
  readonly answerDelays: boolean;
  readonly log = new RingCallLog();
  /** Decides about faults; tests set and replace it at will. */
  faults: FaultInjector | undefined = undefined;
  /** Says which calls are not allowed; without one, all are. */
  guard: Guard | undefined = undefined;
  /** How many things have happened by themselves: with the mutating calls, all that the world's state changes by. */
  happened = 0;
  /** What was injected so far. */
  readonly faultCounts: FaultCounts = noFaults();
  /** The copies that follow this world, and answer reads that lag behind. */
  readonly past: Past<SimulatedAws>;

  private readonly readLagMs: Readonly<Partial<Record<ServiceId, number>>>;
  private streams: RandomStreams;
  private readonly staleStreams: RandomStreams;
  private readonly agenda = new Agenda();
  private readonly buckets: TokenBuckets | undefined;
  private readonly services = new Map<ServiceId, SimService>();
  private readonly worlds: { -readonly [K in keyof ServiceWorlds]?: ServiceWorlds[K] } = {};
  private advancedBy = 0;
  private latest = Number.NEGATIVE_INFINITY;
  /** The instant at which a call or an event runs; time stands still meanwhile. */
  private instant: number | undefined = undefined;

  constructor(options: SimulatedAwsOptions) {
    this.clock = options.clock;
    this.latencyFactor = options.latencyFactor ?? 1;
    this.answerDelays = options.answerDelays ?? false;
    this.readLagMs = options.readLagMs ?? {};
    this.streams = new RandomStreams(options.seed ?? 1);
    this.staleStreams = new RandomStreams(`${options.seed ?? 1}/stale`);
    this.buckets = options.throttle === false ? undefined : new TokenBuckets();
    this.past = new Past({
      now: () => this.now(),
      isBusy: () => this.instant !== undefined,
      still: (act) => this.still(act),
    });
  }

  /** Adds a service, and what it offers to the others. A second service with the same id replaces the first. */
  install(services: readonly SimService[], worlds: Partial<ServiceWorlds> = {}): void {
    for (const service of services) this.services.set(service.id, service);
    for (const [name, world] of Object.entries(worlds) as [string, object][]) {
      Object.assign(this.worlds, { [name]: this.past.byHand(name, world) });
    }
  }

  /** As a copy: goes to the instant of a deed, and does it. */
  redo(deed: Deed<SimulatedAws>): void {
    this.goTo(deed.at);
    this.still(() => deed.redo(this));
  }

  /** As a copy: goes to an instant, with all that falls due on the way. */
  goTo(at: number): void {
    this.latest = Math.max(this.latest, at);
    this.settle();
  }

  /** Does something with time standing still, after all that is due. */
  private still<T>(act: () => T): T {
    this.settle();
    this.instant = this.now();
    try {
      return act();
    } finally {
      this.instant = undefined;
    }
  }

  /** An installed service. */
  service(id: ServiceId): SimService | undefined {
    return this.services.get(id);
  }

  get ecs(): EcsWorld {
    return this.world('ecs');
  }
  get elb(): ElbWorld {
    return this.world('elb');
  }
  get ec2(): Ec2World {
    return this.world('ec2');
  }
  get route53(): Route53World {
    return this.world('route53');
  }
  get sts(): StsWorld {
    return this.world('sts');
  }
  get quotas(): QuotaWorld {
    return this.world('quotas');
  }
  get acm(): AcmWorld {
    return this.world('acm');
  }

  now(): number {
    if (this.instant !== undefined) return this.instant;
    // A wall clock may jump back; the history of the simulated AWS may not.
    this.latest = Math.max(this.latest, Math.floor(this.clock.now() + this.advancedBy));
    return this.latest;
  }

  random(purpose: string): number {
    return this.streams.uniform(purpose);
  }

  hex(purpose: string, digits: number): string {
    return this.streams.hex(purpose, digits);
  }

  at(at: number, run: () => void): () => void {
    return this.agenda.add(Math.max(at, this.now()), run);
  }

  /** A new request id, in the form that AWS gives them. */
  newRequestId(): string {
    const digits = this.hex('request-id', 32);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  }

  /** What every token bucket has given until now; empty where buckets do not throttle. */
  bucketUsage(): readonly BucketUsage[] {
    return this.buckets?.usage(this.now()) ?? [];
  }

  /** How long the answer to such a call takes, in milliseconds of the clock; 0 where answers come at once. */
  delayOf({ service, operation }: Pick<ApiRequest, 'service' | 'operation'>): number {
    if (!this.answerDelays) return 0;
    return (this.services.get(service)?.operations.get(operation)?.latencyMs ?? 0) * this.latencyFactor;
  }

  /** Shifts the simulator's time forward by `seconds` and runs what falls due on the way. Throws `RangeError` for anything but a finite number from 0. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new RangeError(`advance: found ${seconds} seconds, expected a finite number from 0`);
    }
    this.advancedBy += seconds * 1000;
    this.settle();
  }

  /** Runs all events that are due, in order of time; each sees its own time as `now`. Does nothing inside a call or an event. */
  settle(): void {
    if (this.instant !== undefined) return;
    const until = this.now();
    let sameInstant = 0;
    let previous = Number.NEGATIVE_INFINITY;
    try {
      for (let due = this.agenda.takeDue(until); due !== undefined; due = this.agenda.takeDue(until)) {
        sameInstant = due.at === previous ? sameInstant + 1 : 0;
        if (sameInstant > eventsPerInstant) throw new Error(`the simulator's agenda does not get past ${due.at}`);
        previous = due.at;
        this.instant = due.at;
        this.happened += 1;
        due.run();
      }
    } finally {
      this.instant = undefined;
    }
  }

  /**
   * Answers one API call: what is due happens first, then the call is charged, run and logged.
   * Throws `AwsError` for what AWS refuses, and `LostAnswer` where an injected fault keeps the answer from the caller.
   */
  call(request: ApiRequest): object {
    this.settle();
    const nested = this.instant;
    this.instant = this.now();
    try {
      return this.answer(request, this.instant);
    } finally {
      this.instant = nested;
    }
  }

  private answer(request: ApiRequest, now: number): object {
    this.past.begin();
    const who = identify(request, this.worlds.sts);
    const call = this.identified(request, who, now);
    const service = this.services.get(request.service);
    const throttled = (): AwsError => service?.throttled() ?? new AwsError('ThrottlingException', 'Rate exceeded');
    const operation = service?.operations.get(request.operation);
    const early = this.faults?.before?.(call, request.input);
    const bent = early !== undefined && isBent(early) ? early : undefined;
    if (early !== undefined && !isBent(early)) throw this.met(early, throttled, { call, request, operation });
    const refused = who.refused ?? request.refused;
    const outcome = refused === undefined ? this.attempt(request, call, operation, bent) : { error: refused };
    this.record(request, call, operation, outcome);
    const late = this.faults?.after?.(call, request.input, outcome);
    if (late !== undefined) throw meetFault(late, 'after', throttled, this.faultCounts);
    if ('error' in outcome) throw outcome.error;
    return outcome.output;
  }

  /** A fault before the call: an error that AWS answered with is in its log, a call that never arrived is not. */
  private met(
    fault: Fault,
    throttled: () => AwsError,
    about: { call: Call; request: ApiRequest; operation: Operation | undefined },
  ): Error {
    const met = meetFault(fault, 'before', throttled, this.faultCounts);
    if (met instanceof AwsError) this.record(about.request, about.call, about.operation, { error: met });
    return met;
  }

  private identified(request: ApiRequest, who: Identity, now: number): Call {
    const principal = request.appId === undefined ? who.principal : `${who.principal}/${request.appId}`;
    return {
      account: who.account,
      region: request.region,
      principal,
      service: request.service,
      operation: request.operation,
      requestId: request.requestId ?? this.newRequestId(),
      now,
      ...(who.arn === undefined ? {} : { callerArn: who.arn }),
      ...(who.assumed === undefined ? {} : { assumed: who.assumed }),
    };
  }

  private attempt(
    request: ApiRequest,
    call: Call,
    operation: Operation | undefined,
    bent: BentFault | undefined,
  ): CallOutcome {
    const service = this.services.get(request.service);
    if (operation === undefined || service === undefined) {
      return { error: unknownOperation(request.service, request.operation) };
    }
    try {
      const draws = this.buckets === undefined ? [] : (operation.buckets?.(request.input as never, call) ?? []);
      if (this.buckets !== undefined && !this.buckets.take(draws, call)) return { error: service.throttled() };
      // What a copy does again was allowed when it was done first.
      const denied = this.guard?.refusal(call, request.input);
      if (denied !== undefined) return { error: denied };
      const untaken = firstUntaken(operation.takes, request.input);
      if (untaken !== undefined) return { error: service.untaken(untaken) };
      const input = bent?.kind === 'partial-page' ? this.smallestPage(request, operation) : request.input;
      const lagMs = this.lagOf(call, operation, input, bent);
      const past = lagMs > 0 ? this.past.asOf(lagMs) : undefined;
      if (past !== undefined) return { output: past.readFromPast(call, input) };
      this.past.note((copy) => copy.repeat(call, input));
      return { output: operation.run(input as never, call) ?? {} };
    } catch (error) {
      if (error instanceof AwsError) return { error };
      throw error;
    }
  }

  private smallestPage(request: ApiRequest, operation: Operation): object {
    const smaller = withSmallestPage(request.service, operation.takes, request.input);
    if (smaller !== undefined) this.faultCounts.partialPage += 1;
    return smaller ?? request.input;
  }

  /** How far back the answer of this call lies, in milliseconds. */
  private lagOf(call: Call, operation: Operation, input: object, bent: BentFault | undefined): number {
    if (operation.mutating || operation.consistent?.(input as never) === true) return 0;
    if (bent?.kind !== 'stale') return this.readLagMs[call.service] ?? 0;
    this.faultCounts.stale += 1;
    return bent.ms;
  }

  /** As a copy: does again what a call did. What AWS refused then it refuses again. */
  private repeat(call: Call, input: object): void {
    try {
      this.services
        .get(call.service)
        ?.operations.get(call.operation)
        ?.run(input as never, call);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  /** As a copy: answers a read as of where it stands. Draws from streams of its own, for the world that it follows never draws for this. */
  private readFromPast(call: Call, input: object): object {
    const { streams } = this;
    this.streams = this.staleStreams;
    try {
      const operation = this.services.get(call.service)?.operations.get(call.operation);
      return this.still(() => operation?.run(input as never, { ...call, now: this.now() }) ?? {});
    } finally {
      this.streams = streams;
    }
  }

  private record(request: ApiRequest, call: Call, operation: Operation | undefined, outcome: CallOutcome): void {
    const output = 'output' in outcome ? outcome.output : undefined;
    // A request that the codec refused has no well-typed input to take names from.
    const resources =
      request.refused === undefined
        ? (operation?.resources?.(request.input as never, output as never, call) ?? [])
        : [];
    this.log.record({
      at: call.now,
      principal: call.principal,
      account: call.account,
      region: call.region,
      service: call.service,
      operation: call.operation,
      resources,
      mutating: operation?.mutating ?? false,
      error: 'error' in outcome ? outcome.error.code : null,
    });
  }

  private world<K extends keyof ServiceWorlds>(name: K): ServiceWorlds[K] {
    const world = this.worlds[name];
    if (world === undefined) throw new Error(`the simulated AWS was set up without its ${name} part`);
    return world;
  }
}
