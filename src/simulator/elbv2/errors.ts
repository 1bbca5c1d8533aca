import { AwsError } from '../kernel.ts';

/** Refuses an input whose values the service would not take. Source: common errors of the ELBv2 API reference. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}

/** Refuses a value that breaks a rule of the API model, in the words that AWS's front end has for it. */
export function constraintError(value: string | number, member: string, rule: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
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

/** No target group of the caller has the ARN or name. DescribeTargetGroups does not say which. */
export function targetGroupNotFound(arn?: string): AwsError {
  const message = arn === undefined ? 'One or more target groups not found' : `Target groups '${arn}' not found`;
  return new AwsError('TargetGroupNotFoundException', message);
}

/** The thing exists, but this may not be done with it. */
export function operationNotPermitted(message: string): AwsError {
  return new AwsError('OperationNotPermittedException', message);
}

/** Each value may be given, but not like this. */
export function invalidConfiguration(message: string): AwsError {
  return new AwsError('InvalidConfigurationRequestException', message);
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

/** The value, if it is among those that the API model lists for the member. Throws ValidationError. */
export function oneOf<T extends string>(value: string, member: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw constraintError(value, member, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  }
  return found;
}

/** Reads that name what they want name 20 at most (observed: https://github.com/FeLvi-zzz/tentez/pull/28). Throws ValidationError. */
export function checkNamed(what: string, named: readonly unknown[]): void {
  if (named.length > 20) throw validationError(`You cannot describe more than '20' ${what} at a time`);
}
