import { describe, expect, it } from 'vitest';
import { readPolicy, readTrust } from '../../../src/simulator/iam/document.ts';
import { readRoles } from '../../../src/simulator/iam/roles-file.ts';

const statement = { Effect: 'Allow', Action: 'ecs:*', Resource: '*' };
const document = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });

describe('a document that cannot be enforced is refused by name', () => {
  it.each<[string, object, string]>([
    ['another version', { Version: '2008-10-17', Statement: [statement] }, 'Version'],
    ['no statement', document(), 'Statement'],
    ['an element of its own', { ...document(statement), Comment: 'x' }, 'Comment'],
    ['a principal in a policy', document({ ...statement, Principal: '*' }), 'Principal'],
    ['an unknown element', document({ ...statement, Actions: 'x' }), 'Actions'],
    ['no effect', document({ ...statement, Effect: undefined }), 'Effect'],
    ['a word for an effect', document({ ...statement, Effect: 'allow' }), 'Effect'],
    ['no action', document({ ...statement, Action: [] }), 'Action'],
    ['an action without a service', document({ ...statement, Action: 'CreateCluster' }), 'service:Action'],
    ['a star for a service', document({ ...statement, Action: '*:CreateCluster' }), 'service:Action'],
    ['both actions and not', document({ ...statement, NotAction: 'ecs:*' }), 'NotAction'],
    ['no resource', document({ ...statement, Resource: undefined }), 'Resource'],
    ['an ARN of few parts', document({ ...statement, Resource: 'arn:aws:ecs:*' }), 'six parts'],
    ['a name for a resource', document({ ...statement, Resource: 'cluster/one' }), 'ARN'],
    [
      'an operator of dates',
      document({ ...statement, Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } } }),
      'DateLessThan',
    ],
    ['an operator of nobody', document({ ...statement, Condition: { StringIs: { 'aws:TagKeys': 'x' } } }), 'StringIs'],
    [
      'a set of Null',
      document({ ...statement, Condition: { 'ForAnyValue:Null': { 'aws:TagKeys': 'x' } } }),
      'ForAnyValue:Null',
    ],
    [
      'a key of nobody',
      document({ ...statement, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } }),
      'aws:PrincipalOrgID',
    ],
    [
      'a key that is half',
      document({ ...statement, Condition: { StringEquals: { 'aws:ResourceTag/': 'o' } } }),
      'aws:ResourceTag/',
    ],
    [
      'a policy variable',
      document({ ...statement, Condition: { StringEquals: { 'aws:ResourceTag/a': '${aws:PrincipalTag/a}' } } }),
      'policy variables',
    ],
    [
      'a word for a truth',
      document({ ...statement, Condition: { Bool: { 'aws:SecureTransport': 'yes' } } }),
      'true or false',
    ],
    ['no ARN for an ARN', document({ ...statement, Condition: { ArnLike: { 'ecs:cluster': 'one' } } }), 'ARN'],
    ['one Sid twice', document({ ...statement, Sid: 'A' }, { ...statement, Sid: 'A' }), 'A twice'],
    ['a Sid with a blank', document({ ...statement, Sid: 'A b' }), 'letters and digits'],
  ])('%s', (_words, policy, named) => {
    expect(() => readPolicy(policy, 'policies[0]')).toThrow(named);
    expect(() => readPolicy(policy, 'policies[0]')).toThrow('policies[0]');
  });

  it.each<[string, object, string]>([
    ['a resource', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*', Resource: '*' }, 'Resource'],
    ['everybody but some', { Effect: 'Allow', Action: 'sts:AssumeRole', NotPrincipal: { AWS: '*' } }, 'NotPrincipal'],
    ['nobody', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {} }, 'Principal'],
    ['an identity provider', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Federated: 'x' } }, 'Federated'],
    [
      'a pattern of roles',
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111111111111:role/*' } },
      'AWS',
    ],
  ])('a trust policy with %s', (_words, one, named) => {
    expect(() => readTrust(document(one), 'trust')).toThrow(named);
  });
});

describe('a roles file', () => {
  const trust = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } });
  const role = { arn: 'arn:aws:iam::111111111111:role/path/one', trust, policies: [document(statement)] };

  it('is read, with boundary and path', () => {
    const [read] = readRoles({ roles: [{ ...role, boundary: document(statement) }] });
    expect(read).toMatchObject({ arn: role.arn, account: '111111111111', name: 'one' });
    expect(read?.boundary).toHaveLength(1);
  });

  it('is refused with every problem at once, each with its role', () => {
    const wrong = {
      ...role,
      arn: 'arn:aws:iam::111111111111:role/two',
      policies: [document({ ...statement, Effect: 'No' })],
    };
    const none = { ...role, arn: 'arn:aws:iam::111111111111:user/three' };
    const again = { ...role, arn: 'arn:aws:iam::111111111111:role/elsewhere/one' };
    const load = () => readRoles({ roles: [role, wrong, none, again] });
    expect(load).toThrow('role/two policies[0].Statement[0].Effect: found "No", expected Allow or Deny');
    expect(load).toThrow('user/three: expected a role');
    expect(load).toThrow('role/elsewhere/one: found a second role of that name');
  });

  it.each([[{}], [[]], [{ roles: [{ ...role, inline: [] }] }], [{ roles: [{ arn: role.arn, trust }] }]])(
    'is refused where it has another form: %j',
    (file) => {
      expect(() => readRoles(file)).toThrow(/roles|the file|policies|inline/);
    },
  );
});
