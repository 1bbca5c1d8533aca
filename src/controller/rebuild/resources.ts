import { rulePriority, serviceName, targetGroupName } from '../../model/names.ts';
import type { InventoryResource, PlacementInventory } from '../../model/resources.ts';
import type { LiveDefinition, LivePlacement, LiveRecords, LiveService } from './facts.ts';

/** More incarnations of one resource than ever were: a name that none of them has is not one of ours. */
const incarnationsLimit = 10_000;

export interface DerivedResources {
  readonly resources: PlacementInventory['resources'];
  readonly retired: readonly InventoryResource[];
  readonly rolledBack?: PlacementInventory['rolledBack'];
}

/**
 * The inventory of one placement's resources, from what is live. Pure. The incarnation of a service and of a target group follows from its name; clusters, rules and records have one name for all of
 * them, so theirs begins anew at 1. What serves is current, and all else of ours is to be retired.
 */
export function deriveResources(
  live: LivePlacement,
  records: readonly LiveRecords[],
  at: { readonly installation: string; readonly slot: number; readonly family: string; readonly now: string },
): DerivedResources {
  const { now } = at;
  const resources: Partial<Record<InventoryResource['kind'], InventoryResource>> = {};
  const retired: InventoryResource[] = [];
  const put = (current: InventoryResource | undefined, ...old: readonly InventoryResource[]): void => {
    if (current !== undefined) resources[current.kind] = current;
    retired.push(...old);
  };
  const { cluster } = live;
  if (cluster !== undefined) put({ kind: 'cluster', n: 1, name: cluster.name, arn: cluster.arn, confirmedAt: now });
  const [service, ...oldServices] = servicesOf(live).map((one) => entry('service', one.n, one.service, now));
  put(service, ...oldServices);
  const scaled = servicesOf(live).flatMap(({ service: { scaling } }) =>
    scaling === undefined ? [] : [entry('scaling', 1, scaling, now)],
  );
  const serving = currentService(live);
  const scaling = scaled.find(({ arn }) => arn === serving?.scaling?.arn);
  put(scaling, ...scaled.filter((one) => one !== scaling));
  const wiredTo = new Set([...(serving?.targetGroups ?? []), ...live.rules.flatMap((rule) => rule.targetGroups)]);
  const groups = live.targetGroups
    .map((group) => entry('target_group', incarnationOf(at.installation, live.id, group.name), group, now))
    .sort((a, b) => Number(wiredTo.has(b.arn ?? '')) - Number(wiredTo.has(a.arn ?? '')) || b.n - a.n);
  const [group, ...oldGroups] = groups;
  put(group, ...oldGroups);
  const rules = [...live.rules].sort(
    (a, b) => Number(b.targetGroups.includes(group?.arn ?? '')) - Number(a.targetGroups.includes(group?.arn ?? '')),
  );
  const [rule, ...oldRules] = rules;
  const priority = String(rulePriority(at.slot));
  put(
    rule === undefined ? undefined : { ...entry('listener_rule', 1, rule, now), name: priority },
    ...oldRules.map((old) => entry('listener_rule', 1, old, now)),
  );
  const definition = definitionsOf(live, serving, at.family, now);
  put(definition.current, ...definition.old);
  const record = records[0];
  if (record !== undefined) {
    const arn = `${record.zone}/${record.name}/${record.setIdentifier}`;
    put({ kind: 'dns_record', n: 1, name: record.name, arn, confirmedAt: now });
  }
  return {
    resources,
    retired,
    ...(definition.rolledBack === undefined ? {} : { rolledBack: definition.rolledBack }),
  };
}

/** The service that serves: active, and the newest of those. */
export function currentService(live: LivePlacement): LiveService | undefined {
  return servicesOf(live)[0]?.service;
}

/** The revision that the placement's service runs, as far as it was described. */
export function servingDefinition(live: LivePlacement): LiveDefinition | undefined {
  const arn = currentService(live)?.taskDefinition;
  return live.definitions.find((definition) => definition.arn === arn);
}

/** Active ones first, then by incarnation, the newest first. A service of a name that is none of ours is not ours to speak of. */
function servicesOf(live: LivePlacement): readonly { readonly n: number; readonly service: LiveService }[] {
  return live.services
    .flatMap((service) => {
      const n = Number(/^svc-([1-9][0-9]{0,8})$/.exec(service.name)?.[1] ?? '0');
      return n > 0 && serviceName(n) === service.name ? [{ n, service }] : [];
    })
    .sort((a, b) => Number(b.service.status === 'ACTIVE') - Number(a.service.status === 'ACTIVE') || b.n - a.n);
}

function entry(
  kind: InventoryResource['kind'],
  n: number,
  found: { readonly name: string; readonly arn: string },
  confirmedAt: string,
): InventoryResource {
  return { kind, n, name: found.name, arn: found.arn, confirmedAt };
}

/** The name is a hash of the incarnation: it is found by trying. One that is none of ours in form counts as the first. */
function incarnationOf(installation: string, placement: string, name: string): number {
  for (let n = 1; n <= incarnationsLimit; n += 1) if (targetGroupName(installation, placement, n) === name) return n;
  return 1;
}

interface Definitions {
  readonly current: InventoryResource | undefined;
  readonly old: readonly InventoryResource[];
  readonly rolledBack: PlacementInventory['rolledBack'];
}

/**
 * What the service runs is current, unless ECS rolled back to it: then the newest revision is what was asked for and is held. Revisions beside it are found again, as strays, by the ordinary search;
 * without a service the newest counts.
 */
function definitionsOf(live: LivePlacement, service: LiveService | undefined, name: string, now: string): Definitions {
  const newest = live.definitions.at(-1);
  const serving = live.definitions.find(({ arn }) => arn === service?.taskDefinition);
  const of = (found: LiveDefinition): InventoryResource => ({
    kind: 'task_definition',
    n: Math.max(1, found.revision),
    name,
    arn: found.arn,
    ...(found.spec === undefined ? {} : { applied: found.spec }),
    confirmedAt: now,
  });
  if (
    service?.rolledBack === true &&
    serving !== undefined &&
    newest !== undefined &&
    newest.revision > serving.revision
  ) {
    const rolledBack = {
      hash: newest.spec ?? '',
      taskDefinitionArn: newest.arn,
      liveTaskDefinitionArn: serving.arn,
      at: now,
    };
    return { current: of(newest), old: [of(serving)], rolledBack };
  }
  const current = serving ?? newest;
  return { current: current === undefined ? undefined : of(current), old: [], rolledBack: undefined };
}
