/** Checks and completes the settings of a target group. Pure. Source: CreateTargetGroup and "Target group health checks", ALB guide. */
import type {
  CreateTargetGroupInput,
  ModifyTargetGroupInput,
  TargetGroup as TargetGroupDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../kernel.ts';
import { validationError } from './errors.ts';

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

/** The settings that a create call asks for. Throws ValidationError or UnsupportedProtocol. */
export function settingsOf(input: CreateTargetGroupInput): TargetGroupSettings {
  const targetType = input.TargetType ?? 'instance';
  if (targetType === 'lambda') return lambdaSettings(input);
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw validationError(`Target type '${targetType}' must be one of '[instance, ip, lambda]'`);
  }
  const protocol = input.Protocol;
  if (protocol === undefined) throw validationError('A protocol must be specified');
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    // Only Application Load Balancers are simulated; AWS takes the other protocols for Network and Gateway Load Balancers.
    throw new AwsError('UnsupportedProtocolException', `The specified protocol '${protocol}' is not supported`);
  }
  if (input.Port === undefined) throw validationError('A port must be specified');
  inRange('Port', input.Port, 1, 65_535);
  if (!/^vpc-[0-9a-z-]+$/.test(input.VpcId ?? '')) {
    throw validationError(`The VPC ID '${input.VpcId ?? ''}' is not found`);
  }
  const version = versionOf(input);
  return {
    Protocol: protocol,
    ProtocolVersion: version,
    Port: input.Port,
    VpcId: input.VpcId,
    TargetType: targetType,
    IpAddressType: input.IpAddressType ?? 'ipv4',
    ...(input.TargetControlPort === undefined ? {} : { TargetControlPort: input.TargetControlPort }),
    ...healthCheck(input, defaultHealthCheck(version === 'GRPC')),
  };
}

function versionOf(input: CreateTargetGroupInput): string {
  const version = input.ProtocolVersion ?? 'HTTP1';
  if (!['HTTP1', 'HTTP2', 'GRPC'].includes(version)) {
    throw validationError(`Protocol version '${version}' must be one of '[HTTP1, HTTP2, GRPC]'`);
  }
  return version;
}

function defaultHealthCheck(grpc: boolean): HealthCheck {
  return {
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: 30,
    // The health check guide says 5; the API model's 6 is that of other protocols.
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    HealthCheckPath: grpc ? '/AWS.ALB/healthcheck' : '/',
    Matcher: grpc ? { GrpcCode: '12' } : { HttpCode: '200' },
  };
}

function lambdaSettings(input: CreateTargetGroupInput): TargetGroupSettings {
  if (input.Port !== undefined || input.Protocol !== undefined || input.VpcId !== undefined) {
    throw validationError("Port, protocol and VPC cannot be specified for target groups with target type 'lambda'");
  }
  const defaults = { ...defaultHealthCheck(false), HealthCheckEnabled: false, HealthCheckIntervalSeconds: 35 };
  return { TargetType: 'lambda', IpAddressType: 'ipv4', ...healthCheck(input, defaults) };
}

/** The health check after a create or modify call: what the call leaves out stays. Throws ValidationError. */
export function healthCheck(input: CreateTargetGroupInput | ModifyTargetGroupInput, before: HealthCheck): HealthCheck {
  const after: HealthCheck = {
    HealthCheckProtocol: input.HealthCheckProtocol ?? before.HealthCheckProtocol,
    HealthCheckPort: input.HealthCheckPort ?? before.HealthCheckPort,
    HealthCheckEnabled: input.HealthCheckEnabled ?? before.HealthCheckEnabled,
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? before.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: input.HealthyThresholdCount ?? before.HealthyThresholdCount,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? before.UnhealthyThresholdCount,
    HealthCheckPath: input.HealthCheckPath ?? before.HealthCheckPath,
    Matcher: input.Matcher === undefined ? before.Matcher : { ...input.Matcher },
  };
  checkHealthCheck(after);
  return after;
}

function checkHealthCheck(check: HealthCheck): void {
  const { HealthCheckIntervalSeconds: interval = 0, HealthCheckTimeoutSeconds: timeout = 0 } = check;
  inRange('Health check interval', interval, 5, 300);
  inRange('Health check timeout', timeout, 2, 120);
  inRange('Healthy threshold count', check.HealthyThresholdCount ?? 0, 2, 10);
  inRange('Unhealthy threshold count', check.UnhealthyThresholdCount ?? 0, 2, 10);
  if (timeout >= interval) {
    throw validationError(`Health check timeout '${timeout}' must be smaller than the interval '${interval}'`);
  }
  checkWhere(check);
  const { HttpCode: code, GrpcCode: grpc } = check.Matcher ?? {};
  if (grpc === undefined && !isMatcher(code ?? '')) {
    throw validationError(`Health check matcher HTTP code '${code ?? ''}' must be within '200-499'`);
  }
}

function checkWhere(check: HealthCheck): void {
  if (check.HealthCheckProtocol !== 'HTTP' && check.HealthCheckProtocol !== 'HTTPS') {
    throw validationError(`Health check protocol '${check.HealthCheckProtocol ?? ''}' must be one of '[HTTP, HTTPS]'`);
  }
  const path = check.HealthCheckPath ?? '';
  if (!path.startsWith('/') || path.length > 1024) {
    throw validationError(`Health check path '${path}' must begin with '/' and be 1 to 1,024 characters`);
  }
  const port = check.HealthCheckPort ?? '';
  if (port !== 'traffic-port') {
    if (!/^\d+$/.test(port)) throw validationError(`Health check port '${port}' must be 'traffic-port' or a number`);
    inRange('Health check port', Number(port), 1, 65_535);
  }
}

function isMatcher(text: string): boolean {
  return text.split(',').every((part) => {
    const match = /^(\d{3})(?:-(\d{3}))?$/.exec(part);
    if (match === null) return false;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    return from >= 200 && to <= 499 && from <= to;
  });
}

function inRange(what: string, value: number, from: number, to: number): void {
  if (!Number.isInteger(value) || value < from || value > to) {
    throw validationError(`${what} '${value}' must be between '${from}' and '${to}'`);
  }
}
