import type { Clock } from '../../model/clock.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError } from '../../model/errors.ts';
import type { Change, InventoryResource, PlacementInventory, ResourceKind } from '../../model/resources.ts';
import type { Access, Observation, PlacementContext, Reconciler, Signals } from '../../reconcilers/contract.ts';
import { decide, type Step } from './decide.ts';
import { unknownChange } from './dns-change.ts';

/** Why a change is not made now. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** When to ask again, in milliseconds, where it is known that it would be in vain before (30,000). */
  readonly checkInMs?: number;
}

export interface ChainDeps {
  readonly reconcilers: readonly Reconciler[];
  readonly clock: Clock;
  readonly newToken: () => string;
  /** Makes the placement's inventory durable. Throws when it cannot, and then no call follows. */
  readonly save: (placement: PlacementInventory) => Promise<void>;
  /** The guard's word on one change; undefined lets it pass. Durable charges happen in here. */
  readonly guard: (change: Change, signals: ChainSignals) => Promise<Refusal | undefined>;
  /** Told of each change: `seen` when it is planned, `applied` when AWS took it. */
  readonly report: (change: Change, what: 'seen' | 'applied', step: Step) => void;
  /** False for `observe` mode and `plan`: everything is read and decided, nothing is done. */
  readonly write: boolean;
  readonly depth: 'probe' | 'full';
  readonly maxAgeMs: number;
  readonly driftAgeMs: number;
}

export type ChainSignals = Readonly<Partial<Record<ResourceKind, Signals>>>;

/** What one pass over a placement's chain found and did. */
export interface ChainResult {
  readonly placement: PlacementInventory;
  readonly conditions: readonly ConditionUpdate[];
  readonly signals: ChainSignals;
  readonly changes: readonly Change[];
  /** Number of changes that AWS took. */
  readonly applied: number;
  readonly waiting: readonly { readonly on: string; readonly checkInMs: number }[];
  readonly held: readonly Refusal[];
  readonly failed: readonly { readonly kind: ResourceKind; readonly error: CallError }[];
  /** Nothing differs, nothing waits, nothing is held or failed. */
  readonly converged: boolean;
  /** Resources that could not be read at this depth. */
  readonly unread: readonly ResourceKind[];
}

/**
 * One pass over the chain of a placement, in the order in which it is built: observe, decide, guard, apply. It goes on past a resource that waits or fails,
 * as far as what follows does not need its id: conditions are complete, and one broken part does not stop the healing of another.
 */
export async function convergeChain(
  deps: ChainDeps,
  access: Access,
  start: PlacementContext,
  dnsWish: (signals: ChainSignals, conditions: readonly ConditionUpdate[]) => PlacementContext['dns'],
): Promise<ChainResult> {
  const run = new ChainPass(deps, access, start);
  for (const reconciler of deps.reconcilers) {
    if (reconciler.kind === 'dns_record') run.wish(dnsWish(run.signals, run.conditions));
    await run.resource(reconciler);
  }
  return run.result();
}

class ChainPass {
  readonly signals: Partial<Record<ResourceKind, Signals>> = {};
  readonly conditions: ConditionUpdate[] = [];
  readonly #deps: ChainDeps;
  readonly #access: Access;
  #context: PlacementContext;
  #applied = 0;
  readonly #changes: Change[] = [];
  readonly #waiting: { on: string; checkInMs: number }[] = [];
  readonly #held: Refusal[] = [];
  readonly #failed: { kind: ResourceKind; error: CallError }[] = [];
  readonly #unread: ResourceKind[] = [];

  constructor(deps: ChainDeps, access: Access, context: PlacementContext) {
    this.#deps = deps;
    this.#access = access;
    this.#context = context;
  }

  wish(dns: PlacementContext['dns']): void {
    this.#context = { ...this.#context, dns };
  }

  result(): ChainResult {
    const converged =
      this.#changes.length === 0 && this.#waiting.length === 0 && this.#held.length === 0 && this.#failed.length === 0;
    return {
      placement: this.#context.placement,
      conditions: this.conditions,
      signals: this.signals,
      changes: this.#changes,
      applied: this.#applied,
      waiting: this.#waiting,
      held: this.#held,
      failed: this.#failed,
      converged,
      unread: this.#unread,
    };
  }

  async resource(reconciler: Reconciler): Promise<void> {
    try {
      await this.#resource(reconciler);
    } catch (error) {
      // A lost lease ends the pass; every other failure of one call is that resource's own.
      if (!(error instanceof CallError) || error.class === 'fenced') throw error;
      this.#failed.push({ kind: reconciler.kind, error });
    }
  }

  async #resource(reconciler: Reconciler): Promise<void> {
    const { depth, maxAgeMs, driftAgeMs, clock } = this.#deps;
    const observation = await reconciler.observe(this.#access, this.#context, { depth, maxAgeMs, driftAgeMs });
    if (observation.state === 'unread') this.#unread.push(reconciler.kind);
    this.signals[reconciler.kind] = reconciler.signals(this.#context, observation);
    await this.#noteRollback(this.signals[reconciler.kind]);
    const desired = reconciler.desired(this.#context);
    this.conditions.push(...reconciler.conditions(this.#context, desired, observation));
    const step = decide({ reconciler, context: this.#context, desired, observation, now: clock.now() });
    await this.#confirm(reconciler, observation);
    await this.#act(reconciler, desired.state === 'known' ? desired : undefined, observation, step);
  }

  async #act(
    reconciler: Reconciler,
    desired: { value: unknown; hash: string } | undefined,
    observation: Observation<unknown>,
    step: Step,
  ): Promise<void> {
    switch (step.do) {
      case 'converged':
        await this.#rememberApplied(reconciler.kind, step.applied);
        return;
      case 'skip':
        return;
      case 'forget':
        await this.#forget(reconciler.kind);
        return;
      case 'wait':
        this.#waiting.push({ on: step.on, checkInMs: step.checkInMs });
        return;
      case 'hold':
        this.#held.push({ reason: step.reason, message: step.message });
        return;
      case 'create':
      case 'update':
      case 'remove':
        await this.#change(reconciler, desired, observation, step);
        return;
      default:
        step satisfies never;
    }
  }

  async #change(
    reconciler: Reconciler,
    desired: { value: unknown; hash: string } | undefined,
    observation: Observation<unknown>,
    step: Extract<Step, { do: 'create' | 'update' | 'remove' }>,
  ): Promise<void> {
    this.#changes.push(step.change);
    this.#deps.report(step.change, 'seen', step);
    if (!this.#deps.write) return;
    const refusal = await this.#deps.guard(step.change, this.signals);
    if (refusal !== undefined) {
      this.#held.push(refusal);
      return;
    }
    if (!(await this.#apply(reconciler, desired, observation, step))) return;
    this.#applied += 1;
    this.#deps.report(step.change, 'applied', step);
  }

  /** False: AWS had something else in its place, and nothing was changed. */
  async #apply(
    reconciler: Reconciler,
    desired: { value: unknown; hash: string } | undefined,
    observation: Observation<unknown>,
    step: Extract<Step, { do: 'create' | 'update' | 'remove' }>,
  ): Promise<boolean> {
    if (step.do === 'remove') return this.#remove(reconciler);
    if (desired === undefined) return false;
    if (step.do === 'create') return this.#create(reconciler, desired, step);
    if (observation.state !== 'live') return false;
    const { live } = observation;
    const applied = await reconciler.update(this.#access, this.#context, desired.value, live, step.fields);
    await this.#rememberApplied(reconciler.kind, desired.hash, applied.change);
    return true;
  }

  async #create(
    reconciler: Reconciler,
    desired: { value: unknown; hash: string },
    step: Extract<Step, { do: 'create' }>,
  ): Promise<boolean> {
    const { clock, newToken } = this.#deps;
    const before = this.#context.placement.resources[reconciler.kind];
    const at = new Date(clock.now()).toISOString();
    const entry: InventoryResource =
      step.resend && before !== undefined
        ? before
        : {
            kind: reconciler.kind,
            n: step.n,
            name: reconciler.name(this.#context, step.n),
            intent: { token: newToken(), at },
          };
    if (entry !== before) await this.#put(entry, step.retire);
    const created = await reconciler.create(this.#access, this.#context, desired.value, entry);
    if (created.outcome === 'stranger') {
      this.#waiting.push({ on: `another name: ${entry.name} ${created.found}`, checkInMs: 1_000 });
      return false;
    }
    const done: InventoryResource = {
      kind: entry.kind,
      n: entry.n,
      name: entry.name,
      arn: created.arn,
      ...(created.partial === true ? {} : { applied: desired.hash }),
      confirmedAt: new Date(clock.now()).toISOString(),
    };
    await this.#put(done, undefined, created.change);
    return true;
  }

  /** What shall not stand any more (a withdrawn record): one step of its retirement. */
  async #remove(reconciler: Reconciler): Promise<boolean> {
    const entry = this.#context.placement.resources[reconciler.kind];
    if (entry === undefined) return false;
    const step = await reconciler.retire(this.#access, this.#context, entry);
    if (step.step === 'pending') this.#waiting.push({ on: step.found, checkInMs: step.checkInMs });
    if (step.step !== 'gone') return false;
    const { [reconciler.kind]: _gone, ...resources } = this.#context.placement.resources;
    await this.#save({ ...this.#context.placement, resources, ...this.#dnsChange(step.change) });
    return true;
  }

  /** What shall not stand and is gone is remembered no longer. What waited for that is looked at once more. */
  async #forget(kind: ResourceKind): Promise<void> {
    if (!this.#deps.write) return;
    const { [kind]: _gone, ...resources } = this.#context.placement.resources;
    await this.#save({ ...this.#context.placement, resources });
    this.#waiting.push({ on: `what ${kind} kept from being done`, checkInMs: 1_000 });
  }

  /** What only a read could tell becomes part of the inventory: an id whose answer was lost, or our own record that the inventory lacks. */
  async #confirm(reconciler: Reconciler, observation: Observation<unknown>): Promise<void> {
    if (!this.#deps.write || observation.state !== 'live') return;
    const { kind } = reconciler;
    const known = this.#context.placement.resources[kind];
    const entry: InventoryResource = known ?? { kind, n: 1, name: reconciler.name(this.#context, 1) };
    if (entry.arn === observation.arn) return;
    const { intent: _answered, ...rest } = entry;
    const confirmedAt = new Date(this.#deps.clock.now()).toISOString();
    // The answer that named the change was lost: when every name server has it is not known.
    const change = kind === 'dns_record' ? unknownChange : undefined;
    await this.#put({ ...rest, arn: observation.arn, confirmedAt }, undefined, change);
  }

  async #rememberApplied(kind: ResourceKind, hash: string | undefined, change?: string): Promise<void> {
    const entry = this.#context.placement.resources[kind];
    if (!this.#deps.write || hash === undefined || entry === undefined) return;
    if (entry.applied === hash && change === undefined) return;
    // A record that is as wanted and was not when it was applied last: the answer of a call that changed it was lost.
    const lost = kind === 'dns_record' && entry.applied !== undefined && entry.applied !== hash;
    await this.#put({ ...entry, applied: hash }, undefined, change ?? (lost ? unknownChange : undefined));
  }

  /**
   * ECS rolled this content back: remembered durably, since ECS forgets it with the next deployment. The hold is on the content, whatever revision it is registered as, and ends with the
   * first pass that wants other content: asked for once more after that, it is tried once more.
   */
  async #noteRollback(signals: Signals | undefined): Promise<void> {
    const definition = this.#context.placement.resources.task_definition;
    const { rolledBack: held, ...unheld } = this.#context.placement;
    if (held !== undefined && (held.taskDefinitionArn === definition?.arn || held.hash === definition?.applied)) {
      this.#context = { ...this.#context, rolledBack: held };
      return;
    }
    const { rolledBack: _over, ...context } = this.#context;
    this.#context = context;
    if (held !== undefined && definition?.applied !== undefined && this.#deps.write) await this.#save(unheld);
    const found = signals?.rolledBack;
    if (found === undefined || definition?.arn !== found.taskDefinitionArn) return;
    const rolledBack = {
      ...found,
      hash: definition.applied ?? '',
      at: new Date(this.#deps.clock.now()).toISOString(),
    };
    if (this.#deps.write) await this.#save({ ...this.#context.placement, rolledBack });
    this.#context = { ...this.#context, rolledBack };
  }

  async #put(entry: InventoryResource, retire?: InventoryResource, change?: string): Promise<void> {
    const { placement } = this.#context;
    const retired =
      retire?.arn === undefined || placement.retired.some((old) => old.arn === retire.arn)
        ? placement.retired
        : [...placement.retired, retire];
    await this.#save({
      ...placement,
      resources: { ...placement.resources, [entry.kind]: entry },
      retired: retired.filter((old) => old.arn !== entry.arn),
      ...this.#dnsChange(change),
    });
  }

  #dnsChange(change: string | undefined): Pick<PlacementInventory, 'dnsChange'> {
    return change === undefined
      ? {}
      : { dnsChange: { id: change, at: new Date(this.#deps.clock.now()).toISOString() } };
  }

  async #save(placement: PlacementInventory): Promise<void> {
    await this.#deps.save(placement);
    this.#context = { ...this.#context, placement };
  }
}
