import { isSuccessor } from '../../../src/model/moves.ts';
import type { EffectiveTenant } from '../../../src/model/records/effective.ts';
import type { AcceptedSpec, ObjectStatus } from '../../../src/model/state.ts';
import type { Invariant, Watch } from '../oracle.ts';
import type { StateItem } from '../truth.ts';

/**
 * 6. No lost intent. What was accepted is neither forgotten nor taken back; `observedGeneration` neither goes back nor ahead, and where it is said that a generation is live, it is.
 */
export function noLostIntent(watch: Watch): Invariant {
  const specs = new Map<string, AcceptedSpec>();
  const statuses = new Map<string, ObjectStatus>();
  return {
    name: '6 no lost intent',
    after: ({ call, mutating }) => {
      if (!mutating || call.service !== 'dynamodb') return;
      const items = watch.truth.items();
      for (const [key, before] of specs) if (!items.has(key)) forgotten(watch, key, before, specs);
      for (const item of items.values()) {
        if (item.sk === 'spec') accepted(watch, item, specs);
        if (item.sk === 'status' && item.pk.startsWith('Tenant/')) observed(watch, item, statuses);
      }
    },
  };
}

function forgotten(watch: Watch, key: string, before: AcceptedSpec, specs: Map<string, AcceptedSpec>): void {
  specs.delete(key);
  const [pk = ''] = key.split(' ');
  const tenant = pk.slice('Tenant/'.length);
  const state = (before.effective as EffectiveTenant | undefined)?.state;
  if (pk.startsWith('Tenant/') && state === 'deleted' && before.vanishedAt !== undefined) return;
  watch.violated(`the accepted spec of ${pk} was forgotten (${tenant} is ${state ?? 'no tenant'})`);
}

function accepted(watch: Watch, item: StateItem, specs: Map<string, AcceptedSpec>): void {
  const key = `${item.pk} ${item.sk}`;
  const spec = item.attributes.value as AcceptedSpec;
  const before = specs.get(key);
  if (before === spec) return;
  specs.set(key, spec);
  if (before !== undefined && spec.generation < before.generation)
    watch.violated(`${item.pk} went back from generation ${before.generation} to ${spec.generation}`);
  if (before?.generation === spec.generation && before.hash !== spec.hash)
    watch.violated(`${item.pk} has two specs of generation ${spec.generation}`);
}

function observed(watch: Watch, item: StateItem, statuses: Map<string, ObjectStatus>): void {
  const status = item.attributes.value as ObjectStatus;
  const before = statuses.get(item.pk);
  if (before === status) return;
  statuses.set(item.pk, status);
  const tenant = item.pk.slice('Tenant/'.length);
  const spec = watch.truth.spec(tenant);
  if (status.observedGeneration > status.generation || status.generation > (spec?.generation ?? 0))
    watch.violated(
      `${tenant}: observedGeneration ${status.observedGeneration}, generation ${status.generation}, accepted ${spec?.generation ?? 0}`,
    );
  if (
    before !== undefined &&
    status.observedGeneration < before.observedGeneration &&
    status.generation >= before.generation
  )
    watch.violated(
      `${tenant}: observedGeneration went back from ${before.observedGeneration} to ${status.observedGeneration}`,
    );
  const risen = status.observedGeneration > (before?.observedGeneration ?? 0);
  const effective = spec?.effective as EffectiveTenant | undefined;
  if (!risen || effective === undefined || spec?.generation !== status.observedGeneration || watch.isDamaged(tenant))
    return;
  for (const fault of liveFaults(watch, tenant, effective))
    watch.violated(`${tenant}: generation ${status.observedGeneration} is said to be live, but ${fault}`);
}

/** What of a tenant's spec is not live, in words. */
export function liveFaults(watch: Watch, tenant: string, effective: EffectiveTenant): readonly string[] {
  const own = [...watch.truth.placements().values()].filter((owned) => owned.tenant === tenant);
  if (effective.state === 'deleted') return own.length === 0 ? [] : [`${own.length} placements are left`];
  const all = Object.fromEntries(own.map(({ placement }) => [placement.id, placement]));
  const staying = own.filter(({ placement }) => placement.phase !== 'leaving' && !isSuccessor(placement, all));
  const wanted = effective.routing.scope === 'tier' ? staying.length : effective.placements;
  const faults = staying.length === wanted && wanted > 0 ? [] : [`it has ${staying.length} placements, not ${wanted}`];
  return [...faults, ...staying.flatMap(({ placement }) => placementFaults(watch, placement.id, effective))];
}

function scalingFaults(
  watch: Watch,
  service: string,
  wanted: Extract<EffectiveTenant['service']['scaling'], { mode: 'target-tracking' }> | undefined,
): readonly string[] {
  const [, , , region = '', account = ''] = service.split(':');
  const targets = watch.aws.truth.scaling.regions.get(`${account}/${region}`)?.targets;
  const target = targets?.get(service.split(':').at(-1) ?? '');
  if (wanted === undefined) return target === undefined ? [] : [`${service} is still a scalable target`];
  const values = [...(target?.policies.values() ?? [])].map(({ configuration }) => configuration.targetValue);
  const found = `${target?.minCapacity ?? 0} to ${target?.maxCapacity ?? 0} at ${values.join(', ')}`;
  const expected = `${wanted.min} to ${wanted.max} at ${wanted.target}`;
  return found === expected ? [] : [`${service} is scaled from ${found}, not ${expected}`];
}

function placementFaults(watch: Watch, placement: string, effective: EffectiveTenant): readonly string[] {
  const services = [...watch.aws.truth.ecs.regions.values()].flatMap((place) =>
    [...place.clusters.values()]
      .filter((cluster) => cluster.name.endsWith(`--${placement}`))
      .flatMap((cluster) => [...cluster.services.values()].filter((service) => service.status === 'ACTIVE')),
  );
  const wanted = effective.state === 'active' ? effective.service.tasks : 0;
  const [service] = services;
  if (service === undefined) return wanted === 0 ? [] : [`placement ${placement} has no service`];
  const faults: string[] = [];
  const { scaling } = effective.service;
  const tracked = scaling.mode === 'target-tracking' && wanted > 0;
  const [least, most] = tracked ? [scaling.min, scaling.max] : [wanted, wanted];
  if (service.desiredCount < least || service.desiredCount > most)
    faults.push(`${service.arn} wants ${service.desiredCount} tasks, not ${least} to ${most}`);
  faults.push(...scalingFaults(watch, service.arn, tracked ? scaling : undefined));
  const running = [...service.tasks].filter((task) => task.lastStatus === 'RUNNING').length;
  if (wanted === 0) return running === 0 ? faults : [...faults, `${service.arn} has ${running} tasks`];
  const { description } = service.revision.taskDefinition;
  const [container] = description.containerDefinitions ?? [];
  if (container?.image !== effective.service.image)
    faults.push(`${service.arn} runs ${container?.image ?? 'nothing'}, not ${effective.service.image}`);
  if (description.cpu !== String(effective.service.cpu)) faults.push(`${service.arn} has cpu ${description.cpu ?? ''}`);
  const environment = Object.fromEntries((container?.environment ?? []).map((one) => [one.name ?? '', one.value]));
  for (const [name, value] of Object.entries(effective.service.environment))
    if (environment[name] !== value) faults.push(`${service.arn} has ${name}=${environment[name] ?? ''}, not ${value}`);
  return faults;
}
