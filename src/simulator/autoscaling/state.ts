import type {
  ScalingActivityStatusCode,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceAddress, World } from '../kernel.ts';

/** The only dimension that is simulated. */
export const dimension = 'ecs:service:DesiredCount';

/** The predefined metrics that services of ECS are scaled by. Source: PredefinedMetricSpecification, API reference. */
export const trackedMetrics = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
] as const;
export type TrackedMetric = (typeof trackedMetrics)[number];

/** Everything that Application Auto Scaling knows, over all accounts and Regions. */
export interface ScalingState {
  readonly world: World;
  /** By `<account>/<region>`. */
  readonly regions: Map<string, RegionState>;
  /** What CloudWatch measures, by the service's ARN. */
  readonly metrics: Map<string, Map<TrackedMetric, number>>;
  /** Whether ECS tells about services that end. */
  listening: boolean;
}

/** One account in one Region. */
export interface RegionState {
  /** By resource id. */
  readonly targets: Map<string, TargetRecord>;
  /** Newest first. */
  activities: ActivityRecord[];
}

export interface TargetRecord {
  readonly arn: string;
  readonly resourceId: string;
  readonly address: ServiceAddress;
  readonly serviceArn: string;
  /** What the ARNs of its policies have in common. */
  readonly policyScope: string;
  readonly createdAt: number;
  /** Calls before this time do not see it yet. */
  readonly visibleAt: number;
  minCapacity: number;
  maxCapacity: number;
  suspended: Suspension;
  readonly tags: Map<string, string>;
  /** By name. */
  readonly policies: Map<string, PolicyRecord>;
  /** The last scale-out, and the capacity that it started from. */
  lastOut: { readonly at: number; readonly from: number } | undefined;
  lastInAt: number | undefined;
  /** Takes the next look at its alarms off the agenda. */
  cancelTick: (() => void) | undefined;
  /** The activity that ECS has not fulfilled yet. */
  open: ActivityRecord | undefined;
}

export interface Suspension {
  readonly in: boolean;
  readonly out: boolean;
  readonly scheduled: boolean;
}

export interface PolicyRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  configuration: TrackingConfiguration;
  /** Names of its alarms in CloudWatch; no low one where it does not scale in. */
  alarmHigh: string;
  alarmLow: string | undefined;
  /** One-minute periods in a row above the target, and below nine tenths of it. */
  highPeriods: number;
  lowPeriods: number;
}

/** A checked configuration, as it was given. */
export interface TrackingConfiguration {
  readonly metric: TrackedMetric;
  readonly targetValue: number;
  readonly given: TargetTrackingScalingPolicyConfiguration;
}

export interface ActivityRecord {
  readonly id: string;
  readonly resourceId: string;
  readonly capacity: number;
  readonly cause: string;
  readonly startedAt: number;
  endedAt: number | undefined;
  status: ScalingActivityStatusCode;
}

/** The state of one account in one Region, made on first use. */
export function regionOf(
  state: ScalingState,
  place: { readonly account: string; readonly region: string },
): RegionState {
  const key = `${place.account}/${place.region}`;
  let region = state.regions.get(key);
  if (region === undefined) {
    region = { targets: new Map(), activities: [] };
    state.regions.set(key, region);
  }
  return region;
}

/** A random id in the form of a UUID. */
export function uuid(state: ScalingState, purpose: string): string {
  const hex = state.world.hex(purpose, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
