import type {
  AvailabilityZoneRebalancing,
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  LaunchType,
  ThresholdConfiguration,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../kernel.ts';
import { strategyOf } from './cluster-settings.ts';
import { invalidParameter, unsupported } from './errors.ts';
import type { ClusterRecord, TaskDefinitionRecord } from './state.ts';

const maxGraceSeconds = 2_147_483_647;
const platforms: readonly string[] = ['LATEST', '1.4.0', '1.3.0'];

/** Checks a desired count (from 0 to what the quota of tasks per service allows). Throws InvalidParameterException. */
export function checkDesiredCount(count: number, maxTasks: number): number {
  if (!Number.isInteger(count) || count < 0)
    throw invalidParameter(`desiredCount must not be negative; found ${count}.`);
  if (count > maxTasks) throw invalidParameter(`desiredCount can be at most ${maxTasks}; found ${count}.`);
  return count;
}

/** The grace period of a service, 0 where not given; services without a load balancer have none. Throws InvalidParameterException. */
export function graceOf(seconds: number | undefined, hasBalancer: boolean): number | undefined {
  if (!hasBalancer) {
    if (seconds === undefined || seconds === 0) return undefined;
    throw invalidParameter('Health check grace period is only valid for services configured to use load balancers');
  }
  const grace = seconds ?? 0;
  if (grace >= 0 && grace <= maxGraceSeconds) return grace;
  throw invalidParameter(`healthCheckGracePeriodSeconds must be between 0 and ${maxGraceSeconds}; found ${grace}.`);
}

/** ECS Exec needs a task role. Throws InvalidParameterException, in the words that users report. */
export function execOf(done: 'created' | 'updated', enable: boolean, definition: TaskDefinitionRecord): boolean {
  if (!enable || definition.description.taskRoleArn !== undefined) return enable;
  throw invalidParameter(
    `The service couldn't be ${done} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
  );
}

/**
 * Checks a Fargate platform version; the one before the latest lacks what came later. Throws PlatformUnknownException or
 * PlatformTaskDefinitionIncompatibilityException. Source: "Fargate platform versions", ECS developer guide.
 */
export function platformVersionOf(
  version: string | undefined,
  { description }: TaskDefinitionRecord,
): string | undefined {
  if (version === undefined) return undefined;
  if (!platforms.includes(version)) {
    throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.');
  }
  const { ephemeralStorage, volumes = [], runtimePlatform } = description;
  const newer =
    ephemeralStorage !== undefined ||
    runtimePlatform?.cpuArchitecture === 'ARM64' ||
    volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration !== undefined);
  if (version !== '1.3.0' || !newer) return version;
  throw new AwsError(
    'PlatformTaskDefinitionIncompatibilityException',
    "The specified platform version doesn't satisfy the required capabilities of the task definition.",
  );
}

const defaultThreshold: ThresholdConfiguration = { type: 'BOUNDED_PERCENT', value: 50 };

const defaultConfiguration: DeploymentConfiguration = {
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
};

/**
 * A deployment configuration with what the call says over what there was, else over ECS's defaults (200 %, 100 %, no circuit breaker).
 * Throws InvalidParameterException for values out of range, UnsupportedFeatureException for strategies other than ROLLING.
 */
export function deploymentConfigurationOf(
  input: DeploymentConfiguration | undefined,
  previous?: DeploymentConfiguration,
): DeploymentConfiguration {
  if (input?.strategy !== undefined && input.strategy !== 'ROLLING') throw unsupported(`Strategy ${input.strategy}`);
  const base = previous ?? defaultConfiguration;
  const merged: DeploymentConfiguration = {
    ...base,
    ...given(input),
    deploymentCircuitBreaker: breakerOf(input?.deploymentCircuitBreaker ?? base.deploymentCircuitBreaker),
  };
  checkPercentages(merged);
  return merged;
}

/** The members of a call's configuration that it has and that ROLLING knows. */
function given(input: DeploymentConfiguration | undefined): DeploymentConfiguration {
  const { maximumPercent, minimumHealthyPercent, bakeTimeInMinutes, alarms } = input ?? {};
  const members = { maximumPercent, minimumHealthyPercent, bakeTimeInMinutes, alarms };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function checkPercentages(merged: DeploymentConfiguration): void {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = merged;
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > 100) {
    throw invalidParameter(`minimumHealthyPercent must be between 0 and 100; found ${minimumHealthyPercent}.`);
  }
  if (maximumPercent < 100 || maximumPercent > 200) {
    throw invalidParameter(`maximumPercent must be between 100 and 200; found ${maximumPercent}.`);
  }
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
}

function breakerOf(input: DeploymentCircuitBreaker | undefined): DeploymentCircuitBreaker {
  const threshold = input?.thresholdConfiguration ?? defaultThreshold;
  if ((threshold.value ?? 0) < 1)
    throw invalidParameter(`The threshold value must be at least 1; found ${threshold.value}.`);
  return {
    enable: input?.enable ?? false,
    rollback: input?.rollback ?? false,
    resetOnHealthyTask: input?.resetOnHealthyTask ?? true,
    thresholdConfiguration: { type: threshold.type, value: threshold.value },
  };
}

/** AZ rebalancing: on for a new service that can have it, where not given. Throws InvalidParameterException where it cannot. */
export function rebalancingOf(
  input: AvailabilityZoneRebalancing | undefined,
  configuration: DeploymentConfiguration,
  previous?: AvailabilityZoneRebalancing,
): AvailabilityZoneRebalancing {
  const eligible = (configuration.maximumPercent ?? 200) > 100;
  const wanted = input ?? previous ?? (eligible ? 'ENABLED' : 'DISABLED');
  if (wanted === 'ENABLED' && !eligible) {
    throw invalidParameter('Availability Zone rebalancing requires a maximumPercent value greater than 100.');
  }
  return wanted;
}

/** Where the service's tasks are to run: a strategy of the call, a launch type, or the cluster's default strategy. Throws InvalidParameterException. */
export function capacityOf(
  input: Pick<CreateServiceRequest, 'launchType' | 'capacityProviderStrategy'>,
  cluster: ClusterRecord,
  definition: TaskDefinitionRecord,
): { launchType: LaunchType | undefined; capacityProviderStrategy: CapacityProviderStrategyItem[] | undefined } {
  const given = input.capacityProviderStrategy ?? [];
  if (input.launchType !== undefined && given.length > 0) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const strategy =
    given.length > 0 || input.launchType !== undefined
      ? strategyOf(given, cluster.capacityProviders)
      : cluster.defaultCapacityProviderStrategy;
  const launchType = strategy.length > 0 ? undefined : (input.launchType ?? 'EC2');
  const required = launchType ?? 'FARGATE';
  if (definition.description.compatibilities?.includes(required) !== true) {
    throw invalidParameter(`Task definition does not support launch_type ${required}.`);
  }
  return { launchType, capacityProviderStrategy: strategy.length > 0 ? [...strategy] : undefined };
}

/** Refuses what the simulator, or Fargate itself, does not do. Throws UnsupportedFeatureException or InvalidParameterException. */
export function checkFeatures(
  input: Pick<
    CreateServiceRequest,
    'deploymentController' | 'schedulingStrategy' | 'placementConstraints' | 'placementStrategy' | 'role'
  >,
): void {
  if (input.role !== undefined) {
    throw invalidParameter('You cannot specify an IAM role for services that require a service linked role.');
  }
  const controller = input.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') throw unsupported(`Deployment controller ${controller}`);
  if (input.schedulingStrategy === 'DAEMON') {
    throw invalidParameter('The daemon scheduling strategy is not supported for Fargate tasks.');
  }
  if ((input.placementConstraints ?? []).length > 0) {
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
  }
  if ((input.placementStrategy ?? []).length > 0) {
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
  }
}
