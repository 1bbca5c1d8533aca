import type { FaultInjector } from '../../src/simulator/faults.ts';
import type { CompleteAws } from '../../src/simulator/index.ts';
import type { Call } from '../../src/simulator/kernel.ts';
import { lateSuffix } from './process.ts';
import { TruthView } from './truth.ts';

/** One AWS call, as an invariant's checker sees it. */
export interface SeenCall {
  readonly call: Call;
  readonly input: Readonly<Record<string, unknown>>;
  readonly mutating: boolean;
  /** Name of the controller that made it; undefined for people. */
  readonly controller: string | undefined;
  /** It was sent by a controller that has died or lost its lease since. */
  readonly late: boolean;
}

/** One invariant of the design, or a part of one. Both hooks run in the very turn of the call. */
export interface Invariant {
  readonly name: string;
  before?(seen: SeenCall): void;
  after?(seen: SeenCall, failed: boolean): void;
}

/** What invariants look at and tell. */
export interface Watch {
  readonly aws: CompleteAws;
  readonly truth: TruthView;
  /** Reports a breach. */
  violated(text: string): void;
  /** Somebody from outside, or a call that landed late, did something to a tenant: until it is put right its service may be broken. */
  damaged(tenant: string): void;
  isDamaged(tenant: string): boolean;
  /** Tasks of a tenant failed by themselves: its load balancers may answer 503 for a while. */
  shaken(tenant: string): void;
  isShaken(tenant: string): boolean;
}

/** Everything that outsiders break is healed within a resync, a detail round and a rollout (design: "It is shown by" of the main job). */
const healMs = 420_000;

const callerPattern = new RegExp(`(controller-\\d+)(${lateSuffix})?$`);

const readPattern = /^(Describe|List|Get|Query|Scan|Batch|Assume)/;

/** Asks every invariant before and after every call of the simulated AWS; `faults` is asked too, after the invariants. */
export class Oracle implements Watch, FaultInjector {
  readonly aws: CompleteAws;
  readonly truth: TruthView;
  readonly violations: string[] = [];
  calls = 0;
  faults: FaultInjector | undefined;
  readonly #damagedUntil = new Map<string, number>();
  readonly #shakenUntil = new Map<string, number>();
  #invariants: readonly Invariant[] = [];
  #current = '';
  #pending: { readonly call: Call; readonly seen: SeenCall } | undefined;

  constructor(aws: CompleteAws) {
    this.aws = aws;
    this.truth = new TruthView(aws);
  }

  use(invariants: readonly Invariant[]): void {
    this.#invariants = invariants;
  }

  violated(text: string): void {
    if (this.violations.length < 20) this.violations.push(`${this.#current}: ${text}`);
  }

  damaged(tenant: string): void {
    this.#damagedUntil.set(tenant, this.aws.now() + healMs);
  }

  isDamaged(tenant: string): boolean {
    return (this.#damagedUntil.get(tenant) ?? 0) > this.aws.now();
  }

  shaken(tenant: string): void {
    this.#shakenUntil.set(tenant, this.aws.now() + healMs);
  }

  isShaken(tenant: string): boolean {
    return (this.#shakenUntil.get(tenant) ?? 0) > this.aws.now() || this.isDamaged(tenant);
  }

  before(call: Call, input: object) {
    const seen = this.#see(call, input);
    this.#pending = { call, seen };
    this.#ask(seen, (invariant) => invariant.before?.(seen));
    return seen.controller === undefined ? undefined : this.faults?.before?.(call, input);
  }

  after(call: Call, input: object, outcome: { readonly output: object } | { readonly error: Error }) {
    const seen = this.#pending?.call === call ? this.#pending.seen : this.#see(call, input);
    this.calls += 1;
    if (seen.mutating && call.service === 'dynamodb') this.truth.tableWritten();
    if (seen.late && seen.mutating) this.#excuse(input);
    this.#ask(seen, (invariant) => invariant.after?.(seen, 'error' in outcome));
    return seen.controller === undefined ? undefined : this.faults?.after?.(call, input, outcome as never);
  }

  /** A call that landed late may have undone what was right: its tenant is put right by the leader there is. */
  #excuse(input: object): void {
    const text = JSON.stringify(input);
    for (const [id, { tenant, placement }] of this.truth.placements()) {
      const arns = Object.values(placement.resources).map((resource) => resource.arn ?? id);
      if ([id, ...arns].some((word) => text.includes(word))) this.damaged(tenant);
    }
  }

  #see(call: Call, input: object): SeenCall {
    const [, controller, late] = callerPattern.exec(call.principal) ?? [];
    return {
      call,
      input: input as Record<string, unknown>,
      mutating: !readPattern.test(call.operation),
      controller,
      late: late !== undefined,
    };
  }

  #ask(seen: SeenCall, ask: (invariant: Invariant) => void): void {
    for (const invariant of this.#invariants) {
      const { call } = seen;
      this.#current = `${invariant.name}, call ${this.calls} at ${new Date(call.now).toISOString()} (${call.principal} ${call.service} ${call.operation}${seen.late ? ', late' : ''})`;
      ask(invariant);
    }
  }
}
