/**
 * How a failure is to be met. Every error of AWS and of our own store is sorted into one of these, in one place
 * (`src/aws/classify.ts`); the loop decides by class and never by text.
 */
export const errorClasses = [
  /** A bucket is empty: slow that bucket down, do not count it against the item. */
  'throttled',
  /** 5xx, time-outs, resets, a body that is no JSON: back off per item with jitter. */
  'transient',
  /** A dependency is not ready, something drains, propagation: look again at the expected time. */
  'waiting',
  /** A quota or limit of AWS: remember it, try elsewhere, then wait. */
  'capacity',
  /** Access denied, role not assumable: the account is unreachable, not the tenant broken. */
  'denied',
  /** AWS refuses the input: terminal until the record changes, looked at again slowly. */
  'invalid',
  /** Somebody else's, or changed since it was read: read again once, then hold. */
  'conflict',
  /** What was addressed is not there (the precise not-found error only). */
  'not_found',
  /** Our lease is gone or too short for this call: drop silently, counted. */
  'fenced',
  /** Sent, and no answer: look it up by name, tag or token, then decide. */
  'unknown_result',
  /** Anything unforeseen: long back-off, loud metric, the process stays up. */
  'bug',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** A classified failure of a call. `service` and `operation` name the call, `code` is AWS's own. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly class: ErrorClass;
  readonly service: string;
  readonly operation: string;
  readonly code: string;
  readonly requestId: string | undefined;
  constructor(options: {
    class: ErrorClass;
    service: string;
    operation: string;
    code: string;
    message: string;
    requestId?: string | undefined;
    cause?: unknown;
  }) {
    super(options.message, { cause: options.cause });
    this.class = options.class;
    this.service = options.service;
    this.operation = options.operation;
    this.code = options.code;
    this.requestId = options.requestId;
  }
}

/** A failed call in words: who was called, AWS's code, and what it said. Of a refusal that names role, action and resource. */
export function failureText(error: CallError): string {
  return `${error.service} ${error.operation}: ${error.code}: ${error.message}`;
}

/** The class of any thrown value: that of a `CallError`, else `bug`. */
export function errorClassOf(error: unknown): ErrorClass {
  return error instanceof CallError ? error.class : 'bug';
}
