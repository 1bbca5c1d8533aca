import { RegisterTaskDefinitionRequest$, type TaskDefinition } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHash } from '../../../src/model/records/canonical.ts';
import {
  desiredTaskDefinition,
  type TaskDefinitionContent,
  taskDefinitionTags,
} from '../../../src/reconcilers/task-definition/desired.ts';
import { diffTaskDefinition, taskDefinitionNeedsSuccessor } from '../../../src/reconcilers/task-definition/diff.ts';
import { contextOf } from '../../contract/world.ts';
import { anyOrder, foreignTags, known, orAbsent } from '../support.ts';

const names = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,9}$/);
const services = fc.record({
  environment: fc.dictionary(names, fc.string({ minLength: 1, maxLength: 20 })),
  secrets: fc.dictionary(
    names,
    fc.record({
      from: fc.constantFrom('ssm' as const, 'secretsmanager' as const),
      name: fc.constant('/cellwright/acme/x'),
    }),
  ),
  cpu: fc.constantFrom(256, 512, 1024),
  containerPort: fc.integer({ min: 1, max: 65_535 }),
});

/** What ECS may answer for a registered content (facts, section 7: read-back differs from what was sent). */
function readBack(content: TaskDefinitionContent): fc.Arbitrary<TaskDefinition> {
  const [container] = content.containerDefinitions ?? [];
  const { environment = [], secrets = [], portMappings = [], essential: _e, ...rest } = container ?? {};
  return fc
    .record({
      environment: anyOrder(environment),
      secrets: anyOrder(secrets),
      essential: orAbsent({ essential: true }),
      cpu: orAbsent({ cpu: 0 }),
      host: fc.constantFrom('filled', 'absent'),
      protocol: orAbsent({ protocol: 'tcp' as const }),
      empty: fc.subarray(['mountPoints', 'volumesFrom', 'systemControls', 'links', 'dnsServers', 'ulimits']),
      top: fc.subarray(['volumes', 'placementConstraints', 'inferenceAccelerators', 'requiresAttributes']),
      fault: orAbsent({ enableFaultInjection: false }),
    })
    .map((drawn) => {
      const { requiresCompatibilities, ...members } = content;
      const ports = portMappings.map(({ containerPort }) => ({
        containerPort,
        ...drawn.protocol,
        ...(drawn.host === 'filled' ? { hostPort: containerPort } : {}),
      }));
      return {
        ...members,
        ...drawn.fault,
        ...Object.fromEntries(drawn.top.map((name) => [name, []])),
        requiresCompatibilities,
        compatibilities: ['EC2', 'FARGATE'],
        status: 'ACTIVE',
        revision: 7,
        registeredAt: new Date(0),
        containerDefinitions: [
          {
            ...rest,
            ...drawn.essential,
            ...drawn.cpu,
            ...Object.fromEntries(drawn.empty.map((name) => [name, []])),
            environment: drawn.environment,
            // ECS leaves an empty list out as often as not.
            ...(secrets.length === 0 ? {} : { secrets: drawn.secrets }),
            portMappings: ports,
          },
        ],
      } satisfies TaskDefinition;
    });
}

const situations = services.chain((service) => {
  const context = contextOf(undefined, { service });
  const desired = known(desiredTaskDefinition(context));
  return fc.record({
    context: fc.constant(context),
    desired: fc.constant(desired),
    definition: readBack(desired),
    others: foreignTags,
  });
});

describe('the difference between a task definition and the record', () => {
  it('is nothing, however ECS gives the content back', () => {
    fc.assert(
      fc.property(situations, ({ context, desired, definition, others }) => {
        const tags = { ...others, ...taskDefinitionTags(context, canonicalHash(desired)) };
        expect(diffTaskDefinition(desired, { definition, tags }, context)).toEqual([]);
      }),
    );
  });

  it('names a changed environment, and shows no value of it', () => {
    fc.assert(
      fc.property(
        situations,
        fc.string({ minLength: 12, maxLength: 20 }),
        ({ context, desired, definition }, value) => {
          const tags = taskDefinitionTags(context, canonicalHash(desired));
          const [container] = definition.containerDefinitions ?? [];
          const environment = (container?.environment ?? []).map((pair) =>
            pair.name === 'TIER' ? { ...pair, value } : pair,
          );
          const live = { definition: { ...definition, containerDefinitions: [{ ...container, environment }] }, tags };
          const changes = diffTaskDefinition(desired, live, context);
          expect(changes.map(({ field }) => field)).toEqual(['containerDefinitions']);
          expect(JSON.stringify(changes)).not.toContain(JSON.stringify(value).slice(1, -1));
        },
      ),
    );
  });

  it('cannot be put right in place, except for tags', () => {
    expect(taskDefinitionNeedsSuccessor([{ field: 'tags', before: {}, after: {} }])).toBe(false);
    expect(taskDefinitionNeedsSuccessor([{ field: 'status', before: 'INACTIVE', after: 'ACTIVE' }])).toBe(true);
  });

  it('looks at every member that RegisterTaskDefinition takes', () => {
    const context = contextOf();
    const desired = known(desiredTaskDefinition(context));
    const tags = taskDefinitionTags(context, canonicalHash(desired));
    const blind = RegisterTaskDefinitionRequest$[4].filter((member) => {
      if (member === 'tags') return false;
      const other = member === 'enableFaultInjection' ? true : member === 'containerDefinitions' ? [] : ['other'];
      const definition = { ...desired, [member]: other } as TaskDefinition;
      return !diffTaskDefinition(desired, { definition, tags }, context).some(({ field }) => field === member);
    });
    expect(blind).toEqual([]);
  });
});

describe('the wanted task definition', () => {
  it('never lets a record speak for another tenant', () => {
    const context = contextOf(undefined, { service: { environment: { TENANT_ID: 'other', CELL: 'other' } } });
    const environment = known(desiredTaskDefinition(context)).containerDefinitions?.[0]?.environment;
    expect(environment).toContainEqual({ name: 'TENANT_ID', value: 'acme' });
    expect(environment?.filter(({ name }) => name === 'TENANT_ID')).toHaveLength(1);
    expect(environment).toContainEqual({ name: 'CELL', value: 'cell-a' });
  });

  it('has the same hash whatever the order of the record', () => {
    const one = desiredTaskDefinition(contextOf(undefined, { service: { environment: { B: '2', A: '1' } } }));
    const other = desiredTaskDefinition(contextOf(undefined, { service: { environment: { A: '1', B: '2' } } }));
    expect(one).toEqual(other);
  });

  it('names roles and secrets in the partition and account of the cell', () => {
    const secrets = {
      A: { from: 'ssm', name: '/cellwright/acme/a' },
      B: { from: 'secretsmanager', name: '/cellwright/acme/b' },
    } as const;
    const { taskRoleArn, containerDefinitions } = known(
      desiredTaskDefinition(contextOf(undefined, { region: 'cn-north-1', service: { secrets } })),
    );
    expect(taskRoleArn).toBe('arn:aws-cn:iam::111111111111:role/app/task');
    expect(containerDefinitions?.[0]?.secrets).toEqual([
      { name: 'A', valueFrom: 'arn:aws-cn:ssm:cn-north-1:111111111111:parameter/cellwright/acme/a' },
      { name: 'B', valueFrom: 'arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:/cellwright/acme/b' },
    ]);
  });
});
