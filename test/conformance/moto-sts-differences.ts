import { type Difference, ours, refused } from './difference.ts';

const sts = 'https://docs.aws.amazon.com/STS/latest/APIReference';
/** What moto answers to an AssumeRole that AWS refuses. */
const opened = { key: 'ASIA', hasToken: true };

/** Where moto's STS differs from the simulator's. */
export const stsDifferences: Readonly<Record<string, Difference>> = {
  'sts: AssumeRole with a session name of one character': ours({
    source: `${sts}/API_AssumeRole.html (RoleSessionName: 2 to 64 characters)`,
    simulator: refused('greater than or equal to 2', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with a session name with a space': ours({
    source: `${sts}/API_AssumeRole.html (RoleSessionName: its pattern)`,
    simulator: refused('regular expression pattern: [\\w+=,.@-]*', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with a session name of 65 characters': ours({
    source: 'https://github.com/zalando-incubator/kube-aws-iam-controller/issues/16: AWS writes one space',
    simulator: refused('length less than or equal to 64', 'ValidationError'),
    moto: refused('length less than or  equal to 64', 'ValidationError'),
  }),
  'sts: AssumeRole with 899 seconds': ours({
    source: `${sts}/API_AssumeRole.html (DurationSeconds: 900 to 43,200)`,
    simulator: refused('greater than or equal to 900', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with 43,201 seconds': ours({
    source: `${sts}/API_AssumeRole.html (DurationSeconds: 900 to 43,200)`,
    simulator: refused('less than or equal to 43200', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with more seconds than the role allows': ours({
    source: `${sts}/API_AssumeRole.html (DurationSeconds: the role's own maximum)`,
    simulator: refused('exceeds the MaxSessionDuration set for this role', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with a role that is not there': ours({
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html',
    simulator: refused('is not authorized to perform: sts:AssumeRole', 'AccessDenied'),
    moto: opened,
  }),
  'sts: AssumeRole with an ARN that is no role': ours({
    source: `${sts}/API_AssumeRole.html (RoleArn: the ARN of the role)`,
    simulator: refused('is invalid', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with an external id that is wrong': ours({
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html',
    simulator: refused('is not authorized to perform: sts:AssumeRole', 'AccessDenied'),
    moto: opened,
  }),
  'sts: AssumeRole with an external id of one character': ours({
    source: `${sts}/API_AssumeRole.html (ExternalId: 2 to 1,224 characters)`,
    simulator: refused('greater than or equal to 2', 'ValidationError'),
    moto: opened,
  }),
  'sts: AssumeRole with a policy that is no JSON': ours({
    source: `${sts}/API_AssumeRole.html (MalformedPolicyDocument)`,
    simulator: { error: 'MalformedPolicyDocumentException' },
    moto: opened,
  }),
  'sts: AssumeRole with one tag key twice': ours({
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html (keys are unique whatever their case)',
    simulator: refused('Duplicate tag keys found', 'InvalidParameterValue'),
    moto: opened,
  }),
  'sts: AssumeRole with a transitive key that is no tag': ours({
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html (transitive keys are session tags)',
    simulator: refused('transitive tag key must be included', 'InvalidParameterValue'),
    moto: opened,
  }),
  'sts: GetCallerIdentity of a user': ours({
    source: `${sts}/API_GetCallerIdentity.html (example 1; moto knows one account only)`,
    simulator: { Account: '111111111111', kind: 'AIDA', arn: 'arn:aws:iam::111111111111:user' },
    moto: { Account: '123456789012', kind: 'AKIA', arn: 'arn:aws:sts::123456789012:user' },
  }),
  'sts: GetCallerIdentity of an assumed role': ours({
    source: `${sts}/API_GetCallerIdentity.html (example 2: the role's id and the session's name, as AssumeRole told them)`,
    simulator: { sameUser: true },
    moto: { sameUser: false },
  }),
  'sts: GetCallerIdentity with a key that nobody was given': ours({
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
    simulator: refused('security token included in the request is invalid', 'InvalidClientTokenId'),
    moto: { Account: '123456789012' },
  }),
  'sts: GetSessionToken': ours({
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (ASIA: temporary keys)',
    simulator: { key: 'ASIA' },
    moto: { key: 'AKIA' },
  }),
  'sts: GetSessionToken of 899 seconds': ours({
    source: `${sts}/API_GetSessionToken.html (DurationSeconds: 900 to 129,600)`,
    simulator: refused('greater than or equal to 900', 'ValidationError'),
    moto: 'accepted',
  }),
  'sts: GetSessionToken with an assumed role': ours({
    source: `${sts}/API_AssumeRole.html (its credentials cannot call GetSessionToken)`,
    simulator: refused('Cannot call GetSessionToken with session credentials', 'AccessDenied'),
    moto: 'accepted',
  }),
};
