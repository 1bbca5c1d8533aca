import type { ResourceKind } from '../../model/resources.ts';
import type { Adoptable, Desired, PlacementContext, Reconciler } from '../../reconcilers/contract.ts';
import type { PlacementScope } from '../tenant/context.ts';

/** What kind of resource an entry names, by its form; undefined where it is none of ours. */
export function kindOfArn(arn: string): ResourceKind | undefined {
  if (arn.startsWith('vpce-')) return 'endpoint';
  if (!arn.startsWith('arn:')) return arn.split('/').length >= 4 ? 'dns_record' : undefined;
  const resource = arn.split(':').slice(5).join(':');
  const kinds: readonly (readonly [RegExp, ResourceKind])[] = [
    [/^cluster\//, 'cluster'],
    [/^service\//, 'service'],
    [/^task-definition\//, 'task_definition'],
    [/^targetgroup\//, 'target_group'],
    [/^listener-rule\//, 'listener_rule'],
    [/^scalable-target\//, 'scaling'],
    [/^vpc-endpoint\//, 'endpoint'],
  ];
  return kinds.find(([form]) => form.test(resource))?.[1];
}

/** What of the named things stands where one resource of a placement must be. */
export interface Found {
  readonly reconciler: Reconciler;
  readonly context: PlacementContext;
  readonly desired: Desired<unknown>;
  readonly adoptables: readonly Adoptable[];
}

/** Looks for what is named, kind by kind. Reads as AWS stands now; writes nothing. Throws `CallError`. */
export async function findAdoptables(
  reconcilers: readonly Reconciler[],
  scope: PlacementScope,
  arns: readonly string[],
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const reconciler of reconcilers) {
    const { kind, adopt } = reconciler;
    const named = arns.filter((arn) => kindOfArn(arn) === kind);
    if (adopt === undefined || named.length === 0) continue;
    // In tier scope a name's records are the tier's, and no tenant's to be adopted.
    if (kind === 'dns_record' && scope.context.effective.routing.scope === 'tier') continue;
    const context = await wishing(reconcilers, scope, kind);
    const observation = await look(reconciler, scope, context);
    const desired = reconciler.desired(context);
    const serves = await isServing(reconcilers, scope, kind);
    const adoptables = await adopt.find(scope.access, context, { desired, observation, serves }, named);
    if (adoptables.length > 0) found.push({ reconciler, context, desired, adoptables });
  }
  return found;
}

function look(reconciler: Reconciler, { access }: PlacementScope, context: PlacementContext) {
  return reconciler.observe(access, context, { depth: 'full', maxAgeMs: 0, driftAgeMs: 0 });
}

/** A record is to be published where it would be by any pass. */
async function wishing(
  reconcilers: readonly Reconciler[],
  scope: PlacementScope,
  kind: ResourceKind,
): Promise<PlacementContext> {
  const { context } = scope;
  if (kind !== 'dns_record') return context;
  const stood = context.placement.resources.dns_record?.arn !== undefined;
  const want = stood || (await isServing(reconcilers, scope, kind)) ? 'publish' : 'keep';
  return { ...context, dns: { ...context.dns, want } };
}

/** Whether a request would be answered: a rule of ours, and a target that passes health checks. Asked only where something depends on it. */
async function isServing(
  reconcilers: readonly Reconciler[],
  scope: PlacementScope,
  kind: ResourceKind,
): Promise<boolean> {
  if (kind !== 'dns_record' && kind !== 'listener_rule') return true;
  if (scope.context.tasks === 0) return false;
  const named = (wanted: ResourceKind) => reconcilers.find((one) => one.kind === wanted);
  const [group, rule] = [named('target_group'), named('listener_rule')];
  if (group === undefined || rule === undefined) return false;
  const targets = group.signals(scope.context, await look(group, scope, scope.context)).healthyTargets ?? 0;
  return targets > 0 && (await look(rule, scope, scope.context)).state === 'live';
}
