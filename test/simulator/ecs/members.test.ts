import type { CreateServiceRequest, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/simulator/wire/models.ts';
import type { Shape } from '../../../src/simulator/wire/shape.ts';
import { balancer, createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
  f.register();
});

/** The shape under a path; lists are walked through. */
function shapeAt(shape: Shape | undefined, path: readonly string[]): Shape | undefined {
  if (shape?.kind === 'list') return shapeAt(shape.element.shape, path);
  const [name, ...rest] = path;
  if (name === undefined) return shape;
  return shape?.kind === 'struct' ? shapeAt(shape.byName.get(name)?.shape, rest) : undefined;
}

describe('what operations take', () => {
  it('are members that the SDK knows, and every operation says which', async () => {
    const model = await loadModel('ecs');
    const unknown = [...f.operations].flatMap(([name, { takes }]) => {
      const input = model.operations.get(name)?.input;
      if (takes === undefined) return [`${name} takes anything`];
      return takes.filter((path) => shapeAt(input, path.split('.')) === undefined).map((path) => `${name}.${path}`);
    });
    expect(unknown).toEqual([]);
  });

  it.each<[string, Partial<CreateServiceRequest>]>([
    ['blue/green', { loadBalancers: [{ ...balancer('arn'), advancedConfiguration: { roleArn: 'r' } }] }],
    ['a Classic Load Balancer', { loadBalancers: [{ loadBalancerName: 'old' }] }],
    ['lifecycle hooks', { deploymentConfiguration: { lifecycleHooks: [{ hookTargetArn: 'arn' }] } }],
    ['canaries', { deploymentConfiguration: { canaryConfiguration: { canaryPercent: 5 } } }],
    ['gateway connectors', { gatewayConnectors: [{} as never] }],
  ])('a service with %s is an unsupported feature', (_what, input) => {
    const refused = f.refused('CreateService', f.serviceInput(input));
    expect(refused.code).toBe('UnsupportedFeatureException');
    expect(refused.message).toContain('is not supported');
    expect(f.call('ListServices', { cluster: 'c1' })).toMatchObject({ serviceArns: [] });
  });

  const container = { name: 'app', image: 'app:1' };
  const withContainer = (extra: object): Partial<RegisterTaskDefinitionRequest> => ({
    containerDefinitions: [{ ...container, ...extra }],
  });
  it.each<[string, Partial<RegisterTaskDefinitionRequest>]>([
    ['links', withContainer({ links: ['other'] })],
    ['a restart policy', withContainer({ restartPolicy: { enabled: true } })],
    ['devices', withContainer({ linuxParameters: { devices: [{ hostPath: '/dev/x' }] } })],
    ['placement constraints', { placementConstraints: [{ type: 'memberOf', expression: 'x' }] }],
    ['a Docker volume', { volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task' } }] }],
    ['inference accelerators', { inferenceAccelerators: [{ deviceName: 'd', deviceType: 't' }] }],
    ['Windows', { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } }],
    ['a network mode of no such name', { networkMode: 'awsVpc' as never }],
    ['a protocol of no such name', withContainer({ portMappings: [{ containerPort: 1, protocol: 'sctp' }] })],
  ])('a task definition with %s is refused by ClientException', (_what, input) => {
    expect(() => f.register(input)).toThrow(expect.objectContaining({ code: 'ClientException' }) as Error);
  });

  it.each([
    ['ListTasks', { cluster: 'c1', containerInstance: 'i' }],
    ['ListServices', { cluster: 'c1', resourceManagementType: 'ECS' }],
    ['PutAccountSetting', { name: 'containerInsights', value: 'enabled', principalArn: 'arn' }],
    ['DescribeServices', { cluster: 'c1', services: ['svc'], include: ['tags'] }],
    ['DescribeClusters', { include: ['EVERYTHING'] }],
    ['ListTasks', { cluster: 'c1', desiredStatus: 'DONE' }],
    ['ListServices', { cluster: 'c1', launchType: 'LAMBDA' }],
    ['UpdateCluster', { cluster: 'c1', configuration: { executeCommandConfiguration: { logging: 'SOME' } } }],
  ])('%s refuses %j by InvalidParameterException', (operation, input) => {
    expect(f.refused(operation, input).code).toBe('InvalidParameterException');
  });

  it.each([
    { launchType: 'SPOT' },
    { propagateTags: 'ALL' },
    { availabilityZoneRebalancing: 'ON' },
    { schedulingStrategy: 'BATCH' },
    { deploymentController: { type: 'ARGO' } },
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a'], assignPublicIp: 'MAYBE' } } },
    { deploymentConfiguration: { strategy: 'RECREATE' } },
    {
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'SOME', value: 1 } },
      },
    },
  ])('a service with the word of no such meaning %j is refused', (input) => {
    expect(f.refused('CreateService', f.serviceInput(input as never)).code).toBe('InvalidParameterException');
  });

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('the deployment controller %s is an unsupported feature', (type) => {
    const input = f.serviceInput({ deploymentController: { type } });
    expect(f.refused('CreateService', input).code).toBe('UnsupportedFeatureException');
  });

  it('refuse a role of the service where tasks have interfaces of their own', () => {
    expect(f.refused('CreateService', f.serviceInput({ role: 'ecsServiceRole' })).message).toBe(
      'You cannot specify an IAM role for services that require a service linked role.',
    );
  });
});

describe('features that only show', () => {
  it('are kept and given back, and start a deployment: registries, Service Connect, volumes, VPC Lattice', () => {
    f.create({ desiredCount: 0 });
    const features = {
      serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:111111111111:service/srv-1' }],
      serviceConnectConfiguration: { enabled: true, namespace: 'mesh' },
      volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: 'arn:aws:iam::1:role/r', sizeInGiB: 1 } }],
      vpcLatticeConfigurations: [{ roleArn: 'arn:aws:iam::1:role/r', targetGroupArn: 'arn:tg', portName: 'p' }],
    };
    for (const [name, value] of Object.entries(features)) {
      const before = f.service().deployments?.[0]?.id;
      f.call('UpdateService', { cluster: 'c1', service: 'svc', [name]: value });
      const [primary] = f.service().deployments ?? [];
      expect(primary?.id).not.toBe(before);
      expect({ ...f.service(), ...primary }).toMatchObject({ [name]: value });
    }
  });

  it('are kept and given back, and do nothing: alarms and a bake time', () => {
    const shown = { alarms: { enable: true, rollback: true, alarmNames: ['a'] }, bakeTimeInMinutes: 7 };
    f.create({ deploymentConfiguration: shown });
    expect(f.service().deploymentConfiguration).toMatchObject(shown);
    f.until(f.stable, 300);
  });
});

describe('answers', () => {
  it('take 50 ms to read, 100 to write, 300 to make a cluster and 500 to make a service', () => {
    const slow = new Map([
      ['CreateCluster', 300],
      ['CreateService', 500],
    ]);
    for (const [name, { latencyMs, mutating }] of f.operations) {
      expect([name, latencyMs]).toEqual([name, slow.get(name) ?? (mutating ? 100 : 50)]);
    }
  });

  it('to reads leave no trace: who also reads has the same AWS as who does not', () => {
    const ends = [false, true].map((reading) => {
      f = createFixture({ seed: 7 });
      f.register();
      const group = f.targetGroup('tg');
      f.create({ desiredCount: 2, loadBalancers: [balancer(group)] });
      for (let minute = 0; minute < 10; minute += 1) {
        if (minute === 4) {
          f.register({ image: 'app:2' });
          f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
        }
        if (reading) readAll(f);
        f.world.advance(60);
      }
      return [f.service(), f.tasks(), f.tasks('STOPPED')];
    });
    expect(ends[1]).toEqual(ends[0]);
  });
});

function readAll(fixture: Fixture): void {
  const { serviceArn, currentServiceDeployment, currentServiceRevisions = [] } = fixture.service();
  const inputs: readonly (readonly [string, object])[] = [
    ['DescribeClusters', { clusters: ['c1', 'none'], include: ['STATISTICS'] }],
    ['ListClusters', {}],
    ['ListServices', { cluster: 'c1' }],
    ['ListServiceDeployments', { cluster: 'c1', service: 'svc' }],
    ['DescribeServiceDeployments', { serviceDeploymentArns: [currentServiceDeployment] }],
    ['DescribeServiceRevisions', { serviceRevisionArns: [currentServiceRevisions[0]?.arn] }],
    ['DescribeTaskDefinition', { taskDefinition: 'web' }],
    ['ListTaskDefinitions', {}],
    ['ListTaskDefinitionFamilies', {}],
    ['ListTagsForResource', { resourceArn: serviceArn }],
    ['ListAccountSettings', { effectiveSettings: true }],
    ['DescribeCapacityProviders', {}],
  ];
  fixture.tasks();
  for (const [operation, input] of inputs) fixture.call(operation, input);
}
