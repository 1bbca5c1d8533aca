import { describe, expect, it } from 'vitest';
import { resolveValue, type StackOf } from '../../deploy/resolve.ts';
import { rolesOf } from '../../deploy/roles.ts';
import { example, exampleAssembly } from './assembly.ts';

const roles = rolesOf(exampleAssembly().stacks);
const place = { accountId: '111111111111', region: 'eu-west-1' };
const made = (Resources: StackOf['template']['Resources']): StackOf => ({ name: 'st', place, template: { Resources } });

describe('the roles of an assembly', () => {
  it('are all of ours, by their ARNs', () => {
    const short = roles.map(({ arn }) => arn.replace(/^arn:aws:iam::(\d)\d+:role\/cellwright\/cellwright-/, '$1 '));
    expect(short).toEqual([
      '0 example-controller',
      '0 example-controller-execution',
      ...example.tiers.map(({ name }) => `9 example-dns-${name}`),
      ...example.cells.flatMap(({ tier, accountId }) =>
        [`${tier}-task`, `${tier}-execution`, 'example-observe', 'example-apply', 'example-reap'].map(
          (name) => `${accountId.charAt(0)} ${name}`,
        ),
      ),
    ]);
  });

  it('are plain documents: no intrinsic function is left, and each role has rights and who may assume it', () => {
    expect(JSON.stringify(roles)).not.toMatch(/"(?:Ref|Fn::\w+)"/);
    for (const { arn, trust, policies } of roles) {
      expect(trust, arn).toMatchObject({ Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] });
      expect(policies.length, arn).toBeGreaterThan(0);
      for (const policy of policies) expect(policy, arn).toMatchObject({ Version: '2012-10-17' });
    }
  });

  it('of cells have the boundary, and no other has', () => {
    for (const { arn, boundary } of roles)
      expect(boundary !== undefined, arn).toBe(/-example-(?:observe|apply|reap)$/.test(arn));
  });

  it('are not known where a policy is not in the template', () => {
    const stack = made({
      R: {
        Type: 'AWS::IAM::Role',
        Properties: { Path: '/cellwright/', ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
      },
    });
    expect(() => rolesOf([stack])).toThrow(
      'the template of st has no managed policy arn:aws:iam::aws:policy/AdministratorAccess',
    );
  });

  it('have what is attached from outside too', () => {
    const PolicyDocument = { Version: '2012-10-17', Statement: [] };
    const stack = made({
      R: { Type: 'AWS::IAM::Role', Properties: { Path: '/cellwright/', RoleName: 'r' } },
      P: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'R' }], PolicyDocument } },
    });
    expect(rolesOf([stack])).toMatchObject([
      { arn: 'arn:aws:iam::111111111111:role/cellwright/r', policies: [PolicyDocument] },
    ]);
  });
});

describe('intrinsic functions', () => {
  const stack = made({
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', Path: '/p/' } },
    Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'q' } },
  });

  it.each([
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::AccountId' }, '111111111111'],
    [{ Ref: 'Role' }, 'r'],
    [{ Ref: 'Policy' }, 'arn:aws:iam::111111111111:policy/q'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111111111111:role/p/r'],
    [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'x']] }, 'arn:aws:x'],
    [{ 'Fn::Sub': 'arn:${AWS::Partition}:${Role.Arn}' }, 'arn:aws:arn:aws:iam::111111111111:role/p/r'],
    [{ 'Fn::Sub': ['${a}-${Role}', { a: 'b' }] }, 'b-r'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    [{ plain: [1, true, { deep: { Ref: 'Role' } }] }, { plain: [1, true, { deep: 'r' }] }],
  ])('%j is worked out', (value, expected) => {
    expect(resolveValue(value, stack)).toEqual(expected);
  });

  it('that only AWS can work out are refused, by name', () => {
    expect(() => resolveValue({ 'Fn::ImportValue': 'x' }, stack)).toThrow('Fn::ImportValue in st cannot be worked out');
    expect(() => resolveValue({ Ref: 'Nobody' }, stack)).toThrow('there is no Nobody in the template of st');
  });
});
