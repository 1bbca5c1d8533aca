/** Checks and completes the settings of a target group. Pure. Source: CreateTargetGroup and "Target group health checks", ALB guide. */
import type {
  CreateTargetGroupInput,
  Matcher,
  ModifyTargetGroupInput,
  TargetGroup as TargetGroupDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { constraintError, invalidConfiguration, oneOf, validationError } from './errors.ts';

/** All settings of a target group but its name and ARN, with AWS's defaults filled in. */
export type TargetGroupSettings = Omit<
  TargetGroupDescription,
  'TargetGroupArn' | 'TargetGroupName' | 'LoadBalancerArns'
>;

type HealthCheck = Pick<
  TargetGroupDescription,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckEnabled'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'HealthCheckPath'
  | 'Matcher'
>;

const protocols = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'] as const;

/** The settings that a create call asks for. Throws ValidationError, and InvalidConfigurationRequest for what is not simulated. */
export function settingsOf(input: CreateTargetGroupInput): TargetGroupSettings {
  const targetType = oneOf(input.TargetType ?? 'instance', 'targetType', ['instance', 'ip', 'lambda', 'alb']);
  if (targetType === 'lambda') return lambdaSettings(input);
  // Only Application Load Balancers are simulated; the other types and protocols are those of Network and Gateway Load Balancers.
  if (targetType === 'alb') throw invalidConfiguration("Target groups with target type 'alb' are not supported");
  if (input.Protocol === undefined) throw validationError('A protocol must be specified');
  const protocol = oneOf(input.Protocol, 'protocol', protocols);
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw invalidConfiguration(`Target groups with protocol '${protocol}' are not supported`);
  }
  if (input.Port === undefined) throw validationError('A port must be specified');
  inRange('port', input.Port, 1, 65_535);
  if (input.VpcId === undefined || input.VpcId === '') throw validationError('A VPC ID must be specified');
  // Empty counts as left out: Terraform's provider sends it so.
  const given = input.ProtocolVersion === '' ? undefined : input.ProtocolVersion;
  const version = oneOf(given ?? 'HTTP1', 'protocolVersion', ['HTTP1', 'HTTP2', 'GRPC']);
  const addresses = oneOf(input.IpAddressType ?? 'ipv4', 'ipAddressType', ['ipv4', 'ipv6']);
  // The simulated VPCs have no IPv6 ranges, from which all targets of such a group would be.
  if (addresses === 'ipv6') throw invalidConfiguration("Target groups with IP address type 'ipv6' are not supported");
  return {
    Protocol: protocol,
    ProtocolVersion: version,
    Port: input.Port,
    VpcId: input.VpcId,
    TargetType: targetType,
    IpAddressType: addresses,
    ...healthCheck(input, { ...defaultHealthCheck(version === 'GRPC'), TargetType: targetType }),
  };
}

function defaultHealthCheck(grpc: boolean): HealthCheck {
  return {
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: 30,
    // The health check guide says 5, for all targets but Lambda functions; the API model says 6 of HTTP and 10 of HTTPS.
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    HealthCheckPath: grpc ? '/AWS.ALB/healthcheck' : '/',
    Matcher: grpc ? { GrpcCode: '12' } : { HttpCode: '200' },
  };
}

function lambdaSettings(input: CreateTargetGroupInput): TargetGroupSettings {
  for (const [what, given] of [
    ['Protocol', input.Protocol],
    ['Port', input.Port],
    ['VPC ID', input.VpcId],
  ] as const) {
    if (given !== undefined) {
      throw validationError(`${what} cannot be specified for target groups with target type 'lambda'`);
    }
  }
  const defaults = {
    ...defaultHealthCheck(false),
    HealthCheckEnabled: false,
    HealthCheckIntervalSeconds: 35,
    HealthCheckTimeoutSeconds: 30,
  };
  return { TargetType: 'lambda', IpAddressType: 'ipv4', ...healthCheck(input, { ...defaults, TargetType: 'lambda' }) };
}

/** The health check after a create or modify call: what the call leaves out stays. Throws ValidationError. */
export function healthCheck(
  input: CreateTargetGroupInput | ModifyTargetGroupInput,
  before: HealthCheck & Pick<TargetGroupDescription, 'TargetType'>,
): HealthCheck {
  if (before.TargetType !== 'lambda' && input.HealthCheckEnabled === false) {
    throw validationError(
      `Health checks cannot be disabled for target groups with target type '${before.TargetType ?? ''}'`,
    );
  }
  const after: HealthCheck = {
    HealthCheckProtocol: input.HealthCheckProtocol ?? before.HealthCheckProtocol,
    HealthCheckPort: input.HealthCheckPort ?? before.HealthCheckPort,
    HealthCheckEnabled: input.HealthCheckEnabled ?? before.HealthCheckEnabled,
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? before.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: input.HealthyThresholdCount ?? before.HealthyThresholdCount,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? before.UnhealthyThresholdCount,
    HealthCheckPath: input.HealthCheckPath ?? before.HealthCheckPath,
    Matcher: matcherAfter(input.Matcher, before.Matcher),
  };
  checkHealthCheck(after);
  return after;
}

/** The matcher, by HTTP codes or gRPC codes as the group's protocol version has it. Throws ValidationError. */
function matcherAfter(given: Matcher | undefined, before: Matcher | undefined): Matcher {
  const grpc = before?.GrpcCode !== undefined;
  if (given === undefined) return { ...before };
  const { HttpCode: http, GrpcCode: code } = given;
  if (grpc) {
    if (http !== undefined) throw validationError('An HTTP matcher cannot be specified for protocol version GRPC');
    if (!isMatcher(code ?? '', 0, 99)) {
      throw validationError(`Health check matcher gRPC code '${code ?? ''}' must be within '0-99' inclusive`);
    }
    return { GrpcCode: code };
  }
  if (code !== undefined) throw validationError('A gRPC matcher can only be specified for protocol version GRPC');
  if (!isMatcher(http ?? '', 200, 499)) {
    throw validationError(`Health check matcher HTTP code '${http ?? ''}' must be within '200-499' inclusive`);
  }
  return { HttpCode: http };
}

function checkHealthCheck(check: HealthCheck): void {
  const { HealthCheckIntervalSeconds: interval = 0, HealthCheckTimeoutSeconds: timeout = 0 } = check;
  inRange('healthCheckIntervalSeconds', interval, 5, 300);
  inRange('healthCheckTimeoutSeconds', timeout, 2, 120);
  inRange('healthyThresholdCount', check.HealthyThresholdCount ?? 0, 2, 10);
  inRange('unhealthyThresholdCount', check.UnhealthyThresholdCount ?? 0, 2, 10);
  if (timeout >= interval) {
    throw validationError(`Health check timeout '${timeout}' must be smaller than the interval '${interval}'`);
  }
  checkWhere(check);
}

function checkWhere(check: HealthCheck): void {
  const protocol = oneOf(check.HealthCheckProtocol ?? '', 'healthCheckProtocol', protocols);
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError(`Health check protocol '${protocol}' must be one of 'HTTP, HTTPS'`);
  }
  const path = check.HealthCheckPath ?? '';
  if (path.length > 1024) {
    throw constraintError(path, 'healthCheckPath', 'Member must have length less than or equal to 1024');
  }
  if (!path.startsWith('/')) throw validationError(`Health check path '${path}' must begin with a '/' character`);
  const port = check.HealthCheckPort ?? '';
  if (port === 'traffic-port') return;
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw validationError(`Health check port '${port}' must be 'traffic-port', or a number between 1 and 65535`);
  }
}

/** Codes, and ranges of codes, separated by commas. */
function isMatcher(text: string, least: number, most: number): boolean {
  return text.split(',').every((part) => {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part);
    if (match === null) return false;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    return from >= least && to <= most && from <= to;
  });
}

function inRange(member: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  const rule = value < from ? `greater than or equal to ${from}` : `less than or equal to ${to}`;
  throw constraintError(value, member, `Member must have value ${rule}`);
}
