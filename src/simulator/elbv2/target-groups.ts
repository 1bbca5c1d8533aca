import { isDeepStrictEqual } from 'node:util';
import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup as TargetGroupDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { targetGroupArn } from './arns.ts';
import { targetGroupAttributes } from './attribute-catalogues.ts';
import { checkTargetGroupAttributes, defaultsOf, listAttributes, writeAttributes } from './attributes.ts';
import { checkNamed, required, targetGroupNotFound, validationError } from './errors.ts';
import { forget, isAttached } from './health.ts';
import { checkName, withTags } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import {
  type ElbState,
  findLoadBalancer,
  findTargetGroup,
  lookUpTargetGroup,
  scopeOf,
  type TargetGroup,
} from './state.ts';
import { healthCheck, settingsOf, type TargetGroupSettings } from './target-group-settings.ts';

/** Creating and deleting takes longer than other writes (assumed; whole tests of other tools bound it). */
const createOrDeleteMs = 300;

/** What only CreateTargetGroup takes. A target control port, that of the target optimizer, is not simulated. */
const createMembers = [
  ...['Name', 'Protocol', 'ProtocolVersion', 'Port', 'VpcId', 'TargetType', 'IpAddressType', 'Tags'],
];
const healthCheckMembers = [
  ...['HealthCheckProtocol', 'HealthCheckPort', 'HealthCheckEnabled', 'HealthCheckPath', 'HealthCheckIntervalSeconds'],
  ...['HealthCheckTimeoutSeconds', 'HealthyThresholdCount', 'UnhealthyThresholdCount', 'Matcher'],
];

/** CreateTargetGroup, DescribeTargetGroups, ModifyTargetGroup, DeleteTargetGroup and the two for attributes. */
export function targetGroupOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateTargetGroup: operation({
      category: 'mutate',
      latencyMs: createOrDeleteMs,
      takes: [...createMembers, ...healthCheckMembers],
      run: (input: CreateTargetGroupInput, call) => createTargetGroup(state, input, call),
      resources: (input, output) => [output?.TargetGroups?.[0]?.TargetGroupArn ?? input.Name],
    }),
    DescribeTargetGroups: operation({
      category: 'read',
      takes: ['LoadBalancerArn', 'TargetGroupArns', 'Names', 'Marker', 'PageSize'],
      run: (input: DescribeTargetGroupsInput, call) => describeTargetGroups(state, input, call),
      resources: (input) => input.TargetGroupArns ?? input.Names ?? [input.LoadBalancerArn],
    }),
    ModifyTargetGroup: operation({
      category: 'mutate',
      takes: ['TargetGroupArn', ...healthCheckMembers],
      run: (input: ModifyTargetGroupInput, call) => modifyTargetGroup(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DeleteTargetGroup: operation({
      category: 'mutate',
      latencyMs: createOrDeleteMs,
      takes: ['TargetGroupArn'],
      run: (input: DeleteTargetGroupInput, call) => deleteTargetGroup(state, input, call),
      resources: (input) => [input.TargetGroupArn],
    }),
    DescribeTargetGroupAttributes: operation({
      category: 'read',
      takes: ['TargetGroupArn'],
      run: (input: DescribeTargetGroupAttributesInput, call): DescribeTargetGroupAttributesOutput => {
        const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
        return { Attributes: listAttributes(group.attributes) };
      },
      resources: (input) => [input.TargetGroupArn],
    }),
    ModifyTargetGroupAttributes: operation({
      category: 'mutate',
      takes: ['TargetGroupArn', 'Attributes'],
      run: (input: ModifyTargetGroupAttributesInput, call): ModifyTargetGroupAttributesOutput => {
        const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
        writeAttributes(
          { kind: 'Target group', catalogue: targetGroupAttributes(group.description.TargetType) },
          group.attributes,
          required(input.Attributes, 'Attributes'),
          checkTargetGroupAttributes,
        );
        return { Attributes: listAttributes(group.attributes) };
      },
      resources: (input) => [input.TargetGroupArn],
    }),
  };
}

function describe(group: TargetGroup): TargetGroupDescription {
  const arns = [...group.users].map((rule) => rule.listener.loadBalancer.arn);
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    ...group.description,
    ...(group.description.Matcher === undefined ? {} : { Matcher: { ...group.description.Matcher } }),
    LoadBalancerArns: [...new Set(arns)],
  };
}

/**
 * Idempotent: with the settings of an existing group of that name it answers with that group, whose tags stay as they are; with others it throws
 * DuplicateTargetGroupName. Source: CreateTargetGroup, ELBv2 API reference.
 */
function createTargetGroup(state: ElbState, input: CreateTargetGroupInput, call: Call): CreateTargetGroupOutput {
  const name = required(input.Name, 'Name');
  checkName('Target group', name);
  const settings = settingsOf(input);
  const { VpcId: vpcId } = settings;
  if (vpcId !== undefined && !state.world.ec2.hasVpc(call.account, call.region, vpcId)) {
    throw validationError(`The VPC ID '${vpcId}' is not found`);
  }
  const tags = withTags(new Map(), input.Tags ?? []);
  const scope = scopeOf(state, call);
  const existing = scope.targetGroups.get(name);
  if (existing !== undefined) {
    if (sameSettings(existing, settings)) return { TargetGroups: [describe(existing)] };
    throw new AwsError(
      'DuplicateTargetGroupNameException',
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  }
  const limit = state.world.quotas.get(call, 'targetGroupsPerRegion');
  if (scope.targetGroups.size >= limit) {
    throw new AwsError(
      'TooManyTargetGroupsException',
      `The maximum number of target groups '${limit}' has been reached`,
    );
  }
  const group: TargetGroup = {
    arn: targetGroupArn(call, name, state.world.hex('elbv2/target-group', 16)),
    account: call.account,
    region: call.region,
    name,
    description: settings,
    tags,
    attributes: defaultsOf(targetGroupAttributes(settings.TargetType)),
    users: new Set(),
    inUseUntil: 0,
    targets: new Map(),
  };
  state.targetGroups.set(group.arn, group);
  scope.targetGroups.set(name, group);
  return { TargetGroups: [describe(group)] };
}

function sameSettings(group: TargetGroup, settings: TargetGroupSettings): boolean {
  return isDeepStrictEqual(group.description, settings);
}

function describeTargetGroups(
  state: ElbState,
  input: DescribeTargetGroupsInput,
  call: Call,
): DescribeTargetGroupsOutput {
  const filters = [input.LoadBalancerArn, input.TargetGroupArns, input.Names].filter((one) => one?.length);
  if (filters.length > 1) {
    throw validationError(
      'Target group names, target group ARNs, and a load balancer ARN cannot be specified at the same time',
    );
  }
  checkNamed('target groups', [...(input.TargetGroupArns ?? []), ...(input.Names ?? [])]);
  const { items, next } = page(selected(state, input, call), input);
  return { TargetGroups: items.map(describe), ...next };
}

function selected(state: ElbState, input: DescribeTargetGroupsInput, call: Call): readonly TargetGroup[] {
  if (input.LoadBalancerArn !== undefined) {
    const { groups } = findLoadBalancer(state, call, input.LoadBalancerArn);
    return [...groups.keys()].map((arn) => state.targetGroups.get(arn)).filter((group) => group !== undefined);
  }
  if (input.TargetGroupArns !== undefined && input.TargetGroupArns.length > 0) {
    return input.TargetGroupArns.map((arn) => {
      const group = lookUpTargetGroup(state, call, arn);
      if (group === undefined) throw targetGroupNotFound();
      return group;
    });
  }
  const { targetGroups } = scopeOf(state, call);
  if (input.Names === undefined || input.Names.length === 0) return [...targetGroups.values()];
  return input.Names.map((name) => {
    const group = targetGroups.get(name);
    if (group === undefined) throw targetGroupNotFound();
    return group;
  });
}

/** Changes health checks only; all else about a target group is immutable. */
function modifyTargetGroup(state: ElbState, input: ModifyTargetGroupInput, call: Call): ModifyTargetGroupOutput {
  const group = findTargetGroup(state, call, required(input.TargetGroupArn, 'TargetGroupArn'));
  group.description = { ...group.description, ...healthCheck(input, group.description) };
  return { TargetGroups: [describe(group)] };
}

function deleteTargetGroup(state: ElbState, input: DeleteTargetGroupInput, call: Call): object {
  const arn = required(input.TargetGroupArn, 'TargetGroupArn');
  const group = lookUpTargetGroup(state, call, arn);
  // Assumed: that a group is not found is no error that the model lists for this call; other deletions of ELBv2 succeed when the thing is gone.
  if (group === undefined) return {};
  if (isAttached(group) || group.inUseUntil > state.world.now()) {
    throw new AwsError('ResourceInUseException', `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  state.targetGroups.delete(arn);
  scopeOf(state, group).targetGroups.delete(group.name);
  for (const target of [...group.targets.values()]) forget(state, target);
  return {};
}
