import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError, failureText } from '../../model/errors.ts';
import type { Change, EndpointInventory, InventoryResource } from '../../model/resources.ts';
import type { Adoptable, EndpointContext, GroupAccess } from '../../reconcilers/contract.ts';
import { adoptEndpoints, findEndpoints } from './adopt.ts';
import { type WireDeps, type WireResult, wireDependency } from './wire.ts';

export interface GroupWireDeps extends Omit<WireDeps, 'save'> {
  /** Makes all that is known of the group's endpoints durable. */
  readonly save: (endpoints: Readonly<Record<string, EndpointInventory>>) => Promise<void>;
}

export interface GroupScope {
  readonly installation: string;
  readonly infraGroup: string;
  readonly network: EndpointContext['network'];
  readonly dependencies: readonly EndpointContext['dependency'][];
  readonly endpoints: Readonly<Record<string, EndpointInventory>>;
}

export interface GroupWiring {
  /** One for each dependency, in the tier's order. */
  readonly conditions: readonly ConditionUpdate[];
  /** Dependencies without an endpoint that is available. */
  readonly missing: readonly string[];
  readonly changes: readonly Change[];
  readonly waiting: WireResult['waiting'];
  readonly held: readonly { readonly reason: string; readonly message: string }[];
  readonly failed: readonly CallError[];
}

/** What to do where AWS would take the VPC's default group, which lets nobody in. */
const noSecurityGroup =
  "endpointSecurityGroupIds of the infra group is empty: name the security groups that let its tasks reach the tier's dependencies";

/** Endpoints of dropped dependencies that are on their way out at a time. */
const droppedAtOnce = 3;

/**
 * One pass over all endpoints of an infra group: one for each dependency of its tier, and none for what is no dependency any more. One that fails stops none of the others.
 */
export async function wireGroup(deps: GroupWireDeps, access: GroupAccess, scope: GroupScope): Promise<GroupWiring> {
  const pass = new GroupPass(deps, access, scope);
  await pass.carryOver();
  for (const dependency of scope.dependencies) await pass.wire(dependency);
  await pass.dropOthers();
  await pass.dropStrays();
  return pass.result();
}

class GroupPass {
  readonly #deps: GroupWireDeps;
  readonly #access: GroupAccess;
  readonly #scope: GroupScope;
  #endpoints: Readonly<Record<string, EndpointInventory>>;
  readonly #conditions: ConditionUpdate[] = [];
  readonly #missing: string[] = [];
  readonly #changes: Change[] = [];
  readonly #waiting: { on: string; checkInMs: number }[] = [];
  readonly #held: { reason: string; message: string }[] = [];
  readonly #failed: CallError[] = [];

  constructor(deps: GroupWireDeps, access: GroupAccess, scope: GroupScope) {
    this.#deps = deps;
    this.#access = access;
    this.#scope = scope;
    this.#endpoints = scope.endpoints;
  }

  result(): GroupWiring {
    return {
      conditions: this.#conditions,
      missing: this.#missing,
      changes: this.#changes,
      waiting: this.#waiting,
      held: this.#held,
      failed: this.#failed,
    };
  }

  /** A dependency that was only renamed keeps its endpoint, whose tag then heals: nobody is cut off from a service for a word. */
  async carryOver(): Promise<void> {
    const next = carriedOver(this.#scope);
    if (next === this.#endpoints) return;
    if (this.#deps.write) await this.#deps.save(next);
    this.#endpoints = next;
  }

  async wire(dependency: EndpointContext['dependency']): Promise<void> {
    const { name } = dependency;
    if (this.#scope.network.securityGroupIds.length === 0) {
      const message = `${name}: ${noSecurityGroup}`;
      this.#conditions.push({ type: 'EndpointsReady', status: 'False', reason: 'NoSecurityGroup', message });
      this.#missing.push(name);
      return;
    }
    const save = (next: EndpointInventory): Promise<void> => this.#save(name, next);
    const result = await wireDependency({ ...this.#deps, save }, this.#access, this.#contextOf(dependency));
    this.#conditions.push(result.condition);
    if (result.condition.status !== 'True') this.#missing.push(name);
    this.#changes.push(...result.changes);
    this.#waiting.push(...result.waiting);
    if (result.held !== undefined) this.#held.push(result.held);
    if (result.failed !== undefined) this.#failed.push(result.failed);
  }

  /** Endpoints of what is no dependency any more: named by nobody, they serve nobody. A few at a time, as AWS takes few calls for it. */
  async dropOthers(): Promise<void> {
    const wanted = new Set(this.#scope.dependencies.map(({ name }) => name));
    const dropped = Object.entries(this.#endpoints).filter(([name]) => !wanted.has(name));
    for (const [, inventory] of dropped) {
      const left = inventory.resource === undefined ? inventory.retired : [inventory.resource, ...inventory.retired];
      for (const { name: endpoint } of left) this.#plan(endpoint);
    }
    if (!this.#deps.write) return;
    for (const [name, inventory] of dropped.slice(0, droppedAtOnce)) {
      await this.#guarded(() => this.#drop(name, inventory), `${name}: no dependency any more`);
    }
    if (dropped.length > droppedAtOnce)
      this.#waiting.push({ on: 'endpoints of other dropped dependencies', checkInMs: 15_000 });
  }

  #plan(name: string): void {
    const { kind } = this.#deps.reconciler;
    const change = { action: 'delete', kind, placement: this.#scope.infraGroup, name, reason: 'removal' } as const;
    this.#changes.push(change);
    this.#deps.report(change, 'seen');
  }

  async #drop(name: string, inventory: EndpointInventory): Promise<void> {
    const { reconciler, report } = this.#deps;
    const { service, resource, retired } = inventory;
    const context = this.#contextOf({ name, serviceName: service, privateDns: false });
    await this.#adoptDropped(context);
    const left: InventoryResource[] = [];
    for (const entry of resource === undefined ? retired : [resource, ...retired]) {
      const step = await this.#retire(context, entry);
      if (step === 'left') left.push(entry);
      else if (step === 'gone') {
        const change = { action: 'delete', kind: reconciler.kind, placement: this.#scope.infraGroup } as const;
        report({ ...change, name: entry.name, reason: 'removal' }, 'applied');
      }
    }
    const [first, ...rest] = left;
    await this.#save(name, first === undefined ? undefined : { service, resource: first, retired: rest });
  }

  /** What lost its mark and is to go goes once the record lets it be taken over. */
  async #adoptDropped(context: EndpointContext): Promise<void> {
    const { reconciler, clock, report, write, adopt } = this.#deps;
    const save = (next: EndpointInventory): Promise<void> => this.#save(context.dependency.name, next);
    const deps = { reconciler, now: clock.now(), save, report, write, adopt };
    this.#changes.push(...(await adoptEndpoints(deps, this.#access, context, false)));
  }

  /** What bears our mark in this group and no inventory names: made by a call that was never answered, after its maker was gone. */
  async dropStrays(): Promise<void> {
    const { write, mayRemove, reconciler } = this.#deps;
    const entries = Object.values(this.#endpoints).flatMap(({ resource, retired }) => [resource, ...retired]);
    // While a call has no answer yet, what it made is no stray.
    const settled = this.#scope.dependencies.every(({ name }) => this.#endpoints[name]?.resource?.arn !== undefined);
    const unanswered = entries.some((entry) => entry !== undefined && entry.arn === undefined);
    if (!write || !mayRemove || !settled || unanswered || this.#failed.length > 0 || entries.length === 0) return;
    const retired = entries.flatMap((entry) => entry ?? []);
    const context = {
      ...this.#contextOf({ name: '', serviceName: '', privateDns: false }),
      resource: undefined,
      retired,
    };
    const looking = async (): Promise<void> => {
      const strays = (await reconciler.strays?.(this.#access, context)) ?? [];
      for (const stray of strays.slice(0, droppedAtOnce)) await this.#retire(context, stray);
    };
    await this.#guarded(looking, 'endpoints that nothing names');
  }

  async #retire(context: EndpointContext, entry: InventoryResource): Promise<'gone' | 'left'> {
    const { reconciler, mayRemove, take } = this.#deps;
    if (!mayRemove || !take()) {
      this.#waiting.push({ on: 'its turn to be removed', checkInMs: 10_000 });
      return 'left';
    }
    const step = await reconciler.retire(this.#access, context, entry);
    if (step.step === 'pending') {
      this.#waiting.push({ on: step.found, checkInMs: step.checkInMs });
      return 'left';
    }
    if (step.step === 'unmarked') {
      this.#held.push({
        reason: 'OwnershipLost',
        message: `${reconciler.kind} ${entry.arn ?? entry.name} is to go but ${step.found}: it is left alone until it is adopted`,
      });
      return 'left';
    }
    return 'gone';
  }

  /** `about` says what stays where AWS does not allow it: nobody is served worse for it, so it closes nothing. */
  async #guarded(work: () => Promise<void>, about: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CallError) || error.class === 'fenced') throw error;
      if (error.class === 'waiting') this.#waiting.push({ on: error.message, checkInMs: 15_000 });
      else this.#failed.push(error);
      if (error.class !== 'denied') return;
      const message = `${about}, and not removed: ${failureText(error)}`;
      this.#conditions.push({ type: 'EndpointsReady', status: 'True', reason: 'AccessDenied', message });
    }
  }

  #contextOf(dependency: EndpointContext['dependency']): EndpointContext {
    return contextOf({ ...this.#scope, endpoints: this.#endpoints }, dependency);
  }

  async #save(name: string, next: EndpointInventory | undefined): Promise<void> {
    const { [name]: _before, ...others } = this.#endpoints;
    const endpoints = next === undefined ? others : { ...others, [name]: next };
    await this.#deps.save(endpoints);
    this.#endpoints = endpoints;
  }
}

function contextOf(scope: GroupScope, dependency: EndpointContext['dependency']): EndpointContext {
  const { installation, infraGroup, network, endpoints } = scope;
  const known = endpoints[dependency.name];
  return {
    installation,
    infraGroup,
    network,
    dependency,
    resource: known?.resource,
    retired: known?.retired ?? [],
  };
}

/** The inventory with the endpoints of renamed dependencies under their new names; the same object where there are none. */
function carriedOver({ dependencies, endpoints }: GroupScope): GroupScope['endpoints'] {
  const wanted = new Set(dependencies.map(({ name }) => name));
  let next = endpoints;
  for (const { name, serviceName } of dependencies) {
    if (next[name] !== undefined) continue;
    const [old, inventory] =
      Object.entries(next).find(([other, { service }]) => !wanted.has(other) && service === serviceName) ?? [];
    if (old === undefined || inventory === undefined) continue;
    const { [old]: _moved, ...rest } = next;
    next = { ...rest, [name]: inventory };
  }
  return next;
}

/** An endpoint that could be taken over, and for which dependency. */
export interface GroupAdoptable {
  readonly dependency: string;
  readonly adoptable: Adoptable;
}

/** What taking over one endpoint would come to, by the code that does it; undefined where the group has no use for it. Nothing is written. Throws `CallError`. */
export async function adoptableOf(
  reconciler: WireDeps['reconciler'],
  access: GroupAccess,
  scope: GroupScope,
  id: string,
): Promise<GroupAdoptable | undefined> {
  const endpoints = carriedOver(scope);
  const wanted = new Set(scope.dependencies.map(({ name }) => name));
  const dropped = Object.entries(endpoints)
    .filter(([name]) => !wanted.has(name))
    .map(([name, { service }]) => ({ name, serviceName: service, privateDns: false }));
  for (const dependency of [...scope.dependencies, ...dropped]) {
    const isWanted = wanted.has(dependency.name);
    const context = contextOf({ ...scope, endpoints }, dependency);
    const [found] = await findEndpoints(reconciler, access, context, { ids: [id], wanted: isWanted });
    if (found === undefined) continue;
    const isUnlooked = isWanted && scope.network.securityGroupIds.length === 0;
    const adoptable = isUnlooked ? { ...found, fields: [], refusal: noSecurityGroup } : found;
    return { dependency: dependency.name, adoptable };
  }
  return undefined;
}
