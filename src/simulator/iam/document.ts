/**
 * Policy documents, read: Version, Statement, Sid, Effect, Action, NotAction, Resource, NotResource, Condition, and Principal in trust policies. Whatever else a document has (other elements, operators and condition
 * keys, policy variables) is refused when it is loaded, so that nothing which is not understood ever passes for something that is.
 */
import { isKnownKey } from './keys.ts';
import { type Operator, operatorOf } from './operators.ts';

/** A document that cannot be enforced, with where and why. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

export interface Matcher {
  readonly patterns: readonly string[];
  /** NotAction, NotResource: everything but these. */
  readonly negated: boolean;
}

export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly string[];
}

/** Who a statement of a trust policy is about. */
export interface Principals {
  /** Account ids, ARNs, or `*`. */
  readonly aws: readonly string[];
  /** Services, as `ecs-tasks.amazonaws.com`. */
  readonly services: readonly string[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Matcher;
  readonly resources: Matcher;
  readonly principals: Principals | undefined;
  readonly conditions: readonly Condition[];
}

export type Policy = readonly Statement[];

type Kind = 'identity' | 'trust';
type Fields = Readonly<Record<string, unknown>>;

const version = '2012-10-17';
const elements: Readonly<Record<Kind, readonly string[]>> = {
  identity: ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
  trust: ['Sid', 'Effect', 'Action', 'NotAction', 'Principal', 'Condition'],
};

/** Reads what says what a role may do, or the boundary of it. `at` is where it stands, for messages. Throws `PolicyError`. */
export function readPolicy(document: unknown, at: string): Policy {
  return read(document, at, 'identity');
}

/** Reads what says who may assume a role. Throws `PolicyError`. */
export function readTrust(document: unknown, at: string): Policy {
  return read(document, at, 'trust');
}

function read(document: unknown, at: string, kind: Kind): Policy {
  const fields = fieldsOf(document, at, ['Version', 'Id', 'Statement']);
  if (fields['Version'] !== version) throw wrong(`${at}.Version`, fields['Version'], `"${version}"`);
  const statements = listOf(fields['Statement']);
  if (statements.length === 0) throw wrong(`${at}.Statement`, fields['Statement'], 'at least one statement');
  const read = statements.map((statement, index) => readStatement(statement, `${at}.Statement[${index}]`, kind));
  const sids = read.flatMap(({ sid }) => sid ?? []);
  const twice = sids.find((sid, index) => sids.indexOf(sid) < index);
  if (twice !== undefined) throw new PolicyError(`${at}: found the Sid ${twice} twice, expected one of each`);
  return read;
}

function readStatement(statement: unknown, at: string, kind: Kind): Statement {
  const fields = fieldsOf(statement, at, elements[kind]);
  const { Sid: sid, Effect: effect } = fields;
  if (sid !== undefined && (typeof sid !== 'string' || !/^[A-Za-z0-9]*$/.test(sid))) {
    throw wrong(`${at}.Sid`, sid, 'letters and digits');
  }
  if (effect !== 'Allow' && effect !== 'Deny') throw wrong(`${at}.Effect`, effect, 'Allow or Deny');
  return {
    sid,
    effect,
    actions: matcherOf(fields, at, 'Action', {
      pattern: /^(\*|[a-z0-9-]+:[\w*?]+)$/i,
      words: 'service:Action, with * and ? in the action',
    }),
    resources:
      kind === 'trust'
        ? { patterns: ['*'], negated: false }
        : matcherOf(fields, at, 'Resource', {
            pattern: /^(\*|arn(:[^:]*){4}:.+)$/,
            words: 'an ARN of six parts, or *',
          }),
    principals: kind === 'trust' ? principalsOf(fields['Principal'], `${at}.Principal`) : undefined,
    conditions: conditionsOf(fields['Condition'], `${at}.Condition`),
  };
}

function matcherOf(fields: Fields, at: string, name: string, form: NonNullable<Operator['form']>): Matcher {
  const not = `Not${name}`;
  const negated = fields[name] === undefined;
  if (!negated && fields[not] !== undefined)
    throw new PolicyError(`${at}: found ${name} and ${not}, expected one of them`);
  const member = negated ? not : name;
  const patterns = textsOf(fields[member], `${at}.${member}`);
  if (patterns.length === 0) throw wrong(`${at}.${name}`, fields[member], `at least one`);
  for (const pattern of patterns) if (!form.pattern.test(pattern)) throw wrong(`${at}.${member}`, pattern, form.words);
  return { patterns, negated };
}

function principalsOf(principal: unknown, at: string): Principals {
  if (principal === '*') return { aws: ['*'], services: [] };
  const fields = fieldsOf(principal, at, ['AWS', 'Service']);
  const aws = fields['AWS'] === undefined ? [] : textsOf(fields['AWS'], `${at}.AWS`);
  const services = fields['Service'] === undefined ? [] : textsOf(fields['Service'], `${at}.Service`);
  for (const one of aws) {
    if (!/^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:[^*?]+)$/.test(one))
      throw wrong(`${at}.AWS`, one, 'an account id, the ARN of a role, user, session or root, or *');
  }
  if (aws.length + services.length === 0) throw wrong(at, principal, 'AWS or Service with somebody in it');
  return { aws, services };
}

function conditionsOf(condition: unknown, at: string): readonly Condition[] {
  if (condition === undefined) return [];
  return Object.entries(objectOf(condition, at)).flatMap(([name, keys]) => {
    const operator = operatorOf(name);
    if (operator === undefined) throw new PolicyError(`${at}: ${name} is no condition operator that is simulated`);
    return Object.entries(objectOf(keys, `${at}.${name}`)).map(([key, value]): Condition => {
      const here = `${at}.${name}.${key}`;
      if (!isKnownKey(key)) throw new PolicyError(`${here}: no simulated request has this condition key`);
      const values = textsOf(value, here);
      for (const one of values) {
        if (operator.form?.pattern.test(one) === false) throw wrong(here, one, operator.form.words);
      }
      return { operator, key: key.toLowerCase(), values };
    });
  });
}

function textsOf(value: unknown, at: string): readonly string[] {
  return listOf(value).map((one) => {
    const text = typeof one === 'boolean' ? String(one) : one;
    if (typeof text !== 'string') throw wrong(at, one, 'a text or a list of texts');
    if (text.includes('${')) throw new PolicyError(`${at}: found "${text}"; policy variables are not simulated`);
    return text;
  });
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function fieldsOf(value: unknown, at: string, known: readonly string[]): Fields {
  const fields = objectOf(value, at);
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new PolicyError(`${at}: ${unknown} is no element that is simulated; those are ${known.join(', ')}`);
  }
  return fields;
}

function objectOf(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, value, 'an object');
  return value as Fields;
}

function wrong(at: string, found: unknown, expected: string): PolicyError {
  return new PolicyError(`${at}: found ${JSON.stringify(found) ?? 'nothing'}, expected ${expected}`);
}
