/** Attributes of target groups, load balancers and listeners: their defaults, and what may be written. Source: the ELBv2 API model. */

/** One attribute: its default, which values it takes, and those in words. */
export interface Check {
  readonly initial: string;
  readonly valid: (value: string) => boolean;
  readonly expected: string;
}

/** Attributes by key, in the order in which they are described. */
export type Catalogue = Readonly<Record<string, Check>>;

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

/** Of target groups of an Application Load Balancer with targets of type `ip` or `instance`, or `lambda`. */
export function targetGroupAttributes(targetType: string | undefined): Catalogue {
  return targetType === 'lambda' ? lambdaAttributes : addressAttributes;
}

const lambdaAttributes: Catalogue = {
  'lambda.multi_value_headers.enabled': { initial: 'false', ...flag },
};

const addressAttributes: Catalogue = {
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

/** Of Application Load Balancers; an internal one is closed to the internet gateway. */
export function loadBalancerAttributes(scheme: string | undefined): Catalogue {
  return scheme === 'internal' ? internalAttributes : internetAttributes;
}

const internetAttributes: Catalogue = {
  'access_logs.s3.enabled': { initial: 'false', ...flag },
  'access_logs.s3.bucket': { initial: '', ...text(255) },
  'access_logs.s3.prefix': { initial: '', ...text(1_024) },
  'connection_logs.s3.enabled': { initial: 'false', ...flag },
  'connection_logs.s3.bucket': { initial: '', ...text(255) },
  'connection_logs.s3.prefix': { initial: '', ...text(1_024) },
  'health_check_logs.s3.enabled': { initial: 'false', ...flag },
  'health_check_logs.s3.bucket': { initial: '', ...text(255) },
  'health_check_logs.s3.prefix': { initial: '', ...text(1_024) },
  'ipv6.deny_all_igw_traffic': { initial: 'false', ...flag },
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

const internalAttributes: Catalogue = {
  ...internetAttributes,
  'ipv6.deny_all_igw_traffic': { initial: 'true', ...flag },
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

/** Headers that the load balancer adds to requests over TLS, and may be told to call otherwise. */
const requestHeaders = [
  'x_amzn_mtls_clientcert_serial_number',
  'x_amzn_mtls_clientcert_issuer',
  'x_amzn_mtls_clientcert_subject',
  'x_amzn_mtls_clientcert_validity',
  'x_amzn_mtls_clientcert_leaf',
  'x_amzn_mtls_clientcert',
  'x_amzn_tls_version',
  'x_amzn_tls_cipher_suite',
];

const responseAttributes: Catalogue = {
  'routing.http.response.server.enabled': { initial: 'true', ...flag },
  ...Object.fromEntries(
    responseHeaders.map((name) => [`routing.http.response.${name}.header_value`, { initial: '', ...text(1_024) }]),
  ),
};
const tlsAttributes: Catalogue = {
  ...responseAttributes,
  ...Object.fromEntries(
    requestHeaders.map((name) => [`routing.http.request.${name}.header_name`, { initial: '', ...text(1_024) }]),
  ),
};

/** Of HTTP and HTTPS listeners. */
export function listenerAttributes(protocol: string): Catalogue {
  return protocol === 'HTTPS' ? tlsAttributes : responseAttributes;
}
