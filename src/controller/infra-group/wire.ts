import type { Clock } from '../../model/clock.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError, type ErrorClass, failureText } from '../../model/errors.ts';
import type { Change, EndpointInventory, InventoryResource } from '../../model/resources.ts';
import type {
  Desired,
  EndpointContext,
  EndpointReconciler,
  GroupAccess,
  Observation,
  ObserveOptions,
  RetireStep,
} from '../../reconcilers/contract.ts';
import { decideStep, type Step } from '../tenant/decide.ts';
import { adoptEndpoints, type EndpointAdoption } from './adopt.ts';
import type { RefusalBook } from './refusals.ts';

export interface WireDeps {
  readonly reconciler: EndpointReconciler;
  readonly clock: Clock;
  readonly newToken: () => string;
  /** Makes what is known of this dependency durable. Throws when it cannot, and then no call follows. */
  readonly save: (next: EndpointInventory) => Promise<void>;
  readonly report: (change: Change, what: 'seen' | 'applied') => void;
  /** False for `observe` mode, plans and first looks: everything is read and decided, nothing is done. */
  readonly write: boolean;
  /** Whether a call that changes something may be made now. */
  readonly take: () => boolean;
  /** Whether something may be deleted now. */
  readonly mayRemove: boolean;
  readonly refusals: RefusalBook;
  /** What may be taken over now. */
  readonly adopt?: EndpointAdoption;
  readonly freshness: ObserveOptions;
}

/** What one pass over the endpoint of a dependency found and did. */
export interface WireResult {
  /** How the dependency stands (`EndpointsReady` of this one). */
  readonly condition: ConditionUpdate;
  readonly changes: readonly Change[];
  readonly waiting: readonly { readonly on: string; readonly checkInMs: number }[];
  readonly held?: { readonly reason: string; readonly message: string };
  readonly failed?: CallError;
}

/** How soon to ask whether it is one's turn. */
const turnMs = 10_000;
/** An intent whose token AWS knows for another request is given up after this long: what was made under it would show by now, unless somebody deleted it. */
const lostIntentMs = 600_000;

/** Refusals that the same call would only meet again. */
const refusals: ReadonlySet<ErrorClass> = new Set(['invalid', 'denied', 'capacity']);

/** One pass over the endpoint of a dependency: observe, decide, apply, and retire what was superseded. Throws only when our lease is gone. */
export async function wireDependency(
  deps: WireDeps,
  access: GroupAccess,
  context: EndpointContext,
): Promise<WireResult> {
  const pass = new WirePass(deps, access, context);
  try {
    await pass.run();
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    pass.fail(error);
  }
  return pass.result();
}

class WirePass {
  readonly #deps: WireDeps;
  readonly #access: GroupAccess;
  #context: EndpointContext;
  #condition: ConditionUpdate;
  readonly #changes: Change[] = [];
  readonly #waiting: { on: string; checkInMs: number }[] = [];
  #held: { reason: string; message: string } | undefined;
  #failed: CallError | undefined;

  constructor(deps: WireDeps, access: GroupAccess, context: EndpointContext) {
    this.#deps = deps;
    this.#access = access;
    this.#context = context;
    const message = `${context.dependency.name}: not read yet`;
    this.#condition = { type: 'EndpointsReady', status: 'Unknown', reason: 'NotRead', message };
  }

  result(): WireResult {
    return {
      condition: this.#condition,
      changes: this.#changes,
      waiting: this.#waiting,
      ...(this.#held === undefined ? {} : { held: this.#held }),
      ...(this.#failed === undefined ? {} : { failed: this.#failed }),
    };
  }

  fail(error: CallError): void {
    if (error.class === 'waiting') {
      this.#waiting.push({ on: error.message, checkInMs: 15_000 });
      return;
    }
    this.#failed = error;
    const { reason, message } = failureWords(error);
    if (this.#condition.status === 'True') {
      // It goes on answering: what may not be put right in it is said, and closes nothing.
      if (refusals.has(error.class)) {
        this.#condition = { ...this.#condition, message: `${this.#condition.message}; not put right: ${message}` };
      }
      return;
    }
    const status = this.#condition.status === 'Unknown' && !refusals.has(error.class) ? 'Unknown' : 'False';
    this.#condition = {
      type: 'EndpointsReady',
      status,
      reason,
      message: `${this.#context.dependency.name}: ${message}`,
    };
  }

  async run(): Promise<void> {
    const { reconciler, freshness, clock } = this.#deps;
    const observation = await reconciler.observe(this.#access, this.#context, freshness);
    const desired = reconciler.desired(this.#context);
    const [condition] = reconciler.conditions(this.#context, desired, observation);
    if (condition !== undefined) this.#condition = condition;
    if (await this.#adopt()) return;
    await this.#confirm(observation);
    const signals = reconciler.signals(this.#context, observation);
    if (signals.lost !== undefined && observation.state === 'live') return this.#giveUp(signals.lost);
    if (signals.checkInMs !== undefined) {
      this.#waiting.push({ on: this.#condition.message, checkInMs: signals.checkInMs });
    }
    const step = decideStep({
      reconciler,
      context: this.#context,
      entry: this.#context.resource,
      place: this.#context.infraGroup,
      desired,
      observation,
      now: clock.now(),
    });
    await this.#act(step, desired.state === 'known' ? desired : undefined, observation, signals.stable === true);
  }

  /** Whether something is taken over in this pass. The next one, which finds it ours, does the rest. */
  async #adopt(): Promise<boolean> {
    const { reconciler, clock, report, write, adopt } = this.#deps;
    const save = (next: EndpointInventory): Promise<void> => this.#save(next);
    const deps = { reconciler, now: clock.now(), save, report, write, adopt };
    const changes = await adoptEndpoints(deps, this.#access, this.#context);
    this.#changes.push(...changes);
    if (changes.length > 0 && write) this.#waiting.push({ on: 'the mark to be seen', checkInMs: 5_000 });
    return changes.length > 0;
  }

  async #act(
    step: Step,
    desired: { value: unknown; hash: string } | undefined,
    observation: Observation<unknown>,
    stable: boolean,
  ): Promise<void> {
    switch (step.do) {
      case 'wait':
        this.#waiting.push({ on: step.on, checkInMs: step.checkInMs });
        return;
      case 'hold':
        this.#held = { reason: step.reason, message: step.message };
        return;
      case 'create':
      case 'update':
        if (desired !== undefined) await this.#change(step, desired, observation);
        return;
      case 'converged':
        if (stable) await this.#settle(step.applied);
        return;
      case 'skip':
      case 'remove':
      case 'forget':
        return;
      default:
        step satisfies never;
    }
  }

  /** Everything is as it should be: what it supersedes may go. */
  async #settle(hash: string | undefined): Promise<void> {
    const { resource } = this.#context;
    if (!this.#deps.write || resource === undefined) return;
    if (hash !== undefined && resource.applied !== hash) await this.#put({ ...resource, applied: hash });
    if (this.#condition.status === 'True') await this.#retireOld();
  }

  async #change(
    step: Extract<Step, { do: 'create' | 'update' }>,
    desired: { value: unknown; hash: string },
    observation: Observation<unknown>,
  ): Promise<void> {
    const { clock, refusals: book, report, write } = this.#deps;
    this.#changes.push(step.change);
    report(step.change, 'seen');
    if (!write) return;
    const key = `${this.#context.infraGroup}/${this.#context.dependency.name}`;
    const refused = book.of(key, desired.hash, clock.monotonic());
    if (refused !== undefined) throw refused;
    if (!this.#deps.take()) {
      this.#waiting.push({ on: 'its turn: AWS takes few changes of endpoints at a time', checkInMs: turnMs });
      return;
    }
    try {
      if (step.do === 'create') await this.#create(step, desired);
      else if (observation.state === 'live') {
        const { live } = observation;
        await this.#deps.reconciler.update(this.#access, this.#context, desired.value, live, step.fields);
      }
    } catch (error) {
      if (error instanceof CallError && refusals.has(error.class))
        book.note(key, desired.hash, error, clock.monotonic());
      throw error;
    }
    book.forget(key);
    report(step.change, 'applied');
    this.#waiting.push({ on: 'the change to take effect', checkInMs: 5_000 });
  }

  async #create(
    step: Extract<Step, { do: 'create' }>,
    desired: Extract<Desired<unknown>, { state: 'known' }> | { value: unknown; hash: string },
  ): Promise<void> {
    const { reconciler, clock } = this.#deps;
    const before = this.#context.resource;
    const entry = step.resend && before !== undefined ? before : this.#intent(step.n);
    if (entry !== before) await this.#put(entry, step.retire);
    try {
      const created = await reconciler.create(this.#access, this.#context, desired.value, entry);
      if (created.outcome === 'stranger') return;
      const { kind, n, name } = entry;
      // What was asked for counts as applied only once all of it was seen to stand: until then a difference is no drift.
      await this.#put({ kind, n, name, arn: created.arn, confirmedAt: new Date(clock.now()).toISOString() });
    } catch (error) {
      const mismatch = error instanceof CallError && error.code === 'IdempotentParameterMismatch';
      if (mismatch && clock.now() - Date.parse(entry.intent?.at ?? '') >= lostIntentMs) {
        await this.#put(this.#intent(entry.n + 1));
      }
      throw error;
    }
  }

  #intent(n: number): InventoryResource {
    const { reconciler, clock, newToken } = this.#deps;
    const intent = { token: newToken(), at: new Date(clock.now()).toISOString() };
    return { kind: reconciler.kind, n, name: reconciler.name(this.#context, n), intent };
  }

  /** What only a read could tell becomes part of the inventory: an id whose answer was lost, or an endpoint of ours that the inventory lacks. */
  async #confirm(observation: Observation<unknown>): Promise<void> {
    if (!this.#deps.write || observation.state !== 'live') return;
    const { reconciler, clock } = this.#deps;
    const known = this.#context.resource;
    if (known?.arn === observation.arn) return;
    const { intent: _answered, ...rest } = known ?? {
      kind: reconciler.kind,
      n: 1,
      name: reconciler.name(this.#context, 1),
      intent: undefined,
    };
    await this.#put({ ...rest, arn: observation.arn, confirmedAt: new Date(clock.now()).toISOString() });
  }

  /** It failed, or its service's owner said no: it goes once it is old enough, and a successor is made as of one that was deleted. */
  async #giveUp({ found, retryMs }: { readonly found: string; readonly retryMs: number }): Promise<void> {
    const { resource } = this.#context;
    const { write, mayRemove, clock, reconciler, take } = this.#deps;
    if (!write || resource === undefined) return;
    const left = Date.parse(resource.confirmedAt ?? '') + retryMs - clock.now();
    if (left > 0) {
      this.#waiting.push({ on: found, checkInMs: Math.min(left, 60_000) });
      return;
    }
    if (!mayRemove || !take()) {
      this.#waiting.push({ on: 'its turn to be replaced', checkInMs: turnMs });
      return;
    }
    this.#note(await reconciler.retire(this.#access, this.#context, resource));
  }

  async #retireOld(): Promise<void> {
    const { reconciler, mayRemove, take } = this.#deps;
    for (const old of this.#context.retired) {
      if (!mayRemove || !take()) {
        this.#waiting.push({ on: 'its turn to be removed', checkInMs: turnMs });
        return;
      }
      const step = await reconciler.retire(this.#access, this.#context, old);
      if (step.step === 'unmarked') {
        const message = `${reconciler.kind} ${old.arn ?? old.name} is superseded but ${step.found}: it is left alone until it is adopted`;
        this.#held = { reason: 'OwnershipLost', message };
        continue;
      }
      this.#note(step);
      if (step.step === 'pending') continue;
      await this.#save({ ...this.#known(), retired: this.#context.retired.filter((one) => one !== old) });
    }
  }

  #note(step: RetireStep): void {
    if (step.step === 'pending') this.#waiting.push({ on: step.found, checkInMs: step.checkInMs });
    else this.#waiting.push({ on: 'what is gone to be replaced', checkInMs: 1_000 });
  }

  async #put(entry: InventoryResource, retire?: InventoryResource): Promise<void> {
    const { retired } = this.#context;
    const more = retire?.arn === undefined || retired.some((old) => old.arn === retire.arn) ? [] : [retire];
    const left = [...retired, ...more].filter((old) => old.arn !== entry.arn);
    await this.#save({ service: this.#context.dependency.serviceName, resource: entry, retired: left });
  }

  #known(): EndpointInventory {
    const { dependency, resource, retired } = this.#context;
    return { service: dependency.serviceName, ...(resource === undefined ? {} : { resource }), retired };
  }

  async #save(next: EndpointInventory): Promise<void> {
    await this.#deps.save(next);
    this.#context = { ...this.#context, resource: next.resource, retired: next.retired };
  }
}

/** What a failed call means for a dependency, and what to do about it. */
export function failureWords(error: CallError): { readonly reason: string; readonly message: string } {
  const said = failureText(error);
  if (error.code === 'InvalidServiceName') {
    const message = `${said}: name a service that exists in the cell's Region, and have its owner allow the cell's account (its principal arn:aws:iam::ACCOUNT:root)`;
    return { reason: 'ServiceUnknown', message };
  }
  if (error.class === 'denied') return { reason: 'AccessDenied', message: said };
  if (error.class === 'capacity') return { reason: 'QuotaReached', message: said };
  if (error.class === 'invalid') return { reason: 'Refused', message: said };
  return { reason: 'CallFailed', message: said };
}
