import { describe, expect, it } from 'vitest';
import { readPolicy, readTrust } from '../../../src/simulator/iam/document.ts';
import { type Asked, refusalOf, trustIn } from '../../../src/simulator/iam/evaluate.ts';

const cluster = 'arn:aws:ecs:us-east-1:111111111111:cluster/one';

function asked(fields: Partial<Asked> = {}): Asked {
  return { action: 'ecs:CreateCluster', resource: cluster, context: {}, ...fields };
}

function policy(...statements: readonly object[]) {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...statement }));
  return readPolicy({ Version: '2012-10-17', Statement }, 'policy');
}

const isAllowed = (one: Asked, ...statements: readonly object[]): boolean =>
  refusalOf(one, { policies: [policy(...statements)] }) === undefined;

describe('what decides (policy evaluation logic)', () => {
  const allow = policy({});
  const deny = policy({ Effect: 'Deny' });
  const other = policy({ Action: 'ecs:DeleteCluster' });

  it.each([
    ['nothing said', { policies: [] }, 'implicit identity'],
    ['nothing about it', { policies: [other] }, 'implicit identity'],
    ['one policy of several allows', { policies: [other, allow] }, 'allowed'],
    ['an explicit deny in another policy wins', { policies: [allow, deny] }, 'explicit identity'],
    ['the boundary says nothing of it', { policies: [allow], boundary: other }, 'implicit boundary'],
    ['a boundary alone allows nothing', { policies: [], boundary: allow }, 'implicit identity'],
    ['policies and boundary allow', { policies: [allow], boundary: allow }, 'allowed'],
    ['the boundary denies', { policies: [allow], boundary: deny }, 'explicit boundary'],
    ['the session’s policy says nothing of it', { policies: [allow], session: other }, 'implicit session'],
    ['a session’s policy alone allows nothing', { policies: [], session: allow }, 'implicit identity'],
    ['all three allow', { policies: [allow], boundary: allow, session: allow }, 'allowed'],
    ['a deny wins over silence before it', { policies: [], session: deny }, 'explicit session'],
  ] as const)('%s', (_words, rights, expected) => {
    const refusal = refusalOf(asked(), rights);
    expect(refusal === undefined ? 'allowed' : `${refusal.how} ${refusal.by}`).toBe(expected);
  });
});

describe('actions', () => {
  it.each([
    ['ecs:CreateCluster', true],
    ['ECS:createcluster', true],
    ['ecs:Create*', true],
    ['ecs:*Cluster', true],
    ['ecs:?reateCluster', true],
    ['*', true],
    ['ecs:CreateClusters', false],
    ['ecs:Create', false],
    ['ec2:CreateCluster', false],
  ])('%s', (Action, expected) => {
    expect(isAllowed(asked(), { Action })).toBe(expected);
    expect(isAllowed(asked(), { Action: undefined, NotAction: Action })).toBe(!expected);
  });

  it('a list means one of them, and with NotAction none of them', () => {
    expect(isAllowed(asked(), { Action: ['ecs:DeleteCluster', 'ecs:CreateCluster'] })).toBe(true);
    expect(isAllowed(asked(), { Action: undefined, NotAction: ['ecs:DeleteCluster', 'ecs:CreateCluster'] })).toBe(
      false,
    );
  });
});

describe('resources', () => {
  it.each([
    [cluster, true],
    ['*', true],
    ['arn:aws:ecs:us-east-1:111111111111:cluster/*', true],
    ['arn:aws:ecs:us-east-1:111111111111:*', true],
    ['arn:aws:ecs:*:*:cluster/o?e', true],
    ['arn:aws:ecs:us-east-1:111111111111:cluster/ONE', false],
    ['arn:aws:ecs:us-east-1:222222222222:cluster/one', false],
    ['arn:aws:ecs:us-east-1:111111111111:cluster/on', false],
    // A star within one of the first five parts does not reach into the next.
    ['arn:aws:ecs:us-*:cluster/one:x:y', false],
  ])('%s', (Resource, expected) => {
    expect(isAllowed(asked(), { Resource })).toBe(expected);
    expect(isAllowed(asked(), { Resource: undefined, NotResource: Resource })).toBe(!expected);
  });

  it('a star takes slashes and colons of the last part', () => {
    const resource = 'arn:aws:ecs:us-east-1:111111111111:task-definition/a/b:7';
    expect(isAllowed(asked({ resource }), { Resource: 'arn:aws:ecs:us-east-1:111111111111:task-definition/*' })).toBe(
      true,
    );
  });

  it('an action without resources is allowed by a star alone', () => {
    const one = asked({ action: 'ecs:ListClusters', resource: '*' });
    expect(isAllowed(one, { Resource: '*' })).toBe(true);
    expect(isAllowed(one, { Resource: 'arn:aws:ecs:*:*:*' })).toBe(false);
  });
});

describe('conditions', () => {
  const key = 'aws:RequestTag/owner';
  const tags = 'aws:TagKeys';
  const passes = (
    operator: string,
    [name, wanted]: readonly [string, unknown],
    found: string | readonly string[] | undefined,
  ): boolean => isAllowed(asked({ context: { [name]: found } }), { Condition: { [operator]: { [name]: wanted } } });

  it.each([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', ['b', 'a'], 'a', true],
    ['StringEquals', 'A', 'a', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', 'a', undefined, false],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', 'b', false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', 'a', 'a', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    // A negated operator holds where the key is not there (documented).
    ['StringNotEquals', 'a', undefined, true],
    ['StringEqualsIgnoreCase', 'A', 'a', true],
    ['StringNotEqualsIgnoreCase', 'A', 'a', false],
    ['StringLike', 'a*', 'abc', true],
    ['StringLike', 'a?', 'abc', false],
    ['StringLike', 'a.c', 'abc', false],
    ['StringLike', 'a*', undefined, false],
    ['StringNotLike', 'a*', 'abc', false],
    ['StringNotLike', 'a*', undefined, true],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'a', false],
    ['Null', 'false', 'a', true],
    ['Null', false, undefined, false],
  ] as const)('%s %j of %j: %s', (operator, wanted, found, expected) => {
    expect(passes(operator, [key, wanted], found)).toBe(expected);
  });

  it.each([
    ['ArnLike', 'arn:aws:ecs:*:111111111111:cluster/*', cluster, true],
    ['ArnEquals', 'arn:aws:ecs:*:111111111111:cluster/*', cluster, true],
    ['ArnLike', 'arn:aws:ecs:*:222222222222:cluster/*', cluster, false],
    ['ArnLike', 'arn:aws:ecs:*:111111111111:cluster/*', undefined, false],
    ['ArnLikeIfExists', 'arn:aws:ecs:*:111111111111:cluster/*', undefined, true],
    ['ArnNotLike', 'arn:aws:ecs:*:111111111111:cluster/*', cluster, false],
    ['ArnNotEquals', 'arn:aws:ecs:*:111111111111:cluster/two', cluster, true],
  ] as const)('%s %s of %s: %s', (operator, wanted, found, expected) => {
    expect(passes(operator, ['ecs:cluster', wanted], found)).toBe(expected);
  });

  it.each([
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'true', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'true', undefined, false],
    ['BoolIfExists', 'true', undefined, true],
  ] as const)('%s %j of %s: %s', (operator, wanted, found, expected) => {
    expect(passes(operator, ['aws:SecureTransport', wanted], found)).toBe(expected);
  });

  it.each([
    ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    // Documented: true of a request without the key, which is why `Null` goes with it.
    ['ForAllValues:StringEquals', ['a', 'b'], undefined, true],
    ['ForAllValues:StringLike', ['a*'], ['ab', 'ac'], true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
    ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], false],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'a'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
    ['ForAnyValue:StringEquals', ['a', 'b'], undefined, false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
    ['ForAnyValue:StringLike', ['a*'], ['b', 'ab'], true],
  ] as const)('%s %j of %j: %s', (operator, wanted, found, expected) => {
    expect(passes(operator, [tags, wanted], found)).toBe(expected);
  });

  it('all operators and all keys of a statement must hold', () => {
    const Condition = { StringEquals: { [key]: 'a', 'aws:RequestedRegion': 'r' }, Null: { [tags]: 'false' } };
    const right = { [key]: 'a', 'aws:RequestedRegion': 'r', [tags]: ['owner'] };
    expect(isAllowed(asked({ context: right }), { Condition })).toBe(true);
    for (const name of Object.keys(right)) {
      expect(isAllowed(asked({ context: { ...right, [name]: undefined } }), { Condition }), name).toBe(false);
    }
  });

  it('the names of keys are the same in any letter case, their values are not', () => {
    const context = { 'aws:RequestTag/owner': 'a' };
    expect(isAllowed(asked({ context }), { Condition: { StringEquals: { 'AWS:requesttag/Owner': 'a' } } })).toBe(true);
  });

  it('a deny whose condition does not hold denies nothing', () => {
    const never = { Effect: 'Deny', Condition: { StringEquals: { [key]: 'a' } } };
    expect(isAllowed(asked(), {}, never)).toBe(true);
    expect(isAllowed(asked({ context: { [key]: 'a' } }), {}, never)).toBe(false);
  });
});

describe('trust policies', () => {
  const role = 'arn:aws:iam::111111111111:role/path/controller';
  const session = 'arn:aws:sts::111111111111:assumed-role/controller/one';
  const assumer = { account: '111111111111', arn: session, roleArn: role };
  const to = (ExternalId?: string) =>
    asked({
      action: 'sts:AssumeRole',
      resource: 'arn:aws:iam::222222222222:role/x',
      context: { 'sts:ExternalId': ExternalId },
    });
  const trust = (...statements: readonly object[]) =>
    readTrust(
      {
        Version: '2012-10-17',
        Statement: statements.map((one) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...one })),
      },
      'trust',
    );

  it.each([
    [{ AWS: role }, 'himself'],
    [{ AWS: session }, 'himself'],
    ['*', 'himself'],
    [{ AWS: 'arn:aws:iam::111111111111:root' }, 'account'],
    [{ AWS: '111111111111' }, 'account'],
    [{ AWS: ['222222222222', '111111111111'] }, 'account'],
    [{ AWS: 'arn:aws:iam::222222222222:root' }, 'none'],
    [{ AWS: 'arn:aws:iam::111111111111:role/controller' }, 'none'],
    [{ Service: 'ecs-tasks.amazonaws.com' }, 'none'],
  ] as const)('%j lets in: %s', (Principal, expected) => {
    expect(trustIn(trust({ Principal }), assumer, to())).toBe(expected);
  });

  it('a service is let in by its own name', () => {
    const service = 'ecs-tasks.amazonaws.com';
    const task = { account: '111111111111', arn: service, service };
    expect(trustIn(trust({ Principal: { Service: service } }), task, to())).toBe('himself');
    expect(trustIn(trust({ Principal: { Service: 'ec2.amazonaws.com' } }), task, to())).toBe('none');
    expect(trustIn(trust({ Principal: '*' }), task, to())).toBe('none');
  });

  it('asks for the external id, and a deny wins', () => {
    const asking = { Principal: { AWS: role }, Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } };
    expect(trustIn(trust(asking), assumer, to('secret'))).toBe('himself');
    expect(trustIn(trust(asking), assumer, to('guess'))).toBe('none');
    expect(trustIn(trust(asking), assumer, to())).toBe('none');
    const denying = { Effect: 'Deny', Principal: { AWS: '111111111111' } };
    expect(trustIn(trust(asking, denying), assumer, to('secret'))).toBe('none');
  });

  it('an action that it does not name is not allowed', () => {
    expect(trustIn(trust({ Principal: { AWS: role } }), assumer, { ...to(), action: 'sts:TagSession' })).toBe('none');
  });
});
