import { endpointIdOf } from '../../model/records/aws-shapes.ts';
import type { Change, EndpointInventory, InventoryResource } from '../../model/resources.ts';
import type {
  Adoptable,
  Desired,
  EndpointContext,
  EndpointReconciler,
  GroupAccess,
} from '../../reconcilers/contract.ts';
import type { FleetView } from '../fleet/view.ts';

/** What an infra group's record lets be taken over. */
export interface EndpointAdoption {
  /** Ids of VPC endpoints. */
  readonly ids: readonly string[];
  /** Told when one was taken over, in words. */
  readonly adopted: (message: string) => void;
}

/** The endpoints that the record names now. An entry whose time is over says nothing, nor does one that names another group's. */
export function adoptableIds(view: FleetView, infraGroup: string, now: number): readonly string[] {
  const group = view.spec('InfraGroup', infraGroup);
  const cell = view.spec('Cell', group?.cell ?? '');
  if (group === undefined || cell === undefined) return [];
  const named = (group.adopt ?? []).filter(({ until }) => Date.parse(until) > now);
  const ids = named.flatMap(({ arn }) => endpointIdOf(arn, cell) ?? []);
  return [...new Set(ids)].filter((id) => ownerOf(view, infraGroup, id) === undefined);
}

/**
 * Why an endpoint may be another infra group's, whatever its tags say: that one's inventory names it, or cannot be read.
 */
export function ownerOf(view: FleetView, infraGroup: string, id: string): string | undefined {
  for (const { name, inventory, damaged } of view.all('InfraGroup')) {
    if (name === infraGroup) continue;
    if (damaged.length > 0)
      return `what is known of infra group ${name} cannot be read, so it may be that one's: cellwright describe infra-group ${name}`;
    const known = Object.values(inventory?.value.endpoints ?? {}).flatMap(({ resource, retired }) => [
      resource,
      ...retired,
    ]);
    if (known.some((entry) => entry?.arn === id))
      return `it is in the inventory of infra group ${name}: cellwright adopt infra-group ${name} ${id}`;
  }
  return undefined;
}

/** What of the named endpoints could be this dependency's. `wanted`: the tier still names the dependency. Reads as AWS stands now; writes nothing. Throws `CallError`. */
export async function findEndpoints(
  reconciler: EndpointReconciler,
  access: GroupAccess,
  context: EndpointContext,
  { ids, wanted }: { readonly ids: readonly string[]; readonly wanted: boolean },
): Promise<readonly Adoptable[]> {
  if (reconciler.adopt === undefined || ids.length === 0) return [];
  const desired: Desired<unknown> = wanted ? reconciler.desired(context) : { state: 'none' };
  const observation = await reconciler.observe(access, context, { depth: 'full', maxAgeMs: 0, driftAgeMs: 0 });
  return reconciler.adopt.find(access, context, { desired, observation, serves: true }, ids);
}

export interface AdoptDeps {
  readonly reconciler: EndpointReconciler;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly save: (next: EndpointInventory) => Promise<void>;
  readonly report: (change: Change, what: 'seen' | 'applied') => void;
  /** False: what would be taken over is found and told, nothing is done. */
  readonly write: boolean;
  readonly adopt: EndpointAdoption | undefined;
}

/**
 * Takes over what the record names, before anything else is done for the dependency: what stood in its place would be made a second time otherwise. The pass that follows finds it ours, and heals or removes it as
 * usual. Answers with the changes: none where there is nothing to take over. Throws `CallError`.
 */
export async function adoptEndpoints(
  deps: AdoptDeps,
  access: GroupAccess,
  context: EndpointContext,
  wanted = true,
): Promise<readonly Change[]> {
  const { reconciler, adopt, report, write } = deps;
  const found = await findEndpoints(reconciler, access, context, { ids: adopt?.ids ?? [], wanted });
  const due = found.filter(({ refusal }) => refusal === undefined);
  const changes = due.map(
    ({ arn, fields }): Change => ({
      action: 'update',
      kind: reconciler.kind,
      placement: context.infraGroup,
      name: arn,
      fields,
      reason: 'asked',
    }),
  );
  for (const change of changes) report(change, 'seen');
  if (due.length === 0 || !write) return changes;
  const current = due.find(({ becomes }) => becomes === 'current');
  // In the inventory before it bears our mark: what bears it and is in none goes as a stray, and this one served somebody.
  if (current !== undefined && current.arn !== context.resource?.arn)
    await deps.save(inventoryWith(reconciler, context, { arn: current.arn, now: deps.now }));
  await reconciler.adopt?.take(access, context, reconciler.desired(context), due);
  for (const change of changes) report(change, 'applied');
  for (const one of due) adopt?.adopted(`${reconciler.kind} ${one.arn} is this infra group's now; it was ${one.found}`);
  return changes;
}

/** What stood before is gone or going: the next incarnation is the one that is taken over. An intent without an answer ends: what it may have made goes as a stray. */
function inventoryWith(
  reconciler: EndpointReconciler,
  context: EndpointContext,
  { arn, now }: { readonly arn: string; readonly now: number },
): EndpointInventory {
  const { resource: before, retired, dependency } = context;
  const isKnown = before?.arn !== undefined;
  const n = isKnown ? before.n + 1 : (before?.n ?? 1);
  const { kind } = reconciler;
  const resource: InventoryResource = {
    kind,
    n,
    name: reconciler.name(context, n),
    arn,
    confirmedAt: new Date(now).toISOString(),
  };
  const old = isKnown ? [before] : [];
  return { service: dependency.serviceName, resource, retired: [...retired, ...old].filter((one) => one.arn !== arn) };
}
