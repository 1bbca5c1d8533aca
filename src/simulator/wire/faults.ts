import type { ServiceId } from '../kernel.ts';
import { AwsError } from '../kernel.ts';

/** A message that cannot be read as its operation's input. Each service has its own name for that, so it is translated at the end. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  /** `missing`: a required member is not there; `malformed`: what is there has not the member's type; `unroutable`: nobody knows whom it is for. */
  readonly kind: 'missing' | 'malformed' | 'unroutable';
  /** The member's path, as AWS writes it in its messages. */
  readonly path: string;

  constructor(kind: WireFault['kind'], path: string, message: string) {
    super(message);
    this.kind = kind;
    this.path = path;
  }
}

/** A value of the wrong type at `path`. */
export function malformed(path: string, found: unknown, expected: string): WireFault {
  const what = found === null ? 'null' : Array.isArray(found) ? 'a list' : `a ${typeof found}`;
  return new WireFault('malformed', path, `found ${what} at '${path}', expected ${expected}`);
}

function nullAt(path: string): string {
  return `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`;
}

/** How `service` refuses a request whose input is malformed or incomplete (names observed at each service; messages shortened). */
export function wireFaultError(service: ServiceId, fault: WireFault): AwsError {
  const missing = fault.kind === 'missing';
  switch (service) {
    case 'ecs':
      return missing
        ? new AwsError('InvalidParameterException', `${fault.path} cannot be empty.`)
        : new AwsError('SerializationException', fault.message);
    case 'service-quotas':
    case 'dynamodb':
    case 'dynamodb-streams':
    case 'acm':
    case 'application-autoscaling':
      return missing
        ? new AwsError('ValidationException', nullAt(fault.path))
        : new AwsError('SerializationException', fault.message);
    case 'elbv2':
    case 'sts':
      return missing
        ? new AwsError('ValidationError', nullAt(fault.path))
        : new AwsError('MalformedInput', fault.message);
    case 'ec2':
      return missing
        ? new AwsError('MissingParameter', `The request must contain the parameter ${fault.path}`)
        : new AwsError('InvalidParameterValue', fault.message);
    case 'route53':
      return missing
        ? new AwsError('InvalidInput', nullAt(fault.path))
        : new AwsError('InvalidInput', `Invalid XML ; ${fault.message}`);
  }
}
