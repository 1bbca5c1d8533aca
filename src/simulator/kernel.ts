/**
 * The contract between the parts of the simulated AWS. `SimulatedAws` (world.ts) implements `World`; each service is one
 * folder that implements `SimService`; mounts (socket, request handler, beneath send) only translate to `World.call`.
 *
 * A service is a synchronous state machine: it is handed an input that the wire codec has already read by the SDK's schema, and returns an
 * output or throws `AwsError`. Nothing awaits, so no two calls ever interleave. Things that happen by themselves (a task starts,
 * a target turns healthy) are events on the world's agenda, run in order of time before the next call is looked at.
 */

import type { QuotaName } from './quotas/definitions.ts';

export const serviceIds = [
  'ecs',
  'elbv2',
  'route53',
  'ec2',
  'sts',
  'service-quotas',
  'dynamodb',
  'dynamodb-streams',
  'acm',
  'application-autoscaling',
] as const;
export type ServiceId = (typeof serviceIds)[number];

/** An error as the service itself would answer it. `code` is the shape name in the SDK's model where the error is modelled there. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly details: AwsErrorDetails;
  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export interface AwsErrorDetails {
  /** HTTP status where the model gives none or another. */
  readonly status?: number;
  /** Further members of the modelled error. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Route 53 only: answer InvalidChangeBatch in the body whose root is the error itself (its `messages`, and no Code element). */
  readonly rootBody?: boolean;
}

/** Who calls what, where and when. `principal` is what `/_sim/calls` shows (see docs of the door). */
export interface Call {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly service: ServiceId;
  readonly operation: string;
  readonly requestId: string;
  /** Milliseconds since the epoch on the simulator's clock. */
  readonly now: number;
  /** The caller's ARN, where its credential says more than the account (an assumed role's session). */
  readonly callerArn?: string;
  /** The assumed role behind the caller's session, where there is one. */
  readonly assumed?: AssumedRole;
}

/** What a session carries of how it was assumed. */
export interface AssumedRole {
  readonly roleArn: string;
  /** The inline session policy, as it was passed. */
  readonly policy?: string;
}

/** Says which calls are not allowed (iam/). */
export interface Guard {
  /** Undefined where the call is allowed, or nobody checks its caller. */
  refusal(call: Call, input: object): AwsError | undefined;
}

/** A draw from one token bucket. The bucket belongs to the account and Region of the call, or to the account alone. */
export interface BucketDraw {
  readonly bucket: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly tokens: number;
  readonly scope: 'account-region' | 'account';
}

/** One API operation of a service. The codec guarantees the input's types, not its values. */
export interface Operation {
  /** The operation's nature, whether a given call is refused or not. */
  readonly mutating: boolean;
  /**
   * The members of the input that the operation acts on; nested ones as `a.b`, where lists are walked through and `a` alone means all of `a`.
   * A call with any other member is refused (`SimService.untaken`): what is not simulated never succeeds silently.
   */
  readonly takes: readonly string[];
  /** Whether this input asks for a read that never lags behind (DynamoDB's ConsistentRead). Reads without it may be answered from the past. */
  consistent?(input: never): boolean;
  /** How long AWS takes to answer, in milliseconds before the latency factor; the mounts wait for it. */
  readonly latencyMs?: number;
  /** Buckets the call draws from; all must hold enough, or the call is throttled and (as AWS does) nothing is taken. */
  buckets?(input: never, call: Call): readonly BucketDraw[];
  /** The state machine's step. Throws `AwsError` for what AWS would refuse. */
  run(input: never, call: Call): object | undefined;
  /** ARNs or names the call is about, for the call log; `output` is undefined when the call failed. */
  resources?(input: never, output: never, call: Call): readonly string[];
}

export interface SimService {
  readonly id: ServiceId;
  readonly operations: ReadonlyMap<string, Operation>;
  /** What this service answers when a bucket is empty. */
  throttled(): AwsError;
  /** What this service answers to an input member that the operation does not take (`a.b`): AWS's own error for what it does not support. */
  untaken(member: string): AwsError;
}

/** One line of the call log. */
export interface CallRecord {
  readonly n: number;
  /** RFC 3339, simulator's clock. */
  readonly at: string;
  readonly principal: string;
  readonly account: string;
  readonly region: string;
  readonly service: ServiceId;
  readonly operation: string;
  readonly resources: readonly string[];
  readonly mutating: boolean;
  /** The error's code, or null. */
  readonly error: string | null;
}

/** What services may ask of the world and of each other. */
export interface World {
  /** Milliseconds since the epoch on the simulator's clock. */
  now(): number;
  /** Uniform in [0, 1), from a stream of its own for each purpose, so that one more draw here does not change another there. */
  random(purpose: string): number;
  /** A random lower-case hexadecimal id of `digits` digits, from the seed. */
  hex(purpose: string, digits: number): string;
  /** Runs `run` at `at` (milliseconds since the epoch), before any later call. Returns a function that takes it off the agenda. */
  at(at: number, run: () => void): () => void;
  /** Scales every built-in latency: 1 as AWS is, 0 everything at once. */
  readonly latencyFactor: number;
  /** Answers one API call, throttles and log included. Throws `AwsError`. */
  call(request: ApiRequest): object;
  readonly ecs: EcsWorld;
  readonly elb: ElbWorld;
  readonly ec2: Ec2World;
  readonly route53: Route53World;
  readonly sts: StsWorld;
  readonly quotas: QuotaWorld;
  readonly acm: AcmWorld;
  readonly log: CallLog;
}

/** A call as a mount hands it in: credentials not yet looked up. */
export interface ApiRequest {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: ServiceId;
  readonly operation: string;
  readonly input: object;
  /** From the client's user agent (`app/<identity>`), where it has one. */
  readonly appId?: string;
  /** The id that the mount answers with; the world makes one where there is none. */
  readonly requestId?: string;
  /** What the codec found wrong with the request itself: the call is logged and refused with it, and never runs. */
  readonly refused?: AwsError;
}

export interface CallLog {
  /** Calls after number `n`, at most `limit`. */
  since(n: number, limit: number): readonly CallRecord[];
  /** The number of the newest call; 0 when there was none. */
  readonly last: number;
}

// --- what the services offer each other -------------------------------------------------------------------------

/** A target as ELB knows it. */
export interface TargetAddress {
  readonly ip: string;
  readonly port: number;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';

export interface ElbWorld {
  /** What CreateService and tasks need to know of a target group; undefined when there is none with this ARN. */
  targetGroup(arn: string):
    | {
        readonly name: string;
        readonly targetType: string;
        readonly vpcId: string;
        readonly attached: boolean;
        /** The load balancers that have a rule which forwards to it. */
        readonly loadBalancerArns: readonly string[];
        readonly deregistrationDelaySeconds: number;
      }
    | undefined;
  /** Registers a target for ECS (no API bucket of the account is used). `answers`: whether health checks on it would pass now. */
  register(targetGroupArn: string, target: TargetAddress, answers: boolean): void;
  /** Takes a target out: draining for the deregistration delay, then gone. Unknown targets are ignored. */
  deregister(targetGroupArn: string, target: TargetAddress): void;
  /** Tells that health checks on this address pass, or fail, from now on; health follows after the group's thresholds. */
  setAnswering(targetGroupArn: string, target: TargetAddress, answers: boolean): void;
  /** The target's state; undefined when it is not registered. */
  targetState(targetGroupArn: string, target: TargetAddress): TargetState | undefined;
  /** A listener to be told when a target of this group changes state (ECS deployments wait for healthy). Returns the unsubscribe. */
  onTargetChange(
    listener: (targetGroupArn: string, target: TargetAddress, state: TargetState | undefined) => void,
  ): () => void;
  /** The load balancer with this DNS name (lower-case, without trailing dot and `dualstack.`), for DNS. */
  loadBalancerByDnsName(
    dnsName: string,
  ): { readonly arn: string; readonly account: string; readonly region: string } | undefined;
  /** What the load balancer would do with a request now, by the rules that its data plane has applied. */
  route(
    loadBalancerArn: string,
    request: RouteRequest,
  ):
    | {
        readonly rule: string;
        readonly status: number;
        readonly targetGroupArn?: string;
        readonly targets: readonly TargetAddress[];
      }
    | undefined;
  /** Makes a load balancer with a given ARN, as a fleet file names it. */
  seedLoadBalancer(seed: {
    arn: string;
    vpcId: string;
    subnetIds: readonly string[];
    securityGroupIds: readonly string[];
    ipAddressType?: 'ipv4' | 'dualstack';
  }): void;
  /**
   * Makes an HTTPS listener with a given ARN and a fixed 404 default action. Its certificate is taken as given; without one, it names one that ACM
   * does not have.
   */
  seedListener(seed: { arn: string; loadBalancerArn: string; certificateArn?: string }): void;
  /** The certificates that listeners of an account and Region use, each with the ARNs of their load balancers. */
  certificatesInUse(where: {
    readonly account: string;
    readonly region: string;
  }): ReadonlyMap<string, readonly string[]>;
}

export interface RouteRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Names a service of ECS. */
export interface ServiceAddress {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
}

/** A service as Application Auto Scaling sees it. */
export interface ScalableService {
  readonly arn: string;
  /** False while it drains. */
  readonly active: boolean;
  readonly desiredCount: number;
  /** Tasks in RUNNING, of all its deployments. */
  readonly runningCount: number;
  /** Whether a deployment is in progress. */
  readonly deploying: boolean;
  readonly targetGroupArns: readonly string[];
}

export interface EcsWorld {
  /** The service, once reads show it and until it is INACTIVE; else undefined. */
  scalableService(address: ServiceAddress): ScalableService | undefined;
  /** Sets the desired count as Application Auto Scaling does (no API bucket of the account is used). Does nothing for a service that is not ACTIVE. */
  setDesiredCount(address: ServiceAddress, count: number): void;
  /** A listener to be told the ARN of each service that is deleted, and again when it has become INACTIVE. Returns the unsubscribe. */
  onServiceEnd(listener: (serviceArn: string) => void): () => void;
  /** The task that owns this address now: for the data plane. `environment` is the answering container's own. */
  taskAt(
    vpcId: string,
    ip: string,
  ): { readonly taskArn: string; readonly environment: Readonly<Record<string, string>> } | undefined;
}

/** What DescribeNetworkInterfaces shows of an interface that a service made for itself. */
export interface InterfaceDetails {
  readonly description?: string;
  readonly groupIds?: readonly string[];
  readonly interfaceType?: string;
  /** The service that asked for it and holds its attachment (`amazon-elb`). */
  readonly requester?: string;
  /** Network Address Usage that it costs (1). */
  readonly addressUnits?: number;
}

/** An endpoint service of PrivateLink, as a fleet file or a test makes it known. AWS's own exist by themselves. */
export interface EndpointServiceSeed {
  /** `com.amazonaws.vpce.<region>.vpce-svc-<id>`. */
  readonly serviceName: string;
  /** The account that owns it, and accepts or rejects connections. */
  readonly account: string;
  readonly acceptanceRequired: boolean;
  /** Without one, no endpoint can have private DNS. */
  readonly privateDnsName?: string;
  /** The zones that it is available in (all of its Region). */
  readonly zones?: readonly string[];
  /** The accounts that may connect to it (all); others are told that it does not exist. */
  readonly allowedAccounts?: readonly string[];
  /** Endpoints end as `failed` instead of `available`. */
  readonly fails?: boolean;
}

export interface Ec2World {
  /** Takes a free address of the subnet for a network interface; throws `AwsError` when the subnet is unknown or full. */
  allocateAddress(
    subnetId: string,
    details?: InterfaceDetails,
  ): { readonly ip: string; readonly vpcId: string; readonly eniId: string };
  releaseAddress(vpcId: string, ip: string): void;
  /** The interfaces of a VPC with this description: how a service finds its own again. */
  interfacesDescribed(
    vpcId: string,
    description: string,
  ): readonly { readonly subnetId: string; readonly ip: string }[];
  /** Replaces the security groups of the interface with this address. */
  setInterfaceGroups(vpcId: string, ip: string, groupIds: readonly string[]): void;
  /** `dnsHostnames`: enableDnsHostnames (false, AWS's default), without which no endpoint has private DNS. */
  seedVpc(seed: { vpcId: string; account: string; region: string; cidr?: string; dnsHostnames?: boolean }): void;
  /** `cidr` defaults to a free /20 of the VPC. */
  seedSubnet(seed: { subnetId: string; vpcId: string; zone?: string; cidr?: string }): void;
  seedSecurityGroup(seed: { groupId: string; vpcId: string }): void;
  /** Makes an endpoint service known to all accounts, or replaces it for endpoints to come. */
  seedEndpointService(seed: EndpointServiceSeed): void;
  /** Whether they exist in this account and Region, for the checks of other services. */
  subnetVpc(account: string, region: string, subnetId: string): string | undefined;
  subnetZone(account: string, region: string, subnetId: string): string | undefined;
  hasVpc(account: string, region: string, vpcId: string): boolean;
  securityGroupVpc(account: string, region: string, groupId: string): string | undefined;
}

export interface Route53World {
  seedZone(seed: { id: string; name: string; account: string }): void;
  /**
   * What resolvers may answer for a name now: authoritative answers by Route 53's own rules (only INSYNC changes), with shares that add to 1, and
   * with `cached` also what a resolver that asked within the TTL may still hold. Empty when the name does not resolve.
   */
  resolve(host: string, options: { cached: boolean }): readonly { readonly share: number; readonly dnsName: string }[];
  /** The value of the CNAME record that public DNS answers with now; undefined where there is none. */
  cname(host: string): string | undefined;
}

/** What a task's containers are told (ECS developer guide, task IAM role). */
export interface TaskCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly RoleArn: string;
  /** RFC 3339. */
  readonly Expiration: string;
}

export interface StsWorld {
  /** The account and principal of a credential: STS-issued keys belong to their role's account. Throws `AwsError` for an expired or forged token. */
  identify(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): {
    readonly account: string;
    readonly principal: string;
    readonly arn?: string;
    readonly assumed?: AssumedRole;
  };
  /** Credentials of a role as ECS hands them to a task. They do not end: ECS renews them before they would. Undefined where there is no such role. */
  taskCredentials(roleArn: string, sessionName: string): TaskCredentials | undefined;
  /**
   * Makes a role that `trustedAccount` may assume, with this external id when one is given, for `longestSeconds` (3,600) at most. Without a trusted account a policy says
   * who may (iam/), and from then on for good, whatever is seeded later.
   */
  seedRole(seed: { arn: string; trustedAccount?: string; externalId?: string; longestSeconds?: number }): void;
}

export interface AcmWorld {
  /** What load balancing must know of a certificate; undefined when there is none with this ARN. */
  certificate(arn: string):
    | {
        readonly account: string;
        readonly region: string;
        /** `ISSUED`, or why it cannot be used. */
        readonly status: string;
        readonly names: readonly string[];
      }
    | undefined;
  /** Follows the link in the mails that a certificate waits for, those of its renewal included. */
  answerEmail(arn: string): void;
  /**
   * Makes an issued certificate with a given ARN and these names, the common name first: valid for 198 days from today, or as told (milliseconds since
   * the epoch). One of Amazon's is renewed as others are, when the records that prove its names are there.
   */
  seedCertificate(seed: {
    arn: string;
    names: readonly string[];
    notBefore?: number;
    notAfter?: number;
    type?: 'AMAZON_ISSUED' | 'IMPORTED';
    keyAlgorithm?: 'RSA_2048' | 'EC_prime256v1' | 'EC_secp384r1';
  }): void;
}

export interface QuotaWorld {
  /** The applied value of a quota in an account and Region. */
  get(where: { readonly account: string; readonly region: string }, quota: QuotaName): number;
  /** Applies another value than AWS's default; undefined goes back to that. */
  set(where: { readonly account: string; readonly region: string }, quota: QuotaName, value: number | undefined): void;
}
