import type { Clock } from '../model/clock.ts';
import { Agenda } from './agenda.ts';
import { RingCallLog } from './call-log.ts';
import type { CallOutcome, Fault, FaultCounts, FaultInjector, LostAnswer } from './faults.ts';
import { meetFault, noFaults } from './faults.ts';
import { credentialError, isCredentialFault, plainIdentity, unknownOperation } from './identity.ts';
import type {
  ApiRequest,
  Call,
  Ec2World,
  EcsWorld,
  ElbWorld,
  Operation,
  QuotaWorld,
  Route53World,
  ServiceId,
  SimService,
  StsWorld,
  World,
} from './kernel.ts';
import { AwsError } from './kernel.ts';
import { RandomStreams } from './random.ts';
import { firstUntaken } from './takes.ts';
import { TokenBuckets } from './throttle.ts';

/** How a simulated AWS is set up. */
export interface SimulatedAwsOptions {
  /** The clock under everything; `advance` shifts the simulator ahead of it. */
  readonly clock: Clock;
  /** Seed of all randomness (1). */
  readonly seed?: number | string;
  /** Whether token buckets throttle (true). */
  readonly throttle?: boolean;
  /** Scales every built-in latency: 1 (default) as AWS is, 0 everything at once. */
  readonly latencyFactor?: number;
}

/** The state that services offer each other; a service is there once it was installed. */
export interface ServiceWorlds {
  readonly ecs: EcsWorld;
  readonly elb: ElbWorld;
  readonly ec2: Ec2World;
  readonly route53: Route53World;
  readonly sts: StsWorld;
  readonly quotas: QuotaWorld;
}

/** Who a credential stands for, or why it stands for nobody. */
interface Identity {
  readonly account: string;
  readonly principal: string;
  readonly arn?: string;
  readonly refused?: AwsError;
}

/** Events at one instant beyond this number can only be a loop that no time passes in. */
const eventsPerInstant = 1_000_000;

/** AWS in one process: services, accounts, time, throttles and the call log behind one synchronous `call`. */
export class SimulatedAws implements World {
  readonly clock: Clock;
  readonly latencyFactor: number;
  readonly log = new RingCallLog();
  /** Decides about faults; tests set and replace it at will. */
  faults: FaultInjector | undefined = undefined;
  /** How many things have happened by themselves: with the mutating calls, all that the world's state changes by. */
  happened = 0;
  /** What was injected so far. */
  readonly faultCounts: FaultCounts = noFaults();

  private readonly streams: RandomStreams;
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
    this.streams = new RandomStreams(options.seed ?? 1);
    this.buckets = options.throttle === false ? undefined : new TokenBuckets();
  }

  /** Adds a service, and what it offers to the others. A second service with the same id replaces the first. */
  install(services: readonly SimService[], worlds: Partial<ServiceWorlds> = {}): void {
    for (const service of services) this.services.set(service.id, service);
    Object.assign(this.worlds, worlds);
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
    const who = this.whoIs(request);
    const call = this.identified(request, who, now);
    const service = this.services.get(request.service);
    const throttled = (): AwsError => service?.throttled() ?? new AwsError('ThrottlingException', 'Rate exceeded');
    const operation = service?.operations.get(request.operation);
    const early = this.faults?.before?.(call, request.input);
    if (early !== undefined) throw this.met(early, 'before', throttled, { call, request, operation });
    const refused = who.refused ?? request.refused;
    const outcome = refused === undefined ? this.attempt(request, call, operation, throttled) : { error: refused };
    this.record(request, call, operation, outcome);
    const late = this.faults?.after?.(call, request.input, outcome);
    if (late !== undefined) throw meetFault(late, 'after', throttled, this.faultCounts);
    if ('error' in outcome) throw outcome.error;
    return outcome.output;
  }

  /** A fault before the call: an error that AWS answered with is in its log, a call that never arrived is not. */
  private met(
    fault: Fault,
    phase: 'before' | 'after',
    throttled: () => AwsError,
    about: { call: Call; request: ApiRequest; operation: Operation | undefined },
  ): AwsError | LostAnswer {
    const met = meetFault(fault, phase, throttled, this.faultCounts);
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
    };
  }

  private whoIs(request: ApiRequest): Identity {
    const plain = plainIdentity(request.accessKeyId);
    if (request.accessKeyId === '') {
      return { ...plain, refused: credentialError(request.service, 'MissingAuthenticationToken') };
    }
    if (this.worlds.sts === undefined) return plain;
    try {
      return this.worlds.sts.identify(request.accessKeyId, request.sessionToken);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const refused = isCredentialFault(error.code) ? credentialError(request.service, error.code) : error;
      return { ...plain, refused };
    }
  }

  private attempt(
    request: ApiRequest,
    call: Call,
    operation: Operation | undefined,
    throttled: () => AwsError,
  ): CallOutcome {
    if (operation === undefined) return { error: unknownOperation(request.service, request.operation) };
    try {
      const draws = this.buckets === undefined ? [] : (operation.buckets?.(request.input as never, call) ?? []);
      if (this.buckets !== undefined && !this.buckets.take(draws, call)) return { error: throttled() };
      const untaken = operation.takes === undefined ? undefined : firstUntaken(operation.takes, request.input);
      if (untaken !== undefined)
        return { error: this.services.get(request.service)?.untaken?.(untaken) ?? throttled() };
      return { output: operation.run(request.input as never, call) ?? {} };
    } catch (error) {
      if (error instanceof AwsError) return { error };
      throw error;
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
      at: new Date(call.now).toISOString(),
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
