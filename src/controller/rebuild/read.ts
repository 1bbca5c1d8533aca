import { clusterArns } from '../../aws/cluster-arns.ts';
import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import { loadTargetGroups } from '../../aws/views.ts';
import { marks, parsePlacementName, parseSetIdentifier } from '../../model/names.ts';
import type { Finding, LiveCell, LivePlacement, LiveRecords } from './facts.ts';
import {
  type Identity,
  isOurs,
  missing,
  now,
  type Read,
  type ReadScope,
  readPlacement,
  type Tagged,
  tagsOf,
} from './read-placement.ts';

/** Placements that are looked at side by side; the call budget sets the pace. */
const atOnce = 50;
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
