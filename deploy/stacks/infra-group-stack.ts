/** An infra group: a VPC without a way out for tasks, and a load balancer that answers 404 to whatever no tenant's rule takes. */
import { type App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { zonesOf } from '../config.ts';
import { loadBalancerName, stackNames } from '../names.ts';
import { infraGroupRecord } from '../records.ts';
import {
  type CellSettings,
  containerPort,
  type InfraGroupSettings,
  type Settings,
  secretStores,
  type TierSettings,
} from '../settings.ts';
import {
  addGatewayEndpoint,
  addInterfaceEndpoint,
  addSecurityGroup,
  addVpc,
  isolatedSubnets,
  publicSubnets,
  subnetGroups,
} from './network.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';

/** What every tenant's task needs to start where there is no NAT (ECS Developer Guide, interface endpoints): images, and logs. Layers of images come from S3. */
const always = ['ecr.api', 'ecr.dkr', 'logs'] as const;

export class InfraGroupStack extends PlacedStack {
  readonly #group: InfraGroupSettings;

  constructor(
    app: App,
    settings: Settings,
    of: { readonly group: InfraGroupSettings; readonly cell: CellSettings; readonly tier: TierSettings },
  ) {
    const { installation } = settings;
    const { group, cell, tier } = of;
    super(app, stackNames.infraGroup(installation, group.name), {
      place: cell,
      zones: zonesOf(group.zones, cell.region),
      description: `Cellwright ${installation}: infra group ${group.name} of cell ${cell.name}`,
      tags: stackTags(installation, { 'cellwright-cell': cell.name, 'cellwright-infra-group': group.name }),
    });
    this.#group = group;
    const facing = group.scheme === 'internet-facing';
    const vpc = addVpc(this, {
      name: this.stackName,
      cidr: group.cidr,
      zones: this.availabilityZones,
      natGateways: 0,
      subnets: facing ? [publicSubnets, isolatedSubnets] : [isolatedSubnets],
      logGroupName: `/cellwright/${installation}/${group.name}-flow-logs`,
      logRetentionDays: group.logRetentionDays,
    });
    const groups = this.#addSecurityGroups(vpc, containerPort(tier));
    this.#addEndpoints(vpc, tier, groups.endpoints);
    const { loadBalancer, listener } = this.#addLoadBalancer(installation, {
      vpc,
      securityGroup: groups.loadBalancer,
      certificateArn: cell.certificateArn,
    });
    this.addRecord(
      infraGroupRecord(group, {
        vpcId: vpc.vpcId,
        subnetIds: this.#isolated(vpc).map(({ subnetId }) => subnetId),
        loadBalancerArn: loadBalancer.loadBalancerArn,
        listenerArn: listener.listenerArn,
        taskSecurityGroupIds: [groups.tasks.securityGroupId],
        endpointSecurityGroupIds: [groups.dependencies.securityGroupId],
      }),
    );
  }

  #isolated(vpc: IVpc) {
    return vpc.selectSubnets({ subnetGroupName: subnetGroups.isolated }).subnets;
  }

  /** Clients reach the load balancer, the load balancer the tasks, the tasks the endpoints; nobody else anybody. */
  #addSecurityGroups(
    vpc: IVpc,
    port: number,
  ): Readonly<Record<'loadBalancer' | 'tasks' | 'endpoints' | 'dependencies', SecurityGroup>> {
    const { ingress, dependencyPorts } = this.#group;
    const add = (id: string, description: string) => addSecurityGroup(this, `${id}SecurityGroup`, { vpc, description });
    const loadBalancer = add('LoadBalancer', 'The load balancer: HTTPS from clients in, tasks out');
    const tasks = add('Task', 'Tasks of tenants: the load balancer in, endpoints out');
    const endpoints = add('Endpoint', 'Endpoints of AWS services: HTTPS from tasks');
    const dependencies = add('Dependency', 'Endpoints of dependencies of the tier: tasks on their ports');
    for (const range of ingress) loadBalancer.addIngressRule(Peer.ipv4(range), Port.tcp(443), `HTTPS from ${range}`);
    loadBalancer.addEgressRule(tasks, Port.tcp(port), 'Requests and health checks');
    tasks.addIngressRule(loadBalancer, Port.tcp(port), 'Requests and health checks');
    tasks.addEgressRule(endpoints, Port.tcp(443), 'AWS services');
    endpoints.addIngressRule(tasks, Port.tcp(443), 'HTTPS from tasks');
    // The gateway endpoint of S3 has addresses of the internet; no other route leads there.
    tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Layers of images, in S3');
    for (const each of dependencyPorts) {
      dependencies.addIngressRule(tasks, Port.tcp(each), `Port ${each} from tasks`);
      tasks.addEgressRule(dependencies, Port.tcp(each), `Dependencies on port ${each}`);
    }
    return { loadBalancer, tasks, endpoints, dependencies };
  }

  #addEndpoints(vpc: IVpc, tier: TierSettings, securityGroup: SecurityGroup): void {
    const subnets = this.#isolated(vpc);
    const asked = this.#group.endpoints.filter((service) => service !== 'dynamodb');
    const interfaces = new Set<string>([...always, ...secretStores(tier), ...asked]);
    for (const service of interfaces) {
      addInterfaceEndpoint(this, service, { vpc, subnetIds: subnets.map(({ subnetId }) => subnetId), securityGroup });
    }
    addGatewayEndpoint(this, 's3', { vpc, subnets });
    if (this.#group.endpoints.includes('dynamodb')) addGatewayEndpoint(this, 'dynamodb', { vpc, subnets });
  }

  #addLoadBalancer(
    installation: string,
    of: { readonly vpc: IVpc; readonly securityGroup: SecurityGroup; readonly certificateArn: string | undefined },
  ): { readonly loadBalancer: ApplicationLoadBalancer; readonly listener: ApplicationListener } {
    const { name, scheme } = this.#group;
    if (of.certificateArn === undefined) throw new Error(`infra group ${name} has no certificate`);
    const facing = scheme === 'internet-facing';
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      loadBalancerName: loadBalancerName(installation, name),
      vpc: of.vpc,
      vpcSubnets: { subnetGroupName: facing ? subnetGroups.public : subnetGroups.isolated },
      internetFacing: facing,
      securityGroup: of.securityGroup,
      deletionProtection: true,
      dropInvalidHeaderFields: true,
    });
    loadBalancer.logAccessLogs(this.#addLogBucket());
    const listener = loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      sslPolicy: SslPolicy.TLS13_RES,
      certificates: [ListenerCertificate.fromArn(of.certificateArn)],
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' }),
    });
    return { loadBalancer, listener };
  }

  /** ELB writes its logs with S3's own keys only (ELB guide, access logs). */
  #addLogBucket(): Bucket {
    return new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(this.#group.accessLogDays), abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
