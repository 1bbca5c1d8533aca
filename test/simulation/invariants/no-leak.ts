import { tierRecordId } from '../../../src/controller/tier/publish.ts';
import { type ResourceKind, resourceKinds } from '../../../src/model/resources.ts';
import type { Invariant, SeenCall, Watch } from '../oracle.ts';
import type { MarkedResource, OwnedPlacement } from '../truth.ts';

const creates: Readonly<Record<string, ResourceKind>> = {
  CreateCluster: 'cluster',
  CreateService: 'service',
  CreateTargetGroup: 'target_group',
  CreateRule: 'listener_rule',
  RegisterTaskDefinition: 'task_definition',
  RegisterScalableTarget: 'scaling',
};

/**
 * 7. No leak, no duplicate. The intent is durable before each create; everything that bears our mark is named by an inventory, by its ARN or by its name while the answer to its
 * creation is open; of each kind a placement has one, and those that its inventory says are to go.
 */
export function noLeak(watch: Watch, shared: { readonly tier: string; readonly groups: readonly string[] }): Invariant {
  const tierRecords = new Set(shared.groups.map((group) => tierRecordId(shared.tier, group)));
  return {
    name: '7 no leak',
    before: (seen) => {
      if (seen.controller !== undefined && !seen.late) intentFirst(watch, seen);
    },
    after: ({ mutating }) => {
      if (!mutating) return;
      for (const fault of leaks(watch, tierRecords)) watch.violated(fault);
    },
  };
}

function intentFirst(watch: Watch, { call, input }: SeenCall): void {
  const kind = creates[call.operation];
  // A target that stands is registered anew without tags, to change it.
  if (kind === undefined || (kind === 'scaling' && input.Tags === undefined)) return;
  const owned = watch.truth.placements().get(placementIn(input.tags ?? input.Tags));
  const entry = owned?.placement.resources[kind];
  if (entry?.intent === undefined || entry.arn !== undefined)
    watch.violated(`${kind} is created without a durable intent: ${JSON.stringify(entry ?? null)}`);
  const token = input.clientToken;
  if (token !== undefined && token !== entry?.intent?.token)
    watch.violated(`${kind} is created under another token than the intent's`);
}

/** The placement among the tags of a call: a list in two spellings, or a map. */
function placementIn(tags: unknown): string {
  if (!Array.isArray(tags)) return (tags as Record<string, string> | undefined)?.['cellwright:placement'] ?? '';
  const list = tags as { key?: string; value?: string; Key?: string; Value?: string }[];
  const id = list.find((tag) => (tag.key ?? tag.Key) === 'cellwright:placement');
  return id?.value ?? id?.Value ?? '';
}

/** What bears our mark and no inventory accounts for, and what stands twice. */
export function leaks(watch: Watch, tierRecords: ReadonlySet<string>): readonly string[] {
  const placements = watch.truth.placements();
  const faults: string[] = [];
  const counts = new Map<string, number>();
  for (const one of watch.truth.marked()) {
    if (one.kind === 'dns_record' && tierRecords.has(one.placement)) continue;
    const owned = placements.get(one.placement);
    if (owned === undefined) {
      faults.push(`${one.kind} ${one.arn} is of placement ${one.placement}, which no inventory names`);
      continue;
    }
    if (!isNamed(one, owned)) faults.push(`${one.kind} ${one.arn} is not in the inventory of ${owned.tenant}`);
    const key = `${one.placement} ${one.kind}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const { placement, tenant } of placements.values()) {
    for (const kind of resourceKinds) {
      const may = 1 + placement.retired.filter((old) => old.kind === kind).length;
      const count = counts.get(`${placement.id} ${kind}`) ?? 0;
      if (count > may && kind !== 'task_definition')
        faults.push(`${tenant} has ${count} of ${kind} in ${placement.id}, ${may} are accounted for`);
    }
  }
  return faults;
}

function isNamed(one: MarkedResource, { placement }: OwnedPlacement): boolean {
  const current = placement.resources[one.kind];
  // A family is the placement's own, and a record's set identifier too: whatever stands under them is found by it.
  if (one.kind === 'task_definition' || one.kind === 'dns_record')
    return current !== undefined || placement.retired.some((old) => old.kind === one.kind);
  if (placement.retired.some((old) => old.arn === one.arn)) return true;
  return current?.arn === one.arn || (current?.arn === undefined && current?.name === one.name);
}
