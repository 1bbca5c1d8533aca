import { AwsError } from '../kernel.ts';

/** Refuses an input whose values the service would not take. Source: common errors of the ELBv2 API reference. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}

/** No load balancer of the caller has this ARN or name. */
export function loadBalancerNotFound(what: string): AwsError {
  return new AwsError('LoadBalancerNotFoundException', `Load balancers '[${what}]' not found`);
}

/** No listener of the caller has the ARN. */
export function listenerNotFound(): AwsError {
  return new AwsError('ListenerNotFoundException', 'One or more listeners not found');
}

/** No rule of the caller has the ARN. */
export function ruleNotFound(): AwsError {
  return new AwsError('RuleNotFoundException', 'One or more rules not found');
}

/** No target group of the caller has the ARN or name. */
export function targetGroupNotFound(): AwsError {
  return new AwsError('TargetGroupNotFoundException', 'One or more target groups not found');
}

/** The thing exists, but this may not be done with it. */
export function operationNotPermitted(message: string): AwsError {
  return new AwsError('OperationNotPermittedException', message);
}

/** The value of a required member, or the refusal that AWS answers when it is missing. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined || value === '') {
    throw validationError(
      `1 validation error detected: Value null at '${member[0]?.toLowerCase() ?? ''}${member.slice(1)}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}
