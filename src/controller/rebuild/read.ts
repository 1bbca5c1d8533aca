import { clusterArns } from '../../aws/cluster-arns.ts';
import { readPages } from '../../aws/pages.ts';
import type { CellAccess, Ecs, Elb, ZoneAccess } from '../../aws/ports.ts';
import { loadTargetGroups } from '../../aws/views.ts';
import { CallError } from '../../model/errors.ts';
import {
  marks,
  parsePlacementName,
  parseSetIdentifier,
  placementName,
  slotOfPriority,
  targetGroupName,
} from '../../model/names.ts';
import type {
  Finding,
  LiveCell,
  LiveDefinition,
  LivePlacement,
  LiveRecords,
  LiveResource,
  LiveRule,
  LiveService,
} from './facts.ts';

/** What of records and books a reading needs. */
export interface ReadScope {
  readonly installation: string;
  readonly tier: string;
  /** The cell's infra groups that have an accepted record. */
  readonly groups: readonly { readonly name: string; readonly listenerArn: string }[];
  readonly knows: (placement: string) => boolean;
}

type Tags = Readonly<Record<string, string>>;
type Identity = Pick<LivePlacement, 'id' | 'tenant' | 'tier' | 'cell' | 'infraGroup'>;

interface Tagged<T> {
  readonly value: T;
  readonly tags: Tags;
}

const now = { maxAgeMs: 0 } as const;
/** AWS's limit for DescribeServices. */
const servicesPerCall = 10;
/** Placements that are looked at side by side; the call budget sets the pace. */
const atOnce = 50;
/** A target group that lost its mark is found by its name, which is a hash: of the first so many incarnations. */
const hashedIncarnations = 16;

/** Reads everything of a cell that bears our mark, to the end and as it stands now. Throws `CallError`: a part is never returned. */
export async function readLiveCell(access: CellAccess, scope: ReadScope): Promise<LiveCell> {
  const [clusters, targetGroups, rules] = await Promise.all([
    readClusters(access, scope),
    readTargetGroups(access),
    readRules(access, scope),
  ]);
  const found = identify(access.name, scope, { clusters, targetGroups, rules });
  const standing = new Set(found.identities.map(({ id }) => id));
  const unknown: LivePlacement[] = [];
  const wanted = found.identities.filter(({ id }) => !scope.knows(id));
  for (let from = 0; from < wanted.length; from += atOnce) {
    const some = wanted.slice(from, from + atOnce);
    unknown.push(
      ...(await Promise.all(
        some.map((identity) => readPlacement(access, scope, identity, { clusters, targetGroups, rules })),
      )),
    );
  }
  const claimed = new Set(unknown.flatMap((one) => one.rules.map(({ arn }) => arn)));
  const takenPriorities = new Map(
    scope.groups.map(({ name }) => [
      name,
      (rules.get(name) ?? [])
        .filter(({ value }) => !claimed.has(value.RuleArn ?? ''))
        .map(({ value }) => Number(value.Priority)),
    ]),
  );
  return { cell: access.name, unknown, standing, takenPriorities, findings: found.findings };
}

/** The weighted records of all placements of ours in a zone; those of a tier's shared name are left out by their ids. */
export async function readRecords(
  zone: ZoneAccess,
  installation: string,
  isShared: (placement: string, infraGroup: string) => boolean,
): Promise<readonly LiveRecords[]> {
  const view = await zone.view(now);
  const found = new Map<string, LiveRecords>();
  for (const { name, setIdentifier = '' } of view.all()) {
    const mark = parseSetIdentifier(setIdentifier);
    if (mark?.installation !== installation || isShared(mark.placement, mark.infraGroup)) continue;
    const { placement, infraGroup } = mark;
    found.set(`${name} ${setIdentifier}`, { zone: zone.id, name, setIdentifier, placement, infraGroup });
  }
  return [...found.values()];
}

interface Read {
  /** By placement. */
  readonly clusters: ReadonlyMap<string, Tagged<Ecs.Cluster> & { readonly identity: Identity }>;
  readonly targetGroups: readonly Tagged<Elb.TargetGroup>[];
  /** By infra group. */
  readonly rules: ReadonlyMap<string, readonly Tagged<Elb.Rule>[]>;
}

async function readClusters(access: CellAccess, { installation }: ReadScope): Promise<Read['clusters']> {
  const named = (await clusterArns(access, now)).flatMap((arn) => {
    const identity = parsePlacementName(arn.slice(arn.lastIndexOf('/') + 1));
    if (identity?.installation !== installation || identity.cell !== access.name) return [];
    const { placement: id, tenant, tier, cell, infraGroup } = identity;
    return [{ arn, identity: { id, tenant, tier, cell, infraGroup } }];
  });
  const read = await Promise.all(
    named.map(async ({ arn, identity }) => ({ identity, cluster: await access.views.cluster(arn, now) })),
  );
  return new Map(
    read.flatMap(({ identity, cluster }) =>
      cluster === undefined || cluster.status === 'INACTIVE'
        ? []
        : [[identity.id, { identity, value: cluster, tags: tagsOf(cluster.tags) }]],
    ),
  );
}

/** Only what is named as ours is asked for its tags: nothing of ours has another name. */
async function readTargetGroups(access: CellAccess): Promise<Read['targetGroups']> {
  const all = (await loadTargetGroups(access, {})).filter((group) => group.TargetGroupName?.startsWith('cw-'));
  return withTags(access, all, (group) => group.TargetGroupArn);
}

async function readRules(access: CellAccess, { groups }: ReadScope): Promise<Read['rules']> {
  const read = await Promise.all(
    groups.map(async ({ name, listenerArn }) => {
      const rules = await access.views.rules(listenerArn, now);
      if (rules === undefined) throw missing(`listener ${listenerArn} of infra group ${name} does not exist`);
      const own = rules.filter((rule) => rule.IsDefault !== true);
      return [name, await withTags(access, own, (rule) => rule.RuleArn)] as const;
    }),
  );
  return new Map(read);
}

async function withTags<T>(
  access: CellAccess,
  values: readonly T[],
  arnOf: (value: T) => string | undefined,
): Promise<readonly Tagged<T>[]> {
  const read = await Promise.all(
    values.map(async (value) => ({ value, tags: await access.views.tags(arnOf(value) ?? '', now) })),
  );
  // What has no tags to be read has gone in between.
  return read.flatMap(({ value, tags }) => (tags === undefined ? [] : [{ value, tags }]));
}

/** Which placements anything bears the mark of. A cluster's name says all of it and never changes; tags say the rest. */
function identify(cell: string, scope: ReadScope, read: Read): { identities: Identity[]; findings: Finding[] } {
  const identities = new Map<string, Identity>();
  const findings: Finding[] = [];
  const groups = new Set(scope.groups.map(({ name }) => name));
  const tagged = [...read.targetGroups, ...[...read.rules.values()].flat()].map(({ tags }) => tags);
  const marked = new Set(tagged.filter((tags) => isOurs(tags, scope)).map((tags) => tags[marks.placement]));
  for (const [id, { identity, value, tags }] of read.clusters) {
    if (isOurs(tags, scope) ? tags[marks.placement] === id : marked.has(id)) identities.set(id, identity);
    else if (!scope.knows(id)) findings.push(unmarkedCluster(value.clusterArn ?? ''));
  }
  for (const tags of tagged) {
    const { [marks.placement]: id, [marks.tenant]: tenant, [marks.infraGroup]: infraGroup } = tags;
    if (!isOurs(tags, scope) || id === undefined || identities.has(id)) continue;
    if (tenant !== undefined && infraGroup !== undefined && groups.has(infraGroup))
      identities.set(id, { id, tenant, tier: scope.tier, cell, infraGroup });
  }
  const known = [...identities.values()].filter(({ infraGroup }) => groups.has(infraGroup));
  for (const { id, tenant, infraGroup } of identities.values())
    if (!groups.has(infraGroup)) findings.push(groupless(id, tenant, infraGroup));
  return { identities: known, findings };
}

async function readPlacement(
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

function isOurs(tags: Tags, { installation }: Pick<ReadScope, 'installation'>): boolean {
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

function tagsOf(tags: readonly { key?: string | undefined; value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]));
}

function unmarkedCluster(arn: string): Finding {
  return {
    reason: 'Unmarked',
    about: arn,
    message: `${arn} is named like one of this installation's clusters, and neither it nor any rule or target group bears that mark: it is taken for somebody else's and left alone. If it is ours, put its tags ${marks.installation} and ${marks.placement} back and rebuild again`,
  };
}

function groupless(id: string, tenant: string, infraGroup: string): Finding {
  return {
    reason: 'UnknownInfraGroup',
    about: tenant,
    message: `placement ${id} of tenant ${tenant} is in infra group ${infraGroup}, which has no accepted record: its rule cannot be read, and nothing is written for it. Write the record again and rebuild again`,
  };
}

function missing(message: string): CallError {
  return new CallError({ class: 'transient', service: 'aws', operation: 'rebuild', code: 'IncompleteAnswer', message });
}
