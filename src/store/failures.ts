/** DynamoDB's and the network's errors, sorted into the classes by which the loop decides. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CallError, type ErrorClass } from '../model/errors.ts';

/** What went wrong in a call, before it has a class. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/** One entry of a cancelled transaction, in the order of its actions. `item` is the item as it stood, where the condition failed and it was asked for. */
export interface CancellationReason {
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  readonly Item?: Record<string, AttributeValue> | undefined;
}

/** By code; sources: the service models of DynamoDB and DynamoDB Streams, and their developer guide's page on errors. */
const classByCode: Readonly<Record<string, ErrorClass>> = {
  ConditionalCheckFailedException: 'conflict',
  TransactionConflictException: 'conflict',
  ReplicatedWriteConflictException: 'conflict',
  ResourceInUseException: 'conflict',
  ProvisionedThroughputExceededException: 'throttled',
  ThrottlingException: 'throttled',
  RequestLimitExceeded: 'throttled',
  LimitExceededException: 'throttled',
  TransactionInProgressException: 'unknown_result',
  ResourceNotFoundException: 'not_found',
  ValidationException: 'invalid',
  SerializationException: 'invalid',
  IdempotentParameterMismatchException: 'invalid',
  ItemCollectionSizeLimitExceededException: 'invalid',
  ExpiredIteratorException: 'conflict',
  TrimmedDataAccessException: 'conflict',
  AccessDeniedException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
  IncompleteSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  ExpiredTokenException: 'denied',
  CredentialsProviderError: 'denied',
  TokenProviderError: 'denied',
};

/** Errors of Node's sockets that say that the request never left: a write may simply be sent again. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * The class of an error of the SDK. `mutating` says whether the call may have had an effect: then a lost answer is `unknown_result`, which has
 * to be resolved by a read, where for a read it is `transient`.
 */
export function classifyFailure(error: unknown, mutating: boolean): ErrorClass {
  const { code, status } = describeFailure(error);
  if (code === 'TransactionCanceledException') return classifyCancellation(cancellationReasons(error));
  const byCode = classByCode[code];
  if (byCode !== undefined) return byCode;
  if (neverSent.has(code)) return 'transient';
  if (isLostAnswer(error, status)) return mutating ? 'unknown_result' : 'transient';
  return status === undefined ? 'bug' : 'invalid';
}

/** Turns whatever the SDK threw into a `CallError`; one that is classified already comes back as it is. */
export function toCallError(
  error: unknown,
  call: { readonly operation: string; readonly mutating: boolean; readonly about: string },
): CallError {
  if (error instanceof CallError) return error;
  const failure = describeFailure(error);
  return new CallError({
    class: classifyFailure(error, call.mutating),
    service: 'dynamodb',
    operation: call.operation,
    code: failure.code,
    message: `DynamoDB ${call.operation} on ${call.about}: ${failure.code}: ${failure.message}`,
    requestId: failure.requestId,
    cause: error,
  });
}

/** The reasons of a cancelled transaction in the order of its actions; empty for any other error. */
export function cancellationReasons(error: unknown): readonly CancellationReason[] {
  const source = error instanceof CallError ? error.cause : error;
  if (typeof source !== 'object' || source === null || !('CancellationReasons' in source)) return [];
  const reasons: unknown = source.CancellationReasons;
  return Array.isArray(reasons) ? (reasons as readonly CancellationReason[]) : [];
}

/** A failed condition outweighs the rest: it is final, where the others say "again". */
function classifyCancellation(reasons: readonly CancellationReason[]): ErrorClass {
  const codes = new Set(reasons.map((reason) => reason.Code ?? 'None'));
  if (codes.has('ConditionalCheckFailed')) return 'conflict';
  if (codes.has('ValidationError') || codes.has('ItemCollectionSizeLimitExceeded')) return 'invalid';
  if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded')) return 'throttled';
  return codes.has('TransactionConflict') ? 'conflict' : 'transient';
}

/** A 5xx, a reset, a time-out, an abort, or a body that is no JSON (a proxy's error page): it may or may not have been done. */
function isLostAnswer(error: unknown, status: number | undefined): boolean {
  if (status !== undefined && status >= 500) return true;
  if (error instanceof SyntaxError) return true;
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true;
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$|^UND_ERR|^ERR_/.test(error.code);
}

function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { code: 'NotAnError', message: String(error), status: undefined, requestId: undefined };
  }
  const metadata: { httpStatusCode?: number; requestId?: string } =
    '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null ? error.$metadata : {};
  const system = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const code = error.name === 'Error' && system !== undefined ? system : error.name;
  return { code, message: error.message, status: metadata.httpStatusCode, requestId: metadata.requestId };
}
