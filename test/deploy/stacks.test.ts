import { beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../deploy/config.ts';
import { controllerRoleName, listenerPattern, loadBalancerName } from '../../deploy/names.ts';
import {
  type Assembly,
  assemble,
  example,
  exampleAssembly,
  exampleText,
  onlyOf,
  propertiesOf,
  resourcesOf,
} from './assembly.ts';

let made: Assembly;
beforeAll(() => {
  made = exampleAssembly();
});

describe('all stacks', () => {
  it('are in an order in which whoever is trusted is there first', () => {
    expect(made.stacks.map(({ name }) => name.replace('cellwright-example-', ''))).toEqual([
      'tables',
      'controller',
      'dns-standard',
      'dns-shared',
      'tier-standard-standard-a',
      'cell-standard-a',
      'tier-standard-standard-b',
      'cell-standard-b',
      'tier-shared-shared-a',
      'cell-shared-a',
      'infra-group-standard-a1',
      'infra-group-standard-a2',
      'infra-group-standard-b1',
      'infra-group-shared-a1',
    ]);
  });

  it("stand before the CDK's own judge of templates", () => {
    expect(made.violations).toEqual([]);
  });

  it('need neither parameters, assets, look-ups nor a bucket', () => {
    for (const { name, template, bytes } of made.stacks) {
      expect(Object.keys(template).sort(), name).toEqual([
        'Description',
        ...(template.Outputs === undefined ? [] : ['Outputs']),
        'Resources',
      ]);
      expect(JSON.stringify(template), name).not.toMatch(/dummy|Fn::GetAZs|cdk-hnb659fds|Custom::/);
      expect(bytes, name).toBeLessThan(51_200);
    }
  });

  it('never bear the mark by which the controller knows its own, but on the tables', () => {
    for (const { name, template } of made.stacks) {
      for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
        if (Type === 'AWS::DynamoDB::Table') continue;
        expect(JSON.stringify(Properties?.['Tags'] ?? []), `${name} ${id}`).not.toContain('cellwright:');
      }
    }
  });

  it('give nothing a public address but NAT gateways and internet-facing load balancers', () => {
    for (const stack of made.stacks) {
      for (const subnet of propertiesOf(stack, 'AWS::EC2::Subnet')) expect(subnet['MapPublicIpOnLaunch']).toBe(false);
      const addresses = resourcesOf(stack, 'AWS::EC2::EIP').length;
      expect(addresses, stack.name).toBe(resourcesOf(stack, 'AWS::EC2::NatGateway').length);
      if (!stack.name.endsWith('-controller')) expect(addresses, stack.name).toBe(0);
    }
  });

  it('log what their VPCs refuse', () => {
    for (const stack of made.stacks) {
      const flows = propertiesOf(stack, 'AWS::EC2::FlowLog');
      expect(flows).toHaveLength(resourcesOf(stack, 'AWS::EC2::VPC').length);
      for (const flow of flows) expect(flow).toMatchObject({ ResourceType: 'VPC', TrafficType: 'REJECT' });
    }
  });

  it('let no log group keep its lines for ever', () => {
    for (const stack of made.stacks) {
      for (const group of propertiesOf(stack, 'AWS::Logs::LogGroup'))
        expect(group['RetentionInDays'], stack.name).toBeGreaterThan(0);
    }
  });
});

describe('what a first deployment that fails leaves behind', () => {
  it('is nothing whose name the next attempt would find taken, but tables', () => {
    for (const stack of made.stacks) {
      for (const [id, { Properties, ...resource }] of Object.entries(stack.template.Resources)) {
        const named = ['LogGroupName', 'RepositoryName', 'BucketName'].some(
          (name) => typeof Properties?.[name] === 'string',
        );
        if (named) expect(['Delete', 'RetainExceptOnCreate'], `${stack.name} ${id}`).toContain(deletionOf(resource));
      }
    }
  });

  it('keeps logs and images all the same when a stack is deleted', () => {
    for (const [name, type] of [
      ['controller', 'AWS::Logs::LogGroup'],
      ['tier-standard-standard-a', 'AWS::Logs::LogGroup'],
      ['tables', 'AWS::ECR::Repository'],
    ] as const) {
      const policies = resourcesOf(made.stack(name), type).map(([, resource]) => deletionOf(resource));
      expect(policies, name).toContain('RetainExceptOnCreate');
    }
  });

  function deletionOf(resource: object): unknown {
    return Object.getOwnPropertyDescriptor(resource, 'DeletionPolicy')?.value;
  }
});

describe('the stack of the tables', () => {
  it('keeps both: on demand, restorable to any second, not deleted by mistake, marked', () => {
    const tables = resourcesOf(made.stack('tables'), 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const [id, table] of tables) {
      expect(table, id).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(table.Properties, id).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(table.Properties?.['Tags'], id).toContainEqual({ Key: 'cellwright:installation', Value: 'example' });
    }
  });

  it('has a repository whose tags stay what they are', () => {
    expect(onlyOf(made.stack('tables'), 'AWS::ECR::Repository')).toMatchObject({
      RepositoryName: 'cellwright',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    });
  });
});

describe('the stack of the controller', () => {
  it('runs two tasks in two zones, and never fewer while it is updated', () => {
    const stack = made.stack('controller');
    const service = onlyOf(stack, 'AWS::ECS::Service');
    expect(service).toMatchObject({
      DesiredCount: 2,
      LaunchType: 'FARGATE',
      AvailabilityZoneRebalancing: 'ENABLED',
      EnableExecuteCommand: false,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
    });
    expect(zonesOf('controller', service['NetworkConfiguration'])).toEqual(['us-east-1a', 'us-east-1b']);
  });

  /** The zones of the subnets that a service names. */
  function zonesOf(name: string, network: unknown): string[] {
    const { Subnets } = (network as { AwsvpcConfiguration: { Subnets: string[] } }).AwsvpcConfiguration;
    const stack = made.stack(name);
    const raw = resourcesOf(stack, 'AWS::EC2::Subnet');
    const all = propertiesOf(stack, 'AWS::EC2::Subnet');
    return raw
      .flatMap(([id], index) => (Subnets.some((one) => one === subnetId(name, id)) ? [all[index]] : []))
      .map((subnet) => String(subnet?.['AvailabilityZone']))
      .sort();
  }

  function subnetId(name: string, id: string): unknown {
    const { template, ...rest } = made.stack(name);
    const asked = {
      ...template,
      Resources: { ...template.Resources, Asked: { Type: 'X', Properties: { id: { Ref: id } } } },
    };
    return propertiesOf({ ...rest, template: asked }, 'X')[0]?.['id'];
  }

  it('runs the image on ARM64, as nobody special, on a file system that nothing is written to', () => {
    const task = onlyOf(made.stack('controller'), 'AWS::ECS::TaskDefinition');
    expect(task).toMatchObject({
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      TaskRoleArn: 'arn:aws:iam::000000000000:role/cellwright/cellwright-example-controller',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/cellwright/cellwright-example-controller-execution',
      ContainerDefinitions: [
        {
          Name: 'controller',
          Image: example.controller.image,
          Essential: true,
          User: '1000:1000',
          Privileged: false,
          ReadonlyRootFilesystem: true,
          LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
          HealthCheck: { Command: ['CMD', 'node', '/app/bin/healthcheck'] },
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: { 'awslogs-group': '/cellwright/example/controller', 'awslogs-region': 'us-east-1' },
          },
        },
      ],
    });
    expect(JSON.stringify(task)).not.toContain('PortMappings');
  });

  it('tells the controller where its tables are, in variables that it knows', async () => {
    const { settings } = await import('../../src/cli/config.ts');
    const known = Object.values(settings).map(({ variable }) => variable);
    const { ContainerDefinitions } = onlyOf(made.stack('controller'), 'AWS::ECS::TaskDefinition') as {
      ContainerDefinitions: { Environment: { Name: string; Value: string }[] }[];
    };
    const environment = ContainerDefinitions[0]?.Environment ?? [];
    for (const { Name } of environment) expect(known).toContain(Name);
    expect(environment).toContainEqual({ Name: 'CELLWRIGHT_DESIRED_TABLE', Value: 'cellwright-desired' });
    expect(environment).toContainEqual({ Name: 'CELLWRIGHT_STATE_TABLE', Value: 'cellwright-state' });
  });

  it('asks for health where the image has the probe that the image itself uses', async () => {
    const { readFileSync } = await import('node:fs');
    expect(readFileSync('Dockerfile', 'utf8')).toContain('CMD ["node", "/app/bin/healthcheck"]');
    expect(readFileSync('bin/healthcheck', 'utf8')).toContain('/healthz');
  });

  it('lets nobody in', () => {
    const stack = made.stack('controller');
    expect(resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress')).toEqual([]);
    const group = onlyOf(stack, 'AWS::EC2::SecurityGroup');
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group['SecurityGroupEgress']).toMatchObject([{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }]);
  });

  it('reaches its tables, and none but them, by an endpoint', () => {
    const endpoints = propertiesOf(made.stack('controller'), 'AWS::EC2::VPCEndpoint');
    const dynamodb = endpoints.find(({ ServiceName }) => ServiceName === 'com.amazonaws.us-east-1.dynamodb');
    expect(dynamodb).toMatchObject({
      VpcEndpointType: 'Gateway',
      PolicyDocument: {
        Statement: [
          {
            Resource: [
              'arn:aws:dynamodb:us-east-1:000000000000:table/cellwright-desired',
              'arn:aws:dynamodb:us-east-1:000000000000:table/cellwright-state',
            ],
          },
        ],
      },
    });
    expect((dynamodb?.['RouteTableIds'] as unknown[]).length).toBe(2);
  });

  it('has alarms that tell the topic, and a dashboard', () => {
    const alarms = propertiesOf(made.stack('controller'), 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(9);
    for (const alarm of alarms) expect(alarm['AlarmActions']).toEqual([example.controller.alarmTopicArn]);
    expect(onlyOf(made.stack('controller'), 'AWS::CloudWatch::Dashboard')['DashboardName']).toBe('cellwright-example');
  });

  it('assumes the roles of all cells and zones, and no other', () => {
    const policies = propertiesOf(made.stack('controller'), 'AWS::IAM::ManagedPolicy');
    const statements = policies.flatMap(
      ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: string[]; Resource: string[] }[] }).Statement,
    );
    const assumed = statements
      .filter(({ Action }) => Action.includes('sts:AssumeRole'))
      .flatMap(({ Resource }) => Resource);
    const roles = made.stacks
      .filter(({ name }) => /-(?:cell|dns)-/.test(name))
      .flatMap((stack) =>
        propertiesOf(stack, 'AWS::IAM::Role').map(
          ({ RoleName }) => `arn:aws:iam::${stack.place.accountId}:role/cellwright/${String(RoleName)}`,
        ),
      );
    expect([...assumed].sort()).toEqual(roles.sort());
  });
});

describe('a controller with other settings', () => {
  let other: Assembly;
  beforeAll(() => {
    const text = exampleText.replace(
      'network: { cidr: 10.255.0.0/24, zones: [us-east-1a, us-east-1b] }',
      `network: { vpcId: vpc-0a1b2c3d4e5f60718, subnetIds: [subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712] }
  tables: { create: false, desired: restored-desired, state: restored-state }
  repository: existing
  prometheus:
    remoteWriteUrl: https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0a1b2c3d-0000-4000-8000-000000000000/api/v1/remote_write
    collectorImage: registry.example.com/aws-otel-collector:v0.47.0`,
    );
    other = assemble(readSettings(text, 'other'));
  });

  it('makes no VPC, no table and no repository where they exist', () => {
    expect(other.violations).toEqual([]);
    expect(resourcesOf(other.stack('controller'), 'AWS::EC2::VPC')).toEqual([]);
    expect(onlyOf(other.stack('controller'), 'AWS::ECS::Service')).toMatchObject({
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'],
        },
      },
    });
    expect(onlyOf(other.stack('controller'), 'AWS::EC2::SecurityGroup')['VpcId']).toBe('vpc-0a1b2c3d4e5f60718');
    expect(resourcesOf(other.stack('tables'), 'AWS::DynamoDB::Table')).toEqual([]);
    expect(resourcesOf(other.stack('tables'), 'AWS::ECR::Repository')).toEqual([]);
  });

  it("may pull the agent's image where that is in ECR too", () => {
    const repository = '000000000000.dkr.ecr.us-east-1.amazonaws.com/mirror/aws-otel-collector';
    const mirrored = assemble(
      readSettings(
        exampleText.replace(
          '  logRetentionDays: 90\n',
          `  prometheus:
    remoteWriteUrl: https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-0a1b2c3d-0000-4000-8000-000000000000/api/v1/remote_write
    collectorImage: ${repository}:v0.47.0\n`,
        ),
        'mirrored',
      ),
    );
    const images = (made: Assembly): unknown =>
      propertiesOf(made.stack('controller'), 'AWS::IAM::ManagedPolicy')
        .flatMap(
          ({ PolicyDocument }) => (PolicyDocument as { Statement: { Sid: string; Resource: unknown }[] }).Statement,
        )
        .find(({ Sid }) => Sid === 'Images')?.Resource;
    const own = 'arn:aws:ecr:us-east-1:000000000000:repository/cellwright';
    expect(images(mirrored)).toEqual([own, 'arn:aws:ecr:us-east-1:000000000000:repository/mirror/aws-otel-collector']);
    expect(images(other)).toEqual([own]);
  });

  it('has an agent beside it that scrapes loopback, and may write to that one workspace', () => {
    const task = onlyOf(other.stack('controller'), 'AWS::ECS::TaskDefinition');
    const [, collector] = task['ContainerDefinitions'] as { Environment: { Name: string; Value: string }[] }[];
    expect(collector).toMatchObject({
      Name: 'collector',
      Essential: false,
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
    const config = collector?.Environment.find(({ Name }) => Name === 'AOT_CONFIG_CONTENT')?.Value ?? '';
    expect(config).toContain('127.0.0.1:9400');
    expect(config).toContain('ws-0a1b2c3d-0000-4000-8000-000000000000');
    const rights = JSON.stringify(propertiesOf(other.stack('controller'), 'AWS::IAM::ManagedPolicy'));
    expect(rights).toContain(
      '"Action":["aps:RemoteWrite"],"Resource":["arn:aws:aps:eu-west-1:000000000000:workspace/ws-0a1b2c3d-0000-4000-8000-000000000000"]',
    );
  });
});

describe('a stack of an infra group', () => {
  const groups = example.infraGroups.map(({ name }) => [name, `infra-group-${name}`] as const);

  it.each(groups)('%s has subnets in two zones or more, those of tasks without a way out', (name, id) => {
    const stack = made.stack(id);
    const subnets = resourcesOf(stack, 'AWS::EC2::Subnet');
    const zones = new Set(propertiesOf(stack, 'AWS::EC2::Subnet').map(({ AvailabilityZone }) => AvailabilityZone));
    expect(zones.size).toBe(name === 'standard-b1' ? 3 : 2);
    expect(resourcesOf(stack, 'AWS::EC2::NatGateway')).toEqual([]);
    const isolated = subnets.filter(([key]) => key.includes('isolated')).length;
    expect(isolated).toBe(zones.size);
    // A route to the internet gateway: only from subnets of the load balancer.
    for (const [, { Properties }] of resourcesOf(stack, 'AWS::EC2::Route'))
      expect(JSON.stringify(Properties?.['RouteTableId'])).toContain('public');
  });

  it.each(groups)('%s has a protected load balancer with access logs, and a listener that answers 404', (name, id) => {
    const stack = made.stack(id);
    const balancer = onlyOf(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const attributes = Object.fromEntries(
      (balancer['LoadBalancerAttributes'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    );
    expect(attributes).toMatchObject({
      'deletion_protection.enabled': 'true',
      'access_logs.s3.enabled': 'true',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
    expect(balancer).toMatchObject({
      Name: loadBalancerName('example', name),
      Type: 'application',
      Scheme: name === 'shared-a1' ? 'internal' : 'internet-facing',
    });
    expect(onlyOf(stack, 'AWS::ElasticLoadBalancingV2::Listener')).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    expect(onlyOf(stack, 'AWS::S3::Bucket')).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it.each(groups)('%s lets tasks accept nobody but the load balancer', (_, id) => {
    const stack = made.stack(id);
    const ids = new Map(
      resourcesOf(stack, 'AWS::EC2::SecurityGroup').map(([key]) => [key.replace(/[0-9A-F]{8}$/, ''), key]),
    );
    const tasks = ids.get('TaskSecurityGroup');
    expect(stack.template.Resources[tasks ?? '']?.Properties).not.toHaveProperty('SecurityGroupIngress');
    const into = resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress').filter(([, { Properties }]) =>
      JSON.stringify(Properties?.['GroupId']).includes(`"${tasks ?? ''}"`),
    );
    expect(into.map(([, { Properties }]) => Properties)).toMatchObject([
      {
        FromPort: 8080,
        ToPort: 8080,
        SourceSecurityGroupId: { 'Fn::GetAtt': [ids.get('LoadBalancerSecurityGroup'), 'GroupId'] },
      },
    ]);
  });

  it('has the endpoints that tasks need without NAT, and those that the secrets of the tier ask for', () => {
    const services = (id: string): string[] =>
      propertiesOf(made.stack(id), 'AWS::EC2::VPCEndpoint').map(
        ({ ServiceName, VpcEndpointType }) =>
          `${String(VpcEndpointType)} ${String(ServiceName).replace('com.amazonaws.us-east-1.', '')}`,
      );
    const always = ['Gateway s3', 'Interface ecr.api', 'Interface ecr.dkr', 'Interface logs'];
    expect(services('infra-group-standard-a1').sort()).toEqual([...always, 'Interface ssm']);
    expect(services('infra-group-shared-a1').sort()).toEqual([...always, 'Interface secretsmanager']);
  });

  it("opens the tier's dependencies to tasks, on the ports that are said", () => {
    const stack = made.stack('infra-group-shared-a1');
    const ports = resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress')
      .filter(([key]) => key.startsWith('DependencySecurityGroup'))
      .map(([, { Properties }]) => Properties?.['FromPort']);
    expect(ports).toEqual([443, 8443]);
  });

  it('has a load balancer whose listeners the rights of its cell cover, and those of no other installation', () => {
    const cell = { accountId: '111111111111', region: 'us-east-1' };
    const pattern = new RegExp(
      `^${listenerPattern('example', cell).replaceAll('?', '[^/]').replaceAll('*', '.*').replaceAll('/', '\\/')}$`,
    );
    const arn = (name: string): string =>
      `arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/${name}/0a/0b`;
    expect(arn(loadBalancerName('example', 'standard-a1'))).toMatch(pattern);
    expect(arn(loadBalancerName('example-b', 'standard-a1'))).not.toMatch(pattern);
    expect(arn(loadBalancerName('exampl', 'standard-a1'))).not.toMatch(pattern);
    expect(loadBalancerName('a'.repeat(20), 'b'.repeat(40))).toHaveLength(32);
  });
});

describe('roles', () => {
  it('of cells and zones are for the controller alone, with the external id', () => {
    for (const stack of made.stacks.filter(({ name }) => /-(?:cell|dns)-/.test(name))) {
      for (const role of propertiesOf(stack, 'AWS::IAM::Role')) {
        expect(role['AssumeRolePolicyDocument'], stack.name).toMatchObject({
          Statement: [
            {
              Principal: { AWS: `arn:aws:iam::000000000000:role/cellwright/${controllerRoleName('example')}` },
              Condition: { StringEquals: { 'sts:ExternalId': 'cellwright-example' } },
            },
          ],
        });
      }
    }
  });

  it('of a cell are three, all within the boundary', () => {
    for (const { name } of example.cells) {
      const roles = propertiesOf(made.stack(`cell-${name}`), 'AWS::IAM::Role');
      expect(roles.map(({ RoleName }) => RoleName)).toEqual([
        'cellwright-example-observe',
        'cellwright-example-apply',
        'cellwright-example-reap',
      ]);
      for (const role of roles)
        expect(role['PermissionsBoundary']).toMatch(/:policy\/cellwright\/cellwright-example-boundary$/);
    }
  });

  it("pass no role but the tier's two", () => {
    const statements = propertiesOf(made.stack('cell-standard-a'), 'AWS::IAM::ManagedPolicy').flatMap(
      ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: string[]; Resource: string[] }[] }).Statement,
    );
    const passed = statements.filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passed.length).toBeGreaterThan(0);
    for (const { Resource } of passed) {
      expect(Resource).toEqual([
        'arn:aws:iam::111111111111:role/cellwright/cellwright-standard-task',
        'arn:aws:iam::111111111111:role/cellwright/cellwright-standard-execution',
      ]);
    }
  });

  it('of tenants read secrets under /cellwright/ only to start tasks, and their code none at all', () => {
    const [task, execution] = propertiesOf(made.stack('tier-standard-standard-a'), 'AWS::IAM::ManagedPolicy').map(
      ({ PolicyDocument }) => (PolicyDocument as { Statement: unknown[] }).Statement,
    );
    expect(task).toContainEqual(expect.objectContaining({ Sid: 'NoSecrets', Effect: 'Deny' }));
    // AWS judges this action by the path alone: whoever may ask for a path gets all that is below it.
    expect(task).toContainEqual({
      Sid: 'NoPathsToSecrets',
      Effect: 'Deny',
      Action: ['ssm:GetParametersByPath'],
      Resource: ['', '/', '/cellwright'].map((path) => `arn:aws:ssm:*:*:parameter${path}`),
    });
    expect(execution).toContainEqual({
      Sid: 'Parameters',
      Effect: 'Allow',
      Action: ['ssm:GetParameters'],
      Resource: ['arn:aws:ssm:us-east-1:111111111111:parameter/cellwright/*'],
    });
    expect(JSON.stringify(execution)).not.toContain('secretsmanager');
    expect(JSON.stringify(propertiesOf(made.stack('tier-shared-shared-a'), 'AWS::IAM::ManagedPolicy'))).not.toContain(
      'ssm:GetParameters"],"Resource":["arn:aws:ssm:us-east-1:333333333333:parameter/cellwright/*',
    );
  });
});
