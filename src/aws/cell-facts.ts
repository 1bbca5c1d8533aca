/** What of a cell's and its groups' capacity is in use, and how much of that is not ours: plain numbers for placement. */

import { clusterArns } from './cluster-arns.ts';
import { incompleteAnswer, readPages } from './pages.ts';
import type { CellAccess, Elb, Freshness } from './ports.ts';
import { type Reading, reading } from './readings.ts';
import { loadTargetGroups } from './views.ts';

export interface GroupScope {
  readonly name: string;
  readonly loadBalancerArn: string;
  readonly subnetIds: readonly string[];
}

export interface GroupUse {
  /** Rules on all listeners of the load balancer, the default ones not counted, as AWS's quota counts them. */
  readonly rules: Reading;
  readonly foreignRules: Reading;
  readonly targetGroups: Reading;
  readonly foreignTargetGroups: Reading;
  /** Targets registered in target groups that are not ours. */
  readonly foreignTargets: Reading;
  /** Free addresses by subnet. */
  readonly freeAddresses: Readonly<Record<string, Reading>>;
}

export interface CellUse {
  /** Target groups of the Region, attached or not. */
  readonly targetGroups: Reading;
  readonly foreignTargetGroups: Reading;
  /** Clusters of the Region that are not INACTIVE. */
  readonly clusters: Reading;
  readonly groups: Readonly<Record<string, GroupUse>>;
}

type IsOurs = (tags: Readonly<Record<string, string>>) => boolean;

/** What is ours: by its tags, or by its name alone. */
interface Own {
  readonly isOurs: IsOurs;
  readonly owns: (arn: string) => boolean;
}

/** Tags of what others own change seldom; a write of ours makes our own reread anyway. */
const tagAge: Freshness = { maxAgeMs: 3_600_000 };
const listAge: Freshness = { maxAgeMs: 60_000 };

/**
 * Reads all numbers; each that cannot be read says why. What `owns` names is ours without a look at its tags. Throws `CallError` only when our lease is gone.
 */
export async function readCellFacts(
  cell: CellAccess,
  groups: readonly GroupScope[],
  isOurs: IsOurs,
  owns: (arn: string) => boolean = () => false,
): Promise<CellUse> {
  const own: Own = { isOurs, owns };
  const all = (): Promise<readonly Elb.TargetGroup[]> =>
    cell.views.once('all-target-groups', listAge, () => loadTargetGroups(cell, {}));
  const [targetGroups, foreignTargetGroups, clusters, ...used] = await Promise.all([
    reading(async () => (await all()).length),
    reading(async () => (await foreign(cell, arnsOfGroups(await all()), own)).length),
    reading(async () => (await clusterArns(cell, listAge)).length),
    ...groups.map(async (group) => [group.name, await groupUse(cell, group, own)] as const),
  ]);
  return { targetGroups, foreignTargetGroups, clusters, groups: Object.fromEntries(used) };
}

async function groupUse(cell: CellAccess, group: GroupScope, own: Own): Promise<GroupUse> {
  const { loadBalancerArn } = group;
  const rules = (): Promise<readonly string[]> => ruleArns(cell, loadBalancerArn);
  const attached = async (): Promise<readonly string[]> =>
    arnsOfGroups(await cell.views.targetGroupsOf(loadBalancerArn, listAge));
  const strangers = async (): Promise<readonly string[]> => foreign(cell, await attached(), own);
  return {
    rules: await reading(async () => (await rules()).length),
    foreignRules: await reading(async () => (await foreign(cell, await rules(), own)).length),
    targetGroups: await reading(async () => (await attached()).length),
    foreignTargetGroups: await reading(async () => (await strangers()).length),
    foreignTargets: await reading(async () => countTargets(cell, await strangers())),
    freeAddresses: await freeAddresses(cell, group.subnetIds),
  };
}

async function ruleArns(cell: CellAccess, LoadBalancerArn: string): Promise<readonly string[]> {
  const listeners = await cell.views.once(`${LoadBalancerArn}#listeners`, listAge, () =>
    readPages({ service: 'elbv2', operation: 'describeListeners' }, async (Marker) => {
      const page = await cell.elb.describeListeners({ LoadBalancerArn, ...(Marker === undefined ? {} : { Marker }) });
      return { items: page.Listeners, next: page.NextMarker };
    }),
  );
  const rules = await Promise.all(listeners.map(({ ListenerArn = '' }) => cell.views.rules(ListenerArn, listAge)));
  return rules.flatMap((some) => some ?? []).flatMap(({ IsDefault, RuleArn }) => (IsDefault ? [] : (RuleArn ?? [])));
}

function arnsOfGroups(groups: readonly Elb.TargetGroup[]): readonly string[] {
  return groups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
}

/** Those of the resources that exist and do not bear our tags. */
async function foreign(cell: CellAccess, arns: readonly string[], { isOurs, owns }: Own): Promise<readonly string[]> {
  const open = arns.filter((arn) => !owns(arn));
  const tags = await Promise.all(open.map(async (arn) => ({ arn, tags: await cell.views.tags(arn, tagAge) })));
  return tags.filter((read) => read.tags !== undefined && !isOurs(read.tags)).map(({ arn }) => arn);
}

async function countTargets(cell: CellAccess, targetGroupArns: readonly string[]): Promise<number> {
  const counts = await Promise.all(
    targetGroupArns.map((TargetGroupArn) =>
      cell.views.once(`${TargetGroupArn}#target-count`, tagAge, async () => {
        const health = await cell.elb.describeTargetHealth({ TargetGroupArn });
        return health.TargetHealthDescriptions?.length ?? 0;
      }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function freeAddresses(
  cell: CellAccess,
  subnetIds: readonly string[],
): Promise<Readonly<Record<string, Reading>>> {
  const read = subnetIds.map(async (id) => {
    const free = await reading(() =>
      cell.views.once(`subnet/${id}`, listAge, async () => {
        const { Subnets } = await cell.ec2.describeSubnets({ SubnetIds: [id] });
        const count = Subnets?.find(({ SubnetId }) => SubnetId === id)?.AvailableIpAddressCount;
        if (count !== undefined) return count;
        throw incompleteAnswer({ service: 'ec2', operation: 'describeSubnets' }, `no free address count of ${id}`);
      }),
    );
    return [id, free] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
