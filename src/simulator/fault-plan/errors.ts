/** Errors that a service answers for reasons of its own, by the name that it gives them. */
import type { Call, ServiceId } from '../kernel.ts';
import { AwsError } from '../kernel.ts';

interface Names {
  /** What a service that fails answers with status 500. Sources: the service models; EC2's error page. */
  readonly failure: string;
  /** Prefix of the service's actions in IAM. */
  readonly iam: string;
  readonly denied: { readonly code: string; readonly status: number };
}

const json = { code: 'AccessDeniedException', status: 400 };
const query = { code: 'AccessDenied', status: 403 };

const names: Readonly<Record<ServiceId, Names>> = {
  ecs: { failure: 'ServerException', iam: 'ecs', denied: json },
  elbv2: { failure: 'InternalFailure', iam: 'elasticloadbalancing', denied: query },
  route53: { failure: 'InternalFailure', iam: 'route53', denied: query },
  ec2: { failure: 'InternalError', iam: 'ec2', denied: { code: 'UnauthorizedOperation', status: 403 } },
  sts: { failure: 'InternalFailure', iam: 'sts', denied: query },
  'service-quotas': { failure: 'ServiceException', iam: 'servicequotas', denied: json },
  dynamodb: { failure: 'InternalServerError', iam: 'dynamodb', denied: json },
  'dynamodb-streams': { failure: 'InternalServerError', iam: 'dynamodb', denied: json },
  acm: { failure: 'InternalFailure', iam: 'acm', denied: json },
  'application-autoscaling': { failure: 'InternalServiceException', iam: 'application-autoscaling', denied: json },
};

/** The service's own failure: status 500, or 503 when it is unavailable. */
export function serverError(service: ServiceId, status: 500 | 503): AwsError {
  if (status === 500) {
    return new AwsError(names[service].failure, 'The request processing has failed because of an internal error.', {
      status,
    });
  }
  const code = service === 'ec2' ? 'Unavailable' : 'ServiceUnavailable';
  return new AwsError(code, 'Service is unavailable. Please try again shortly.', { status });
}

/** The caller's policies do not allow the call. */
export function accessDenied(call: Call): AwsError {
  const { iam, denied } = names[call.service];
  if (call.service === 'ec2') {
    return new AwsError(denied.code, 'You are not authorized to perform this operation.', { status: denied.status });
  }
  const who = call.callerArn ?? `arn:aws:iam::${call.account}:root`;
  const message = `User: ${who} is not authorized to perform: ${iam}:${call.operation} because no identity-based policy allows the ${iam}:${call.operation} action`;
  return new AwsError(denied.code, message, { status: denied.status });
}
