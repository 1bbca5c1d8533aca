import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  type CreateRuleCommandInput,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** An implementation of ELBv2 in one account and Region, with a VPC of two zones. */
export interface ElbImplementation {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly vpc: string;
  readonly subnets: readonly string[];
}

/** Speaks to the implementation at an endpoint, and makes the VPC. */
export async function implementationAt(endpoint: string): Promise<ElbImplementation> {
  const credentials = { accessKeyId: '111111111111', secretAccessKey: 'conformance' };
  const config = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  const ec2 = new EC2Client(config);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const vpc = Vpc?.VpcId ?? '';
  const subnets: string[] = [];
  for (const [n, zone] of ['a', 'b'].entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: vpc, CidrBlock: `10.20.${n * 16}.0/20`, AvailabilityZone: `us-east-1${zone}` }),
    );
    subnets.push(Subnet?.SubnetId ?? '');
  }
  ec2.destroy();
  return { elb: new ElasticLoadBalancingV2Client(config), vpc, subnets };
}

/** What one behaviour works with: names of its own, and a load balancer that is made when it is asked for and removed afterwards. */
export class Bench {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly vpc: string;
  readonly subnets: readonly string[];
  /** Begins the names of this behaviour. */
  readonly prefix: string;
  private readonly made: string[] = [];

  constructor(implementation: ElbImplementation, prefix: string) {
    this.elb = implementation.elb;
    this.vpc = implementation.vpc;
    this.subnets = implementation.subnets;
    this.prefix = prefix;
  }

  async loadBalancer(name = `${this.prefix}-lb`): Promise<string> {
    const { LoadBalancers } = await this.elb.send(
      new CreateLoadBalancerCommand({ Name: name, Subnets: [...this.subnets] }),
    );
    const arn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
    this.made.push(arn);
    return arn;
  }

  /** A listener on port 80 of a load balancer of its own, unless another is named. */
  async listener(action: Action = notFound, loadBalancer?: string): Promise<string> {
    const { Listeners } = await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: loadBalancer ?? (await this.loadBalancer()),
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [action],
      }),
    );
    return Listeners?.[0]?.ListenerArn ?? '';
  }

  groupInput(more: Partial<CreateTargetGroupCommandInput> = {}): CreateTargetGroupCommandInput {
    const name = `${this.prefix}-g`;
    return { Name: name, Protocol: 'HTTP', Port: 80, VpcId: this.vpc, TargetType: 'ip', ...more };
  }

  async group(more: Partial<CreateTargetGroupCommandInput> = {}): Promise<string> {
    const { TargetGroups } = await this.elb.send(new CreateTargetGroupCommand(this.groupInput(more)));
    return TargetGroups?.[0]?.TargetGroupArn ?? '';
  }

  async rule(input: CreateRuleCommandInput): Promise<string> {
    const { Rules } = await this.elb.send(new CreateRuleCommand(input));
    return Rules?.[0]?.RuleArn ?? '';
  }

  async end(): Promise<void> {
    for (const arn of this.made) await this.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
  }
}

export const notFound: Action = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain' },
};

/** A rule on a path that forwards to a group. */
export function ruleOn(ListenerArn: string, Priority: number, group: string): CreateRuleCommandInput {
  return {
    ListenerArn,
    Priority,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${Priority}`] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: group }],
  };
}

/** How a call went: `ok`, the name of the service's error, or `crashed` where the service itself failed. Messages are everyone's own. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    // Only what the service said is an answer: everything else, a connection among it, is a failure of the test.
    if (!(error instanceof Error) || !('$metadata' in error || '$response' in error)) throw error;
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    return status === 500 || error instanceof SyntaxError ? 'crashed' : error.name;
  }
}
