import type { Call } from '../kernel.ts';
import { clusterNameOf, isArn, type Place, parseArn, serviceNameOf } from './arns.ts';
import { clientException, clusterInactive, clusterNotFound, invalidParameter, serviceNotFound } from './errors.ts';
import type { TaskDefinitionRecord } from './state.ts';
import { type ClusterRecord, type EcsState, type RegionState, regionOf, type ServiceRecord } from './state.ts';

const namePattern = /^[A-Za-z0-9_-]{1,255}$/;

/** Checks the name of a cluster or service: up to 255 letters, digits, `_`, `-`. Throws InvalidParameterException. */
export function checkName(kind: 'Cluster' | 'Service', name: string): void {
  if (namePattern.test(name)) return;
  throw invalidParameter(
    `${kind} names can have up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens.`,
  );
}

/** Whether a task definition family has a legal name. */
export function isFamilyName(name: string): boolean {
  return namePattern.test(name);
}

/**
 * The cluster that a call names, INACTIVE ones included. Calls that change the cluster itself see a new one at once, others only when
 * it has become visible (assumed: ECS's own writes are consistent). Throws ClusterNotFoundException.
 */
export function findCluster(
  state: EcsState,
  call: Call,
  cluster: string | undefined,
  purpose: 'use' | 'change' = 'use',
): ClusterRecord {
  const name = clusterNameOf(call, cluster);
  const found = name === undefined ? undefined : regionOf(state, call).clusters.get(name);
  if (found === undefined || (purpose === 'use' && found.visibleAt > call.now)) throw clusterNotFound();
  return found;
}

/** The ACTIVE cluster that a call names. Throws ClusterNotFoundException. */
export function findActiveCluster(
  state: EcsState,
  call: Call,
  cluster: string | undefined,
  purpose: 'use' | 'change' = 'use',
): ClusterRecord {
  const found = findCluster(state, call, cluster, purpose);
  if (found.status !== 'ACTIVE') throw clusterInactive();
  return found;
}

/** A service of the cluster by name or ARN, in any state; undefined when there is none. */
export function lookUpService(cluster: ClusterRecord, service: string): ServiceRecord | undefined {
  const name = serviceNameOf(cluster, cluster.name, service);
  return name === undefined ? undefined : cluster.services.get(name);
}

/** A service by name or ARN, in any state. Throws ServiceNotFoundException. */
export function findService(cluster: ClusterRecord, service: string | undefined): ServiceRecord {
  if (service === undefined || service === '') throw invalidParameter('Service cannot be empty.');
  const found = lookUpService(cluster, service);
  if (found === undefined) throw serviceNotFound();
  return found;
}

/** What a task definition is named by: `family`, `family:revision` or an ARN. Undefined for the ARN of another account or Region. */
export function parseTaskDefinition(
  place: Place,
  text: string,
): { readonly family: string; readonly revision: number | undefined } | undefined {
  const parsed = isArn(text) ? parseArn(place, text) : { kind: 'task-definition', path: [text] };
  if (parsed?.kind !== 'task-definition' || parsed.path.length !== 1) return undefined;
  const [family, revision] = parsed.path[0]?.split(':') ?? [];
  if (family === undefined) return undefined;
  return { family, revision: revision === undefined ? undefined : Number(revision) };
}

/** The task definition of that name; a bare family means its newest ACTIVE revision. Undefined when there is none. */
export function lookUpTaskDefinition(region: RegionState, text: string): TaskDefinitionRecord | undefined {
  const named = parseTaskDefinition(region, text);
  const family = named === undefined ? undefined : region.families.get(named.family);
  if (named === undefined || family === undefined) return undefined;
  if (named.revision !== undefined) return family.revisions.get(named.revision);
  let newest: TaskDefinitionRecord | undefined;
  for (const revision of family.revisions.values()) if (revision.status === 'ACTIVE') newest = revision;
  return newest;
}

/**
 * The task definition that a service is to run. Throws ClientException when it is unknown, INACTIVE for long enough, or being deleted.
 * Source: "Task definition states", ECS developer guide.
 */
export function findUsableTaskDefinition(state: EcsState, call: Call, text: string): TaskDefinitionRecord {
  const found = lookUpTaskDefinition(regionOf(state, call), text);
  if (found === undefined) throw clientException('TaskDefinition not found.');
  if (found.status === 'DELETE_IN_PROGRESS' || (found.status === 'INACTIVE' && call.now >= found.restrictedFrom)) {
    throw clientException('TaskDefinition is inactive');
  }
  return found;
}
