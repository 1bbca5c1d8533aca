import { AwsError } from '../kernel.ts';

/** What the checks of the API model answer. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** A value that the model does not allow, in the words of all AWS services that share its framework. */
export function constraintError(value: unknown, member: string, rule: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** A value that the service itself does not accept. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

/** The member, which the model requires. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === null) throw constraintError('null', member, 'Member must not be null');
  return value;
}

/** Throws ValidationException for a value that is not of the enumeration. */
export function oneOf(value: string, member: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw constraintError(value, member, `Member must satisfy enum value set: [${known.join(', ')}]`);
}
