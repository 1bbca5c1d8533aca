import { readPages } from '../../aws/pages.ts';
import type { CellAccess, Ecs, Elb } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { marks, placementName, slotOfPriority, targetGroupName } from '../../model/names.ts';
import type { LiveDefinition, LivePlacement, LiveResource, LiveRule, LiveService } from './facts.ts';

/** What of records and books a reading needs. */
export interface ReadScope {
  readonly installation: string;
  readonly tier: string;
  /** The cell's infra groups that have an accepted record. */
  readonly groups: readonly { readonly name: string; readonly listenerArn: string }[];
  readonly knows: (placement: string) => boolean;
}

export type Tags = Readonly<Record<string, string>>;
export type Identity = Pick<LivePlacement, 'id' | 'tenant' | 'tier' | 'cell' | 'infraGroup'>;

export interface Tagged<T> {
  readonly value: T;
  readonly tags: Tags;
}

/** What of a cell is read at once. */
export interface Read {
  /** By placement. */
  readonly clusters: ReadonlyMap<string, Tagged<Ecs.Cluster> & { readonly identity: Identity }>;
  readonly targetGroups: readonly Tagged<Elb.TargetGroup>[];
  /** By infra group. */
  readonly rules: ReadonlyMap<string, readonly Tagged<Elb.Rule>[]>;
}

/** As it stands at this moment. */
export const now = { maxAgeMs: 0 } as const;
/** AWS's limit for DescribeServices. */
const servicesPerCall = 10;
/** A target group that lost its mark is found by its name, which is a hash: of the first so many incarnations. */
const hashedIncarnations = 16;

/** Reads what only a call per placement shows: its services with their scaling, and its task definitions. Throws `CallError`. */
export async function readPlacement(
  access: CellAccess,
  scope: ReadScope,
  identity: Identity,
  read: Read,
): Promise<LivePlacement> {
  const cluster = read.clusters.get(identity.id);
  const ours = (tags: Tags): boolean => isOurs(tags, scope) && tags[marks.placement] === identity.id;
  const services = cluster === undefined ? [] : await readServices(access, cluster.value.clusterArn ?? '', ours);
  const family = placementName({ ...identity, installation: scope.installation, placement: identity.id });
  const definitions = await readDefinitions(access, family, services);
  const hashes = new Set(
    Array.from({ length: hashedIncarnations }, (_, n) => targetGroupName(scope.installation, identity.id, n + 1)),
  );
  const targetGroups = read.targetGroups.flatMap(({ value, tags }): LiveResource[] => {
    const name = value.TargetGroupName ?? '';
    return ours(tags) || hashes.has(name) ? [{ arn: value.TargetGroupArn ?? '', name, marked: ours(tags) }] : [];
  });
  const own = new Set(targetGroups.map(({ arn }) => arn));
  const rules = (read.rules.get(identity.infraGroup) ?? []).flatMap(({ value, tags }): LiveRule[] => {
    const leadsTo = targetsOf(value);
    // One that lost its mark is known by where it leads, as nobody else forwards to our target group.
    const lost = tags[marks.placement] === undefined && leadsTo.some((arn) => own.has(arn)) && atOurs(value);
    if (!ours(tags) && !lost) return [];
    const [arn, name] = [value.RuleArn ?? '', value.Priority ?? ''];
    return [{ arn, name, marked: ours(tags), priority: Number(name), targetGroups: leadsTo }];
  });
  const clusterOf = (found: NonNullable<typeof cluster>): LiveResource => ({
    arn: found.value.clusterArn ?? '',
    name: family,
    marked: ours(found.tags),
  });
  return {
    ...identity,
    cluster: cluster === undefined || cluster.value.status !== 'ACTIVE' ? undefined : clusterOf(cluster),
    services,
    definitions,
    targetGroups,
    rules,
  };
}

async function readServices(
  access: CellAccess,
  cluster: string,
  ours: (tags: Tags) => boolean,
): Promise<readonly LiveService[]> {
  const arns = await readPages({ service: 'ecs', operation: 'listServices' }, async (nextToken) => {
    const page = await access.ecs.listServices({ cluster, ...(nextToken === undefined ? {} : { nextToken }) });
    return { items: page.serviceArns, next: page.nextToken };
  });
  const found: LiveService[] = [];
  for (let from = 0; from < arns.length; from += servicesPerCall) {
    const services = arns.slice(from, from + servicesPerCall);
    const answer = await access.ecs.describeServices({ cluster, services, include: ['TAGS'] });
    const failure = answer.failures?.find(({ reason }) => reason !== 'MISSING');
    if (failure !== undefined)
      throw missing(`service ${failure.arn ?? ''} could not be described: ${failure.reason ?? ''}`);
    for (const service of answer.services ?? []) {
      for (const one of serviceOf(service, ours))
        found.push({ ...one, scaling: await readScaling(access, cluster, one.name, ours) });
    }
  }
  return found;
}

/** The scalable target of a service, where it is ours. */
async function readScaling(
  access: CellAccess,
  cluster: string,
  service: string,
  ours: (tags: Tags) => boolean,
): Promise<LiveService['scaling']> {
  const name = `service/${cluster.slice(cluster.lastIndexOf('/') + 1)}/${service}`;
  const arn = (await access.views.scalableTarget(name, now))?.ScalableTargetARN;
  if (arn === undefined) return undefined;
  try {
    const { Tags = {} } = await access.scaling.listTagsForResource({ ResourceARN: arn });
    return ours(Tags) ? { arn, name } : undefined;
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return undefined;
    throw error;
  }
}

function serviceOf(service: Ecs.Service, ours: (tags: Tags) => boolean): readonly Omit<LiveService, 'scaling'>[] {
  const { status, serviceArn: arn = '', serviceName: name = '' } = service;
  if (status !== 'ACTIVE' && status !== 'DRAINING') return [];
  const primary = service.deployments?.find((deployment) => deployment.status === 'PRIMARY');
  const failed = service.deployments?.some(({ rolloutState }) => rolloutState === 'FAILED') ?? false;
  return [
    {
      arn,
      name,
      marked: ours(tagsOf(service.tags)),
      status,
      desiredCount: service.desiredCount ?? 0,
      tasks: (service.runningCount ?? 0) + (service.pendingCount ?? 0),
      taskDefinition: service.taskDefinition,
      targetGroups: (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
      rolledBack: failed || (primary?.rolloutStateReason?.includes('rolling back') ?? false),
    },
  ];
}

/** The revision that serves and the newest are described: the others only have to be known to go. */
async function readDefinitions(
  access: CellAccess,
  familyPrefix: string,
  services: readonly LiveService[],
): Promise<readonly LiveDefinition[]> {
  const arns = await readPages({ service: 'ecs', operation: 'listTaskDefinitions' }, async (nextToken) => {
    const page = await access.ecs.listTaskDefinitions({
      familyPrefix,
      status: 'ACTIVE',
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  const serving = services.flatMap(({ taskDefinition }) => taskDefinition ?? []);
  const all = [...new Set([...arns, ...serving])].sort((a, b) => revisionOf(a) - revisionOf(b));
  const described = new Set([...serving, all.at(-1)]);
  return Promise.all(
    all.map(async (arn): Promise<LiveDefinition> => {
      const plain = { arn, revision: revisionOf(arn), spec: undefined, cpu: undefined, memoryMiB: undefined };
      if (!described.has(arn)) return plain;
      try {
        const answer = await access.ecs.describeTaskDefinition({ taskDefinition: arn, include: ['TAGS'] });
        const { cpu, memory } = answer.taskDefinition ?? {};
        const spec = tagsOf(answer.tags)[marks.spec];
        return { ...plain, spec, cpu: numberOf(cpu), memoryMiB: numberOf(memory) };
      } catch (error) {
        // A service may go on running on a revision that somebody deleted.
        if (error instanceof CallError && error.class === 'not_found') return plain;
        throw error;
      }
    }),
  );
}

function revisionOf(arn: string): number {
  return Number(arn.slice(arn.lastIndexOf(':') + 1)) || 0;
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? undefined : value;
}

export function isOurs(tags: Tags, { installation }: Pick<ReadScope, 'installation'>): boolean {
  return tags[marks.installation] === installation;
}

function atOurs(rule: Elb.Rule): boolean {
  return slotOfPriority(Number(rule.Priority)) !== undefined;
}

function targetsOf(rule: Elb.Rule): readonly string[] {
  return (rule.Actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => group.TargetGroupArn ?? []),
  ]);
}

export function tagsOf(tags: readonly { key?: string | undefined; value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]));
}

/** An answer that lacks what it was asked for: to be read again. */
export function missing(message: string): CallError {
  return new CallError({ class: 'transient', service: 'aws', operation: 'rebuild', code: 'IncompleteAnswer', message });
}
