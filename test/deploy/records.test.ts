import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../../deploy/config.ts';
import { resolveValue, type StackOf } from '../../deploy/resolve.ts';
import { parseDocuments } from '../../src/model/records/documents.ts';
import type { DesiredRecord } from '../../src/model/records/kinds.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import { problemsLine } from '../../src/model/records/problems.ts';
import { initTables } from '../../src/store/tables.ts';
import { createStoreWorld } from '../store/world.ts';
import { Installation } from '../support/installation.ts';
import { assemble, example, exampleAssembly, exampleText, propertiesOf, resourcesOf } from './assembly.ts';

/** The value of a stack's output `Record`, as `describe-stacks` would print it. */
function outputOf(stack: StackOf): string {
  const value = resolveValue(stack.template.Outputs?.['Record']?.Value, stack);
  if (typeof value !== 'string') throw new Error(`${stack.name} has no output Record`);
  return value;
}

/** What `cellwright apply` makes of a text. */
function applied(text: string): readonly DesiredRecord[] {
  const { records, problems } = parseDocuments(text);
  expect(problems).toEqual([]);
  return records.map(({ raw }) => {
    const parsed = parseRecord(raw);
    if (!parsed.ok) throw new Error(problemsLine(parsed.problems));
    return parsed.record;
  });
}

const withRecord = exampleAssembly().stacks.filter(({ template }) => template.Outputs?.['Record'] !== undefined);

describe('records', () => {
  it('are an output of each stack of a zone, a cell and an infra group, in one line', () => {
    const names = withRecord.map(({ name }) => name.replace('cellwright-example-', ''));
    expect(names.sort()).toEqual(
      [
        ...example.tiers.map(({ name }) => `dns-${name}`),
        ...example.cells.map(({ name }) => `cell-${name}`),
        ...example.infraGroups.map(({ name }) => `infra-group-${name}`),
      ].sort(),
    );
    for (const stack of withRecord) expect(outputOf(stack)).toMatch(/^\{[^\n\t]*\}$/);
  });

  it('of infra groups are what apply takes: ids of what the stack made, and nothing else to be said', () => {
    for (const { name, cell } of example.infraGroups) {
      const stack = exampleAssembly().stack(`infra-group-${name}`);
      const [record] = applied(outputOf(stack));
      const [loadBalancer] = resourcesOf(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer')[0] ?? [];
      const isolated = resourcesOf(stack, 'AWS::EC2::Subnet').filter(([id]) => id.includes('isolated'));
      const ref = (id: string | undefined): unknown => resolveValue({ Ref: id }, stack);
      expect(record).toMatchObject({
        kind: 'InfraGroup',
        name,
        spec: {
          cell,
          vpcId: ref(resourcesOf(stack, 'AWS::EC2::VPC')[0]?.[0]),
          subnetIds: isolated.map(([id]) => ref(id)),
          loadBalancerArn: ref(loadBalancer),
          listenerArn: ref(resourcesOf(stack, 'AWS::ElasticLoadBalancingV2::Listener')[0]?.[0]),
        },
      });
      const groups = new Map(
        resourcesOf(stack, 'AWS::EC2::SecurityGroup').map(([id]) => [id.replace(/[0-9A-F]{8}$/, ''), ref(id)]),
      );
      expect(record?.spec).toMatchObject({
        taskSecurityGroupIds: [groups.get('TaskSecurityGroup')],
        endpointSecurityGroupIds: [groups.get('DependencySecurityGroup')],
      });
    }
  });

  it('of cells and tiers name the roles that the stacks make, with the external ids that these ask for', () => {
    const arns = new Map(
      exampleAssembly().stacks.flatMap((stack) =>
        propertiesOf(stack, 'AWS::IAM::Role').map((role): [string, unknown] => [
          `arn:aws:iam::${stack.place.accountId}:role${String(role['Path'])}${String(role['RoleName'])}`,
          role['AssumeRolePolicyDocument'],
        ]),
      ),
    );
    for (const { name } of example.cells) {
      const [record] = applied(outputOf(exampleAssembly().stack(`cell-${name}`)));
      if (record?.kind !== 'Cell') throw new Error('no Cell record');
      for (const arn of Object.values(record.spec.roles))
        expect(JSON.stringify(arns.get(arn))).toContain(record.spec.externalId);
    }
    for (const { name } of example.tiers) {
      const [record] = applied(outputOf(exampleAssembly().stack(`dns-${name}`)));
      if (record?.kind !== 'Tier') throw new Error('no Tier record');
      const { zone, service } = record.spec;
      expect(JSON.stringify(arns.get(zone.roleArn ?? ''))).toContain(zone.externalId);
      for (const cell of example.cells.filter(({ tier }) => tier === name)) {
        expect([...arns.keys()]).toContain(`arn:aws:iam::${cell.accountId}:role/${service.taskRoleName ?? ''}`);
        expect([...arns.keys()]).toContain(`arn:aws:iam::${cell.accountId}:role/${service.executionRoleName ?? ''}`);
        const stack = exampleAssembly().stack(`tier-${name}-${cell.name}`);
        expect(propertiesOf(stack, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName)).toEqual([
          service.logGroup,
        ]);
      }
    }
  });

  it('carry what the settings say besides', () => {
    const [record] = applied(outputOf(exampleAssembly().stack('cell-standard-b')));
    expect(record?.spec).toMatchObject({ weight: 50 });
    const tier = parse(outputOf(exampleAssembly().stack('dns-shared'))) as { spec: object };
    expect(tier.spec).toMatchObject({ routing: { scope: 'tier', by: 'path' }, dependencies: [{ name: 'orders' }] });
  });

  it('make a fleet on which tenants become ready, together', async () => {
    const tenants = ['acme: standard', 'bolt: standard', 'cedar: shared'].map((line) => {
      const [name, tier] = line.split(': ');
      return JSON.stringify({ kind: 'Tenant', name, spec: { tier } });
    });
    const fleet = [...withRecord.map(outputOf), ...tenants].join('\n---\n');
    const installation = await new Installation({ fleet }).init();
    installation.start();
    const ready = (): boolean => ['acme', 'bolt', 'cedar'].every((name) => installation.phase(name) === 'Ready');
    await installation.until('all three are ready', ready, 1_800_000);
    await installation.stop();
  });
});

describe('tables', () => {
  const tables = propertiesOf(exampleAssembly().stack('tables'), 'AWS::DynamoDB::Table');

  it('are what `cellwright init` wants to find: it makes none, changes none, and takes their installation', async () => {
    const world = createStoreWorld();
    for (const { TableName, BillingMode, AttributeDefinitions, KeySchema, StreamSpecification, Tags } of tables) {
      const stream = StreamSpecification as object | undefined;
      const input = {
        ...{ TableName, BillingMode, AttributeDefinitions, KeySchema },
        ...(stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, ...stream } }),
        Tags,
      } as CreateTableCommandInput;
      await world.drive(world.dynamo.sdk.send(new CreateTableCommand(input)));
    }
    await world.clock.advance(60_000);
    const { desired, state } = example.controller.tables;
    const result = await world.drive(initTables(world.dynamo, { desiredTable: desired, stateTable: state }));
    expect(result).toEqual({ installation: example.installation, created: [], warnings: [] });
  });
});

describe('a deployment in another partition', () => {
  it('says so in every ARN', () => {
    const text = exampleText.replaceAll('us-east-1', 'us-gov-west-1').replaceAll('arn:aws:', 'arn:aws-us-gov:');
    const { stacks, violations } = assemble(readSettings(text, 'gov'));
    expect(violations).toEqual([]);
    for (const { name, template } of stacks) expect(JSON.stringify(template), name).not.toMatch(/arn:aws:|us-east-1/);
  });
});
