/**
 * Sorts every failure of an SDK call into one of our error classes. This is the one place that knows AWS's error codes and, where a
 * code says too little (ECS InvalidParameterException, Route 53 InvalidChangeBatch), their messages.
 * Sources: the services' API references and models; the splits by message follow what AWS has been seen to answer.
 */
import { CallError, type ErrorClass } from '../model/errors.ts';

/** The call that failed. */
export interface FailedCall {
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
}

/** Thrown below the SDK when our lease is gone or too short for one more attempt. Nothing was sent. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** Thrown below the SDK when an attempt's time is up. What was sent may have taken effect. */
export class AttemptTimeoutError extends Error {
  override readonly name = 'AttemptTimeoutError';
}

const expiredCodes = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);

/** Whether the credentials, not the call, were at fault: they are to be fetched anew. */
export function isExpiredCredentials(error: CallError): boolean {
  return expiredCodes.has(error.code);
}

const commonClasses: Readonly<Record<string, ErrorClass>> = {
  ...classed('throttled', [
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestLimitExceeded',
    'TooManyRequestsException',
    'RequestThrottled',
    'RequestThrottledException',
    'SlowDown',
    'BandwidthLimitExceeded',
    'EC2ThrottledException',
  ]),
  ...classed('denied', [
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'AuthFailure',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'IncompleteSignature',
    'MissingAuthenticationToken',
    'OptInRequired',
    'NotAuthorized',
    'BlockedException',
    'DependencyAccessDeniedException',
    'RegionDisabledException',
    'CredentialsProviderError',
  ]),
  ...classed('transient', [
    ...expiredCodes,
    'RequestExpired',
    'RequestTimeout',
    'RequestTimeoutException',
    'RequestTimeTooSkewed',
    'RequestInTheFuture',
    'InternalFailure',
    'InternalError',
    'InternalServerError',
    'InternalServiceException',
    'ServerException',
    'ServiceException',
    'ServiceUnavailable',
    'Unavailable',
    'HealthUnavailable',
  ]),
};

const serviceClasses: Readonly<Record<string, Readonly<Record<string, ErrorClass>>>> = {
  ecs: {
    ...classed('waiting', [
      'ClusterContainsServicesException',
      'ClusterContainsTasksException',
      'ClusterContainsContainerInstancesException',
      'ClusterContainsCapacityProviderException',
      'UpdateInProgressException',
      'ServiceNotActiveException',
      'ResourceInUseException',
    ]),
    ...classed('conflict', ['ConflictException']),
    ...classed('not_found', ['ClusterNotFoundException', 'ServiceNotFoundException', 'ResourceNotFoundException']),
    ...classed('capacity', ['LimitExceededException']),
  },
  elbv2: {
    ...classed('waiting', ['ResourceInUse', 'PriorRequestNotComplete']),
    ...classed('conflict', ['PriorityInUse', 'DuplicateTargetGroupName', 'DuplicateListener']),
    ...classed('not_found', ['TargetGroupNotFound', 'RuleNotFound', 'ListenerNotFound', 'LoadBalancerNotFound']),
    ...classed('capacity', ['TargetGroupAssociationLimit']),
  },
  route53: {
    ...classed('waiting', ['PriorRequestNotComplete']),
    ...classed('conflict', ['ConcurrentModification', 'ConflictingTypes']),
    ...classed('not_found', ['NoSuchHostedZone', 'NoSuchChange', 'NoSuchHealthCheck']),
    ...classed('capacity', ['LimitsExceeded']),
  },
  ec2: {
    ...classed('waiting', ['IncorrectState', 'DependencyViolation']),
    ...classed('conflict', ['IdempotentParameterMismatch']),
    ...classed('capacity', ['InsufficientFreeAddressesInSubnet', 'ResourceLimitExceeded', 'VpcLimitExceeded']),
  },
  acm: {
    ...classed('not_found', ['ResourceNotFoundException']),
  },
  'application-autoscaling': {
    ...classed('conflict', ['ConcurrentUpdateException']),
    ...classed('not_found', ['ObjectNotFoundException', 'ResourceNotFoundException']),
    ...classed('capacity', ['LimitExceededException', 'TooManyTagsException']),
    ...classed('denied', ['FailedResourceAccessException']),
  },
  'service-quotas': {
    ...classed('not_found', ['NoSuchResourceException']),
    ...classed('capacity', ['QuotaExceededException']),
  },
};

/** What a dependency's absence means while something is made that needs it: it is not there yet. */
const dependencyNotReady: Readonly<Record<string, string>> = {
  'ecs.createService': 'ClusterNotFoundException',
  'ecs.putClusterCapacityProviders': 'ClusterNotFoundException',
  'elbv2.createRule': 'TargetGroupNotFound',
  'elbv2.modifyRule': 'TargetGroupNotFound',
  'application-autoscaling.putScalingPolicy': 'ObjectNotFoundException',
};

const ecsParameterWaits = [
  'does not have an associated load balancer',
  'verify that the ECS service role being passed has the proper permissions',
  'Unable to assume the service linked role',
  'still Draining',
  'cannot be stopped while deployments are active',
];

/** Failures of the connection attempt itself: no byte of the request has left. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const brokenCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** An attempt that ended without an answer, by us or by a request handler. */
const unansweredNames = new Set(['AttemptTimeoutError', 'TimeoutError', 'AbortError']);

interface SdkFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly systemCode: string | undefined;
  readonly connecting: boolean;
}

/**
 * The classified form of anything that an SDK call threw. `code` is AWS's own as it stands on the wire: Elastic Load Balancing's without the suffix
 * `Exception` that the SDK adds (`PriorityInUse`), everybody else's as modelled (`ClusterNotFoundException`).
 */
export function classify(error: unknown, call: FailedCall): CallError {
  if (error instanceof CallError) return error;
  const failure = read(error);
  const code = call.service === 'elbv2' ? failure.name.replace(/Exception$/, '') : failure.name;
  return new CallError({
    class: classOf(error, failure, code, call),
    service: call.service,
    operation: call.operation,
    code: failure.systemCode ?? code,
    message: failure.message === '' ? code : failure.message,
    requestId: failure.requestId,
    cause: error,
  });
}

function classOf(error: unknown, failure: SdkFailure, code: string, call: FailedCall): ErrorClass {
  if (error instanceof FencedError) return 'fenced';
  const unanswered = call.mutating ? 'unknown_result' : 'transient';
  const broken = connectionClass(failure, unanswered);
  if (broken !== undefined) return broken;
  if (unansweredNames.has(failure.name)) return unanswered;
  if (error instanceof SyntaxError) return unreadableClass(failure.status, unanswered);
  return (
    byMessage(code, failure.message, call) ??
    dependencyClass(code, call) ??
    serviceClasses[call.service]?.[code] ??
    commonClasses[code] ??
    byPattern(code, call) ??
    byStatus(failure.status)
  );
}

function connectionClass(failure: SdkFailure, unanswered: ErrorClass): ErrorClass | undefined {
  const code = failure.systemCode;
  if (code === undefined) return undefined;
  if (unsentCodes.has(code) || (failure.connecting && brokenCodes.has(code))) return 'transient';
  return brokenCodes.has(code) ? unanswered : undefined;
}

/** A body that is not what the protocol promises: a proxy's page, or an answer cut short. */
function unreadableClass(status: number | undefined, unanswered: ErrorClass): ErrorClass {
  return status !== undefined && status >= 300 ? 'transient' : unanswered;
}

function byMessage(code: string, message: string, call: FailedCall): ErrorClass | undefined {
  if (call.service === 'ecs' && code === 'InvalidParameterException') return ecsParameterClass(message);
  if (call.service === 'ecs' && code === 'ClientException') return ecsClientClass(message, call.operation);
  if (call.service === 'application-autoscaling' && code === 'ValidationException') return scalingClass(message);
  if (code === 'InvalidChangeBatch') return changeBatchClass(message);
  if (code === 'InvalidSignatureException' && /signature (expired|not yet current)/i.test(message)) return 'transient';
  return undefined;
}

function ecsParameterClass(message: string): ErrorClass {
  if (ecsParameterWaits.some((text) => message.includes(text))) return 'waiting';
  return message.includes('Creation of service was not idempotent') ? 'conflict' : 'invalid';
}

function ecsClientClass(message: string, operation: string): ErrorClass {
  if (operation === 'describeTaskDefinition') return 'not_found';
  if (/unable to describe task definition/i.test(message)) return 'not_found';
  return /too many concurrent attempts/i.test(message) ? 'transient' : 'invalid';
}

/** Texts as they were observed; the services' documents tell none. */
function scalingClass(message: string): ErrorClass {
  if (
    /ECS service doesn't exist|does not route traffic to the target group|target group is not attached/i.test(message)
  )
    return 'waiting';
  return /already exists|Only one TargetTrackingScaling policy/i.test(message) ? 'conflict' : 'invalid';
}

function changeBatchClass(message: string): ErrorClass {
  if (/already exists|not found|do not match/i.test(message)) return 'conflict';
  return /limit.*exceeded|exceeds?.*(limit|maximum|quota)/i.test(message) ? 'capacity' : 'invalid';
}

function dependencyClass(code: string, call: FailedCall): ErrorClass | undefined {
  return dependencyNotReady[`${call.service}.${call.operation}`] === code ? 'waiting' : undefined;
}

function byPattern(code: string, call: FailedCall): ErrorClass | undefined {
  if (call.service === 'elbv2' || call.service === 'route53') {
    if (code.startsWith('TooMany')) return 'capacity';
  }
  if (call.service === 'ec2') {
    if (code.endsWith('.NotFound')) return 'not_found';
    if (code.endsWith('LimitExceeded')) return 'capacity';
  }
  return undefined;
}

/** For codes that nobody listed. HTTP 404 alone is not a not-found answer: a proxy can say it too. */
function byStatus(status: number | undefined): ErrorClass {
  if (status === undefined) return 'bug';
  if (status >= 500) return 'transient';
  if (status === 429) return 'throttled';
  return status >= 400 ? 'invalid' : 'bug';
}

function read(error: unknown): SdkFailure {
  if (!(error instanceof Error)) {
    return {
      name: 'NotAnError',
      message: 'something that is no Error was thrown',
      status: undefined,
      requestId: undefined,
      systemCode: undefined,
      connecting: false,
    };
  }
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode');
  const requestId = member(metadata, 'requestId') ?? member(error, 'RequestId');
  const systemCode = member(error, 'code');
  return {
    name: isBareChangeBatch(error) ? 'InvalidChangeBatch' : error.name,
    message: messageOf(error),
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    systemCode: typeof systemCode === 'string' && /^E[A-Z_]+$/.test(systemCode) ? systemCode : undefined,
    connecting: member(error, 'syscall') === 'connect',
  };
}

/**
 * Route 53 answers a bad batch also with a body whose root is InvalidChangeBatch and that has no code; the SDK (client-route-53 3.1169) calls that
 * `Unknown` and leaves the body's members on the error.
 */
function isBareChangeBatch(error: Error): boolean {
  return error.name === 'Unknown' && member(error, 'Messages') !== undefined;
}

/** The texts of a change batch may stand in a list of their own, with an empty message. */
function messageOf(error: Error): string {
  const lists = [member(error, 'messages'), member(member(error, 'Messages'), 'Message')].flat();
  const listed = lists.filter((text) => typeof text === 'string');
  const own = error.message.replace(/\n\s+Deserialization error: .*$/s, '');
  return [own === 'UnknownError' ? '' : own, ...listed.filter((text) => !own.includes(text))]
    .filter((text) => text !== '')
    .join('; ');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function classed(errorClass: ErrorClass, codes: readonly string[]): Record<string, ErrorClass> {
  return Object.fromEntries(codes.map((code) => [code, errorClass]));
}
