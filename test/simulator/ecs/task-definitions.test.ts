import type {
  DeleteTaskDefinitionsResponse,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});

const read = (taskDefinition: string, include?: string[]) =>
  f.call<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', { taskDefinition, include });
const list = (input: object) => f.call<ListTaskDefinitionsResponse>('ListTaskDefinitions', input).taskDefinitionArns;
const arn = (name: string): string => `arn:aws:ecs:us-east-1:111111111111:task-definition/${name}`;

describe('RegisterTaskDefinition', () => {
  it('makes a new revision each time, even of the same content', () => {
    expect(f.register().taskDefinition?.revision).toBe(1);
    expect(f.register().taskDefinition?.revision).toBe(2);
    expect(read('web').taskDefinition?.taskDefinitionArn).toBe(arn('web:2'));
    expect(read('web:1').taskDefinition?.taskDefinitionArn).toBe(arn('web:1'));
    expect(read(arn('web:1')).taskDefinition?.revision).toBe(1);
  });

  it('gives back more than was sent, and in another order', () => {
    f.register({
      containerDefinitions: [
        {
          name: 'app',
          image: 'app:1',
          portMappings: [{ containerPort: 8080 }],
          healthCheck: { command: ['CMD', 'true'] },
          environment: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    });
    const { taskDefinition } = read('web');
    expect(taskDefinition?.containerDefinitions?.[0]).toEqual({
      name: 'app',
      image: 'app:1',
      cpu: 0,
      essential: true,
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
      environment: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 },
    });
    expect(taskDefinition).toMatchObject({
      status: 'ACTIVE',
      compatibilities: ['EC2', 'FARGATE'],
      requiresCompatibilities: ['FARGATE'],
      volumes: [],
      placementConstraints: [],
      cpu: '256',
      memory: '512',
    });
  });

  it('keeps a variable without a value as one of no characters', () => {
    const environment = [{ name: 'EMPTY' }];
    f.register({ containerDefinitions: [{ name: 'app', image: 'app:1', environment }] });
    expect(read('web').taskDefinition?.containerDefinitions?.[0]?.environment).toEqual([{ name: 'EMPTY', value: '' }]);
  });

  it('converts sizes given in vCPU and GB', () => {
    expect(f.register({ cpu: '1 vCPU', memory: '2 GB' }).taskDefinition).toMatchObject({ cpu: '1024', memory: '2048' });
  });

  it('keeps tags, and shows them only when asked', () => {
    f.register({ tags: [{ key: 'k', value: 'v' }] });
    expect(read('web').tags).toBeUndefined();
    expect(read('web', ['TAGS']).tags).toEqual([{ key: 'k', value: 'v' }]);
  });

  const container = { name: 'app', image: 'app:1' };
  const withContainer = (extra: object) => ({ containerDefinitions: [{ ...container, ...extra }] });
  it.each<[string, Partial<RegisterTaskDefinitionRequest>, RegExp]>([
    ['a size that Fargate lacks', { cpu: '256', memory: '4096' }, /No Fargate configuration exists/],
    ['no cpu', { cpu: undefined }, /'cpu' be defined at the task level/],
    ['another network mode', { networkMode: 'bridge' }, /only supports network mode/],
    ['no containers', { containerDefinitions: [] }, /cannot be empty/],
    ['two containers of one name', { containerDefinitions: [container, container] }, /unique/],
    ['no essential container', withContainer({ essential: false }), /essential/],
    ['another host port', withContainer({ portMappings: [{ containerPort: 80, hostPort: 81 }] }), /must match/],
    [
      'secrets without an execution role',
      withContainer({ secrets: [{ name: 'S', valueFrom: 'p' }] }),
      /executionRoleArn/,
    ],
    ['a bad family', { family: 'a b' }, /Family contains invalid characters/],
    ['a bad role', { taskRoleArn: 'arn:nonsense' }, /Role is not valid/],
    ['too much cpu in containers', withContainer({ cpu: 512 }), /greater than/],
    ['no image', { containerDefinitions: [{ name: 'app' }] }, /image should not be null/],
    ['a log driver that Fargate lacks', withContainer({ logConfiguration: { logDriver: 'json-file' } }), /log driver/],
    ["the host's processes", { pidMode: 'host' }, /pidMode/],
    ["the host's IPC", { ipcMode: 'host' }, /ipcMode/],
    ['too little storage', { ephemeralStorage: { sizeInGiB: 20 } }, /between 21 and 200/],
    ['too much storage', { ephemeralStorage: { sizeInGiB: 201 } }, /between 21 and 200/],
    ['awslogs without an execution role', withContainer({ logConfiguration: { logDriver: 'awslogs' } }), /awslogs/],
  ])('refuses %s', (_what, input, message) => {
    const refused = f.refused('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [container],
      ...input,
    });
    expect(refused.code).toBe('ClientException');
    expect(refused.message).toMatch(message);
  });

  /** CPU units and the memory (MiB) that goes with them: from, to, step. */
  const sizes: readonly (readonly [number, number, number, number])[] = [
    [512, 1_024, 4_096, 1_024],
    [1_024, 2_048, 8_192, 1_024],
    [2_048, 4_096, 16_384, 1_024],
    [4_096, 8_192, 30_720, 1_024],
    [8_192, 16_384, 61_440, 4_096],
    [16_384, 32_768, 122_880, 8_192],
  ];
  it('takes the sizes that Fargate has, and no others', () => {
    const takes = (cpu: number, memory: number): boolean => {
      try {
        f.register({ cpu: String(cpu), memory: String(memory) });
        return true;
      } catch {
        return false;
      }
    };
    expect([512, 1_024, 1_536, 2_048, 4_096].filter((memory) => takes(256, memory))).toEqual([512, 1_024, 2_048]);
    for (const [cpu, from, to, by] of sizes) {
      for (let memory = from; memory <= to; memory += by) expect(takes(cpu, memory)).toBe(true);
      for (const memory of [from - 1_024, from + by / 2, to + by]) expect(takes(cpu, memory)).toBe(false);
    }
    expect(takes(32_768, 65_536)).toBe(false);
  });

  it('refuses a secret that has the name of a variable', () => {
    const refused = f.refused('RegisterTaskDefinition', {
      family: 'web',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::111111111111:role/exec',
      containerDefinitions: [
        { ...container, environment: [{ name: 'A', value: '1' }], secrets: [{ name: 'A', valueFrom: 'p' }] },
      ],
    });
    expect(refused.message).toContain('secret name must be unique');
  });
});

describe('reading', () => {
  it('answers unknown ones with ClientException', () => {
    f.register();
    for (const name of ['nope', 'web:9', arn('web:9'), 'arn:aws:ecs:us-east-1:222222222222:task-definition/web:1']) {
      expect(f.refused('DescribeTaskDefinition', { taskDefinition: name })).toEqual({
        code: 'ClientException',
        message: 'Unable to describe task definition.',
      });
    }
  });

  it('lists by family, status and order', () => {
    f.register();
    f.register();
    f.register({ family: 'web2' });
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    expect(list({ familyPrefix: 'web' })).toEqual([arn('web:2')]);
    expect(list({ familyPrefix: 'web', status: 'INACTIVE' })).toEqual([arn('web:1')]);
    expect(list({})).toEqual([arn('web:2'), arn('web2:1')]);
    expect(list({ sort: 'DESC' })).toEqual([arn('web2:1'), arn('web:2')]);
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:2' });
    const families = (input: object) =>
      f.call<ListTaskDefinitionFamiliesResponse>('ListTaskDefinitionFamilies', input).families;
    expect(families({})).toEqual(['web2']);
    expect(families({ status: 'INACTIVE' })).toEqual(['web']);
    expect(families({ familyPrefix: 'web', status: 'ALL' })).toEqual(['web', 'web2']);
  });
});

describe('the end of a task definition', () => {
  it('needs a revision, and needs to be INACTIVE before it can be deleted', () => {
    f.register();
    expect(f.refused('DeregisterTaskDefinition', { taskDefinition: 'web' }).code).toBe('InvalidParameterException');
    const early = f.call<DeleteTaskDefinitionsResponse>('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] });
    expect(early.failures?.[0]).toMatchObject({
      arn: arn('web:1'),
      reason: expect.stringContaining('ACTIVE') as string,
    });
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    const done = f.call<DeleteTaskDefinitionsResponse>('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] });
    expect(done.taskDefinitions?.[0]?.status).toBe('DELETE_IN_PROGRESS');
    f.world.advance(10);
    expect(f.refused('DescribeTaskDefinition', { taskDefinition: 'web:1' }).code).toBe('ClientException');
    expect(f.register().taskDefinition?.revision).toBe(2);
  });

  it('waits in DELETE_IN_PROGRESS for the services that use it', () => {
    f.register();
    f.create();
    f.until(f.stable);
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    f.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] });
    f.world.advance(4_000);
    expect(read('web:1').taskDefinition?.status).toBe('DELETE_IN_PROGRESS');
    f.call('DeleteService', { cluster: 'c1', service: 'svc', force: true });
    f.until(() => list({ status: 'DELETE_IN_PROGRESS' })?.length === 0);
  });

  it('is refused to new services and updates from the moment that its deletion was asked for', () => {
    f.register();
    f.register();
    f.create({ taskDefinition: 'web:1' });
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:2' });
    f.call('DeleteTaskDefinitions', { taskDefinitions: ['web:2'] });
    const message = 'TaskDefinition is inactive';
    const input = f.serviceInput({ serviceName: 'b', taskDefinition: 'web:2' });
    expect(f.refused('CreateService', input).message).toBe(message);
    expect(f.refused('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web:2' }).message).toBe(
      message,
    );
  });

  it('stays describable while something uses it, and else for an hour', () => {
    f.register();
    f.register({ family: 'used' });
    f.create({ taskDefinition: 'used' });
    for (const taskDefinition of ['web:1', 'used:1']) f.call('DeregisterTaskDefinition', { taskDefinition });
    expect(read('web:1').taskDefinition?.status).toBe('INACTIVE');
    f.world.advance(3_700);
    expect(f.refused('DescribeTaskDefinition', { taskDefinition: 'web:1' }).code).toBe('ClientException');
    expect(read('used:1').taskDefinition?.status).toBe('INACTIVE');
  });

  it('is refused to new services only some time after it was deregistered, and never to the tasks of an old one', () => {
    f.register();
    f.create();
    f.until(f.stable);
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
    f.world.advance(601);
    expect(f.refused('CreateService', f.serviceInput({ serviceName: 'b', taskDefinition: 'web:1' }))).toEqual({
      code: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 2 });
    f.until(() => f.service().runningCount === 2);
  });
});
