import type { Clock } from '../../model/clock.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import type { InventoryResource, PlacementInventory, RemovalProgress, ResourceKind } from '../../model/resources.ts';
import type { Access, PlacementContext, Reconciler, RetireStep } from '../../reconcilers/contract.ts';
import type { Refusal } from './chain.ts';
import { propagationMs } from './decide.ts';
import { isInsync, unknownChange } from './dns-change.ts';

/**
 * Taking a placement away, from its inventory alone. Each step is seen to be done before the next, and what was seen is durable:
 *
 *   budget → out of DNS → INSYNC + 60 s → no scaling → no tasks wanted → tasks gone  [kept here while retained]
 *   → DeleteService → DeleteRule → DeleteTargetGroup → service INACTIVE → DeleteCluster → task definitions → released
 *
 * A tenant whose path is told by a tier's shared name has no record of its own: its tasks stop at once.
 */
export interface RemovalDeps {
  readonly reconcilers: readonly Reconciler[];
  readonly clock: Clock;
  readonly save: (placement: PlacementInventory) => Promise<void>;
  /** Charges the removal budget durably; a refusal holds the removal before its first call. */
  readonly charge: () => Promise<Refusal | undefined>;
  readonly report: (kind: ResourceKind, name: string) => void;
}

export type RemovalStep =
  | { readonly state: 'stopped'; readonly placement: PlacementInventory }
  | { readonly state: 'gone'; readonly placement: PlacementInventory }
  | { readonly state: 'busy'; readonly placement: PlacementInventory; readonly on: string; readonly checkInMs: number }
  | { readonly state: 'held'; readonly placement: PlacementInventory; readonly refusal: Refusal };

/** How long resolvers may still hold an answer after the change is INSYNC: AWS answers an ELB alias with a TTL of 60 seconds. */
export const dnsLingerMs = 60_000;

/** Does as much of the removal as can be done now. `goal` says whether to stop at no tasks, or to go on until nothing is left. */
export async function removePlacement(
  deps: RemovalDeps,
  access: Access,
  context: PlacementContext,
  goal: 'stop' | 'remove',
): Promise<RemovalStep> {
  const removal = new Removal(deps, access, context);
  return (await removal.stop()) ?? (goal === 'stop' ? removal.done('stopped') : await removal.remove());
}

class Removal {
  readonly #deps: RemovalDeps;
  readonly #access: Access;
  #context: PlacementContext;

  constructor(deps: RemovalDeps, access: Access, context: PlacementContext) {
    this.#deps = deps;
    this.#access = access;
    this.#context = { ...context, tasks: 0, dns: { ...context.dns, want: 'withdraw' } };
  }

  done(state: 'stopped' | 'gone'): RemovalStep {
    return { state, placement: this.#context.placement };
  }

  /** Out of DNS and without tasks; undefined when that is reached. What would start tasks again goes before they stop. */
  async stop(): Promise<RemovalStep | undefined> {
    return (
      (await this.#budget()) ??
      (await this.#outOfDns()) ??
      (await this.#retireAll('scaling')) ??
      (await this.#stopTasks())
    );
  }

  /** Everything goes, in order; the slot is the caller's to release. */
  async remove(): Promise<RemovalStep> {
    const service = await this.#retireAll('service');
    // Rule and target group go while a deleted service drains, and never from under one that may still run tasks.
    if (service !== undefined && this.#progress.serviceDeletedAt === undefined) return service;
    return (
      (await this.#retireAll('listener_rule')) ??
      (await this.#retireAll('target_group')) ??
      service ??
      (await this.#retireAll('cluster')) ??
      (await this.#retireAll('task_definition')) ??
      this.done('gone')
    );
  }

  async #budget(): Promise<RemovalStep | undefined> {
    if (this.#progress.budgetedAt !== undefined) return undefined;
    if (this.#context.placement.phase !== 'reserved') {
      const refusal = await this.#deps.charge();
      if (refusal !== undefined) return { state: 'held', placement: this.#context.placement, refusal };
    }
    await this.#note({ budgetedAt: this.#now() });
    return undefined;
  }

  async #outOfDns(): Promise<RemovalStep | undefined> {
    if (this.#context.effective.routing.scope === 'tier' || this.#progress.dnsInsyncAt !== undefined)
      return this.#linger();
    if (this.#progress.dnsOutAt === undefined) {
      const busy = await this.#retireOne('dns_record', this.#context.placement.resources.dns_record);
      if (busy !== undefined) return busy;
      await this.#note({ dnsOutAt: this.#now() });
    }
    if (!(await this.#insync())) return this.#busy('the DNS change to be INSYNC', 5_000);
    await this.#note({ dnsInsyncAt: this.#now() });
    return this.#linger();
  }

  async #insync(): Promise<boolean> {
    return isInsync(this.#deps.clock, this.#access.zone, this.#context.placement.dnsChange);
  }

  #linger(): RemovalStep | undefined {
    const { dnsInsyncAt } = this.#progress;
    if (dnsInsyncAt === undefined || this.#context.placement.dnsChange === undefined) return undefined;
    const left = Date.parse(dnsInsyncAt) + dnsLingerMs - this.#deps.clock.now();
    return left > 0 ? this.#busy('resolvers to forget the name', left) : undefined;
  }

  async #stopTasks(): Promise<RemovalStep | undefined> {
    if (this.#progress.tasksGoneAt !== undefined) return undefined;
    const { resources, retired } = this.#context.placement;
    const services = [...retired.filter((entry) => entry.kind === 'service'), resources.service];
    for (const entry of services) {
      if (entry === undefined) continue;
      const stopped = await this.#reconciler('service').stop?.(this.#access, this.#context, entry);
      const busy = stopped === undefined ? undefined : this.#unfinished('service', entry, stopped);
      if (busy !== undefined) return busy;
    }
    await this.#note({ tasksGoneAt: this.#now() });
    return undefined;
  }

  /** The current incarnation and all that came before it. */
  async #retireAll(kind: ResourceKind): Promise<RemovalStep | undefined> {
    const { placement } = this.#context;
    for (const old of placement.retired.filter((entry) => entry.kind === kind)) {
      const busy = await this.#retireOne(kind, old);
      if (busy !== undefined) return busy;
    }
    return this.#retireOne(kind, placement.resources[kind]);
  }

  async #retireOne(kind: ResourceKind, entry: InventoryResource | undefined): Promise<RemovalStep | undefined> {
    if (entry === undefined) return undefined;
    const step = await this.#reconciler(kind).retire(this.#access, this.#context, entry);
    if (step.step === 'pending' && step.deleted === true && this.#progress.serviceDeletedAt === undefined)
      await this.#note({ serviceDeletedAt: this.#now() });
    const busy = this.#unfinished(kind, entry, step);
    if (busy !== undefined || step.step !== 'gone') return busy;
    this.#deps.report(kind, entry.name);
    await this.#forget(kind, entry, step);
    return undefined;
  }

  /** Why a step is not the last one for this resource; undefined when nothing of it is left. */
  #unfinished(kind: ResourceKind, entry: InventoryResource, step: RetireStep): RemovalStep | undefined {
    if (step.step === 'pending') return this.#busy(step.found, step.checkInMs);
    if (step.step === 'unmarked') {
      const message = `${kind} ${entry.arn ?? entry.name} ${step.found}: it is left alone, and so is what depends on it`;
      return { state: 'held', placement: this.#context.placement, refusal: { reason: 'ownership', message } };
    }
    // A zone is read completely and as it stands; elsewhere reads lag behind writes, and what was only just made may not show yet.
    const left = kind === 'dns_record' ? 0 : this.#visibleIn(entry);
    return left > 0 ? this.#busy(`${kind} ${entry.name} to be visible if it was made`, left) : undefined;
  }

  /** Milliseconds until a read that does not find the resource proves that it is not there. */
  #visibleIn(entry: InventoryResource): number {
    const made = [entry.confirmedAt, entry.intent?.at].map((at) => Date.parse(at ?? '')).filter(Number.isFinite);
    const left = Math.max(0, ...made) + propagationMs - this.#deps.clock.now();
    // A clock that went back must not hold a removal for longer than the lag itself.
    return Math.min(left, propagationMs);
  }

  async #forget(
    kind: ResourceKind,
    entry: InventoryResource,
    step: Extract<RetireStep, { step: 'gone' }>,
  ): Promise<void> {
    // Taken out by a call whose answer nobody noted (a crash in between), or by somebody else: when it went is not known.
    const change = step.change ?? (kind === 'dns_record' ? unknownChange : undefined);
    const { placement } = this.#context;
    const current = placement.resources[kind];
    const { [kind]: _gone, ...others } = placement.resources;
    await this.#save({
      ...placement,
      resources: current === entry ? others : placement.resources,
      retired: placement.retired.filter((old) => old !== entry),
      ...(change === undefined ? {} : { dnsChange: { id: change, at: this.#now() } }),
    });
  }

  get #progress(): RemovalProgress {
    return this.#context.placement.removal ?? { startedAt: this.#now(), reason: 'removal' };
  }

  async #note(progress: Partial<RemovalProgress>): Promise<void> {
    await this.#save({ ...this.#context.placement, removal: { ...this.#progress, ...progress } });
  }

  async #save(placement: PlacementInventory): Promise<void> {
    await this.#deps.save(placement);
    this.#context = { ...this.#context, placement };
  }

  #busy(on: string, checkInMs: number): RemovalStep {
    return { state: 'busy', placement: this.#context.placement, on, checkInMs };
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }

  #reconciler(kind: ResourceKind): Reconciler {
    const found = this.#deps.reconcilers.find((reconciler) => reconciler.kind === kind);
    if (found === undefined) throw new Error(`no reconciler is registered for ${kind}`);
    return found;
  }
}

/** What a removal says about the tenant while it goes on. */
export function removalConditions(step: RemovalStep): readonly ConditionUpdate[] {
  switch (step.state) {
    case 'held':
      return [{ type: 'Synced', status: 'False', reason: 'RemovalHeld', message: step.refusal.message }];
    case 'busy':
      return [{ type: 'Synced', status: 'False', reason: 'Removing', message: `waiting for ${step.on}` }];
    case 'stopped':
    case 'gone':
      return [{ type: 'Synced', status: 'True', reason: 'InSync', message: 'live resources are as the record says' }];
    default:
      return step satisfies never;
  }
}
