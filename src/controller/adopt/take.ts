import { CallError } from '../../model/errors.ts';
import type { Change, InventoryResource, PlacementInventory } from '../../model/resources.ts';
import type { Adoptable } from '../../reconcilers/contract.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { type PlacementScope, savePlacement } from '../tenant/context.ts';
import type { EngineDeps } from '../tenant/deps.ts';
import { type Found, findAdoptables } from './find.ts';

/** What a tenant's record lets be adopted now. An entry whose time is over says nothing. */
export function adoptEntries(deps: Pick<EngineDeps, 'view' | 'clock'>, tenant: string): readonly string[] {
  const adopt = deps.view.spec('Tenant', tenant)?.adopt ?? [];
  return adopt.filter(({ until }) => Date.parse(until) > deps.clock.now()).map(({ arn }) => arn);
}

/**
 * Takes over what the record names and what stands where a resource of this placement must be, before anything else is done with it: the pass that follows finds it ours, and heals or removes it as usual. Returns the
 * placement as it is then. A failed call is told and tried again with the next run.
 */
export async function adoptListed(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
): Promise<PlacementInventory> {
  const { placement } = scope.context;
  const arns = scope.mode === 'active' ? adoptEntries(deps, entry.name) : [];
  if (arns.length === 0) return placement;
  let current = placement;
  try {
    for (const found of await findAdoptables(deps.reconcilers, scope, arns))
      current = await take(deps, entry, scope, { ...found, current });
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    deps.observer.callFailed(entry.key, error);
  }
  return current;
}

async function take(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  found: Found & { readonly current: PlacementInventory },
): Promise<PlacementInventory> {
  const { reconciler, desired, adoptables } = found;
  const { kind } = reconciler;
  const now = new Date(deps.clock.now()).toISOString();
  const due = adoptables.filter(
    (one) => one.refusal === undefined && one.waits === undefined && isNews(found.current, one),
  );
  if (due.length === 0 || reconciler.adopt === undefined) return found.current;
  const changes = due.map(
    (one): Change => ({
      action: 'update',
      kind,
      placement: found.current.id,
      name: one.arn,
      fields: one.fields,
      reason: 'asked',
    }),
  );
  for (const change of changes) deps.observer.change(change, 'seen', entry.name);
  const retired = due.filter(({ becomes }) => becomes === 'retired').map(({ arn }) => entryOf(found, arn, now));
  let next: PlacementInventory = { ...found.current, retired: [...found.current.retired, ...retired] };
  // What is to go is in the inventory before it bears our mark: nothing of ours is ever unknown.
  if (retired.length > 0) await savePlacement(deps, entry, next);
  const context = { ...found.context, placement: next };
  const applied = await reconciler.adopt.take(scope.access, context, desired, due);
  const own = due.find(({ becomes }) => becomes === 'current');
  if (own !== undefined) {
    const arn =
      kind === 'dns_record' ? `${scope.access.zone.id}/${context.dns.host}/${context.dns.setIdentifier}` : own.arn;
    next = { ...next, resources: { ...next.resources, [kind]: entryOf(found, arn, now) } };
  }
  if (applied.change !== undefined) next = { ...next, dnsChange: { id: applied.change, at: now } };
  await savePlacement(deps, entry, next);
  for (const [index, change] of changes.entries()) {
    deps.observer.change(change, 'applied', entry.name);
    const { arn = '', found: words = '' } = due[index] ?? {};
    deps.observer.event(entry.key, {
      type: 'Normal',
      reason: 'Adopted',
      message: `${kind} ${arn} is this tenant's now; it was ${words}`,
    });
  }
  return next;
}

/** What is to go already is not taken twice. */
function isNews({ retired }: PlacementInventory, { arn }: Adoptable): boolean {
  return !retired.some((old) => old.arn === arn);
}

function entryOf(
  { reconciler, context, current }: Found & { readonly current: PlacementInventory },
  arn: string,
  now: string,
): InventoryResource {
  const { kind } = reconciler;
  const { intent: _answered, ...known }: InventoryResource = current.resources[kind] ?? {
    kind,
    n: 1,
    name: reconciler.name(context, 1),
  };
  return { ...known, arn, confirmedAt: now };
}
