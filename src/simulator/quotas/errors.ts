import { AwsError } from '../kernel.ts';

/** Which of the names that Service Quotas was asked for it does not know; texts as it answers them (observed). */
export function noSuch(what: 'service' | 'quota'): AwsError {
  const text = {
    service: 'The request failed because the specified service does not exist.',
    quota: 'The request failed because the specified service quota does not exist.',
  };
  return new AwsError('NoSuchResourceException', text[what]);
}

/** An input that Service Quotas does not accept. */
export function illegalArgument(message: string): AwsError {
  return new AwsError('IllegalArgumentException', message);
}
