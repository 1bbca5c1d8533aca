/** Reconcilers that tell whose call is on the way: for the audit of IAM actions, and for faults at one reconciler's calls only. */
import type { ResourceKind } from '../../src/model/resources.ts';
import type { EndpointReconciler, Reconciler } from '../../src/reconcilers/contract.ts';
import { endpointReconciler, reconcilers } from '../../src/reconcilers/registry.ts';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import type { Ground } from './world.ts';

export type Effect = 'observe' | 'create' | 'update' | 'stop' | 'retire';

/** All witnesses of one kind's suite. */
export type Witnesses = Witness[] & { readonly kind: ResourceKind };

/** Which reconciler works at this moment, and what it has called so far. */
export class Witness {
  at: { readonly kind: ResourceKind; readonly effect: Effect } | undefined;
  readonly calls: { readonly kind: ResourceKind; readonly effect: Effect; readonly call: CallRecord }[] = [];
  readonly reconcilers: readonly Reconciler[];
  /** What the suite is about. */
  readonly kind: ResourceKind;
  readonly endpoint: EndpointReconciler;
  readonly #ground: Ground;

  constructor(ground: Ground, kind: ResourceKind) {
    this.#ground = ground;
    this.kind = kind;
    this.reconcilers = reconcilers.map((reconciler) => this.#watched(reconciler));
    this.endpoint = this.#watched(endpointReconciler);
  }

  of(kind: ResourceKind): Reconciler {
    // Handed only contexts that its own controller made.
    if (kind === 'endpoint') return this.endpoint as unknown as Reconciler;
    const found = this.reconcilers.find((reconciler) => reconciler.kind === kind);
    if (found === undefined) throw new Error(`no reconciler for ${kind}`);
    return found;
  }

  /** The AWS actions that a reconciler has called, as IAM names them. */
  actions(kind: ResourceKind): ReadonlySet<string> {
    return new Set(this.calls.filter((one) => one.kind === kind).map(({ call }) => actionOf(call)));
  }

  #watched<D, L, C, A>(inner: Reconciler<D, L, C, A>): Reconciler<D, L, C, A> {
    const { kind, stop } = inner;
    const watch = async <T>(effect: Effect, work: () => Promise<T>): Promise<T> => {
      const { log } = this.#ground.aws;
      const before = log.last;
      this.at = { kind, effect };
      try {
        return await work();
      } finally {
        this.at = undefined;
        const made = log
          .since(before, 100_000)
          .filter(({ principal, service }) => isOurs(principal) && service !== 'sts');
        this.calls.push(...made.map((call) => ({ kind, effect, call })));
      }
    };
    return {
      ...inner,
      observe: (...given) => watch('observe', () => inner.observe(...given)),
      create: (...given) => watch('create', () => inner.create(...given)),
      update: (...given) => watch('update', () => inner.update(...given)),
      retire: (...given) => watch('retire', () => inner.retire(...given)),
      ...(stop === undefined ? {} : { stop: (...given) => watch('stop', () => stop(...given)) }),
    };
  }
}

function isOurs(principal: string): boolean {
  return !principal.includes('stranger');
}

const prefixes: Readonly<Record<string, string>> = { elbv2: 'elasticloadbalancing' };

function actionOf(call: CallRecord): string {
  return `${prefixes[call.service] ?? call.service}:${call.operation}`;
}
