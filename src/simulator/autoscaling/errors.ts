import { AwsError } from '../kernel.ts';

/** What Application Auto Scaling answers to most mistakes. */
export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** A member that does not keep to its model, in the words of AWS's front end. */
export function constraint(shown: string, member: string, rule: string): AwsError {
  return validation(
    `1 validation error detected: Value '${shown}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** A scalable target or policy that is not there. */
export function objectNotFound(message: string): AwsError {
  return new AwsError('ObjectNotFoundException', message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

/** An ARN that belongs to no scalable target, in the operations on tags. */
export function resourceNotFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Resource not found: ${arn}`, { fields: { ResourceName: arn } });
}

/** What an operation answers to a member that it does not take. */
export function untaken(member: string): AwsError {
  return validation(`${member} is not supported.`);
}
