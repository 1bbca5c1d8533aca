/** How calls name scalable targets, and what is answered to names that are none. */
import { ScalableDimension, ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import type { Call, ServiceAddress } from '../kernel.ts';
import { constraint, objectNotFound, validation } from './errors.ts';
import { dimension, regionOf, type ScalingState, type TargetRecord } from './state.ts';

/** What names a scalable target. */
export interface TargetName {
  readonly ServiceNamespace: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

/** The members of `TargetName`. */
export const targetName = ['ServiceNamespace', 'ResourceId', 'ScalableDimension'] as const;

/** The longest resource id and policy name list. Source: the service model. */
const longest = 1_600;
const mostNames = 50;

/** Only services of ECS are simulated. Throws ValidationException for anything else. */
export function checkNamespace(name: TargetName): void {
  oneOf('serviceNamespace', name.ServiceNamespace ?? '', Object.values(ServiceNamespace));
  if (name.ScalableDimension !== undefined) {
    oneOf('scalableDimension', name.ScalableDimension, Object.values(ScalableDimension));
  }
  if (name.ServiceNamespace !== 'ecs' || (name.ScalableDimension ?? dimension) !== dimension) throw unsupportedTarget();
}

/** The word must be one of the model's. Throws ValidationException. */
export function oneOf(member: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw constraint(value, member, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
}

/** A text must have from 1 to `max` characters. Throws ValidationException. */
export function checkLength(member: string, text: string, max = longest): void {
  if (text.length < 1) throw constraint(text, member, 'Member must have length greater than or equal to 1');
  if (text.length > max) throw constraint(text, member, `Member must have length less than or equal to ${max}`);
}

/** A list of names of a read: 50 at most. Throws ValidationException. */
export function checkNames(member: string, names: readonly string[] | undefined): void {
  if ((names?.length ?? 0) > mostNames) {
    throw constraint(`[${names?.join(', ')}]`, member, `Member must have length less than or equal to ${mostNames}`);
  }
  for (const name of names ?? []) checkLength(member, name);
}

/** The service that a resource id names. Throws ValidationException for what is not `service/<cluster>/<service>`. */
export function addressOf(call: Call, resourceId: string): ServiceAddress {
  checkLength('resourceId', resourceId);
  const [kind, cluster, service, ...rest] = resourceId.split('/');
  if (kind !== 'service' || !cluster || !service || rest.length > 0) throw unsupportedTarget();
  return { account: call.account, region: call.region, cluster, service };
}

/** The target that a call changes. Throws ValidationException for a name that is none, ObjectNotFoundException for an unknown one. */
export function findTarget(
  state: ScalingState,
  call: Call,
  name: TargetName,
  missing: 'found' | 'registered',
): TargetRecord {
  checkNamespace(name);
  addressOf(call, name.ResourceId ?? '');
  const found = lookUpTarget(state, call, name.ResourceId ?? '');
  if (found === undefined) throw objectNotFound(`No scalable target ${missing} for ${described(name)}`);
  return found;
}

/** A target that calls see by now. */
export function lookUpTarget(state: ScalingState, call: Call, resourceId: string): TargetRecord | undefined {
  const found = regionOf(state, call).targets.get(resourceId);
  return found === undefined || found.visibleAt > call.now ? undefined : found;
}

/** All targets that calls see by now. */
export function visibleTargets(state: ScalingState, call: Call): readonly TargetRecord[] {
  return [...regionOf(state, call).targets.values()].filter((target) => target.visibleAt <= call.now);
}

/** A target as AWS's messages name it. */
export function described(name: TargetName): string {
  return `service namespace: ${name.ServiceNamespace}, resource ID: ${name.ResourceId}, scalable dimension: ${name.ScalableDimension ?? dimension}`;
}

/** Reads that name a dimension must name a resource too. Source: the API reference of each. Throws ValidationException. */
export function checkFilter(name: TargetName, hasResource: boolean): void {
  checkNamespace(name);
  if (name.ScalableDimension !== undefined && !hasResource) {
    throw validation('If you specify a scalable dimension, you must also specify a resource ID.');
  }
}

function unsupportedTarget(): Error {
  return validation('Unsupported service namespace, resource type or scalable dimension.');
}
