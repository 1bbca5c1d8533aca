import { DescribeSubnetsCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import { AwsError } from '../../../src/simulator/kernel.ts';
import { type CallerOptions, clientsOf } from '../support/clients.ts';
import { HandClock } from '../support/clock.ts';

export const account = '111111111111';
export const region = 'us-east-1';
export const owner = '999999999999';
export const serviceId = 'vpce-svc-0a1b2c3d4e5f60718';
export const serviceName = `com.amazonaws.vpce.${region}.${serviceId}`;

/** A world with a VPC, two subnets in zones of their own and a security group. */
export function setUp(options: { throttle?: boolean; latencyFactor?: number } = {}) {
  const clock = new HandClock();
  const world = createSimulatedAws({ clock, throttle: false, ...options });
  world.ec2.seedVpc({ vpcId: 'vpc-1', account, region });
  world.ec2.seedSubnet({ subnetId: 'subnet-a', vpcId: 'vpc-1', zone: 'us-east-1a' });
  world.ec2.seedSubnet({ subnetId: 'subnet-b', vpcId: 'vpc-1', zone: 'us-east-1b' });
  world.ec2.seedSecurityGroup({ groupId: 'sg-1', vpcId: 'vpc-1' });
  const ec2Of = (caller: CallerOptions) => clientsOf(world, caller).ec2;
  const ec2 = ec2Of({});
  const free = async (id: string) =>
    (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0]?.AvailableIpAddressCount;
  const endpoint = async (id: string) =>
    (await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))).VpcEndpoints?.[0];
  const seconds = (count: number) => world.advance(count);
  return { world, ec2, ec2Of, free, endpoint, seconds };
}

export type SetUp = ReturnType<typeof setUp>;

/** The code of what AWS refuses; `none` where it does not. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof AwsError ? error.code : String(error);
  }
  return 'none';
}

/** How many of these calls AWS answers before it throttles one. */
export function granted({ world }: SetUp, operation: string, input: object): number {
  for (let count = 0; ; count++) {
    try {
      world.call({ accessKeyId: account, region, service: 'ec2', operation, input });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'RequestLimitExceeded') return count;
    }
  }
}
