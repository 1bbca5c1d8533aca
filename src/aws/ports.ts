/**
 * What reconcilers and the loop may ask of AWS. Types only: the SDK's input and output shapes pass through here, so that nobody else imports the
 * SDK. Every method throws `CallError` (src/model/errors.ts) and nothing else; pagination, batching, budgets, roles, the lease's deadline and
 * metrics are behind these interfaces.
 */
import type { ACM } from '@aws-sdk/client-acm';
import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EC2 } from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type { ECS } from '@aws-sdk/client-ecs';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as R53 from '@aws-sdk/client-route-53';
import type { Route53 } from '@aws-sdk/client-route-53';
import type { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { CallError } from '../model/errors.ts';
import type { operations } from './operations.ts';

export type { Ec2, Ecs, Elb, R53, Scaling };

/** The promise form of an aggregated SDK client's method. */
type Method<C, Op extends keyof C> = C[Op] extends {
  (args: infer Input, options?: infer _O): Promise<infer Output>;
  (args: infer _A, cb: infer _B): void;
  (args: infer _C, options: infer _D, cb: infer _E): void;
}
  ? (input: Input) => Promise<Output>
  : never;
type Api<C, Ops> = { readonly [Op in keyof Ops & keyof C]: Method<C, Op> };

export type EcsApi = Api<ECS, (typeof operations)['ecs']>;
export type ElbApi = Api<ElasticLoadBalancingV2, (typeof operations)['elbv2']>;
export type Ec2Api = Api<EC2, (typeof operations)['ec2']>;
export type AcmApi = Api<ACM, (typeof operations)['acm']>;
export type ScalingApi = Api<ApplicationAutoScaling, (typeof operations)['application-autoscaling']>;
export type QuotasApi = Api<ServiceQuotas, (typeof operations)['service-quotas']>;
export type Route53Api = Api<Route53, (typeof operations)['route53']>;

/** Why a call is made: decides who goes first when a bucket is short (in this order, with ageing), and that sweeps take at most half of the share. */
export const callPurposes = ['removal', 'heal', 'change', 'sweep'] as const;
export type CallPurpose = (typeof callPurposes)[number];

/** How old an answer may be. 0 asks AWS. Answers older than our own last write to the same scope are never given. */
export interface Freshness {
  readonly maxAgeMs: number;
}

/** What became of assuming a role of a cell or a zone; `error` is absent where it worked. */
export interface RoleProof {
  readonly role: 'observe' | 'apply' | 'reap' | 'dns';
  readonly roleArn: string;
  readonly error?: CallError;
}

/** One cell: an account and a Region, through its roles. */
export interface CellAccess {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly ecs: EcsApi;
  readonly elb: ElbApi;
  readonly ec2: Ec2Api;
  readonly acm: AcmApi;
  readonly scaling: ScalingApi;
  readonly quotas: QuotasApi;
  readonly views: CellViews;
  /**
   * Whether each of the cell's roles can be assumed, as AWS last said, at most `maxAgeMs` ago: proved by a new session, while one that is good goes on being used. Throws `CallError` only when
   * our lease is gone.
   */
  roles(freshness: Freshness): Promise<readonly RoleProof[]>;
  /** The same cell, calling for another purpose. */
  as(purpose: CallPurpose): CellAccess;
}

/**
 * Batched, shared reads of one cell. Each answer is complete or the call throws; absence is only ever the service's own word for it.
 * Callers that ask at the same time share one call.
 */
export interface CellViews {
  /** Cluster by name or ARN with TAGS, STATISTICS, SETTINGS and CONFIGURATIONS (100 a call); undefined when AWS says MISSING. INACTIVE ones are returned as such. */
  cluster(nameOrArn: string, freshness: Freshness): Promise<Ecs.Cluster | undefined>;
  /** All rules of a listener, the default one included, in order of priority; undefined when the listener does not exist. */
  rules(listenerArn: string, freshness: Freshness): Promise<readonly Elb.Rule[] | undefined>;
  /** All target groups attached to a load balancer. */
  targetGroupsOf(loadBalancerArn: string, freshness: Freshness): Promise<readonly Elb.TargetGroup[]>;
  /** A target group by name, attached or not; undefined when there is none. */
  targetGroupByName(name: string, freshness: Freshness): Promise<Elb.TargetGroup | undefined>;
  /** Tags of a rule, target group, listener or load balancer (20 a call); undefined when it does not exist. */
  tags(arn: string, freshness: Freshness): Promise<Readonly<Record<string, string>> | undefined>;
  /** A load balancer; undefined when it does not exist. */
  loadBalancer(arn: string, freshness: Freshness): Promise<Elb.LoadBalancer | undefined>;
  /** All interface endpoints of the account and Region, by whomever made, those that are going included; `touched('vpc-endpoints')` after each write to one. */
  interfaceEndpoints(freshness: Freshness): Promise<readonly Ec2.VpcEndpoint[]>;
  /** The scalable target of a service by resource id, `service/<cluster>/<service>` (50 a call); undefined when there is none. */
  scalableTarget(resourceId: string, freshness: Freshness): Promise<Scaling.ScalableTarget | undefined>;
  /** All scaling policies of a scalable target. */
  scalingPolicies(resourceId: string, freshness: Freshness): Promise<readonly Scaling.ScalingPolicy[]>;
  /** Any other read, kept under `scope` and shared like the rest: `load` is called when what is kept is too old. */
  once<T>(scope: string, freshness: Freshness, load: () => Promise<T>): Promise<T>;
  /** Forgets what was read of this scope (an ARN or a name): call it after each write. */
  touched(scope: string): void;
}

/** A record set in canonical form: name lower-case, without trailing dot, escapes decoded where they spell a plain character. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier: string | undefined;
  /** As Route 53 returned it: what a DELETE has to repeat exactly. */
  readonly raw: R53.ResourceRecordSet;
}

/** One complete read of a hosted zone. */
export interface ZoneView {
  /** Milliseconds since the epoch when the read began. */
  readonly at: number;
  /** All records under a name (canonical form), any type. */
  named(name: string): readonly ZoneRecord[];
  all(): readonly ZoneRecord[];
}

export interface ZoneChange {
  readonly action: 'CREATE' | 'DELETE';
  readonly record: R53.ResourceRecordSet;
}

/** What became of a request to the zone's writer. */
export type ZoneChangeResult =
  | { readonly outcome: 'done'; readonly changeId: string; readonly at: number }
  /** Route 53 refused just this part (invalid, or it was built on an old view): nothing of it was changed. */
  | { readonly outcome: 'refused'; readonly message: string; readonly stale: boolean };

/** One hosted zone, through the tier's zone role. All writes go through one writer, in fenced batches. */
export interface ZoneAccess {
  readonly id: string;
  readonly domain: string;
  view(freshness: Freshness, purpose?: CallPurpose): Promise<ZoneView>;
  /**
   * Hands changes that belong together (all or none) to the zone's writer, which merges many requests into one fenced batch. To change a record, DELETE
   * it exactly as read and CREATE the new one in the same request.
   */
  change(changes: readonly ZoneChange[], purpose?: CallPurpose): Promise<ZoneChangeResult>;
  /**
   * Whether Route 53 reports the change INSYNC. Where the answer to a change was lost, its `changeId` is one of ours, and it counts as INSYNC 120 s after
   * it was found applied (AWS: "generally within 60 seconds").
   */
  insync(changeId: string): Promise<boolean>;
  /** How many records the zone holds and may hold. */
  limit(freshness: Freshness): Promise<{ readonly records: number; readonly quota: number }>;
  /** As `CellAccess.roles`, of the zone's one role; undefined where the controller's own credentials reach the zone. */
  role(freshness: Freshness): Promise<RoleProof | undefined>;
}
