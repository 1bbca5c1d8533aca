import { isIP, isIPv4 } from 'node:net';
import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealth,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { zonesOf } from '../ec2/zones.ts';
import { AwsError, type Call, type Operation, type TargetAddress } from '../kernel.ts';
import { checkTargetCount, targetsOf } from './attachments.ts';
import { constraintError, required, validationError } from './errors.ts';
import { addressKey, drain, setAnswers, startChecks, targetKey } from './health.ts';
import { operation } from './operation.ts';
import { type ElbState, findTargetGroup, type Target, type TargetGroup } from './state.ts';

const descriptions: Readonly<Record<string, string>> = {
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.NotRegistered': 'Target is not registered to the target group',
  'Target.DeregistrationInProgress': 'Target deregistration is in progress',
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.Timeout': 'Request timed out',
};

const targetMembers = ['TargetGroupArn', 'Targets.Id', 'Targets.Port', 'Targets.AvailabilityZone'];

/** RegisterTargets, DeregisterTargets and DescribeTargetHealth. */
export function targetOperations(state: ElbState): Record<string, Operation> {
  return {
    RegisterTargets: operation({
      category: 'register',
      takes: targetMembers,
      run: (input: RegisterTargetsInput, call) => registerTargets(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DeregisterTargets: operation({
      category: 'register',
      takes: targetMembers,
      run: (input: DeregisterTargetsInput, call) => deregisterTargets(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DescribeTargetHealth: operation({
      category: 'read',
      takes: targetMembers,
      run: (input: DescribeTargetHealthInput, call) => describeTargetHealth(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
  };
}

/** Puts a target into a group, for ECS or for an API call. One that is there already, and not draining, only changes what it answers. */
export function addTarget(
  state: ElbState,
  group: TargetGroup,
  address: TargetAddress,
  by: { ecs: boolean; answers: boolean; zone?: string | undefined },
): void {
  const existing = group.targets.get(targetKey(address));
  if (existing !== undefined && existing.state !== 'draining') {
    existing.byEcs ||= by.ecs;
    setAnswers(state, existing, by.answers);
    return;
  }
  existing?.cancel?.();
  const target: Target = {
    group,
    address: { ip: address.ip, port: address.port },
    zone: by.zone,
    byEcs: by.ecs,
    state: 'unavailable',
    reason: undefined,
    answering: by.answers,
    firstCheckAt: 0,
    cancel: undefined,
  };
  group.targets.set(targetKey(address), target);
  if (!by.ecs) {
    const key = addressKey(group, address);
    const others = state.registeredByCall.get(key) ?? new Set<Target>();
    if (existing !== undefined) others.delete(existing);
    state.registeredByCall.set(key, others.add(target));
  }
  startChecks(state, target);
}

/** What listens at an address has changed: targets that API calls registered there follow. */
export function addressAnswers(
  state: ElbState,
  group: TargetGroup,
  address: TargetAddress,
  answers: boolean | undefined,
): void {
  const key = addressKey(group, address);
  if (answers === undefined) state.answering.delete(key);
  else state.answering.set(key, answers);
  for (const target of state.registeredByCall.get(key) ?? []) setAnswers(state, target, answers ?? false);
}

/** All or none: nothing is registered when one target is refused. */
function registerTargets(state: ElbState, input: RegisterTargetsInput, call: Call): object {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  const addresses = targetsIn(input).map((target) => checkTarget(group, target));
  checkCounts(state, call, group, addresses);
  for (const { zone, ...address } of addresses) {
    const answers = state.answering.get(addressKey(group, address)) ?? false;
    addTarget(state, group, address, { ecs: false, answers, zone });
  }
  return {};
}

function targetsIn(input: { Targets: TargetDescription[] | undefined }): readonly TargetDescription[] {
  const targets = required(input.Targets, 'Targets');
  if (targets.length === 0) throw validationError('A target must be specified');
  for (const { Port: port } of targets) {
    if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
      throw constraintError(port, 'targets.1.member.port', 'Member must have value between 1 and 65535');
    }
  }
  return targets;
}

/** Quotas on the targets of a group, of a load balancer, and on one target there. */
function checkCounts(state: ElbState, call: Call, group: TargetGroup, addresses: readonly TargetAddress[]): void {
  const fresh = new Map(addresses.map((address) => [targetKey(address), address]));
  for (const key of group.targets.keys()) fresh.delete(key);
  const limit = state.world.quotas.get(call, 'targetsPerTargetGroup');
  if (group.targets.size + fresh.size > limit) {
    throw new AwsError(
      'TooManyTargetsException',
      `The maximum number of targets per target group '${limit}' has been reached on target group '${group.arn}'`,
    );
  }
  const [user] = group.users;
  if (user === undefined) return;
  const { loadBalancer } = user.listener;
  const groups = [...loadBalancer.groups.keys()];
  checkTargetCount(state, call, loadBalancer, targetsOf(state, groups) + fresh.size);
  const most = state.world.quotas.get(call, 'registrationsPerTarget');
  for (const { ip } of fresh.values()) {
    const same = (targets: Iterable<TargetAddress>): number => [...targets].filter((one) => one.ip === ip).length;
    const before = groups.flatMap((arn) => [...(state.targetGroups.get(arn)?.targets.values() ?? [])]);
    if (same(before.map((target) => target.address)) + same(fresh.values()) > most) {
      throw new AwsError(
        'TooManyRegistrationsForTargetIdException',
        `The maximum number of registrations '${most}' has been reached for target '${ip}' on load balancer '${loadBalancer.arn}'`,
      );
    }
  }
}

/** The address of a target that may be registered. Throws InvalidTarget, or ValidationError. */
function checkTarget(group: TargetGroup, target: TargetDescription): TargetAddress & { zone: string | undefined } {
  const { TargetType: type, Port: port = 80 } = group.description;
  const ip = required(target.Id, 'Id');
  const zone = target.AvailabilityZone;
  if (type === 'ip') checkAddress(ip);
  // There are neither instances nor functions in the simulated accounts.
  else if (type === 'lambda') throw invalidTarget(`The Lambda function '${ip}' does not exist`);
  else throw invalidTarget(`The following targets are not in a running state and cannot be registered: '${ip}'`);
  if (zone !== undefined && zone !== 'all' && !zonesOf(group.region).some((one) => one.name === zone)) {
    throw validationError(`The Availability Zone '${zone}' is not valid`);
  }
  return { ip, port: target.Port ?? port, zone };
}

/** Addresses of targets must be private. Source: "Target type", ALB guide. */
function checkAddress(ip: string): void {
  if (isIP(ip) === 0) throw validationError(`The IP address '${ip}' is not a valid IPv4 address`);
  if (!isIPv4(ip)) throw invalidTarget(`The IP address '${ip}' is not valid for an ipv4 target group`);
  const [a = 0, b = 0] = ip.split('.').map(Number);
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  if (!isPrivate) {
    throw invalidTarget(
      `The IP address '${ip}' is not within any supported range; expected one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16`,
    );
  }
}

function invalidTarget(message: string): AwsError {
  return new AwsError('InvalidTargetException', message);
}

function deregisterTargets(state: ElbState, input: DeregisterTargetsInput, call: Call): object {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  for (const wanted of targetsIn(input)) {
    const target = group.targets.get(keyOf(group, wanted));
    if (target !== undefined) drain(state, target);
  }
  return {};
}

/**
 * Without a port, the target at the group's own port is meant: one that was registered at another port is another target (documented, and observed:
 * https://github.com/chaostoolkit-incubator/chaostoolkit-aws/issues/60).
 */
function keyOf(group: TargetGroup, wanted: TargetDescription): string {
  return targetKey({ ip: required(wanted.Id, 'Id'), port: wanted.Port ?? group.description.Port ?? 80 });
}

function describeTargetHealth(
  state: ElbState,
  input: DescribeTargetHealthInput,
  call: Call,
): DescribeTargetHealthOutput {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  if (input.Targets === undefined || input.Targets.length === 0) {
    return { TargetHealthDescriptions: [...group.targets.values()].map(describe) };
  }
  return {
    TargetHealthDescriptions: input.Targets.map((wanted) => {
      const found = group.targets.get(keyOf(group, wanted));
      return found === undefined ? unregistered(group, wanted) : describe(found);
    }),
  };
}

function describe(target: Target): TargetHealthDescription {
  const { group, address, zone, state, reason } = target;
  const port = group.description.HealthCheckPort ?? 'traffic-port';
  return {
    Target: { Id: address.ip, Port: address.port, ...(zone === undefined ? {} : { AvailabilityZone: zone }) },
    HealthCheckPort: port === 'traffic-port' ? String(address.port) : port,
    TargetHealth: healthOf(state, reason),
  };
}

function unregistered(group: TargetGroup, wanted: TargetDescription): TargetHealthDescription {
  const port = wanted.Port ?? group.description.Port;
  return {
    Target: { Id: wanted.Id, ...(port === undefined ? {} : { Port: port }) },
    TargetHealth: healthOf('unused', 'Target.NotRegistered'),
  };
}

function healthOf(state: Target['state'], reason: string | undefined): TargetHealth {
  if (reason === undefined) return { State: state };
  const description = descriptions[reason];
  return {
    State: state,
    Reason: reason as TargetHealth['Reason'],
    ...(description === undefined ? {} : { Description: description }),
  };
}
