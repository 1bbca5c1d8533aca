/**
 * What every reconciler promises. There is one per resource type, in a folder of its own with the same files: `desired.ts`, `observe.ts`, `diff.ts`
 * (all three without side effects on AWS), `apply.ts`, `iam.ts`, `index.ts`.
 *
 * The rules, proved for each by one shared suite (test/contract):
 *  1. `observe` never writes. Only AWS's precise not-found answer means `absent`; anything else it cannot tell throws.
 *  2. `desired` and `diff` are pure; equal inputs give equal answers, whatever AWS does to order, case, defaults or escapes.
 *  3. Applying a diff and observing again gives an empty diff. Applying twice equals applying once.
 *  4. A crash before or after any call, then a new run, ends in the same state: nothing doubled, nothing leaked. The caller has written the
 *     intent (name, incarnation, token) before `create` is called; `observe` finds what an unanswered `create` made.
 *  5. What does not bear our mark (installation and placement) is never changed or removed, also when AWS's create call answers with it.
 *  6. `retire` of what is gone succeeds.
 *  7. Each field that we may write heals when it is changed, removed or added to from outside; `field` names the top-level member
 *     of the input of the call that puts it right.
 *  8. Errors are `CallError`s and pass through untouched; a reconciler catches only a class that it names.
 */
import type { CellAccess, ZoneAccess } from '../aws/ports.ts';
import type { ConditionUpdate } from '../model/conditions.ts';
import type { IamNeed } from '../model/iam.ts';
import type { EffectiveTenant } from '../model/records/effective.ts';
import type { FieldChange, InventoryResource, PlacementInventory, ResourceKind } from '../model/resources.ts';

/** Where effects go. */
export interface Access {
  readonly cell: CellAccess;
  readonly zone: ZoneAccess;
}

/** What is known of an infra group and its load balancer. */
export interface GroupFacts {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly taskSecurityGroupIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  /** Lower-case, without `dualstack.` and trailing dot, as DescribeLoadBalancers gives it. */
  readonly dnsName: string;
  readonly canonicalHostedZoneId: string;
  readonly dualstack: boolean;
}

export interface CellFacts {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly weight: number;
}

/** The records that are to stand under one name for one load balancer. */
export interface DnsWish {
  /** `publish`: must stand. `keep`: heals where it stands, is not added where it does not. `withdraw`: must go. */
  readonly want: 'publish' | 'keep' | 'withdraw';
  readonly host: string;
  readonly setIdentifier: string;
  /** 0 to 255. */
  readonly weight: number;
  readonly group: Pick<GroupFacts, 'dnsName' | 'canonicalHostedZoneId' | 'dualstack'>;
}

/** What the DNS reconciler looks at: a tenant's own name, or a tier's shared one. */
export interface DnsContext {
  readonly dns: DnsWish;
}

/** Plain data: everything that the desired resources of one placement follow from. */
export interface PlacementContext extends DnsContext {
  readonly installation: string;
  readonly tenant: string;
  readonly effective: EffectiveTenant;
  readonly placement: PlacementInventory;
  readonly cell: CellFacts;
  readonly group: GroupFacts;
  /** Tasks that shall run, or that scaling starts with: 0 while suspended, deleted or leaving. */
  readonly tasks: number;
  /** The task definition that ECS rolled back, while the same content is still asked for: the service then stays on `liveTaskDefinitionArn`. */
  readonly rolledBack?: { readonly taskDefinitionArn: string; readonly liveTaskDefinitionArn: string };
}

/** Where effects of an infra group's reconcilers go. */
export type GroupAccess = Pick<Access, 'cell'>;

/** Plain data: everything that the endpoint of one dependency in one infra group follows from. */
export interface EndpointContext {
  readonly installation: string;
  readonly infraGroup: string;
  readonly network: {
    readonly vpcId: string;
    /** One for each zone: an interface endpoint takes no second. */
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  };
  readonly dependency: { readonly name: string; readonly serviceName: string; readonly privateDns: boolean };
  /** The newest incarnation in the inventory. */
  readonly resource?: InventoryResource | undefined;
  /** Incarnations that it supersedes. */
  readonly retired: readonly InventoryResource[];
}

/** The reconciler of the endpoints, as the engine knows it. */
export type EndpointReconciler = Reconciler<unknown, unknown, EndpointContext, GroupAccess>;

export type Desired<D> =
  | { readonly state: 'known'; readonly value: D /** Canonical hash of `value`. */; readonly hash: string }
  /** Needs the id of a resource that does not exist yet. */
  | { readonly state: 'waiting'; readonly on: ResourceKind }
  /** Nothing shall stand (a withdrawn record). */
  | { readonly state: 'none' };

export type Observation<L> =
  /** `foreign`: what somebody else has in its place. */
  | { readonly state: 'absent'; readonly foreign?: readonly string[] }
  | { readonly state: 'live'; readonly live: L; readonly arn: string }
  /** On its way out for good (DRAINING, INACTIVE, DELETE_IN_PROGRESS): only a successor can serve. */
  | { readonly state: 'ending'; readonly arn: string; readonly found: string }
  /** In our inventory, and the mark is gone or another's: held, serving, until `adopt`. */
  | { readonly state: 'unmarked'; readonly arn: string; readonly found: string }
  /** Bears the name that we would use, and is not ours. */
  | { readonly state: 'stranger'; readonly arn: string; readonly found: string }
  /** What this depth of reading cannot tell: no conclusion may be drawn. */
  | { readonly state: 'unread' };

export interface ObserveOptions {
  /** `probe` uses only what one scoped read shows of many tenants; `full` also asks what can only be asked one by one. */
  readonly depth: 'probe' | 'full';
  /** For what AWS changes by itself: deployments, counts, target health. */
  readonly maxAgeMs: number;
  /** For what only people change from outside: definitions, attributes, rules, tags. 0 in a detail pass. */
  readonly driftAgeMs: number;
}

/** `change`: the id of a DNS change, to be followed until it is INSYNC; absent for everything else. */
export interface Applied {
  readonly change?: string;
}

/** What a `create` call came to. */
export type Created =
  | ({
      readonly outcome: 'created';
      readonly arn: string;
      /** AWS did not take all of it yet: what is missing is this change's, and no drift. */
      readonly partial?: true;
    } & Applied)
  /** AWS answered with something that already existed and does not bear our mark: nothing more was written to it. */
  | { readonly outcome: 'stranger'; readonly found: string };

/** Something that an operator named to be adopted, where one of ours stands or must stand. */
export interface Adoptable {
  readonly arn: string;
  /** What it is now, in words. */
  readonly found: string;
  /** Why it may never be taken over, and what to do instead. */
  readonly refusal?: string;
  /** What has to come first; it is asked for again. */
  readonly waits?: string;
  /** All that is written to it: our tags, and what the ordinary pass puts right after them. */
  readonly fields: readonly FieldChange[];
  /** What follows beside that, in words. */
  readonly then?: string;
  /** `current`: it is the resource of the inventory from then on. `retired`: ours stands beside it, and it goes as what is superseded does. */
  readonly becomes: 'current' | 'retired';
}

/** Taking over what bears no mark, or only part of ours. What names anybody else in its mark is never taken over. */
export interface Adoption<D, L, C, A = Access> {
  /** Which of `arns` (ARNs, or zone/name/type/set identifier) stand where this resource must be. Reads only. `serves`: a request to the placement would be answered. */
  find(
    access: A,
    context: C,
    now: { readonly desired: Desired<D>; readonly observation: Observation<L>; readonly serves: boolean },
    arns: readonly string[],
  ): Promise<readonly Adoptable[]>;
  /** Makes these ours, and nothing else: the ordinary pass puts right what differs. */
  take(access: A, context: C, desired: Desired<D>, found: readonly Adoptable[]): Promise<Applied>;
}

/**
 * `C`: what it looks at, a placement for all that a chain is made of; `A`: the ways that it needs. Those of an infra group have a context of their own and no zone.
 */
export interface Reconciler<D = unknown, L = unknown, C = PlacementContext, A = Access> {
  readonly kind: ResourceKind;
  readonly iam: readonly IamNeed[];
  /** The name of incarnation `n` in AWS. */
  name(context: C, n: number): string;
  /** Pure: what should stand. Other resources' ids come from `context.placement.resources`. */
  desired(context: C): Desired<D>;
  observe(access: A, context: C, options: ObserveOptions): Promise<Observation<L>>;
  /** Pure: every field of ours that is not as desired. Empty means converged. */
  diff(desired: D, live: L, context: C): readonly FieldChange[];
  /** Pure: whether these changes can only be met by a successor (immutable fields). */
  needsSuccessor(fields: readonly FieldChange[]): boolean;
  /** Makes incarnation `entry.n` under `entry.name` with `entry.intent.token`. The intent is already durable. */
  create(access: A, context: C, desired: D, entry: InventoryResource): Promise<Created>;
  /** Puts right just these fields. */
  update(access: A, context: C, desired: D, live: L, fields: readonly FieldChange[]): Promise<Applied>;
  /**
   * Service: one step towards no tasks, without deleting anything. `gone`: no task of it runs. Absent for kinds that run nothing.
   */
  readonly stop?: (access: A, context: C, entry: InventoryResource) => Promise<RetireStep>;
  /** One step towards gone for an incarnation of ours (checked for our mark first). Repeat until `gone`. */
  retire(access: A, context: C, entry: InventoryResource): Promise<RetireStep>;
  /** What stands of this placement and bears our mark, and the inventory does not name: only for kinds of which every create call makes another one. */
  strays?(access: A, context: C): Promise<readonly InventoryResource[]>;
  /** Absent for kinds of which nothing can be taken over. */
  readonly adopt?: Adoption<D, L, C, A>;
  /** Pure: what this resource says about the tenant. */
  conditions(context: C, desired: Desired<D>, observation: Observation<L>): readonly ConditionUpdate[];
  /** Pure: facts that the engine acts upon. */
  signals(context: C, observation: Observation<L>): Signals;
}

export type RetireStep =
  | ({ readonly step: 'gone' } & Applied)
  /**
   * A call was made or AWS still works on it; `checkInMs`: when to look again. `deleted`: AWS has taken the delete call and only its own clean-up goes on, so
   * what it used may go now.
   */
  | { readonly step: 'pending'; readonly found: string; readonly checkInMs: number; readonly deleted?: true }
  /** It lost our mark: left alone. */
  | { readonly step: 'unmarked'; readonly found: string };

/** What the engine needs to know of live resources without knowing AWS. Absent means: this resource does not tell. */
export interface Signals {
  /** Service: this content was rolled back by ECS's circuit breaker; it runs `liveTaskDefinitionArn`. */
  readonly rolledBack?: { readonly taskDefinitionArn: string; readonly liveTaskDefinitionArn: string };
  /** Service: no deployment under way and everything on the desired definition. */
  readonly stable?: boolean;
  /** Service: tasks that ECS counts as running. Cluster: running + pending. */
  readonly runningTasks?: number;
  /** Cluster probe: active services; anything but 1 calls for a full read. */
  readonly activeServices?: number;
  /** Target group: targets that pass health checks; undefined where they were not read. */
  readonly healthyTargets?: number;
  readonly unhealthyTargets?: number;
  /** Listener rule: a rule of somebody else matches first. DNS: a foreign record stands under the name. */
  readonly foreign?: readonly string[];
  /** Endpoint: it will never serve, only a successor can; it is given up once it is this old (milliseconds). */
  readonly lost?: { readonly found: string; readonly retryMs: number };
  /** Milliseconds after which the live state is expected to have changed by itself. */
  readonly checkInMs?: number;
}
