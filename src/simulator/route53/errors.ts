import { AwsError } from '../kernel.ts';

/** A request that cannot be read, whatever it is about. Source: common errors of the Route 53 API reference. */
export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInput', message);
}

/** The same refusal in the other of the two bodies that Route 53 has for it: the root is the error, without a Code (observed). */
export function inRootBody(error: AwsError): AwsError {
  return new AwsError(error.code, error.message, { ...error.details, rootBody: true });
}

/** A change batch that is refused as a whole. Every message is one problem with one of its changes. */
export function invalidChangeBatch(messages: readonly string[]): AwsError {
  return new AwsError('InvalidChangeBatch', `[${messages.join(', ')}]`, { fields: { messages: [...messages] } });
}

/** The value of a required member, or the refusal that AWS answers when it is missing. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') {
    throw invalidInput(
      `1 validation error detected: Value null at '${member[0]?.toLowerCase() ?? ''}${member.slice(1)}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}
