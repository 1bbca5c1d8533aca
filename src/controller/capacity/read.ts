import { readCellFacts } from '../../aws/cell-facts.ts';
import { clusterArns } from '../../aws/cluster-arns.ts';
import { readForeignFargate } from '../../aws/foreign-tasks.ts';
import { type InfraGroupReading, isFinding, readInfraGroup } from '../../aws/infra.ts';
import type { CallPurpose, CellAccess, ZoneAccess } from '../../aws/ports.ts';
import { readCellQuotas } from '../../aws/quotas.ts';
import { type Reading as Figure, reading } from '../../aws/readings.ts';
import { fenceEpoch, unreadableFence } from '../../aws/zone-fence.ts';
import { CallError, failureText } from '../../model/errors.ts';
import { marks, parsePlacementName, parseSetIdentifier, slotOfPriority } from '../../model/names.ts';
import { vcpuToCpuUnits } from '../../placement/vector.ts';
import type { MarkedPlacement } from '../rebuild/behind.ts';
import type { CellReading, GroupReading, Reading, ZoneReading } from './readings.ts';

/** What of the records and of our own books a reading needs. */
export interface GroupScope {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly taskSecurityGroupIds: readonly string[];
  readonly endpointSecurityGroupIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  /** Tasks of ours that run in the group's subnets: their addresses are taken, but ours. */
  readonly ownTasks: number;
}

export interface CellScope {
  readonly access: CellAccess;
  readonly installation: string;
  readonly groups: readonly GroupScope[];
  /** Clusters in the inventories of this cell. */
  readonly ownClusters: number;
  /** Whether the state table knows a placement. */
  readonly knows: (placement: string) => boolean;
  /** Whether an inventory names a resource: then it is taken for ours, and its tags are left to those who heal it. Nothing is, where it is left out. */
  readonly owns?: (arn: string) => boolean;
  readonly now: number;
  readonly maxAgeMs: number;
  /** For whom the calls are: `sweep` where it is left out. A term that begins has nothing else to do, and must not wait for the sweeps' half of the budgets. */
  readonly purpose?: CallPurpose;
}

export interface CellAndGroups {
  readonly cell: Reading<CellReading>;
  readonly groups: ReadonlyMap<string, Reading<GroupReading>>;
  /** What the groups are made of, by part: what the readiness gate goes by. */
  readonly infra: ReadonlyMap<string, Reading<InfraGroupReading>>;
}

/**
 * Reads one cell and its infra groups: quotas, use by others, what the groups are made of, and which placements bear our mark. A cell that cannot be read is a reading too; only a
 * lost lease throws.
 */
export async function readCell(scope: CellScope): Promise<CellAndGroups> {
  const access = scope.access.as(scope.purpose ?? 'sweep');
  try {
    const isOurs = (tags: Readonly<Record<string, string>>): boolean => tags[marks.installation] === scope.installation;
    const isOurCluster = (name: string): boolean => parsePlacementName(name)?.installation === scope.installation;
    const [quotas, use, fargate, marked, infra] = await Promise.all([
      readCellQuotas(access),
      readCellFacts(access, scope.groups, isOurs, scope.owns),
      readForeignFargate(access, isOurCluster),
      markedPlacements(access, scope),
      readAllParts(access, scope),
    ]);
    const figures = new Figures();
    const vcpu = figures.take('fargateVcpu', quotas.fargateVcpu);
    const cell: CellReading = {
      at: scope.now,
      quotas: {
        ...(vcpu === undefined ? {} : { fargateVcpu: vcpuToCpuUnits(vcpu) }),
        ...figures.member('targetGroups', quotas.targetGroupsPerRegion),
        ...figures.member('networkInterfaces', quotas.networkInterfaces),
        ...figures.member('clusters', quotas.ecsClusters),
      },
      foreign: {
        ...figures.member('targetGroups', use.foreignTargetGroups),
        // What cannot be read is left to the record: a role need not see into everybody's clusters.
        ...('value' in fargate ? { fargateVcpu: fargate.value } : {}),
        clusters: Math.max(0, (figures.take('clusters', use.clusters) ?? 0) - scope.ownClusters),
      },
      unreadable: figures.unreadable,
      marked,
    };
    const known: CellReading = { ...cell, quotas: figures.known(cell.quotas) };
    const groups = new Map<string, Reading<GroupReading>>();
    await Promise.all(
      scope.groups.map(async (group) => {
        const parts = infra.get(group.name) ?? noParts;
        const sources = { quotas, use: use.groups[group.name], isOurs };
        groups.set(group.name, parts.ok ? await readGroup(access, scope, group, parts.value, sources) : parts);
      }),
    );
    return { cell: { ok: true, value: known }, groups, infra };
  } catch (error) {
    const failed = failure(error);
    const all = new Map(scope.groups.map((group) => [group.name, failed]));
    return { cell: failed, groups: all, infra: all };
  }
}

/** All groups of the cell side by side: one after the other they would hold up a take-over. */
async function readAllParts(
  access: CellAccess,
  { groups, maxAgeMs }: CellScope,
): Promise<ReadonlyMap<string, Reading<InfraGroupReading>>> {
  return new Map(
    await Promise.all(groups.map(async (group) => [group.name, await readParts(access, group, maxAgeMs)] as const)),
  );
}

const noParts = { ok: false, reason: 'NotRead', message: 'not read yet' } as const;

async function readParts(access: CellAccess, group: GroupScope, maxAgeMs: number): Promise<Reading<InfraGroupReading>> {
  try {
    return { ok: true, value: await readInfraGroup(access, group, { maxAgeMs }) };
  } catch (error) {
    return failure(error);
  }
}

interface GroupSources {
  readonly quotas: Awaited<ReturnType<typeof readCellQuotas>>;
  readonly use: Awaited<ReturnType<typeof readCellFacts>>['groups'][string] | undefined;
  readonly isOurs: (tags: Readonly<Record<string, string>>) => boolean;
}

async function readGroup(
  access: CellAccess,
  scope: CellScope,
  group: GroupScope,
  infra: InfraGroupReading,
  sources: GroupSources,
): Promise<Reading<GroupReading>> {
  const { quotas, use, isOurs } = sources;
  const { facts } = infra;
  // Without load balancer and listener there is nothing to work on; whatever else is amiss closes the group for new tenants only.
  if (facts === undefined) {
    const found = infra.loadBalancer ?? (isFinding(infra.listener) ? infra.listener : undefined);
    return { ok: false, reason: 'NotReady', message: 'not ready', ...found };
  }
  try {
    const figures = new Figures();
    const free = Object.values(use?.freeAddresses ?? {}).map((figure) => figures.take('subnetAddresses', figure));
    const addresses = free.includes(undefined)
      ? undefined
      : free.reduce<number>((sum, count) => sum + (count ?? 0), group.ownTasks);
    const value: GroupReading = {
      at: scope.now,
      facts,
      quotas: {
        ...figures.member('targetGroups', quotas.targetGroupsPerLoadBalancer),
        ...figures.member('rules', quotas.rulesPerLoadBalancer),
        ...figures.member('targets', quotas.targetsPerLoadBalancer),
        ...(addresses === undefined ? {} : { subnetAddresses: addresses }),
      },
      foreign: {
        ...figures.member('targetGroups', use?.foreignTargetGroups),
        ...figures.member('rules', use?.foreignRules),
        ...figures.member('targets', use?.foreignTargets),
      },
      unreadable: figures.unreadable,
      ...(await ruleMarks(access, group.listenerArn, isOurs, scope)),
      strangers: {
        listener_rule: figures.take('rules', use?.foreignRules) ?? 0,
        target_group: figures.take('targetGroups', use?.foreignTargetGroups) ?? 0,
        endpoint: await foreignEndpoints(access, group.vpcId, isOurs, scope.maxAgeMs),
      },
    };
    return { ok: true, value: { ...value, quotas: figures.known(value.quotas) } };
  } catch (error) {
    return failure(error);
  }
}

/** Reads a zone's limit, its use by others and the highest epoch that a fence of ours names. */
export async function readZone(
  zone: ZoneAccess,
  installation: string,
  options: { now: number; maxAgeMs: number },
): Promise<Reading<ZoneReading>> {
  try {
    const [limit, view] = await Promise.all([
      zone.limit({ maxAgeMs: options.maxAgeMs }),
      zone.view({ maxAgeMs: options.maxAgeMs }),
    ]);
    const own = view
      .all()
      .filter((record) => parseSetIdentifier(record.setIdentifier ?? '')?.installation === installation);
    const soa = view.all().find(({ type }) => type === 'SOA');
    const value = {
      at: options.now,
      ...(soa === undefined ? {} : { name: soa.name.replace(/\.$/, '') }),
      quota: limit.quota,
      records: limit.records,
      foreign: view.all().length - own.length,
      fenceEpoch: fenceEpoch(view, installation) ?? 0,
    };
    return { ok: true, value };
  } catch (error) {
    return failure(error);
  }
}

/**
 * Placements of which a live cluster bears our mark. Of clusters that the table knows the name will do, since there may be ten thousand; of others only the tags tell whose they are.
 */
async function markedPlacements(access: CellAccess, scope: CellScope): Promise<readonly MarkedPlacement[]> {
  const { installation, maxAgeMs } = scope;
  const arns = await clusterArns(access, { maxAgeMs });
  const named = arns.flatMap((arn) => {
    const identity = parsePlacementName(arn.slice(arn.lastIndexOf('/') + 1));
    return identity?.installation === installation && identity.cell === access.name ? [{ arn, ...identity }] : [];
  });
  const marked = await Promise.all(
    named.map(async ({ arn, placement, tenant }) => {
      if (scope.knows(placement)) return [{ placement, tenant }];
      const cluster = await access.views.cluster(arn, { maxAgeMs });
      const tags = Object.fromEntries((cluster?.tags ?? []).map(({ key = '', value = '' }) => [key, value]));
      const ours = tags[marks.installation] === installation && tags[marks.placement] === placement;
      return ours && cluster?.status !== 'INACTIVE' ? [{ placement, tenant }] : [];
    }),
  );
  return marked.flat();
}

/** What the rules of a listener tell: slots whose priorities a rule that is not ours holds, where nothing could be built, and the placements that ours bear the mark of. */
async function ruleMarks(
  access: CellAccess,
  listenerArn: string,
  isOurs: GroupSources['isOurs'],
  { maxAgeMs, owns = () => false }: Pick<CellScope, 'maxAgeMs' | 'owns'>,
): Promise<Pick<GroupReading, 'foreignSlots' | 'marked'>> {
  const rules = (await access.views.rules(listenerArn, { maxAgeMs })) ?? [];
  const slots = new Set<number>();
  const marked: MarkedPlacement[] = [];
  for (const rule of rules) {
    const slot = slotOfPriority(Number(rule.Priority));
    if (rule.RuleArn === undefined || rule.IsDefault === true || owns(rule.RuleArn)) continue;
    const tags = await access.views.tags(rule.RuleArn, { maxAgeMs: 3_600_000 });
    if (tags === undefined) continue;
    const { [marks.placement]: placement, [marks.tenant]: tenant = '' } = tags;
    if (!isOurs(tags)) {
      if (slot !== undefined) slots.add(slot);
    } else if (placement !== undefined) marked.push({ placement, tenant });
  }
  return { foreignSlots: [...slots], marked };
}

/** Interface endpoints in the VPC that are not ours; those that cannot be read are not counted. */
async function foreignEndpoints(
  access: CellAccess,
  vpcId: string,
  isOurs: GroupSources['isOurs'],
  maxAgeMs: number,
): Promise<number> {
  const figure = await reading(async () => {
    const all = await access.views.interfaceEndpoints({ maxAgeMs });
    return all.filter(
      ({ VpcId, Tags = [] }) =>
        VpcId === vpcId && !isOurs(Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))),
    ).length;
  });
  return 'value' in figure ? figure.value : 0;
}

/** Collects figures, and why those that are missing could not be read. */
class Figures {
  readonly unreadable: Record<string, string> = {};

  take(name: string, figure: Figure | undefined): number | undefined {
    if (figure === undefined) return undefined;
    if ('value' in figure) return figure.value;
    this.unreadable[name] = figure.unreadable;
    return undefined;
  }

  /** Quotas whose use by others could not be read say nothing: they are left out, which closes the place. */
  known<D extends string>(quotas: Readonly<Partial<Record<D, number>>>): Readonly<Partial<Record<D, number>>> {
    return Object.fromEntries(Object.entries(quotas).filter(([name]) => !(name in this.unreadable))) as Partial<
      Record<D, number>
    >;
  }

  member(name: string, figure: Figure | undefined): Readonly<Record<string, number>> {
    const value = this.take(name, figure);
    return value === undefined ? {} : { [name]: value };
  }
}

function failure(error: unknown): { readonly ok: false; readonly reason: string; readonly message: string } {
  if (!(error instanceof CallError) || error.class === 'fenced') throw error;
  const reason =
    error.code === unreadableFence ? unreadableFence : error.class === 'denied' ? 'AccessDenied' : 'ReadFailed';
  return { ok: false, reason, message: failureText(error) };
}
