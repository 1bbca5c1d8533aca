import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterSetting,
  DeploymentConfiguration,
  DeploymentRolloutState,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  PropagateTags,
  ServiceConnectConfiguration,
  ServiceDeploymentStatus,
  ServiceEvent,
  ServiceRegistry,
  ServiceVolumeConfiguration,
  TaskDefinition,
  TaskStopCode,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { TargetAddress, World } from '../kernel.ts';
import type { Place } from './arns.ts';
import type { Tags } from './tags.ts';

/** Everything that ECS knows, over all accounts and Regions. */
export interface EcsState {
  readonly world: World;
  /** How long a deleted cluster or service stays describable, in milliseconds before the latency factor. */
  readonly tombstoneMs: number;
  /** By `<account>/<region>`. */
  readonly regions: Map<string, RegionState>;
  readonly tasksByArn: Map<string, TaskRecord>;
  /** Tasks by the address of their interface: `<vpc>/<ip>`. */
  readonly tasksByAddress: Map<string, TaskRecord>;
  /** Tasks by the target that ECS registered for them: `<target group>|<ip>:<port>`. */
  readonly tasksByTarget: Map<string, TaskRecord>;
  /** One pass of the service scheduler; set once when the parts are put together. */
  reconcile: (service: ServiceRecord) => void;
  listening: boolean;
  /** Told the ARN of each service that is deleted, and again when it has become INACTIVE. */
  readonly endListeners: Set<(serviceArn: string) => void>;
  /** Decides of a task that starts whether it is to pass no health check, whatever its image; set by a fault plan. */
  ailing: ((task: StartingTask) => boolean) | undefined;
}

/** A task as a fault plan knows it. */
export interface StartingTask extends Place {
  readonly family: string;
}

/** One account in one Region. */
export interface RegionState extends Place {
  readonly clusters: Map<string, ClusterRecord>;
  readonly families: Map<string, Family>;
  /** CPU units (1,024 a vCPU) of Fargate On-Demand tasks that have not stopped. */
  cpuUnitsInUse: number;
  /** Services that could not launch for want of vCPU, in the order in which they asked. */
  readonly waitingForCpu: Set<ServiceRecord>;
  /** Account settings by the principal's ARN and the setting's name. */
  readonly settings: Map<string, Map<string, string>>;
  /** When Fargate's launch bucket will be full again; see launch-rate.ts. */
  readonly launchRate: { fullAt: number };
}

export interface ClusterRecord extends Place {
  readonly arn: string;
  readonly name: string;
  status: 'ACTIVE' | 'INACTIVE';
  /** Reads before this time do not see it yet. */
  readonly visibleAt: number;
  settings: ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  serviceConnectDefaults: { namespace: string } | undefined;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[];
  readonly tags: Tags;
  readonly services: Map<string, ServiceRecord>;
  /** Tasks by id, stopped ones for an hour. */
  readonly tasks: Map<string, TaskRecord>;
  /** What CreateService made under each client token. */
  readonly clientTokens: Map<string, { readonly fingerprint: string; readonly service: ServiceRecord }>;
}

/** A task definition family: the counter never goes back. */
export interface Family {
  readonly name: string;
  lastRevision: number;
  readonly revisions: Map<number, TaskDefinitionRecord>;
}

export interface TaskDefinitionRecord {
  readonly arn: string;
  readonly family: Family;
  readonly revision: number;
  readonly description: TaskDefinition;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  deregisteredAt: number | undefined;
  /** From when on an INACTIVE one is refused to new deployments. */
  restrictedFrom: number;
  deleteRequestedAt: number | undefined;
  readonly tags: Tags;
  /** Deployments and tasks that refer to it. */
  users: number;
}

/** What a deployment rolls out: a change of any of these starts a new one. */
export interface Revision {
  readonly id: string;
  readonly createdAt: number;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly platformVersion: string | undefined;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly serviceRegistries: readonly ServiceRegistry[];
  readonly serviceConnectConfiguration: ServiceConnectConfiguration | undefined;
  readonly volumeConfigurations: readonly ServiceVolumeConfiguration[] | undefined;
  readonly vpcLatticeConfigurations: readonly VpcLatticeConfiguration[] | undefined;
}

export interface ServiceRecord {
  readonly arn: string;
  readonly name: string;
  readonly cluster: ClusterRecord;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly visibleAt: number;
  /** Canonical form of the creating input, for idempotency. */
  readonly fingerprint: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  revision: Revision;
  desiredCount: number;
  launchType: LaunchType | undefined;
  capacityProviderStrategy: readonly CapacityProviderStrategyItem[] | undefined;
  deploymentConfiguration: DeploymentConfiguration;
  healthCheckGracePeriodSeconds: number | undefined;
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: PropagateTags;
  readonly tags: Tags;
  /** The PRIMARY one first; empty once the service is INACTIVE. */
  deployments: DeploymentRecord[];
  /** Newest first, at most 100. */
  history: ServiceDeploymentRecord[];
  /** Newest first, at most 100. */
  events: ServiceEvent[];
  /** Tasks that are not STOPPED yet. */
  readonly tasks: Set<TaskRecord>;
  /** Whether something was started or stopped since the last steady state. */
  unsteady: boolean;
  /** Turns through the subnets. */
  launched: number;
  readonly launchRate: { fullAt: number };
  wake: { readonly at: number; readonly cancel: () => void } | undefined;
}

export interface DeploymentRecord {
  readonly id: string;
  status: 'PRIMARY' | 'ACTIVE';
  readonly revision: Revision;
  readonly createdAt: number;
  updatedAt: number;
  rolloutState: DeploymentRolloutState;
  rolloutStateReason: string;
  /** Failures in a row; what the circuit breaker counts. */
  failedTasks: number;
  /** How often launching has failed: the exponent of the back-off. */
  backoffLevel: number;
  nextLaunchAt: number;
  /** A rollback takes a while even where all its tasks still run. */
  completeNotBefore: number;
  /** The service deployment that it belongs to. */
  readonly history: ServiceDeploymentRecord;
}

/** What DescribeServiceDeployments shows. */
export interface ServiceDeploymentRecord {
  readonly arn: string;
  readonly createdAt: number;
  updatedAt: number;
  finishedAt: number | undefined;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  readonly revision: Revision;
  readonly sources: readonly Revision[];
  rollback: { readonly reason: string; readonly startedAt: number; readonly revision: Revision } | undefined;
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface TaskRecord {
  readonly arn: string;
  readonly id: string;
  readonly service: ServiceRecord;
  readonly deployment: DeploymentRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly attachmentId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly tags: Tags;
  /** What it takes of the Fargate On-Demand quota, in CPU units (1,024 a vCPU). */
  readonly cpuUnits: number;
  /** The deployment's back-off level when this task was launched. */
  readonly backoffLevel: number;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  address: { readonly ip: string; readonly vpcId: string; readonly eniId: string } | undefined;
  targets: readonly TaskTarget[];
  /** Keys of its targets that have not been seen gone yet while DEACTIVATING. */
  draining: Set<string>;
  answering: boolean;
  containerHealth: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  /** Failed its health checks outside the grace period: to be replaced. */
  sick: boolean;
  wasHealthy: boolean;
  exitCode: number | undefined;
  stopCode: TaskStopCode | undefined;
  stoppedReason: string | undefined;
  pullStartedAt: number | undefined;
  pullStoppedAt: number | undefined;
  startedAt: number | undefined;
  stoppingAt: number | undefined;
  executionStoppedAt: number | undefined;
  stoppedAt: number | undefined;
  version: number;
  cancel: (() => void) | undefined;
}

interface TaskTarget {
  readonly targetGroupArn: string;
  readonly target: TargetAddress;
  readonly containerName: string;
}

/** The state of one account in one Region, made on first use. */
export function regionOf(state: EcsState, place: Place): RegionState {
  const key = `${place.account}/${place.region}`;
  let region = state.regions.get(key);
  if (region === undefined) {
    region = {
      account: place.account,
      region: place.region,
      clusters: new Map(),
      families: new Map(),
      settings: new Map(),
      cpuUnitsInUse: 0,
      waitingForCpu: new Set(),
      launchRate: { fullAt: 0 },
    };
    state.regions.set(key, region);
  }
  return region;
}

/** The deployment that the service is moving to. Throws for an INACTIVE service, which has none. */
export function primaryOf(service: ServiceRecord): DeploymentRecord {
  const [primary] = service.deployments;
  if (primary === undefined) throw new Error(`service ${service.arn} has no deployment`);
  return primary;
}

/** The key of a target in `tasksByTarget`. */
export function targetKey(targetGroupArn: string, target: TargetAddress): string {
  return `${targetGroupArn}|${target.ip}:${target.port}`;
}

/** Runs `run` after `ms` milliseconds of a built-in latency. */
export function afterLatency(state: EcsState, ms: number, run: () => void): () => void {
  return state.world.at(state.world.now() + ms * state.world.latencyFactor, run);
}

/** Asks for a pass of the scheduler over the service at `at` (milliseconds, now by default). An earlier one stands in for a later one. */
export function wakeService(state: EcsState, service: ServiceRecord, at: number = state.world.now()): void {
  if (service.wake !== undefined && service.wake.at <= at) return;
  service.wake?.cancel();
  const cancel = state.world.at(at, () => {
    service.wake = undefined;
    state.reconcile(service);
  });
  service.wake = { at, cancel };
}

/** Adds a service event. A repetition of the newest one is left out. */
export function addEvent(state: EcsState, service: ServiceRecord, text: string): void {
  const message = `(service ${service.name}) ${text}`;
  if (service.events[0]?.message === message) return;
  service.events.unshift({ id: uuid(state, 'ecs/event'), createdAt: new Date(state.world.now()), message });
  if (service.events.length > 100) service.events.length = 100;
}

/** A random id in the form of a UUID. */
export function uuid(state: EcsState, purpose: string): string {
  const hex = state.world.hex(purpose, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A random number of 19 digits, as deployments and revisions are numbered. */
export function serial(state: EcsState, purpose: string): string {
  const number = BigInt(`0x${state.world.hex(purpose, 16)}`) % 9_000_000_000_000_000_000n;
  return String(number + 1_000_000_000_000_000_000n);
}
