import { AwsError } from '../kernel.ts';

/** A `ValidationException` with exactly this text. */
export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** "One or more parameter values were invalid: ..." */
export function invalidParameter(message: string): AwsError {
  return validation(`One or more parameter values were invalid: ${message}`);
}

/** What data operations answer when the table is not there or not readable yet; control operations name the table. */
export function tableNotFound(tableName?: string): AwsError {
  const suffix = tableName === undefined ? '' : `: Table: ${tableName} not found`;
  return new AwsError('ResourceNotFoundException', `Requested resource not found${suffix}`);
}

/** A `ResourceInUseException` with exactly this text. */
export function resourceInUse(message: string): AwsError {
  return new AwsError('ResourceInUseException', message);
}

/**
 * PutItem, UpdateItem and DeleteItem report what is wrong with the request itself inside "1 validation error detected: ";
 * the other operations report it bare (observed by the public conformance captures of 2026-10).
 */
export function enveloped<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    if (/^\d+ validation errors? detected: /.test(error.message)) throw error;
    throw validation(`1 validation error detected: ${error.message}`);
  }
}
