import { ACMClient } from '@aws-sdk/client-acm';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { createRequestHandler } from '../../../src/simulator/mounts/request-handler.ts';
import type { SimulatedAws } from '../../../src/simulator/world.ts';

export interface CallerOptions {
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  readonly region?: string;
  readonly appId?: string;
  readonly maxAttempts?: number;
  /** Goes over a socket instead of the request handler. */
  readonly endpoint?: string;
}

function configOf(world: SimulatedAws | undefined, options: CallerOptions) {
  return {
    region: options.region ?? 'us-east-1',
    maxAttempts: options.maxAttempts ?? 1,
    credentials: {
      accessKeyId: options.accessKeyId ?? '111111111111',
      secretAccessKey: 'secret',
      ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken }),
    },
    ...(options.appId === undefined ? {} : { userAgentAppId: options.appId }),
    ...(world === undefined ? {} : { requestHandler: createRequestHandler(world) }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  };
}

/** The real SDK clients of one caller; `world` undefined leaves them their own HTTP handlers. */
export function clientsOf(world: SimulatedAws | undefined, options: CallerOptions = {}) {
  const config = configOf(world, options);
  return {
    ecs: new ECSClient(config),
    elbv2: new ElasticLoadBalancingV2Client(config),
    route53: new Route53Client(config),
    ec2: new EC2Client(config),
    sts: new STSClient(config),
    'service-quotas': new ServiceQuotasClient(config),
    dynamodb: new DynamoDBClient(config),
    'dynamodb-streams': new DynamoDBStreamsClient(config),
    acm: new ACMClient(config),
    'application-autoscaling': new ApplicationAutoScalingClient(config),
  };
}
