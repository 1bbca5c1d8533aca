import { describe, expect, it } from 'vitest';
import {
  boundary,
  type CellRights,
  cellPolicies,
  controllerPolicy,
  dnsPolicy,
  type GroupRights,
  managedPolicies,
  managedPolicyLimit,
  type PolicyDocument,
  type PolicyStatement,
  sizeOf,
  taskTrustPolicy,
  trustPolicy,
  trustPolicyLimit,
  userPolicies,
} from '../../deploy/policies/index.ts';
import { installationKey } from '../../src/store/keys.ts';

const accountId = '111111111111';
const region = 'ap-southeast-2';
const partition = 'aws-us-gov';
/** As long as names get. */
const installation = 'a'.repeat(20);
const tier = 't'.repeat(40);

function group(n: number): GroupRights {
  const id = n.toString(16).padStart(17, '0');
  const name = `${'l'.repeat(28)}${n.toString().padStart(4, '0')}`;
  return {
    vpcId: `vpc-${id}`,
    listenerArn: `arn:${partition}:elasticloadbalancing:${region}:${accountId}:listener/app/${name}/${id.slice(1)}/${id.slice(1)}`,
    subnetIds: [`subnet-a${id.slice(1)}`, `subnet-b${id.slice(1)}`, `subnet-c${id.slice(1)}`],
    securityGroupIds: [`sg-${id}`],
  };
}

function cell(fields: Partial<CellRights> = {}): CellRights {
  const role = (name: string): string =>
    `arn:${partition}:iam::${accountId}:role/cellwright/cellwright-${tier}-${name}`;
  return {
    partition,
    installation,
    accountId,
    region,
    tier,
    taskRoleArns: [role('task')],
    executionRoleArns: [role('execution')],
    groups: [group(1)],
    ...fields,
  };
}

const zone = {
  partition,
  installation,
  zoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com.',
  domain: 'T.example.com',
};
const controller = {
  partition,
  region,
  accountId,
  desiredTable: 'cellwright-desired',
  stateTable: 'cellwright-state',
  assumable: Array.from(
    { length: 400 },
    (_, n) => `arn:${partition}:iam::${n}:role/cellwright/cellwright-${installation}-apply`,
  ),
};

function everyDocument(): Readonly<Record<string, PolicyDocument>> {
  return {
    ...cellPolicies(cell({ adoption: true })),
    boundary: boundary(cell()),
    dns: dnsPolicy({ ...zone, adoption: true }),
    controller: controllerPolicy(controller),
    ...userPolicies(controller),
  };
}

const statement = (document: PolicyDocument, sid: string): PolicyStatement => {
  const found = document.Statement.find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`no statement ${sid}`);
  return found;
};

describe('policy documents', () => {
  it('are whole: unique ids, no placeholder left, nothing empty', () => {
    for (const [name, document] of Object.entries(everyDocument())) {
      const sids = document.Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size, name).toBe(sids.length);
      for (const one of document.Statement) {
        expect(one.Sid).toMatch(/^[A-Za-z0-9]+$/);
        expect(one.Action.length, one.Sid).toBeGreaterThan(0);
        expect(one.Resource.length, one.Sid).toBeGreaterThan(0);
        for (const action of one.Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/);
      }
      expect(JSON.stringify(document), name).not.toMatch(/\{\w+\}|undefined/);
    }
  });

  it('fit what IAM takes, also with many infra groups and cells', () => {
    const documents = {
      ...everyDocument(),
      many: cellPolicies(cell({ groups: Array.from({ length: 20 }, (_, n) => group(n)) })).apply,
    };
    for (const [name, document] of Object.entries(documents)) {
      const parts = managedPolicies(document);
      for (const part of parts) expect(sizeOf(part), name).toBeLessThanOrEqual(managedPolicyLimit);
      // A role takes ten, or twenty by request (IAM and STS quotas).
      expect(parts.length, name).toBeLessThanOrEqual(name === 'many' || name === 'controller' ? 10 : 2);
      expect(rightsOf(parts)).toEqual(rightsOf([document]));
    }
    // A permission boundary is one managed policy.
    expect(sizeOf(boundary(cell()))).toBeLessThanOrEqual(managedPolicyLimit);
    const trust = trustPolicy({ controllerRoleArn: controller.assumable[0] ?? '', externalId: 'x'.repeat(128) });
    expect(sizeOf(trust)).toBeLessThanOrEqual(trustPolicyLimit);
    expect(sizeOf(taskTrustPolicy(cell()))).toBeLessThanOrEqual(trustPolicyLimit);
  });

  it('refuse what cannot be cut', () => {
    const long = { Sid: 'Long', Effect: 'Allow', Action: ['ecs:ListTasks'], Resource: ['x'.repeat(7_000)] } as const;
    expect(() => managedPolicies({ Version: '2012-10-17', Statement: [long] })).toThrow(/Long alone/);
  });
});

/** Every pair of action and resource, with its effect and conditions. */
function rightsOf(documents: readonly PolicyDocument[]): readonly string[] {
  return documents
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Effect, Action, Resource, Condition }) =>
      Action.flatMap((action) => Resource.map((on) => `${Effect} ${action} ${on} ${JSON.stringify(Condition)}`)),
    )
    .sort();
}

describe("a cell's roles", () => {
  const { observe, apply, reap } = cellPolicies(cell());

  it('work on the listeners of their infra groups, and on no other rule', () => {
    const { listenerArn } = group(1);
    expect(statement(apply, 'NewRules').Resource).toEqual([listenerArn]);
    const rules = [`${listenerArn.replace(':listener/', ':listener-rule/')}/*`];
    for (const one of [statement(apply, 'OurRules'), statement(apply, 'RulePriorities'), statement(reap, 'OurRules')])
      expect(one.Resource).toEqual(rules);
    expect(cellPolicies(cell({ groups: [] })).apply.Statement.map(({ Sid }) => Sid)).not.toContain('NewRules');
  });

  it('take a pattern for a listener whose ids are not known yet', () => {
    const listenerArn = `arn:${partition}:elasticloadbalancing:${region}:${accountId}:listener/app/name/*`;
    const one = cellPolicies(cell({ groups: [{ ...group(1), listenerArn }] }));
    expect(statement(one.apply, 'OurRules').Resource).toEqual([listenerArn.replace('listener/', 'listener-rule/')]);
  });

  it('pass no role but the tier’s, and only to ECS tasks', () => {
    const { Resource, Condition } = statement(apply, 'PassTierRoles');
    expect(Resource).toEqual([...cell().taskRoleArns, ...cell().executionRoleArns]);
    expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
    const passing = [observe, apply, reap].flatMap(({ Statement }) =>
      Statement.filter(({ Action }) => Action.includes('iam:PassRole')),
    );
    expect(passing).toHaveLength(1);
  });

  it('reach what bears no mark only where adoption is switched on, and never what bears another', () => {
    const adopting = cellPolicies(cell({ adoption: true }));
    const added = adopting.apply.Statement.filter((one) => !apply.Statement.some(({ Sid }) => Sid === one.Sid));
    expect(added.map(({ Sid }) => Sid).sort()).toEqual(['AdoptEcs', 'AdoptElb', 'AdoptEndpoints']);
    for (const { Action, Condition } of added) {
      expect(Action).toHaveLength(1);
      expect(Action[0]).toMatch(/:(?:TagResource|AddTags|CreateTags)$/);
      expect(Condition).toEqual({
        StringEquals: { 'aws:RequestTag/cellwright:installation': installation },
        Null: { 'aws:ResourceTag/cellwright:installation': 'true' },
      });
    }
    expect(adopting.observe).toEqual(observe);
    expect(adopting.reap).toEqual(reap);
  });

  it('stay within a boundary that has their actions, their Region, their roles, and no other installation', () => {
    const edge = boundary(cell());
    const allowed = new Set(edge.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action));
    const used = [observe, apply, reap].flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    expect(allowed).toEqual(new Set(used));
    expect(statement(edge, 'DeclaredInRegion').Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': region } });
    expect(statement(edge, 'PassTierRoles')).toEqual(statement(apply, 'PassTierRoles'));
    const { Effect, Action, Condition } = statement(edge, 'NeverOthers');
    expect(Effect).toBe('Deny');
    expect(Action).toEqual(expect.arrayContaining(['ecs:DeleteService', 'ecs:TagResource', 'ec2:ModifyVpcEndpoint']));
    expect(Condition).toEqual({
      Null: { 'aws:ResourceTag/cellwright:installation': 'false' },
      StringNotEquals: { 'aws:ResourceTag/cellwright:installation': installation },
    });
  });
});

describe("a zone's role", () => {
  const key = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
  const names = (routing?: 'tenant' | 'tier'): readonly string[] => {
    const records = statement(dnsPolicy({ ...zone, ...(routing === undefined ? {} : { routing }) }), 'Records');
    return [records.Condition?.['ForAllValues:StringLike']?.[key] ?? []].flat();
  };

  it('writes names of one label under the domain, the domain itself and the fence, as Route 53 normalises them', () => {
    const fence = `_cellwright-${installation}.example.com`;
    expect(names('tier')).toEqual([fence, 't.example.com']);
    expect(names('tenant')).toHaveLength(27);
    expect(names('tenant').slice(0, 2)).toEqual([fence, 'a*.t.example.com']);
    expect(names()).toEqual([fence, 't.example.com', ...names('tenant').slice(1)]);
  });

  it('writes no batch without the fence and an address, and replaces nothing unseen', () => {
    const { Condition = {} } = statement(dnsPolicy(zone), 'Records');
    expect(Condition['ForAnyValue:StringEquals']).toEqual({
      [key]: `_cellwright-${installation}.example.com`,
      'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
    });
    expect(Condition['ForAllValues:StringEquals']).toEqual({
      'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA', 'TXT'],
      'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
    });
  });

  it('serves all tiers that share the zone', () => {
    const both = dnsPolicy({ ...zone, domain: ['one.example.com', 'two.example.com'], routing: 'tier' });
    const fence = `_cellwright-${installation}.example.com`;
    const own = statement(both, 'Records').Condition?.['ForAllValues:StringLike']?.[key];
    expect(own).toEqual([fence, 'one.example.com', 'two.example.com']);
    expect(statement(both, 'OneLabelOnly').Condition).toEqual({
      'ForAnyValue:StringLike': { [key]: ['*.*.one.example.com', '*.*.two.example.com'] },
    });
  });

  it('takes CNAME records of others out only where adoption is switched on', () => {
    expect(JSON.stringify(dnsPolicy(zone))).not.toContain('CNAME');
    expect(JSON.stringify(dnsPolicy({ ...zone, adoption: true }))).toContain('CNAME');
  });
});

describe('policies for users', () => {
  const { reader, operator, tenantWriter } = userPolicies(controller);
  const writing = (document: PolicyDocument): PolicyStatement[] =>
    document.Statement.filter(({ Action }) => Action.some((action) => /:(?:Put|Update|Delete)Item$/.test(action)));
  const table = (name: string): string => `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`;

  it('let a reader write nothing, and an operator nothing of the state but the id of the installation', () => {
    expect(writing(reader)).toEqual([]);
    const [records, id, ...rest] = writing(operator);
    expect(rest).toEqual([]);
    expect(records?.Resource).toEqual([table('cellwright-desired')]);
    expect(id?.Action).toEqual(['dynamodb:PutItem']);
    expect(id?.Condition?.['ForAllValues:StringEquals']).toEqual({ 'dynamodb:LeadingKeys': [installationKey.pk] });
  });

  it('let a writer of tenants touch no record but those of kind Tenant, and ask for nothing without keys', () => {
    for (const { Action, Condition } of tenantWriter.Statement) {
      // A scan has no keys that it could be limited to.
      expect(Action).not.toContain('dynamodb:Scan');
      expect(Condition?.['Null']).toEqual({ 'dynamodb:LeadingKeys': 'false' });
    }
    const [records] = writing(tenantWriter);
    expect(writing(tenantWriter)).toHaveLength(1);
    expect(records?.Condition?.['ForAllValues:StringEquals']).toEqual({ 'dynamodb:LeadingKeys': ['Tenant'] });
    expect(statement(tenantWriter, 'TenantStates').Condition?.['ForAllValues:StringLike']).toEqual({
      'dynamodb:LeadingKeys': ['Tenant/*'],
    });
  });
});
