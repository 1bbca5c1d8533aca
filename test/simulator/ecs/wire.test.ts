import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { clientsOf } from '../support/clients.ts';
import { balancer, createFixture } from './fixture.ts';

describe('through the real SDK client', () => {
  it('creates, reads and refuses as AWS does', async () => {
    const f = createFixture();
    const { ecs } = clientsOf(f.world);
    await ecs.send(new CreateClusterCommand({ clusterName: 'wire', tags: [{ key: 'k', value: 'v' }] }));
    f.world.advance(3);
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['wire'], include: ['TAGS'] }));
    expect(clusters?.[0]?.tags).toEqual([{ key: 'k', value: 'v' }]);
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'wire',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'app:1', portMappings: [{ containerPort: 8080 }] }],
      }),
    );
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
    const group = f.targetGroup('tg');
    const input = {
      cluster: 'wire',
      serviceName: 'svc',
      taskDefinition: 'wire',
      launchType: 'FARGATE' as const,
      desiredCount: 1,
      loadBalancers: [balancer(group)],
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a'] } },
    };
    await ecs.send(new CreateServiceCommand(input));
    f.world.advance(600);
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'wire', services: ['svc'] }));
    expect(services?.[0]?.deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1 });
    expect(services?.[0]?.events?.[0]?.createdAt).toBeInstanceOf(Date);
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'wire' }));
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'wire', tasks: taskArns }));
    expect(tasks?.[0]).toMatchObject({ lastStatus: 'RUNNING', group: 'service:svc' });
    await expect(ecs.send(new CreateServiceCommand({ ...input, desiredCount: 2 }))).rejects.toThrow(
      InvalidParameterException,
    );
    await expect(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nope' }))).rejects.toMatchObject({
      name: 'ClientException',
      message: 'Unable to describe task definition.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('answers every refusal with HTTP 400, also what is not found or throttled', async () => {
    const f = createFixture({ throttle: true });
    const { ecs } = clientsOf(f.world);
    const status = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });
    await expect(ecs.send(new ListTasksCommand({ cluster: 'nope' }))).rejects.toMatchObject(
      status('ClusterNotFoundException'),
    );
    await expect(ecs.send(new DeleteServiceCommand({ cluster: 'c1', service: 'nope' }))).rejects.toMatchObject(
      status('ServiceNotFoundException'),
    );
    await expect(
      ecs.send(new CreateServiceCommand({ serviceName: 'x', monitoring: { metricConfigurations: [] } })),
    ).rejects.toMatchObject(status('UnsupportedFeatureException'));
    for (let n = 0; n < 5; n += 1) f.refused('DeleteTaskDefinitions', {});
    await expect(ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1'] }))).rejects.toMatchObject({
      ...status('ThrottlingException'),
      message: 'Rate exceeded',
    });
  });
});
