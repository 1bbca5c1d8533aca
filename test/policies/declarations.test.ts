import { describe, expect, it } from 'vitest';
import { declarations, needs, scopesOf } from '../../deploy/policies/needs.ts';
import { operations } from '../../src/aws/operations.ts';
import type { IamRole } from '../../src/model/iam.ts';
import { differences } from '../support/rights/differences.ts';

const roles: readonly IamRole[] = ['observe', 'apply', 'reap', 'dns', 'controller'];
const prefixes: Readonly<Record<string, string>> = {
  elbv2: 'elasticloadbalancing',
  'service-quotas': 'servicequotas',
};

/** `<role> <action>` of every operation that the controller may call in a cell or a zone. */
const called = Object.entries(operations).flatMap(([service, all]) =>
  Object.entries(all).map(([name, { role }]) => {
    const operation = name.charAt(0).toUpperCase() + name.slice(1);
    return `${role} ${prefixes[service] ?? service}:${operation}`;
  }),
);
const ofCells = needs.filter(({ role }) => role !== 'controller');
const actionsOf = (role: IamRole): string[] => needs.filter((need) => need.role === role).map(({ action }) => action);

describe('declarations of rights', () => {
  it('are just what the table of operations calls, under the same role, and what AWS asks for within these calls', () => {
    const own = ofCells.filter(({ within }) => within === undefined).map(({ role, action }) => `${role} ${action}`);
    expect([...new Set(own)].sort()).toEqual([...called].sort());
  });

  it('name for what AWS asks within other calls only calls that the same role makes', () => {
    for (const { role, action, within = [] } of needs) {
      for (const call of within) expect(actionsOf(role), `${action} within ${call}`).toContain(call);
    }
  });

  it('give a reason and a limit for each action, once in each place', () => {
    for (const [place, all] of Object.entries(declarations)) {
      const keys = all.map(({ role, action }) => `${role} ${action}`);
      expect(new Set(keys).size, place).toBe(keys.length);
      for (const { action, why, on } of all) {
        expect(why, action).not.toBe('');
        expect(on.length, action).toBeGreaterThan(0);
      }
    }
  });

  it('agree on what a scope of a name is', () => {
    for (const role of roles) expect(() => scopesOf(role), role).not.toThrow();
    const scopes = needs.flatMap(({ on }) => on);
    for (const { sid, words } of scopes) {
      expect(sid).toMatch(/^[A-Z][A-Za-z0-9]*$/);
      expect(new Set(scopes.filter((one) => one.sid === sid).map((one) => JSON.stringify(one))).size, sid).toBe(1);
      expect(words).not.toBe('');
    }
  });

  it('let observe read, apply delete nothing of ECS or ELB, reap do nothing but delete', () => {
    for (const action of actionsOf('observe')) expect(action).toMatch(/:(?:Describe|List|Get)[A-Z]/);
    for (const action of actionsOf('apply')) {
      expect(action).not.toMatch(/^(?:ecs|elasticloadbalancing|ec2|application-autoscaling):(?:Delete|Deregister)/);
    }
    for (const action of actionsOf('reap')) expect(action).toMatch(/:(?:Delete|Deregister)[A-Z]/);
  });

  it('limit every change to our mark, or say by name that AWS cannot', () => {
    const open = needs
      .filter(({ role }) => role === 'apply' || role === 'reap')
      .filter(({ on }) => on.some(({ when }) => !JSON.stringify(when ?? '').includes('cellwright:installation')))
      .map(({ role, action }) => `${role} ${action}`);
    // Each of them is explained in docs/explanation/iam.md.
    expect(open.sort()).toEqual([
      'apply cloudwatch:DeleteAlarms',
      'apply cloudwatch:DescribeAlarms',
      'apply cloudwatch:PutMetricAlarm',
      'apply ec2:CreateVpcEndpoint',
      'apply ec2:ModifyVpcEndpoint',
      'apply ecs:DescribeServices',
      'apply elasticloadbalancing:SetRulePriorities',
      'apply iam:CreateServiceLinkedRole',
      'apply iam:CreateServiceLinkedRole',
      'apply iam:PassRole',
      'apply route53:AssociateVPCWithHostedZone',
      'reap cloudwatch:DeleteAlarms',
      'reap ecs:DeregisterTaskDefinition',
    ]);
  });
});

describe('what the whole suite is measured by', () => {
  const all = new Set(
    needs.filter(({ within }) => within === undefined).map(({ role, action }) => `${role} ${action}`),
  );

  it('is content where just the declared was called', () => {
    expect(differences(all)).toEqual([]);
  });

  it('names what was called and is not declared, also where another role has it', () => {
    expect(differences(new Set([...all, 'apply ecs:DeleteService']))).toEqual([
      'apply ecs:DeleteService: called, and no declaration has it',
    ]);
  });

  it('names what is declared and nobody calls, and with it what AWS asks for within', () => {
    const without = new Set([...all].filter((one) => one !== 'apply ecs:RegisterTaskDefinition'));
    expect(differences(without)).toEqual([
      'apply ecs:RegisterTaskDefinition: declared, and no test has it called',
      'apply iam:PassRole: declared, and no test has it called',
    ]);
  });
});
