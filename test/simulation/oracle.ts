import type { FaultInjector } from '../../src/simulator/faults.ts';
import type { Call } from '../../src/simulator/kernel.ts';
import type { CompleteAws } from '../../src/simulator/index.ts';
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
}

/** Everything that outsiders break is healed within a resync, a detail round and a rollout (design: "It is shown by" of the main job). */
const healMs = 420_000;

const mutatingReads = /^(Describe|List|Get|Query|Scan|Batch|Assume)/;

/** Asks every invariant before and after every call of the simulated AWS; `faults` is asked too, after the invariants. */
export class Oracle implements Watch, FaultInjector {
  readonly aws: CompleteAws;
  readonly truth: TruthView;
  readonly violations: string[] = [];
  calls = 0;
  faults: FaultInjector | undefined;
  readonly #isLate: () => boolean;
  readonly #damagedUntil = new Map<string, number>();
  #invariants: readonly Invariant[] = [];
  #current = '';
  #pending: { readonly call: Call; readonly seen: SeenCall } | undefined;

  constructor(aws: CompleteAws, isLate: () => boolean) {
    this.aws = aws;
    this.truth = new TruthView(aws);
    this.#isLate = isLate;
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
    this.#ask(seen, (invariant) => invariant.after?.(seen, 'error' in outcome));
    return seen.controller === undefined ? undefined : this.faults?.after?.(call, input, outcome as never);
  }

  #see(call: Call, input: object): SeenCall {
    const controller = /(controller-\d+)$/.exec(call.principal)?.[1];
    return {
      call,
      input: input as Record<string, unknown>,
      mutating: !mutatingReads.test(call.operation),
      controller,
      late: controller !== undefined && this.#isLate(),
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
