import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const evaluate = 'test/simulator/iam/evaluate.test.ts';
const documents = 'test/simulator/iam/document.test.ts';
const asked = 'test/simulator/iam/asked.test.ts';
const enforced = 'test/simulator/iam/enforced.test.ts';

const decisions: readonly Behaviour[] = [
  {
    what: 'Only sessions of the roles in the roles file are checked; long-lived keys and sessions of other roles may do anything in their account.',
    kind: 'assumed',
    source: s.iamEvaluation,
    test: [
      enforced,
      'may do anything in their account: long-lived keys, and sessions of roles that the file does not name',
    ],
  },
  {
    what: 'An explicit deny wins wherever it stands; else the role’s policies, its boundary and the session’s policy must each allow.',
    kind: 'documented',
    source: s.iamEvaluation,
    test: [evaluate, 'an explicit deny in another policy wins'],
  },
  {
    what: 'Actions are compared in any letter case, resources exactly; stars and question marks stand for characters, within one part of an ARN but the last.',
    kind: 'documented',
    source: s.iamResource,
    test: [evaluate, 'a star takes slashes and colons of the last part'],
  },
  {
    what: 'An action without resources is allowed by a star as its resource, and by nothing else.',
    kind: 'documented',
    source: s.iamReference,
    test: [evaluate, 'an action without resources is allowed by a star alone'],
  },
  {
    what: 'Operators: String, Arn, Bool and Null, with IfExists, ForAllValues and ForAnyValue. A negated one holds where the key is not there, ForAllValues too, ForAnyValue not.',
    kind: 'documented',
    source: s.iamConditions,
    test: [evaluate, '%s %j of %j: %s'],
  },
  {
    what: 'A document with an element, operator, condition key or policy variable that is not simulated is refused when it is loaded, with its place.',
    kind: 'assumed',
    source: s.iamElements,
    test: [documents, 'a document that cannot be enforced is refused by name'],
  },
  {
    what: 'Assuming a role takes its trust policy and a right of the caller’s own; in one account, who is named himself needs none unless he is denied.',
    kind: 'documented',
    source: s.iamCrossAccount,
    test: [enforced, 'in one account, who is named himself needs no right of his own, unless he is denied'],
  },
  {
    what: 'Session tags ask for sts:TagSession, of caller and trust policy.',
    kind: 'documented',
    source: s.stsSessionTags,
    test: [enforced, 'asks for session tags by an action of their own'],
  },
  {
    what: 'ECS hands a task its role’s keys where the trust policy lets ecs-tasks.amazonaws.com in, with the account and an ARN of the Region as its source.',
    kind: 'documented',
    source: s.ecsTaskRole,
    test: [
      enforced,
      'are refused where the trust policy does not let tasks of that Region in, and for a role that is not there',
    ],
  },
  {
    what: 'Keys that ECS handed out do not end: it renews them before they would.',
    kind: 'assumed',
    source: s.ecsTaskRole,
    test: [enforced, 'are a session of the role, in the form that ECS has for containers'],
  },
];

const refusals: readonly Behaviour[] = [
  {
    what: 'A refusal names caller, action and resource, and the kind of policy that denies or does not allow.',
    kind: 'documented',
    source: s.iamDenied,
    test: [enforced, 'is refused in the words of %s'],
  },
  {
    what: 'It is AccessDeniedException (400) of JSON services, AccessDenied (403) of query and REST services, UnauthorizedOperation (403) of EC2 with words of its own before the rest.',
    kind: 'observed',
    source: s.iamDeniedElb,
    test: [enforced, 'is refused by EC2 with words of its own before them'],
  },
  {
    what: 'STS gives no reason for a role that may not be assumed, whoever does not let it.',
    kind: 'observed',
    source: s.stsTroubleshooting,
    test: [enforced, 'takes the trust of the role and the right of the caller'],
  },
  {
    what: 'A call is throttled before it is authorized, and authorized before it is looked at.',
    kind: 'assumed',
    source: s.iamEvaluation,
    test: [enforced, 'may do what its policies allow, and a refused call has no effect'],
  },
];

const asking: readonly Behaviour[] = [
  {
    what: 'Tags with a creating call ask for the tags’ own action as well, with the creating one as CreateAction.',
    kind: 'documented',
    source: s.iamReference,
    test: [asked, 'creating asks for the tags’ own action as well, and for AWS’s own role until it is there'],
  },
  {
    what: 'RegisterTaskDefinition is asked for on everything, its tags on the family, and each role that it names as iam:PassRole.',
    kind: 'observed',
    source: s.iamReference,
    test: [asked, 'a task definition passes its roles, each once, to tasks'],
  },
  {
    what: 'CreateVpcEndpoint is asked for on the VPC, the endpoint, each subnet and each security group; a private name asks for route53:AssociateVPCWithHostedZone.',
    kind: 'documented',
    source: s.iamReference,
    test: [asked, 'an endpoint is asked for on the VPC, each subnet and security group, and itself'],
  },
  {
    what: 'CreateRule is asked for on the listener; the rule’s tags on any rule of it.',
    kind: 'documented',
    source: s.iamReference,
    test: [asked, 'a rule is created on its listener, and tagged as a rule of it'],
  },
  {
    what: 'SetRulePriorities has no condition keys.',
    kind: 'documented',
    source: s.iamReference,
    test: [asked, 'priorities are set rule by rule, and have no condition keys of rules'],
  },
  {
    what: 'Registering a scalable target and setting its policy ask for what the service does with it: in ECS and CloudWatch, the alarms without a name.',
    kind: 'documented',
    source: s.scalingPermissions,
    test: [asked, 'registering asks for what the service does: in ECS, in CloudWatch, and for AWS’s own role'],
  },
  {
    what: 'A scalable target that reads do not show yet is known to IAM already, with its tags.',
    kind: 'assumed',
    source: s.scalingPermissions,
    test: [
      'test/e2e/scaling.test.ts',
      'follows the metric out and in, and is Ready, quiet and without drift all the while',
    ],
  },
  {
    what: 'An account’s first cluster and first scalable target ask for iam:CreateServiceLinkedRole. (ECS goes on without the right, and then refuses the first service in words that do not name it.)',
    kind: 'assumed',
    source: s.linkedRoles,
    test: [enforced, 'makes AWS’s own role with an account’s first cluster, and needs no right to it afterwards'],
  },
  {
    what: 'dynamodb:LeadingKeys has the partition keys that a call names; a scan has none.',
    kind: 'documented',
    source: s.dynamodbLeadingKeys,
    test: [asked, 'knows the partition keys that a call names, and none where it names none'],
  },
  {
    what: 'A transaction asks for the action of each of its parts, on that part’s table.',
    kind: 'documented',
    source: s.dynamodbTransactionRights,
    test: [asked, 'a transaction is judged by its parts, a batch by its tables'],
  },
  {
    what: 'A change batch of Route 53 has the sets of its actions, record types and normalised names as condition keys.',
    kind: 'documented',
    source: s.dnsConditions,
    test: [asked, 'a change batch tells its actions, types and normalised names'],
  },
  {
    what: 'Tags are those that the resource has now; one that is not there has none, so that a right that asks for a tag is refused, and not the call as one to nothing.',
    kind: 'assumed',
    source: s.iamReference,
    test: [asked, 'knows the tags of what is there, as aws:ResourceTag and as its own key'],
  },
  {
    what: 'What nobody looked up is asked for on everything, under the operation’s own name.',
    kind: 'assumed',
    source: s.iamReference,
    test: [asked, 'an operation that nobody looked up is asked for on everything, under its own name'],
  },
];

/** What IAM does: who is checked, how it is decided, what calls ask for. */
export const iamBehaviours: readonly Behaviour[] = [...decisions, ...refusals, ...asking];
