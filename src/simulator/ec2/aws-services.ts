/** The endpoint services that AWS itself has in every Region. */
import { createHash } from 'node:crypto';

/**
 * Names after `com.amazonaws.<region>.`, with the private DNS name where it is not `<name>.<region>.amazonaws.com`; undefined where there is none.
 * AWS has some hundred more; these are what tasks and their operators use (Services that integrate with AWS PrivateLink).
 */
const interfaceServices: Readonly<Record<string, (region: string) => string | undefined>> = {
  'application-autoscaling': (region) => plain('application-autoscaling', region),
  athena: (region) => plain('athena', region),
  autoscaling: (region) => plain('autoscaling', region),
  cloudformation: (region) => plain('cloudformation', region),
  cloudtrail: (region) => plain('cloudtrail', region),
  // Endpoints of these two have no private DNS names here: S3's depend on a gateway endpoint in the VPC, which is not simulated.
  dynamodb: () => undefined,
  s3: () => undefined,
  ec2: (region) => plain('ec2', region),
  ec2messages: (region) => plain('ec2messages', region),
  'ecr.api': (region) => plain('api.ecr', region),
  'ecr.dkr': (region) => plain('*.dkr.ecr', region),
  ecs: (region) => plain('ecs', region),
  'ecs-agent': (region) => plain('ecs-a', region),
  'ecs-telemetry': (region) => plain('ecs-t', region),
  elasticfilesystem: (region) => plain('elasticfilesystem', region),
  elasticloadbalancing: (region) => plain('elasticloadbalancing', region),
  events: (region) => plain('events', region),
  'execute-api': (region) => plain('*.execute-api', region),
  glue: (region) => plain('glue', region),
  'kinesis-firehose': (region) => plain('firehose', region),
  'kinesis-streams': (region) => plain('kinesis', region),
  kms: (region) => plain('kms', region),
  lambda: (region) => plain('lambda', region),
  logs: (region) => plain('logs', region),
  monitoring: (region) => plain('monitoring', region),
  rds: (region) => plain('rds', region),
  'rds-data': (region) => plain('rds-data', region),
  secretsmanager: (region) => plain('secretsmanager', region),
  servicediscovery: (region) => plain('servicediscovery', region),
  sns: (region) => plain('sns', region),
  sqs: (region) => plain('sqs', region),
  ssm: (region) => plain('ssm', region),
  ssmmessages: (region) => plain('ssmmessages', region),
  states: (region) => plain('states', region),
  sts: (region) => plain('sts', region),
  xray: (region) => plain('xray', region),
};

/** The services that have gateway endpoints; their address ranges are prefix lists. */
export const gatewayServices = ['dynamodb', 's3'] as const;

function plain(name: string, region: string): string {
  return `${name}.${region}.amazonaws.com`;
}

/** One service of AWS, for one type of endpoint. */
export interface AwsEndpointService {
  readonly name: string;
  readonly id: string;
  readonly type: 'Interface' | 'Gateway';
  readonly baseDnsName: string;
  readonly privateDnsName: string | undefined;
}

/** All of a Region. */
export function awsServicesOf(region: string): readonly AwsEndpointService[] {
  const service = (short: string, type: 'Interface' | 'Gateway', privateDnsName: string | undefined) => ({
    name: `com.amazonaws.${region}.${short}`,
    id: `vpce-svc-${digitsOf(`${region}/${short}/${type}`, 17)}`,
    type,
    baseDnsName: type === 'Gateway' ? plain(short, region) : `${short}.${region}.vpce.amazonaws.com`,
    privateDnsName,
  });
  return [
    ...Object.entries(interfaceServices).map(([short, nameOf]) => service(short, 'Interface', nameOf(region))),
    ...gatewayServices.map((short) => service(short, 'Gateway', undefined)),
  ];
}

/** Hexadecimal digits that belong to a text: ids of what exists by itself are the same in every run. */
export function digitsOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
