/** Attributes of target groups, load balancers and listeners: their defaults, and what may be written. Source: the ELBv2 API model. */
import { AwsError } from '../kernel.ts';

type Check = { readonly initial: string; readonly valid: (value: string) => boolean; readonly expected: string };
type Catalogue = Readonly<Record<string, Check>>;

const flag = oneOf('true', 'false');

function oneOf(...values: readonly string[]): Omit<Check, 'initial'> {
  return { valid: (value) => values.includes(value), expected: `one of [${values.join(', ')}]` };
}

function between(from: number, to: number, ...others: readonly string[]): Omit<Check, 'initial'> {
  const also = others.map((other) => `${other} or `).join('');
  return {
    valid: (value) => others.includes(value) || (/^\d+$/.test(value) && Number(value) >= from && Number(value) <= to),
    expected: `${also}a number from ${from} to ${to}`,
  };
}

function text(max: number): Omit<Check, 'initial'> {
  return { valid: (value) => value.length <= max, expected: `at most ${max} characters` };
}

const health = 'target_group_health';

/** Of target groups of an Application Load Balancer with targets of type `ip` or `instance`. */
export const targetGroupAttributes: Catalogue = {
  [`${health}.unhealthy_state_routing.minimum_healthy_targets.count`]: { initial: '1', ...between(1, 1_000) },
  'stickiness.enabled': { initial: 'false', ...flag },
  [`${health}.unhealthy_state_routing.minimum_healthy_targets.percentage`]: {
    initial: 'off',
    ...between(1, 100, 'off'),
  },
  'deregistration_delay.timeout_seconds': { initial: '300', ...between(0, 3_600) },
  [`${health}.dns_failover.minimum_healthy_targets.count`]: { initial: '1', ...between(1, 1_000, 'off') },
  'stickiness.app_cookie.cookie_name': { initial: '', ...text(4_096) },
  [`${health}.dns_failover.minimum_healthy_targets.percentage`]: { initial: 'off', ...between(1, 100, 'off') },
  'load_balancing.cross_zone.enabled': {
    initial: 'use_load_balancer_configuration',
    ...oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'load_balancing.algorithm.type': {
    initial: 'round_robin',
    ...oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  },
  'load_balancing.algorithm.anomaly_mitigation': { initial: 'off', ...oneOf('on', 'off') },
  'stickiness.type': { initial: 'lb_cookie', ...oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { initial: '86400', ...between(1, 604_800) },
  'slow_start.duration_seconds': {
    initial: '0',
    valid: (value) => value === '0' || (/^\d+$/.test(value) && Number(value) >= 30 && Number(value) <= 900),
    expected: '0 or a number from 30 to 900',
  },
  'stickiness.app_cookie.duration_seconds': { initial: '86400', ...between(1, 604_800) },
};

/** Of Application Load Balancers. */
export const loadBalancerAttributes: Catalogue = {
  'access_logs.s3.enabled': { initial: 'false', ...flag },
  'access_logs.s3.bucket': { initial: '', ...text(255) },
  'access_logs.s3.prefix': { initial: '', ...text(1_024) },
  'connection_logs.s3.enabled': { initial: 'false', ...flag },
  'connection_logs.s3.bucket': { initial: '', ...text(255) },
  'connection_logs.s3.prefix': { initial: '', ...text(1_024) },
  'idle_timeout.timeout_seconds': { initial: '60', ...between(1, 4_000) },
  'client_keep_alive.seconds': { initial: '3600', ...between(60, 604_800) },
  'deletion_protection.enabled': { initial: 'false', ...flag },
  'load_balancing.cross_zone.enabled': { initial: 'true', ...oneOf('true') },
  'routing.http2.enabled': { initial: 'true', ...flag },
  'routing.http.drop_invalid_header_fields.enabled': { initial: 'false', ...flag },
  'routing.http.xff_client_port.enabled': { initial: 'false', ...flag },
  'routing.http.preserve_host_header.enabled': { initial: 'false', ...flag },
  'routing.http.xff_header_processing.mode': { initial: 'append', ...oneOf('append', 'preserve', 'remove') },
  'routing.http.desync_mitigation_mode': { initial: 'defensive', ...oneOf('monitor', 'defensive', 'strictest') },
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': { initial: 'false', ...flag },
  'waf.fail_open.enabled': { initial: 'false', ...flag },
  'zonal_shift.config.enabled': { initial: 'false', ...flag },
};

const responseHeaders = [
  'strict_transport_security',
  'access_control_allow_origin',
  'access_control_allow_methods',
  'access_control_allow_headers',
  'access_control_allow_credentials',
  'access_control_expose_headers',
  'access_control_max_age',
  'content_security_policy',
  'x_content_type_options',
  'x_frame_options',
];

/** Of HTTP and HTTPS listeners. */
export const listenerAttributes: Catalogue = {
  'routing.http.response.server.enabled': { initial: 'true', ...flag },
  ...Object.fromEntries(
    responseHeaders.map((name) => [`routing.http.response.${name}.header_value`, { initial: '', ...text(1_024) }]),
  ),
};

/** A fresh set with AWS's defaults. */
export function defaultsOf(catalogue: Catalogue): Map<string, string> {
  return new Map(Object.entries(catalogue).map(([key, check]) => [key, check.initial]));
}

/** Writes some attributes, all or none. Throws InvalidConfigurationRequest for an unknown key or a value out of range. */
export function writeAttributes(
  catalogue: Catalogue,
  into: Map<string, string>,
  wanted: readonly { Key?: string | undefined; Value?: string | undefined }[],
): void {
  for (const { Key: key = '', Value: value = '' } of wanted) {
    const check = catalogue[key];
    if (check === undefined) {
      throw new AwsError('InvalidConfigurationRequestException', `Attribute key '${key}' is not recognized`);
    }
    if (!check.valid(value)) {
      throw new AwsError(
        'InvalidConfigurationRequestException',
        `Attribute '${key}' has the value '${value}'; expected ${check.expected}`,
      );
    }
  }
  for (const { Key: key = '', Value: value = '' } of wanted) into.set(key, value);
}

/** The attributes as they are described: all of them, whether they were ever written or not. */
export function listAttributes(attributes: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}
