import type { ApiRequest, AssumedRole, ServiceId, StsWorld } from './kernel.ts';
import { AwsError } from './kernel.ts';

/** The account of every access key that is neither an account number nor issued by the simulator's STS. */
export const homeAccount = '000000000000';

/** Who a long-lived access key belongs to: a 12-digit key is that account. */
export function plainIdentity(accessKeyId: string): { account: string; principal: string } {
  return { account: /^\d{12}$/.test(accessKeyId) ? accessKeyId : homeAccount, principal: accessKeyId };
}

/** Who a credential stands for, or why it stands for nobody. */
export interface Identity {
  readonly account: string;
  readonly principal: string;
  readonly arn?: string;
  readonly assumed?: AssumedRole;
  readonly refused?: AwsError;
}

/** Who makes a call. STS knows the keys that it issued; without it every key is a long-lived one. */
export function identify(request: ApiRequest, sts: StsWorld | undefined): Identity {
  const { accessKeyId, service } = request;
  if (accessKeyId === '') {
    return { ...plainIdentity(accessKeyId), refused: credentialError(service, 'MissingAuthenticationToken') };
  }
  if (sts === undefined) return plainIdentity(accessKeyId);
  try {
    return sts.identify(accessKeyId, request.sessionToken);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const refused = isCredentialFault(error.code) ? credentialError(service, error.code) : error;
    return { ...plainIdentity(accessKeyId), refused };
  }
}

/** What is wrong with a credential, as STS knows it; each service has its own name for it. */
export type CredentialFault = 'ExpiredToken' | 'InvalidClientTokenId' | 'MissingAuthenticationToken';

interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const expired = 'The security token included in the request is expired';
const invalid = 'The security token included in the request is invalid.';
const missing = 'Request is missing Authentication Token';

// Observed: JSON services answer 400 and name the exception, query and REST services 403, EC2 has codes of its own (EC2 error page).
const queryRefusals: Readonly<Record<CredentialFault, Refusal>> = {
  ExpiredToken: { code: 'ExpiredToken', status: 403, message: expired },
  InvalidClientTokenId: { code: 'InvalidClientTokenId', status: 403, message: invalid },
  MissingAuthenticationToken: { code: 'MissingAuthenticationToken', status: 403, message: missing },
};
const jsonRefusals: Readonly<Record<CredentialFault, Refusal>> = {
  ExpiredToken: { code: 'ExpiredTokenException', status: 400, message: expired },
  InvalidClientTokenId: { code: 'UnrecognizedClientException', status: 400, message: invalid },
  MissingAuthenticationToken: { code: 'MissingAuthenticationTokenException', status: 400, message: missing },
};
const ec2Refusals: Readonly<Record<CredentialFault, Refusal>> = {
  ExpiredToken: { code: 'RequestExpired', status: 400, message: 'Request has expired.' },
  InvalidClientTokenId: {
    code: 'AuthFailure',
    status: 401,
    message: 'AWS was not able to validate the provided access credentials',
  },
  MissingAuthenticationToken: {
    code: 'AuthFailure',
    status: 401,
    message: 'AWS was not able to validate the provided access credentials',
  },
};

const refusals: Readonly<Record<ServiceId, Readonly<Record<CredentialFault, Refusal>>>> = {
  ecs: jsonRefusals,
  elbv2: queryRefusals,
  route53: queryRefusals,
  ec2: ec2Refusals,
  sts: queryRefusals,
  'service-quotas': jsonRefusals,
  dynamodb: jsonRefusals,
  'dynamodb-streams': jsonRefusals,
  acm: jsonRefusals,
  'application-autoscaling': jsonRefusals,
};

/** The error with which `service` refuses a credential. */
export function credentialError(service: ServiceId, fault: CredentialFault): AwsError {
  const { code, status, message } = refusals[service][fault];
  return new AwsError(code, message, { status });
}

/** Whether an error of `StsWorld.identify` names a fault of the credential, so that the called service can give it its own name. */
export function isCredentialFault(code: string): code is CredentialFault {
  return code === 'ExpiredToken' || code === 'InvalidClientTokenId' || code === 'MissingAuthenticationToken';
}

/** What `service` answers for an operation that it does not have (or that the simulator does not do). */
export function unknownOperation(service: ServiceId, operation: string): AwsError {
  switch (service) {
    case 'ec2':
    case 'elbv2':
    case 'sts':
      return new AwsError('InvalidAction', `The action ${operation} is not valid for this web service.`);
    case 'route53':
      return new AwsError('UnknownOperationException', `The simulator does not know ${operation}.`, { status: 404 });
    case 'ecs':
    case 'service-quotas':
    case 'dynamodb':
    case 'dynamodb-streams':
    case 'acm':
    case 'application-autoscaling':
      return new AwsError('UnknownOperationException', `The simulator does not know ${operation}.`);
  }
}
