import type {
  Action,
  Certificate,
  LoadBalancer as LoadBalancerDescription,
  RuleCondition,
  RuleTransform,
  TargetGroup as TargetGroupDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, TargetAddress, TargetState, World } from '../kernel.ts';
import { type ArnKind, kindOfArn } from './arns.ts';
import {
  listenerNotFound,
  loadBalancerNotFound,
  ruleNotFound,
  targetGroupNotFound,
  validationError,
} from './errors.ts';
import type { AppliedListener } from './matching.ts';

/** What a resource has that takes tags. Keys in the order in which they were added. */
export type Tags = Map<string, string>;

export interface LoadBalancer {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly dnsName: string;
  description: LoadBalancerDescription;
  /** False while it provisions: no request is answered yet. */
  active: boolean;
  readonly tags: Tags;
  readonly attributes: Map<string, string>;
  readonly listeners: Map<string, Listener>;
  /** Target groups that its rules and default actions refer to, with the number of rules that do. */
  readonly groups: Map<string, number>;
  /** What the data plane does; lags behind the rules by the batch window. */
  applied: readonly AppliedListener[];
  applyPending: boolean;
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancer: LoadBalancer;
  port: number;
  protocol: string;
  /** The default certificate. */
  certificates: readonly Certificate[];
  /** Certificates for further names, by ARN (AddListenerCertificates). */
  readonly moreCertificates: Set<string>;
  sslPolicy: string | undefined;
  readonly tags: Tags;
  readonly attributes: Map<string, string>;
  /** The default rule included. */
  readonly rules: Map<string, Rule>;
  readonly byPriority: Map<number, Rule>;
  readonly defaultRule: Rule;
}

export interface Rule {
  readonly arn: string;
  readonly listener: Listener;
  /** Undefined for the default rule. */
  priority: number | undefined;
  /** Replaced as a whole, never changed in place: the data plane holds on to what it applied. */
  conditions: readonly RuleCondition[];
  actions: readonly Action[];
  transforms: readonly RuleTransform[];
  readonly tags: Tags;
}

export interface TargetGroup {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Everything but `LoadBalancerArns`, which follows from `users`. */
  description: TargetGroupDescription;
  readonly tags: Tags;
  readonly attributes: Map<string, string>;
  /** Rules that forward here. All belong to one load balancer. */
  readonly users: Set<Rule>;
  /** Until then DeleteTargetGroup still answers ResourceInUse (milliseconds since the epoch). */
  inUseUntil: number;
  readonly targets: Map<string, Target>;
}

export interface Target {
  readonly group: TargetGroup;
  readonly address: TargetAddress;
  readonly zone: string | undefined;
  /** Whether ECS put it here. What an API call registered follows whatever listens at its address. */
  byEcs: boolean;
  state: TargetState;
  reason: string | undefined;
  answering: boolean;
  /** When its first health check takes place; later ones follow at the group's interval (milliseconds since the epoch). */
  firstCheckAt: number;
  /** Takes the pending change of state off the agenda. */
  cancel: (() => void) | undefined;
}

type TargetListener = (groupArn: string, target: TargetAddress, state: TargetState | undefined) => void;

/** All that the load balancing service knows, in every account and Region. */
export interface ElbState {
  readonly world: World;
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly byDnsName: Map<string, LoadBalancer>;
  readonly listeners: Map<string, Listener>;
  readonly rules: Map<string, Rule>;
  readonly targetGroups: Map<string, TargetGroup>;
  /** Load balancers and target groups of one account and Region by name, in order of creation. */
  readonly scopes: Map<string, Scope>;
  /** What listens at `<vpc>/<ip>:<port>`, as ECS tells. */
  readonly answering: Map<string, boolean>;
  /** Targets that an API call registered, by `<vpc>/<ip>:<port>`. */
  readonly registeredByCall: Map<string, Set<Target>>;
  readonly targetListeners: Set<TargetListener>;
}

export interface Scope {
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly targetGroups: Map<string, TargetGroup>;
}

/** An empty state. */
export function createState(world: World): ElbState {
  return {
    world,
    loadBalancers: new Map(),
    byDnsName: new Map(),
    listeners: new Map(),
    rules: new Map(),
    targetGroups: new Map(),
    scopes: new Map(),
    answering: new Map(),
    registeredByCall: new Map(),
    targetListeners: new Set(),
  };
}

/** What one account has in one Region. */
export function scopeOf(state: ElbState, where: { account: string; region: string }): Scope {
  const key = `${where.account}/${where.region}`;
  let scope = state.scopes.get(key);
  if (scope === undefined) {
    scope = { loadBalancers: new Map(), targetGroups: new Map() };
    state.scopes.set(key, scope);
  }
  return scope;
}

/**
 * An ARN that has another form, or is of another account or Region, is no ARN to the caller at all (observed:
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2341, https://github.com/aws/aws-cli/issues/3475).
 */
function checkArn(call: Call, arn: string, kind: ArnKind): void {
  if (kindOfArn(call, arn) !== kind) throw validationError(`'${arn}' is not a valid ${kind} ARN`);
}

/** The caller's load balancer with this ARN. Throws LoadBalancerNotFound, and ValidationError for what is no such ARN of the caller's. */
export function findLoadBalancer(state: ElbState, call: Call, arn: string): LoadBalancer {
  checkArn(call, arn, 'load balancer');
  const found = state.loadBalancers.get(arn);
  if (found === undefined) throw loadBalancerNotFound(arn);
  return found;
}

/** The caller's load balancer, or undefined when there is none any more. Throws ValidationError. */
export function lookUpLoadBalancer(state: ElbState, call: Call, arn: string): LoadBalancer | undefined {
  checkArn(call, arn, 'load balancer');
  return state.loadBalancers.get(arn);
}

/** The caller's listener with this ARN. Throws ListenerNotFound, and ValidationError for what is no such ARN of the caller's. */
export function findListener(state: ElbState, call: Call, arn: string): Listener {
  checkArn(call, arn, 'listener');
  const found = state.listeners.get(arn);
  if (found === undefined) throw listenerNotFound();
  return found;
}

/** The caller's rule with this ARN. Throws RuleNotFound, and ValidationError for what is no such ARN of the caller's. */
export function findRule(state: ElbState, call: Call, arn: string): Rule {
  checkArn(call, arn, 'listener rule');
  const found = state.rules.get(arn);
  if (found === undefined) throw ruleNotFound();
  return found;
}

/** The caller's target group with this ARN. Throws TargetGroupNotFound, and ValidationError for what is no such ARN of the caller's. */
export function findTargetGroup(state: ElbState, call: Call, arn: string): TargetGroup {
  const found = lookUpTargetGroup(state, call, arn);
  if (found === undefined) throw targetGroupNotFound(arn);
  return found;
}

/** The caller's target group, or undefined when there is none (any more). Throws ValidationError. */
export function lookUpTargetGroup(state: ElbState, call: Call, arn: string): TargetGroup | undefined {
  checkArn(call, arn, 'target group');
  return state.targetGroups.get(arn);
}

/** Runs something after a latency of AWS's own, scaled as the world says. Returns what takes it off the agenda. */
export function later(state: ElbState, ms: number, run: () => void): () => void {
  return state.world.at(state.world.now() + ms * state.world.latencyFactor, run);
}
