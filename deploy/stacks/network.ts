/** VPCs, security groups and endpoints. */
import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import {
  CfnVPCEndpoint,
  FlowLogDestination,
  FlowLogTrafficType,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  SecurityGroup,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { PlacedStack } from './placed-stack.ts';

/** The names of our kinds of subnets. */
export const subnetGroups = { public: 'public', private: 'private', isolated: 'isolated' } as const;

/** Subnets for load balancers and NAT gateways: 59 addresses in each. */
export const publicSubnets: SubnetConfiguration = {
  name: subnetGroups.public,
  subnetType: SubnetType.PUBLIC,
  cidrMask: 26,
  mapPublicIpOnLaunch: false,
};
/** Subnets with a way out through NAT, and none in. */
export const privateSubnets: SubnetConfiguration = {
  name: subnetGroups.private,
  subnetType: SubnetType.PRIVATE_WITH_EGRESS,
};
/** Subnets with no way out but endpoints. */
export const isolatedSubnets: SubnetConfiguration = {
  name: subnetGroups.isolated,
  subnetType: SubnetType.PRIVATE_ISOLATED,
};

export interface VpcProps {
  readonly name: string;
  readonly cidr: string;
  readonly zones: readonly string[];
  readonly natGateways: number;
  readonly subnets: readonly SubnetConfiguration[];
  readonly logGroupName: string;
  readonly logRetentionDays: RetentionDays;
}

/** A VPC that logs what was refused. No instance or task in it gets a public address by itself. */
export function addVpc(stack: PlacedStack, props: VpcProps): Vpc {
  const vpc = new Vpc(stack, 'Vpc', {
    vpcName: props.name,
    ipAddresses: IpAddresses.cidr(props.cidr),
    availabilityZones: [...props.zones],
    natGateways: props.natGateways,
    subnetConfiguration: [...props.subnets],
  });
  const logGroup = new LogGroup(stack, 'FlowLogGroup', {
    logGroupName: props.logGroupName,
    retention: props.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  vpc.addFlowLog('Refused', {
    destination: FlowLogDestination.toCloudWatchLogs(logGroup),
    trafficType: FlowLogTrafficType.REJECT,
  });
  return vpc;
}

/** A security group that lets nothing in or out until rules are added. */
export function addSecurityGroup(
  stack: PlacedStack,
  id: string,
  props: { readonly vpc: IVpc; readonly description: string },
): SecurityGroup {
  const group = new SecurityGroup(stack, id, {
    vpc: props.vpc,
    description: props.description,
    allowAllOutbound: false,
    allowAllIpv6Outbound: false,
  });
  Tags.of(group).add('Name', `${stack.stackName}/${id}`);
  return group;
}

/** An interface endpoint in one subnet of each zone, with private DNS: `service` as ECR's `ecr.api`. */
export function addInterfaceEndpoint(
  stack: PlacedStack,
  service: string,
  props: { readonly vpc: IVpc; readonly subnetIds: string[]; readonly securityGroup: SecurityGroup },
): CfnVPCEndpoint {
  const id = service.replace(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
  const endpoint = new CfnVPCEndpoint(stack, `${id}Endpoint`, {
    vpcEndpointType: 'Interface',
    serviceName: new InterfaceVpcEndpointAwsService(service).name,
    vpcId: props.vpc.vpcId,
    subnetIds: props.subnetIds,
    securityGroupIds: [props.securityGroup.securityGroupId],
    privateDnsEnabled: true,
  });
  Tags.of(endpoint).add('Name', `${stack.stackName}/${service}`);
  return endpoint;
}

/** A gateway endpoint, which costs nothing, in the routes of the given subnets. `policy` limits what it leads to. */
export function addGatewayEndpoint(
  stack: PlacedStack,
  service: 's3' | 'dynamodb',
  props: { readonly vpc: IVpc; readonly subnets: readonly ISubnet[]; readonly policy?: object },
): CfnVPCEndpoint {
  const endpoint = new CfnVPCEndpoint(stack, `${service === 's3' ? 'S3' : 'DynamoDb'}Endpoint`, {
    vpcEndpointType: 'Gateway',
    serviceName: `com.amazonaws.${stack.place.region}.${service}`,
    vpcId: props.vpc.vpcId,
    routeTableIds: props.subnets.map(({ routeTable }) => routeTable.routeTableId),
    ...(props.policy === undefined ? {} : { policyDocument: props.policy }),
  });
  Tags.of(endpoint).add('Name', `${stack.stackName}/${service}`);
  return endpoint;
}
