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
import { AwsError, type Call, type Operation, type TargetAddress } from '../kernel.ts';
import { required, validationError } from './errors.ts';
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

/** RegisterTargets, DeregisterTargets and DescribeTargetHealth. */
export function targetOperations(state: ElbState): Record<string, Operation> {
  return {
    RegisterTargets: operation({
      category: 'register',
      run: (input: RegisterTargetsInput, call) => registerTargets(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DeregisterTargets: operation({
      category: 'register',
      run: (input: DeregisterTargetsInput, call) => deregisterTargets(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DescribeTargetHealth: operation({
      category: 'read',
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

function registerTargets(state: ElbState, input: RegisterTargetsInput, call: Call): object {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  const targets = required(input.Targets, 'Targets');
  const addresses = targets.map((target) => ({ ...addressOf(group, target), zone: target.AvailabilityZone }));
  for (const { ip } of addresses) checkAddress(group, ip);
  const limit = state.world.quotas.get(call, 'targetsPerLoadBalancer');
  const added = addresses.filter((address) => !group.targets.has(targetKey(address))).length;
  if (registeredBeside(state, group) + added > limit) {
    throw new AwsError('TooManyTargetsException', `You have reached the maximum number of targets: [${limit}]`);
  }
  for (const address of addresses) {
    const answers = state.answering.get(addressKey(group, address)) ?? false;
    addTarget(state, group, address, { ecs: false, answers, zone: address.zone });
  }
  return {};
}

/** Targets of all groups of the load balancer that the group belongs to. */
function registeredBeside(state: ElbState, group: TargetGroup): number {
  const [user] = group.users;
  if (user === undefined) return group.targets.size;
  let count = 0;
  for (const arn of user.listener.loadBalancer.groups.keys()) count += state.targetGroups.get(arn)?.targets.size ?? 0;
  return count;
}

function addressOf(group: TargetGroup, target: TargetDescription): TargetAddress {
  return { ip: required(target.Id, 'Id'), port: target.Port ?? group.description.Port ?? 80 };
}

/** Addresses of targets must be private. Source: "Target type", ALB guide. */
function checkAddress(group: TargetGroup, ip: string): void {
  if (group.description.TargetType !== 'ip') return;
  if (isIP(ip) === 0) throw new AwsError('InvalidTargetException', `The IP address '${ip}' is not valid`);
  const [a = 0, b = 0] = ip.split('.').map(Number);
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  if (isIPv4(ip) && !isPrivate) {
    throw new AwsError(
      'InvalidTargetException',
      `The IP address '${ip}' is not within any supported range; expected one of 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16`,
    );
  }
}

function deregisterTargets(state: ElbState, input: DeregisterTargetsInput, call: Call): object {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  for (const wanted of required(input.Targets, 'Targets')) {
    for (const target of matching(group, wanted)) drain(state, target);
  }
  return {};
}

/** Without a port, every target with that address is meant. An unknown target is not an error. */
function matching(group: TargetGroup, wanted: TargetDescription): readonly Target[] {
  return [...group.targets.values()].filter(
    (target) => target.address.ip === wanted.Id && (wanted.Port === undefined || wanted.Port === target.address.port),
  );
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
    TargetHealthDescriptions: input.Targets.flatMap((wanted) => {
      const found = matching(group, wanted);
      return found.length > 0 ? found.map(describe) : [unregistered(group, wanted)];
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
  if (wanted.Id === undefined) throw validationError('A target ID must be specified');
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
