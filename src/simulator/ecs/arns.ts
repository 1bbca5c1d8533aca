/** ARNs of ECS in the long format. */

/** Where a resource lives. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

function ecsArn(place: Place, resource: string): string {
  return `arn:aws:ecs:${place.region}:${place.account}:${resource}`;
}

export function clusterArn(place: Place, cluster: string): string {
  return ecsArn(place, `cluster/${cluster}`);
}

export function serviceArn(place: Place, cluster: string, service: string): string {
  return ecsArn(place, `service/${cluster}/${service}`);
}

export function taskArn(place: Place, cluster: string, id: string): string {
  return ecsArn(place, `task/${cluster}/${id}`);
}

export function taskDefinitionArn(place: Place, family: string, revision: number): string {
  return ecsArn(place, `task-definition/${family}:${revision}`);
}

/** A child of a service: its deployments and revisions have ARNs of their own. */
export function serviceChildArn(
  place: Place,
  kind: 'service-deployment' | 'service-revision',
  cluster: string,
  service: string,
  id: string,
): string {
  return ecsArn(place, `${kind}/${cluster}/${service}/${id}`);
}

export function containerArn(place: Place, cluster: string, taskId: string, id: string): string {
  return ecsArn(place, `container/${cluster}/${taskId}/${id}`);
}

export function capacityProviderArn(place: Place, name: string): string {
  return ecsArn(place, `capacity-provider/${name}`);
}

export function attachmentArn(place: Place, id: string): string {
  return ecsArn(place, `attachment/${id}`);
}

/** The parts of an ECS ARN after its kind; undefined for a text that is no ECS ARN, or one of another account or Region. */
export function parseArn(place: Place, text: string): { kind: string; path: readonly string[] } | undefined {
  const [scheme, , service, region, account, ...rest] = text.split(':');
  if (scheme !== 'arn' || service !== 'ecs' || region !== place.region || account !== place.account) return undefined;
  const [kind, ...path] = rest.join(':').split('/');
  return kind === undefined ? undefined : { kind, path };
}

/** Whether a text means to be an ARN. */
export function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

/** The cluster's name from a name or an ARN of this place; `default` when none is given; undefined when the ARN is another's. */
export function clusterNameOf(place: Place, cluster: string | undefined): string | undefined {
  if (cluster === undefined || cluster === '') return 'default';
  if (!isArn(cluster)) return cluster;
  const parsed = parseArn(place, cluster);
  return parsed?.kind === 'cluster' ? parsed.path[0] : undefined;
}

/** The service's name from a name or ARN, where an ARN must belong to this cluster; undefined when it does not. */
export function serviceNameOf(place: Place, cluster: string, service: string): string | undefined {
  if (!isArn(service)) return service;
  const parsed = parseArn(place, service);
  if (parsed?.kind !== 'service') return undefined;
  if (parsed.path.length === 1) return parsed.path[0];
  return parsed.path[0] === cluster ? parsed.path[1] : undefined;
}
