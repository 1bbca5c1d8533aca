/** The batched, shared reads of one cell: which call answers them, how many keys it takes, and how its answer is told apart. */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { readPages } from './pages.ts';
import type {
  AcmApi,
  CallPurpose,
  CellViews,
  Ec2,
  Ec2Api,
  Ecs,
  EcsApi,
  Elb,
  ElbApi,
  Freshness,
  QuotasApi,
  ScalingApi,
} from './ports.ts';
import { loadScalableTargets, loadScalingPolicies, targetsPerCall } from './scaling-reads.ts';
import { attachmentScope, clusterName, clusterScope, createTouchLog, scopesOf, targetGroupScope } from './scopes.ts';
import { createSharedReads, loadHalving, type Outcome, type SharedReads } from './shared-reads.ts';

/** The services of one cell, for one purpose. */
export interface CellApis {
  readonly ecs: EcsApi;
  readonly elb: ElbApi;
  readonly ec2: Ec2Api;
  readonly acm: AcmApi;
  readonly scaling: ScalingApi;
  readonly quotas: QuotasApi;
}

type Apis = (purpose: CallPurpose) => CellApis;
type Tags = Readonly<Record<string, string>>;

export interface CellReads {
  as(purpose: CallPurpose): CellViews;
}

/** Reads older than this are forgotten: twice the greatest age that anybody asks for. */
const keepMs = 7_200_000;
const evictEveryMs = 60_000;
/** AWS's page size for target groups and rules; its limits for DescribeClusters, DescribeTags and DescribeLoadBalancers. */
const elbPageSize = 400;
const clustersPerCall = 100;
/** AWS's page size for endpoints. */
const endpointPageSize = 1_000;
const arnsPerCall = 20;

/** Which service answers a shared read, where it is not Elastic Load Balancing. */
const serviceOf: Readonly<Record<string, string>> = {
  describeClusters: 'ecs',
  describeScalableTargets: 'application-autoscaling',
  describeScalingPolicies: 'application-autoscaling',
  describeVpcEndpoints: 'ec2',
};

/** Creates the reads of one cell, shared by all purposes. */
export function createCellReads(deps: { readonly apis: Apis; readonly clock: Clock }): CellReads {
  const { apis, clock } = deps;
  const touches = createTouchLog();
  const shared = <V>(
    operation: string,
    maxBatch: number,
    load: (keys: readonly string[], purpose: CallPurpose) => Promise<ReadonlyMap<string, Outcome<V>>>,
    dependsOn: (key: string, value: V) => readonly string[],
  ): SharedReads<V> => {
    const service = serviceOf[operation] ?? 'elbv2';
    return createSharedReads({ clock, touches, call: { service, operation }, maxBatch, load, dependsOn });
  };
  const single =
    <V>(load: (key: string, purpose: CallPurpose) => Promise<V>) =>
    async (keys: readonly string[], purpose: CallPurpose): Promise<ReadonlyMap<string, Outcome<V>>> => {
      const [key = ''] = keys;
      return new Map([[key, { value: await load(key, purpose) }]]);
    };

  const clusters = shared(
    'describeClusters',
    clustersPerCall,
    (names, purpose) => loadClusters(apis(purpose), names),
    (name) => [clusterScope(name)],
  );
  const rules = shared(
    'describeRules',
    1,
    single((arn, purpose) => loadRules(apis(purpose), arn)),
    (arn) => [arn],
  );
  const attached = shared(
    'describeTargetGroups',
    1,
    single((arn, purpose) => loadAttached(apis(purpose), arn)),
    (arn, groups) => [
      attachmentScope(arn),
      ...groups.map(({ TargetGroupName }) => targetGroupScope(TargetGroupName ?? '')),
    ],
  );
  const byName = shared(
    'describeTargetGroups',
    arnsPerCall,
    (names, purpose) => loadTargetGroupsByName(apis(purpose), names),
    (name) => [targetGroupScope(name)],
  );
  const tags = shared(
    'describeTags',
    arnsPerCall,
    (arns, purpose) => loadTags(apis(purpose), arns),
    (arn) => scopesOf(arn).filter((scope) => scope === arn || scope.startsWith('target-group/')),
  );
  const loadBalancers = shared(
    'describeLoadBalancers',
    arnsPerCall,
    (arns, purpose) => loadLoadBalancers(apis(purpose), arns),
    (arn) => [arn],
  );

  const targets = shared(
    'describeScalableTargets',
    targetsPerCall,
    (ids, purpose) => loadScalableTargets(apis(purpose).scaling, ids),
    (id) => [id],
  );
  const policies = shared(
    'describeScalingPolicies',
    1,
    single((id, purpose) => loadScalingPolicies(apis(purpose).scaling, id)),
    (id) => [id],
  );

  const loaders = new Map<string, () => Promise<unknown>>();
  const others = shared<unknown>(
    'read',
    1,
    single((scope) => {
      const load = loaders.get(scope);
      loaders.delete(scope);
      if (load === undefined) throw new Error(`nobody said how to read ${scope}`);
      return load();
    }),
    // What stands before a `#` is the ARN or name that the read is about.
    (scope) => [scope, ...scopesOf(scope.split('#')[0] ?? scope)],
  );

  const endpoints = shared(
    'describeVpcEndpoints',
    1,
    single((_scope, purpose) => loadInterfaceEndpoints(apis(purpose))),
    (scope) => [scope],
  );

  const kinds = [others, endpoints, clusters, rules, attached, byName, tags, loadBalancers, targets, policies];
  let evictedAt = clock.monotonic();
  const evict = (): void => {
    const now = clock.monotonic();
    if (now - evictedAt < evictEveryMs) return;
    evictedAt = now;
    const kept = kinds.map((kind) => kind.evict(now - keepMs)).filter((number) => number !== undefined);
    touches.dropBefore(kept.length === 0 ? touches.next() : Math.min(...kept));
  };

  return {
    as: (purpose) => {
      const get = <V>(reads: SharedReads<V>, key: string, freshness: Freshness): Promise<V> => {
        evict();
        return reads.get(key, freshness, purpose);
      };
      return {
        cluster: (nameOrArn, freshness) => get(clusters, clusterName(nameOrArn), freshness),
        rules: (listenerArn, freshness) => get(rules, listenerArn, freshness),
        targetGroupsOf: (loadBalancerArn, freshness) => get(attached, loadBalancerArn, freshness),
        targetGroupByName: (name, freshness) => get(byName, name, freshness),
        tags: (arn, freshness) => get(tags, arn, freshness),
        loadBalancer: (arn, freshness) => get(loadBalancers, arn, freshness),
        interfaceEndpoints: (freshness) => get(endpoints, 'vpc-endpoints', freshness),
        scalableTarget: (id, freshness) => get(targets, id, freshness),
        scalingPolicies: (id, freshness) => get(policies, id, freshness),
        once: async <T>(scope: string, freshness: Freshness, load: () => Promise<T>): Promise<T> => {
          evict();
          const kept = others.kept(scope, freshness);
          if (kept !== undefined) return (await kept) as T;
          loaders.set(scope, load);
          return (await others.ask(scope, purpose)) as T;
        },
        touched: (scope) => touches.touch(scope),
      };
    },
  };
}

async function loadClusters(
  { ecs }: CellApis,
  names: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Ecs.Cluster | undefined>>> {
  const answer = await ecs.describeClusters({
    clusters: [...names],
    include: ['TAGS', 'STATISTICS', 'SETTINGS', 'CONFIGURATIONS'],
  });
  const found = new Map<string, Outcome<Ecs.Cluster | undefined>>();
  for (const failure of answer.failures ?? []) {
    const name = clusterName(failure.arn ?? '');
    found.set(name, failure.reason === 'MISSING' ? { value: undefined } : { error: clusterFailure(name, failure) });
  }
  for (const cluster of answer.clusters ?? []) {
    if (cluster.clusterName !== undefined) found.set(cluster.clusterName, { value: cluster });
  }
  return found;
}

function clusterFailure(name: string, failure: Ecs.Failure): CallError {
  const detail = failure.detail === undefined ? '' : `: ${failure.detail}`;
  return new CallError({
    class: 'transient',
    service: 'ecs',
    operation: 'describeClusters',
    code: failure.reason ?? 'UnknownFailure',
    message: `cluster ${name} could not be read (${failure.reason ?? 'no reason given'}${detail})`,
  });
}

/** With a filter, or AWS takes the call from a smaller bucket (facts: throttling of EC2). */
async function loadInterfaceEndpoints({ ec2 }: CellApis): Promise<readonly Ec2.VpcEndpoint[]> {
  return readPages({ service: 'ec2', operation: 'describeVpcEndpoints' }, async (NextToken) => {
    const page = await ec2.describeVpcEndpoints({
      Filters: [{ Name: 'vpc-endpoint-type', Values: ['Interface'] }],
      MaxResults: endpointPageSize,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: page.VpcEndpoints, next: page.NextToken };
  });
}

/** Undefined when the listener does not exist. */
async function loadRules({ elb }: CellApis, ListenerArn: string): Promise<readonly Elb.Rule[] | undefined> {
  try {
    const rules = await readPages({ service: 'elbv2', operation: 'describeRules' }, async (Marker) => {
      const page = await elb.describeRules({
        ListenerArn,
        PageSize: elbPageSize,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: page.Rules, next: page.NextMarker };
    });
    return rules.sort((a, b) => rulePriority(a) - rulePriority(b));
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return undefined;
    throw error;
  }
}

function rulePriority(rule: Elb.Rule): number {
  return rule.Priority === undefined || rule.Priority === 'default' ? Number.POSITIVE_INFINITY : Number(rule.Priority);
}

/** All target groups that the filter names; without a filter, all of the Region. */
export async function loadTargetGroups(
  { elb }: Pick<CellApis, 'elb'>,
  filter: { readonly LoadBalancerArn?: string; readonly Names?: string[] },
): Promise<readonly Elb.TargetGroup[]> {
  return readPages({ service: 'elbv2', operation: 'describeTargetGroups' }, async (Marker) => {
    const size = filter.Names === undefined ? { PageSize: elbPageSize } : {};
    const page = await elb.describeTargetGroups({ ...filter, ...size, ...(Marker === undefined ? {} : { Marker }) });
    return { items: page.TargetGroups, next: page.NextMarker };
  });
}

/**
 * The target groups of a load balancer. Whether AWS answers for one that has none with an empty list or with TargetGroupNotFound its documents do not say;
 * of a load balancer that is not there it says LoadBalancerNotFound.
 */
async function loadAttached(apis: CellApis, LoadBalancerArn: string): Promise<readonly Elb.TargetGroup[]> {
  try {
    return await loadTargetGroups(apis, { LoadBalancerArn });
  } catch (error) {
    if (error instanceof CallError && error.code === 'TargetGroupNotFound') return [];
    throw error;
  }
}

async function loadTargetGroupsByName(
  apis: CellApis,
  names: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Elb.TargetGroup | undefined>>> {
  const load = async (some: readonly string[]): Promise<ReadonlyMap<string, Outcome<Elb.TargetGroup | undefined>>> => {
    const groups = await loadTargetGroups(apis, { Names: [...some] });
    return new Map(groups.map((group) => [group.TargetGroupName ?? '', { value: group }]));
  };
  return loadHalving<Elb.TargetGroup | undefined>(names, load, undefined);
}

async function loadTags(
  { elb }: CellApis,
  arns: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Tags | undefined>>> {
  const load = async (some: readonly string[]): Promise<ReadonlyMap<string, Outcome<Tags | undefined>>> => {
    const answer = await elb.describeTags({ ResourceArns: [...some] });
    return new Map(
      (answer.TagDescriptions ?? []).map(({ ResourceArn, Tags }) => [
        ResourceArn ?? '',
        { value: Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])) },
      ]),
    );
  };
  return loadHalving<Tags | undefined>(arns, load, undefined);
}

async function loadLoadBalancers(
  { elb }: CellApis,
  arns: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Elb.LoadBalancer | undefined>>> {
  const load = async (some: readonly string[]): Promise<ReadonlyMap<string, Outcome<Elb.LoadBalancer | undefined>>> => {
    const answer = await elb.describeLoadBalancers({ LoadBalancerArns: [...some] });
    return new Map((answer.LoadBalancers ?? []).map((found) => [found.LoadBalancerArn ?? '', { value: found }]));
  };
  return loadHalving<Elb.LoadBalancer | undefined>(arns, load, undefined);
}
