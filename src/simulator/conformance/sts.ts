import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const file = 'test/simulator/sts.test.ts';
const moto = 'test/conformance/sts-behaviours.ts';

const limits: readonly Behaviour[] = [
  {
    what: 'All STS calls of an account and Region draw from one bucket of 600 requests a second.',
    kind: 'documented',
    source: s.stsQuotas,
    test: [file, 'allows 600 calls a second, all charged to the caller’s account'],
  },
  {
    what: 'Assuming a role of another account costs the caller’s account, not the role’s.',
    kind: 'documented',
    source: s.stsQuotas,
    test: [file, 'leaves the role’s account alone: assuming a role costs the caller’s'],
  },
  {
    what: 'An STS call that is throttled is answered with Throttling, Rate exceeded.',
    kind: 'documented',
    source: s.stsErrors,
    test: [file, 'allows 600 calls a second, all charged to the caller’s account'],
  },
  {
    what: 'Session names have 2 to 64 letters, digits and _+=,.@-.',
    kind: 'documented',
    source: s.stsModel,
    test: [file, 'a session name that is too short'],
  },
  {
    what: 'External ids have 2 to 1,224 letters, digits and _+=,.@:/-.',
    kind: 'documented',
    source: s.stsModel,
    test: [file, 'an external id that is too long'],
  },
  {
    what: 'Role sessions last an hour by default, and from 900 seconds up to the role’s own maximum, which is an hour unless the role says otherwise.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'lasts an hour unless it is told otherwise, and up to twelve where the role allows it'],
  },
  {
    what: 'A role that is assumed with another role’s session lasts an hour at most, whatever the role allows.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'can be chained, for an hour at most'],
  },
  {
    what: 'A role that is assumed with a user’s session (GetSessionToken) counts as chained, too.',
    kind: 'observed',
    source: s.stsSessionChaining,
    test: [file, 'may assume roles, for an hour at most'],
  },
  {
    what: 'The refusal of too long a chained session names the 1 hour session limit; that of any other, the MaxSessionDuration of the role.',
    kind: 'observed',
    source: s.stsChaining,
    test: [file, 'a duration beyond what the role allows'],
  },
  {
    what: 'An inline session policy has 2,048 characters at most, and all session policies together.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'a session policy that is too long'],
  },
  {
    what: 'Session policies that are too long together are refused as PackedPolicyTooLarge.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'too much policy together'],
  },
  {
    what: 'A session policy that is no JSON object is refused as MalformedPolicyDocument.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'a policy that is none'],
  },
  {
    what: 'A session has 50 tags at most, with keys of up to 128 and values of up to 256 characters.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, '51 tags'],
  },
  {
    what: 'Session tag keys differ whatever their case, and transitive keys are among them; else InvalidParameterValue.',
    kind: 'observed',
    source: s.stsSessionTags,
    test: [file, 'two tags with one key'],
  },
  {
    what: 'What is wrong with several members of an STS request is told at once, as one ValidationError.',
    kind: 'observed',
    source: s.stsSessionNameTooLong,
    test: [file, 'too short a session name and duration, both at once'],
  },
];

const answers: readonly Behaviour[] = [
  {
    what: 'A role that is not there, one that does not trust the caller and a wrong external id are refused in the same words, as AccessDenied with status 403.',
    kind: 'observed',
    source: s.stsTroubleshooting,
    test: [file, 'in the same words'],
  },
  {
    what: 'A role ARN that names no role is a ValidationError: "... is invalid".',
    kind: 'assumed',
    source: s.stsAssumeRole,
    test: [file, 'a role ARN that is none'],
  },
  {
    what: 'Temporary keys begin with ASIA, ids of assumed roles with AROA and end with the session’s name, ids of users begin with AIDA.',
    kind: 'documented',
    source: s.iamIdentifiers,
    test: [file, 'names users, their sessions, and assumed roles with the role’s id'],
  },
  {
    what: 'GetCallerIdentity names an assumed role by its session’s ARN, and a user’s session by the user’s.',
    kind: 'documented',
    source: s.stsCallerIdentity,
    test: [file, 'names users, their sessions, and assumed roles with the role’s id'],
  },
  {
    what: 'GetSessionToken lasts 12 hours by default, from 15 minutes to 36 hours.',
    kind: 'documented',
    source: s.stsSessionToken,
    test: [file, 'lasts twelve hours, or from fifteen minutes to thirty-six hours'],
  },
  {
    what: 'GetSessionToken is refused to temporary credentials.',
    kind: 'documented',
    source: s.stsAssumeRole,
    test: [file, 'is refused to temporary credentials'],
  },
  {
    what: 'An expired session is refused by each service under its own code: ExpiredToken, ExpiredTokenException, RequestExpired.',
    kind: 'observed',
    source: s.stsErrors,
    test: [file, 'ends at its time, in the words of each service'],
  },
  {
    what: 'A temporary key that nobody was given, or a wrong token, is InvalidClientTokenId, in JSON services UnrecognizedClientException.',
    kind: 'observed',
    source: s.stsErrors,
    test: [file, 'is refused with another token, or when nobody opened it'],
  },
  {
    what: 'PackedPolicySize is told only where policies or tags were passed; how they are packed is not known.',
    kind: 'assumed',
    source: s.stsAssumeRole,
    test: [file, 'shows how much of the policy’s room is taken, and the source identity'],
  },
  {
    what: 'Of a role that the roles file does not name, a session policy takes nothing away: such a role may do everything in its account.',
    kind: 'assumed',
    source: s.stsAssumeRole,
    test: [file, 'shows how much of the policy’s room is taken, and the source identity'],
  },
  {
    what: 'MFA and contexts of identity providers are refused as ValidationError: they are not simulated.',
    kind: 'assumed',
    source: s.stsAssumeRole,
    test: [file, 'MFA, which is not simulated'],
  },
  {
    what: 'The answers of STS agree with those of moto, but for a list of differences of which each names the document that says who is right.',
    kind: 'observed',
    source: s.moto,
    test: [moto, 'sts: AssumeRole with '],
  },
  {
    what: 'An STS call is answered after 50 ms.',
    kind: 'assumed',
    source: s.stsAssumeRole,
    test: [file, 'answers in 50 ms'],
  },
];

/** What STS does. */
export const stsBehaviours: readonly Behaviour[] = [...limits, ...answers];
