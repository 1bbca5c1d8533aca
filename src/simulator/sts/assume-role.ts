/** AssumeRole: trust and external id, lengths of sessions, what may be passed along. */
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput, Tag } from '@aws-sdk/client-sts';
import { AwsError, type Call } from '../kernel.ts';
import { callerArn } from './caller.ts';
import { credentialsOf, type Role, type Sessions, sessionArn } from './sessions.ts';
import { Checks, validationError } from './validation.ts';

/** All that is acted on. MFA and contexts of other identity providers are not simulated. */
export const assumeRoleMembers = [
  'RoleArn',
  'RoleSessionName',
  'DurationSeconds',
  'ExternalId',
  'Policy',
  'PolicyArns.arn',
  'Tags.Key',
  'Tags.Value',
  'TransitiveTagKeys',
  'SourceIdentity',
];

/** Chained sessions last an hour at most, and no session lasts longer unless the role allows it (documented). A session of GetSessionToken counts as a link (observed). */
const anHour = 3600;
/** Session policies together (guide; the newest model leaves the inline policy's own length open). */
const policyCharacters = 2048;
const word = { shown: '[\\w+=,.@-]*', matches: /^[\w+=,.@-]*$/ };
const tagKey = { shown: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+', matches: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u };
const tagValue = { shown: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', matches: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u };

/** Answers AssumeRole. */
export function assumeRole(
  input: AssumeRoleCommandInput,
  call: Call,
  sessions: Sessions,
): Omit<AssumeRoleCommandOutput, '$metadata'> {
  checkInput(input);
  const { RoleArn: arn = '', RoleSessionName: name = '', SourceIdentity: sourceIdentity } = input;
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)) throw validationError(`${arn} is invalid`);
  checkTags(input.Tags ?? [], input.TransitiveTagKeys ?? []);
  const role = sessions.role(arn);
  if (!mayAssume(role, input, call)) {
    const message = `User: ${callerArn(call)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    throw new AwsError('AccessDenied', message, { status: 403 });
  }
  checkPolicy(input);
  const expiresAt = call.now + sessionSeconds(role, input, call) * 1000;
  const assumed = { roleArn: role.arn, ...(input.Policy === undefined ? {} : { policy: input.Policy }) };
  const session = sessions.open(
    { account: role.account, principal: name, arn: sessionArn(role, name), assumed },
    expiresAt,
  );
  return {
    Credentials: credentialsOf(session),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: sessionArn(role, name) },
    ...packedSize(input),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

function checkInput(input: AssumeRoleCommandInput): void {
  const { RoleArn: arn, RoleSessionName: name } = input;
  const checks = new Checks()
    .required('roleArn', arn)
    .text('roleArn', arn, { length: [20, 2048] })
    .required('roleSessionName', name)
    .text('roleSessionName', name, { length: [2, 64], pattern: word })
    .within('durationSeconds', input.DurationSeconds, 900, 43_200)
    .text('externalId', input.ExternalId, {
      length: [2, 1224],
      pattern: { shown: '[\\w+=,.@:\\/-]*', matches: /^[\w+=,.@:/-]*$/ },
    })
    .text('policy', input.Policy, { length: [1, policyCharacters] })
    .atMost('policyArns', input.PolicyArns, 10)
    .atMost('tags', input.Tags, 50)
    .atMost('transitiveTagKeys', input.TransitiveTagKeys, 50)
    .text('sourceIdentity', input.SourceIdentity, { length: [2, 64], pattern: word });
  for (const [index, { Key: key, Value: value }] of (input.Tags ?? []).entries()) {
    const member = `tags.${index + 1}.member`;
    checks
      .required(`${member}.key`, key)
      .text(`${member}.key`, key, { length: [1, 128], pattern: tagKey })
      .required(`${member}.value`, value)
      .text(`${member}.value`, value, { length: [0, 256], pattern: tagValue });
  }
  checks.raise();
}

function checkTags(tags: readonly Tag[], transitive: readonly string[]): void {
  const keys = new Set(tags.map(({ Key: key = '' }) => key.toLowerCase()));
  if (keys.size < tags.length) {
    throw invalidValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (transitive.some((key) => !keys.has(key.toLowerCase()))) {
    throw invalidValue('The specified transitive tag key must be included in the requested tags.');
  }
}

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** Of a role that nobody checks a session policy takes nothing away; but it must be one. */
function checkPolicy({ Policy: policy, PolicyArns: arns = [] }: AssumeRoleCommandInput): void {
  if (policy !== undefined && !isJsonObject(policy)) {
    throw new AwsError('MalformedPolicyDocumentException', 'This policy contains invalid Json');
  }
  const characters = arns.reduce((sum, { arn = '' }) => sum + arn.length, policy?.length ?? 0);
  if (characters <= policyCharacters) return;
  throw new AwsError(
    'PackedPolicyTooLargeException',
    `Packed size of session policies and tags consumes ${percent(characters)}% of the allotted space.`,
  );
}

function isJsonObject(text: string): boolean {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Assumed: how AWS packs policies and tags is not told; their plain length is shown against the limit of the policies. */
function packedSize({ Policy: policy, PolicyArns: arns = [], Tags: tags = [] }: AssumeRoleCommandInput): {
  readonly PackedPolicySize?: number;
} {
  if (policy === undefined && arns.length === 0 && tags.length === 0) return {};
  const characters =
    (policy?.length ?? 0) +
    arns.reduce((sum, { arn = '' }) => sum + arn.length, 0) +
    tags.reduce((sum, { Key: key = '', Value: value = '' }) => sum + key.length + value.length, 0);
  return { PackedPolicySize: Math.min(100, percent(characters)) };
}

function percent(characters: number): number {
  return Math.ceil((characters / policyCharacters) * 100);
}

function sessionSeconds(role: Role, input: AssumeRoleCommandInput, call: Call): number {
  const seconds = input.DurationSeconds ?? anHour;
  if (seconds > anHour && call.callerArn !== undefined) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds <= role.longestSeconds) return seconds;
  throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}

/** AWS answers a role that is not there and one that does not trust the caller alike. Where a policy says who may assume a role, it was asked before the call got here. */
function mayAssume(role: Role | undefined, input: AssumeRoleCommandInput, call: Call): role is Role {
  if (role === undefined) return false;
  if (role.trustedAccount === undefined) return true;
  if (role.trustedAccount !== call.account) return false;
  return role.externalId === undefined || role.externalId === input.ExternalId;
}
