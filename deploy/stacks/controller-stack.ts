/** The controller itself: two tasks in two zones, of which one leads and the other stands by. */
import { type App, CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { type ISubnet, type IVpc, Peer, Port, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster, CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IDependable } from 'constructs';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import { zonesOf } from '../config.ts';
import {
  cellRoleName,
  controllerExecutionRoleName,
  controllerLogGroup,
  controllerRoleName,
  dnsRoleName,
  roleArn,
  stackNames,
} from '../names.ts';
import { addObservability } from '../observability/index.ts';
import { controllerPolicy, type PolicyDocument, taskTrustPolicy } from '../policies/index.ts';
import { executionPolicy } from '../policies/tasks.ts';
import { repositoryPattern, type Settings } from '../settings.ts';
import { collectorContainer, remoteWriteStatement } from './collector.ts';
import { logsOf } from './logs.ts';
import {
  addGatewayEndpoint,
  addSecurityGroup,
  addVpc,
  privateSubnets,
  publicSubnets,
  subnetGroups,
} from './network.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';
import { addRole } from './roles.ts';

/** The user of the image (Dockerfile), by number. */
const user = '1000:1000';

/** The repositories in ECR that images come from; those of other registries need no right. */
function repositoriesOf(...images: readonly (string | undefined)[]): readonly string[] {
  const all = images.flatMap((image) => (image === undefined ? [] : [image.replace(/[:@].*$/, '')]));
  return [...new Set(all)].filter((repository) => repositoryPattern.test(repository));
}

interface Network {
  readonly vpc: IVpc;
  readonly subnetIds: readonly string[];
  /** What has to be there before a task can reach anything. */
  readonly ways: readonly IDependable[];
}

export class ControllerStack extends PlacedStack {
  readonly #settings: Settings;

  constructor(app: App, settings: Settings) {
    const { installation, controller } = settings;
    super(app, stackNames.controller(installation), {
      place: controller,
      zones: zonesOf(controller.network.zones, controller.region),
      description: `Cellwright ${installation}: the controller`,
      tags: stackTags(installation),
    });
    this.#settings = settings;
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: controllerLogGroup(installation),
      retention: controller.logRetentionDays,
      // Kept, but for a first deployment that fails: the next attempt would find its name taken.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const network = this.#addNetwork();
    const taskDefinition = this.#addTaskDefinition(logGroup);
    const service = this.#addService(taskDefinition, network);
    // Without a way out a task could not start.
    service.node.addDependency(...network.ways);
    addObservability(this, {
      logGroup,
      installation,
      ...(controller.alarmTopicArn === undefined ? {} : { alarmTopicArn: controller.alarmTopicArn }),
    });
    new CfnOutput(this, 'ClusterName', { value: `cellwright-${installation}` });
    new CfnOutput(this, 'ServiceName', { value: service.attrName });
    new CfnOutput(this, 'LogGroupName', { value: logGroup.logGroupName });
  }

  #addNetwork(): Network {
    const { controller, installation } = this.#settings;
    const { network } = controller;
    if (network.vpcId !== undefined && network.subnetIds !== undefined) {
      const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: network.vpcId,
        availabilityZones: this.availabilityZones,
      });
      return { vpc, subnetIds: network.subnetIds, ways: [] };
    }
    const vpc = addVpc(this, {
      name: this.stackName,
      cidr: network.cidr,
      zones: this.availabilityZones,
      natGateways: network.natGateways,
      subnets: [{ ...publicSubnets, cidrMask: 28 }, privateSubnets],
      logGroupName: `/cellwright/${installation}/controller-flow-logs`,
      logRetentionDays: controller.logRetentionDays,
    });
    const subnets = vpc.selectSubnets({ subnetGroupName: subnetGroups.private }).subnets;
    const endpoints = this.#addEndpoints(vpc, subnets);
    return {
      vpc,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      ways: [...endpoints, ...subnets.map(({ internetConnectivityEstablished }) => internetConnectivityEstablished)],
    };
  }

  /** The tables, and the image's layers, without a NAT gateway between. All else of AWS goes through NAT: the APIs of whatever Regions cells are in, and the stream, for which there is no gateway endpoint. */
  #addEndpoints(vpc: IVpc, subnets: readonly ISubnet[]): readonly IDependable[] {
    const { accountId, region, tables } = this.#settings.controller;
    const table = (name: string): string => `arn:${partitionOf(region)}:dynamodb:${region}:${accountId}:table/${name}`;
    const dynamodb = addGatewayEndpoint(this, 'dynamodb', {
      vpc,
      subnets,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OurTables',
            Effect: 'Allow',
            Principal: '*',
            Action: 'dynamodb:*',
            Resource: [table(tables.desired), table(tables.state)],
          },
        ],
      },
    });
    const s3 = addGatewayEndpoint(this, 's3', {
      vpc,
      subnets,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'ImageLayers',
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: `arn:${partitionOf(region)}:s3:::prod-${region}-starport-layer-bucket/*`,
          },
        ],
      },
    });
    return [dynamodb, s3];
  }

  #taskPolicy(): PolicyDocument {
    const { installation, controller, cells, tiers } = this.#settings;
    const partition = partitionOf(controller.region);
    const policy = controllerPolicy({
      partition,
      region: controller.region,
      accountId: controller.accountId,
      desiredTable: controller.tables.desired,
      stateTable: controller.tables.state,
      assumable: [
        ...cells.flatMap((cell) =>
          (['observe', 'apply', 'reap'] as const).map((role) => roleArn(cell, cellRoleName(installation, role))),
        ),
        ...tiers.map(({ name, zone }) =>
          roleArn({ accountId: zone.accountId, region: controller.region }, dnsRoleName(installation, name)),
        ),
      ],
    });
    if (controller.prometheus === undefined) return policy;
    return { ...policy, Statement: [...policy.Statement, remoteWriteStatement(controller, controller.prometheus)] };
  }

  #addTaskDefinition(logGroup: LogGroup): CfnTaskDefinition {
    const { installation, controller } = this.#settings;
    const place = {
      partition: partitionOf(controller.region),
      accountId: controller.accountId,
      region: controller.region,
    };
    const trust = taskTrustPolicy(place);
    const taskRole = addRole(this, 'TaskRole', {
      name: controllerRoleName(installation),
      description: `Cellwright ${installation}: the controller: its tables, and the roles that it may assume`,
      trust,
      policy: this.#taskPolicy(),
    });
    const executionRole = addRole(this, 'ExecutionRole', {
      name: controllerExecutionRoleName(installation),
      description: `Cellwright ${installation}: starts the controller: its image, its logs`,
      trust,
      policy: executionPolicy({
        ...place,
        repositories: repositoriesOf(controller.image, controller.prometheus?.collectorImage),
        logGroup: controllerLogGroup(installation),
      }),
    });
    return new CfnTaskDefinition(this, 'TaskDefinition', {
      family: `cellwright-${installation}-controller`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(controller.cpu),
      memory: String(controller.memoryMiB),
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      taskRoleArn: taskRole.attrArn,
      executionRoleArn: executionRole.attrArn,
      containerDefinitions: [
        this.#controllerContainer(logGroup),
        ...(controller.prometheus === undefined
          ? []
          : [collectorContainer(controller.prometheus, this.region, logGroup)]),
      ],
    });
  }

  #controllerContainer(logGroup: LogGroup): CfnTaskDefinition.ContainerDefinitionProperty {
    const { controller } = this.#settings;
    const environment = {
      CELLWRIGHT_DESIRED_TABLE: controller.tables.desired,
      CELLWRIGHT_STATE_TABLE: controller.tables.state,
      CELLWRIGHT_MODE: controller.mode,
      CELLWRIGHT_LOG_LEVEL: controller.logLevel,
      CELLWRIGHT_RESYNC_SECONDS: String(controller.resyncSeconds),
    };
    return {
      name: 'controller',
      image: controller.image,
      essential: true,
      user,
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
      // Asks /healthz on loopback, where the controller listens; ECS does not look at the image's own HEALTHCHECK.
      healthCheck: {
        command: ['CMD', 'node', '/app/bin/healthcheck'],
        interval: 10,
        timeout: 5,
        retries: 3,
        startPeriod: 60,
      },
      // The leader hands over within 2 s; the rest is for calls on the wire.
      stopTimeout: 30,
      logConfiguration: logsOf(logGroup, this.region, 'controller'),
    };
  }

  #addService(taskDefinition: CfnTaskDefinition, network: Network): CfnService {
    const { installation } = this.#settings;
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: `cellwright-${installation}`,
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    const securityGroup = addSecurityGroup(this, 'TaskSecurityGroup', {
      vpc: network.vpc,
      description: 'The controller: nothing in, HTTPS out',
    });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs of all Regions that have cells');
    return new CfnService(this, 'Service', {
      cluster: cluster.ref,
      serviceName: 'controller',
      taskDefinition: taskDefinition.ref,
      desiredCount: 2,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      availabilityZoneRebalancing: 'ENABLED',
      // Both new tasks stand by before an old one is stopped: whoever leads always has somebody to hand over to.
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [...network.subnetIds],
          securityGroups: [securityGroup.securityGroupId],
        },
      },
    });
  }
}
