/**
 * How IAM decides: an explicit deny wins wherever it stands; else the role's own policies must allow, and so must its boundary and the session's policy where there are such (IAM user guide, "Policy evaluation
 * logic"). Policies of an organisation and of resources other than roles are not simulated.
 */
import type { Condition, Matcher, Policy, Principals, Statement } from './document.ts';
import type { ContextValue } from './operators.ts';
import { isArnLike, isLike } from './patterns.ts';

/** One thing that a call asks for: an action on a resource, with what is known of both. */
export interface Asked {
  /** As `ecs:CreateCluster`. */
  readonly action: string;
  /** An ARN, or `*` where the action has no resource. */
  readonly resource: string;
  /** By condition key. */
  readonly context: Readonly<Record<string, ContextValue | undefined>>;
}

export interface Rights {
  readonly policies: readonly Policy[];
  readonly boundary?: Policy | undefined;
  /** What the session was limited to when it was opened. */
  readonly session?: Policy | undefined;
}

/** Why not: a statement denies, or nothing allows; and in which kind of policy. */
export interface Refusal {
  readonly how: 'explicit' | 'implicit';
  readonly by: 'identity' | 'boundary' | 'session';
}

/** Undefined where it is allowed. */
export function refusalOf(asked: Asked, { policies, boundary, session }: Rights): Refusal | undefined {
  const context = lowered(asked.context);
  const effects = (policy: Policy): ReadonlySet<string> =>
    new Set(
      aboutAction(policy, asked.action)
        .filter((statement) => applies(statement, asked, context))
        .map(({ effect }) => effect),
    );
  const layers: readonly (readonly [Refusal['by'], ReadonlySet<string>])[] = [
    ['identity', new Set(policies.flatMap((policy) => [...effects(policy)]))],
    ...(boundary === undefined ? [] : [['boundary', effects(boundary)] as const]),
    ...(session === undefined ? [] : [['session', effects(session)] as const]),
  ];
  const denying = layers.find(([, found]) => found.has('Deny'));
  if (denying !== undefined) return { how: 'explicit', by: denying[0] };
  const silent = layers.find(([, found]) => !found.has('Allow'));
  return silent === undefined ? undefined : { how: 'implicit', by: silent[0] };
}

/** Who asks to assume a role. */
export interface Assumer {
  readonly account: string;
  /** The user's, or the session's. */
  readonly arn: string;
  /** The ARN of the session's role. */
  readonly roleArn?: string | undefined;
  /** A service of AWS instead, as `ecs-tasks.amazonaws.com`. */
  readonly service?: string | undefined;
}

/**
 * What a trust policy says to somebody: nothing, that his account may decide, or that he himself may. Who is named himself, in the role's own account, needs no right of his own beside it (IAM user guide,
 * "Cross-account resource access" and "How permissions and policies provide access").
 */
export function trustIn(trust: Policy, assumer: Assumer, asked: Asked): 'none' | 'account' | 'himself' {
  const context = lowered(asked.context);
  const about = aboutAction(trust, asked.action)
    .map((statement) => ({ statement, named: namedBy(statement.principals, assumer) }))
    .filter(({ statement, named }) => named !== 'none' && applies(statement, { ...asked, resource: '*' }, context));
  if (about.some(({ statement }) => statement.effect === 'Deny') || about.length === 0) return 'none';
  return about.some(({ named }) => named === 'himself') ? 'himself' : 'account';
}

function namedBy(
  principals: Principals | undefined,
  { account, arn, roleArn, service }: Assumer,
): 'none' | 'account' | 'himself' {
  if (service !== undefined) return principals?.services.includes(service) === true ? 'himself' : 'none';
  const aws = principals?.aws ?? [];
  if (aws.some((one) => one === '*' || one === arn || one === roleArn)) return 'himself';
  return aws.some((one) => one === account || isRoot(one, account)) ? 'account' : 'none';
}

/** An account's root stands for everybody in it. */
function isRoot(arn: string, account: string): boolean {
  return /^arn:[^:]+:iam::(\d{12}):root$/.exec(arn)?.[1] === account;
}

type Context = ReadonlyMap<string, ContextValue>;

function lowered(context: Asked['context']): Context {
  const entries = Object.entries(context).flatMap(([key, value]): [string, ContextValue][] =>
    value === undefined ? [] : [[key.toLowerCase(), value]],
  );
  return new Map(entries);
}

/** A policy's statements about an action, kept: the same few actions are asked for over and over. */
const kept = new WeakMap<Policy, Map<string, Policy>>();

function aboutAction(policy: Policy, action: string): Policy {
  const byAction = kept.get(policy) ?? new Map<string, Policy>();
  kept.set(policy, byAction);
  const known = byAction.get(action);
  if (known !== undefined) return known;
  const found = policy.filter(({ actions }) => matches(actions, (pattern) => isLike(pattern, action, true)));
  byAction.set(action, found);
  return found;
}

/** Of a statement about the action. */
function applies({ resources, conditions }: Statement, asked: Asked, context: Context): boolean {
  return (
    matches(resources, (pattern) => isResource(pattern, asked.resource)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function matches({ patterns, negated }: Matcher, isOne: (pattern: string) => boolean): boolean {
  return patterns.some(isOne) !== negated;
}

/** A star within one of an ARN's first five parts stays within it (IAM user guide, Resource element). An action without resources is allowed by `*` alone. */
function isResource(pattern: string, resource: string): boolean {
  return pattern === '*' || (resource !== '*' && isArnLike(pattern, resource));
}

function holds({ operator, key, values }: Condition, context: Context): boolean {
  return operator.holds(values, context.get(key));
}
