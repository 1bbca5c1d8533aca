/** What resources have attributes by: all of them, whether they were ever written or not. */
import type { Catalogue } from './attribute-catalogues.ts';
import { invalidConfiguration, validationError } from './errors.ts';

/** What has attributes, as AWS's messages call it, and which. */
interface Attributed {
  readonly kind: 'Target group' | 'Load balancer' | 'Listener';
  readonly catalogue: Catalogue;
}

/** Attributes that one call may write: of load balancers in the API model, of the others assumed. */
const maxWritten = 20;

/** A fresh set with AWS's defaults. */
export function defaultsOf(catalogue: Catalogue): Map<string, string> {
  return new Map(Object.entries(catalogue).map(([key, check]) => [key, check.initial]));
}

/** Makes a set that of another catalogue: what both know stays as it is. */
export function changeCatalogue(catalogue: Catalogue, attributes: Map<string, string>): void {
  const before = new Map(attributes);
  attributes.clear();
  for (const [key, initial] of defaultsOf(catalogue)) attributes.set(key, before.get(key) ?? initial);
}

/**
 * Writes some attributes, all or none. Throws ValidationError for an unknown key or a value out of range, and what `check` throws of all
 * attributes as they would stand.
 */
export function writeAttributes(
  { kind, catalogue }: Attributed,
  into: Map<string, string>,
  wanted: readonly { Key?: string | undefined; Value?: string | undefined }[],
  check: (after: ReadonlyMap<string, string>) => void = () => undefined,
): void {
  if (wanted.length > maxWritten) {
    throw validationError(
      `1 validation error detected: Value at 'attributes' failed to satisfy constraint: Member must have length less than or equal to ${maxWritten}`,
    );
  }
  const after = new Map(into);
  for (const { Key: key = '', Value: value = '' } of wanted) {
    const known = catalogue[key];
    if (known === undefined) throw validationError(`${kind} attribute key '${key}' is not recognized`);
    if (!known.valid(value)) throw validationError(`'${key}' value '${value}' must be ${known.expected}`);
    after.set(key, value);
  }
  check(after);
  for (const [key, value] of after) into.set(key, value);
}

/** The attributes as they are described. */
export function listAttributes(attributes: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

const health = 'target_group_health';

/**
 * Checks which attributes of a target group go together. Throws InvalidConfigurationRequest. Source: "Edit target group attributes" and "Target
 * group health", ALB user guide.
 */
export function checkTargetGroupAttributes(after: ReadonlyMap<string, string>): void {
  const is = (key: string, value: string): boolean => after.get(key) === value;
  const algorithm = after.get('load_balancing.algorithm.type') ?? 'round_robin';
  if (algorithm !== 'round_robin' && !is('slow_start.duration_seconds', '0')) {
    throw invalidConfiguration(`Slow start mode is not supported with the load balancing algorithm '${algorithm}'`);
  }
  if (algorithm !== 'weighted_random' && is('load_balancing.algorithm.anomaly_mitigation', 'on')) {
    throw invalidConfiguration("Anomaly mitigation is only supported with the algorithm 'weighted_random'");
  }
  if (is('stickiness.enabled', 'true')) checkStickiness(after, algorithm);
  for (const by of ['count', 'percentage']) {
    const routing = thresholdOf(after.get(`${health}.unhealthy_state_routing.minimum_healthy_targets.${by}`));
    const dns = thresholdOf(after.get(`${health}.dns_failover.minimum_healthy_targets.${by}`));
    if (routing !== undefined && dns !== undefined && dns < routing) {
      throw invalidConfiguration(
        `The DNS failover threshold (${by} '${dns}') must be greater than or equal to that of routing failover ('${routing}')`,
      );
    }
  }
}

function checkStickiness(after: ReadonlyMap<string, string>, algorithm: string): void {
  if (algorithm === 'weighted_random') {
    throw invalidConfiguration("Stickiness is not supported with the load balancing algorithm 'weighted_random'");
  }
  if (after.get('load_balancing.cross_zone.enabled') === 'false') {
    throw invalidConfiguration('Stickiness is not supported when cross-zone load balancing is off');
  }
  if (after.get('stickiness.type') !== 'app_cookie') return;
  const name = after.get('stickiness.app_cookie.cookie_name') ?? '';
  if (name === '') {
    throw invalidConfiguration("You must set an application cookie name to enable stickiness of type 'app_cookie'");
  }
  if (name.startsWith('AWSALB')) {
    throw invalidConfiguration(`The application cookie name '${name}' is reserved for the load balancer`);
  }
}

/** A threshold of `unhealthy_state_routing` or `dns_failover`; undefined when it is off. */
export function thresholdOf(value: string | undefined): number | undefined {
  return value === undefined || value === 'off' ? undefined : Number(value);
}
