/** What a deployment is told, as a schema: every field with its meaning, default and bounds. docs/reference/deploy.md has the same table. */
import { z } from 'zod';
import { isInstallationId } from '../src/model/names.ts';
import { accountId, ec2Id, externalId, region } from '../src/model/records/aws-shapes.ts';
import { domainPattern } from '../src/model/records/schema-tier.ts';
import { choice, distinct, fields, flag, recordName, text, whole } from '../src/model/records/shapes.ts';

const partition = 'aws|aws-cn|aws-us-gov';

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name`. Groups: account, Region, name. */
export const repositoryPattern =
  /^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]{5,25})\.amazonaws\.com(?:\.cn)?\/([a-z0-9][a-z0-9._/-]{1,254})$/;

const repositoryText = (expected: string) => text(expected, 320, repositoryPattern);

/** Retention periods that CloudWatch Logs knows, in days (API reference, PutRetentionPolicy). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

function retention(otherwise: (typeof retentions)[number], what: string) {
  return z
    .literal(retentions, { error: `one of ${retentions.join(', ')}: the days that CloudWatch Logs knows` })
    .default(otherwise)
    .describe(`Days for which ${what} are kept. Default ${otherwise}.`);
}

const cidr = (what: string, longest: number) =>
  text(
    `an IPv4 range of /16 to /${longest} of which no address bit below the prefix is set, as 10.20.0.0/16`,
    18,
    /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}\/[0-9]{1,2}$/,
  )
    .refine((range) => isRange(range, longest), {
      error: `an IPv4 range of /16 to /${longest} of which no address bit below the prefix is set, as 10.20.0.0/16`,
    })
    .describe(what);

function isRange(range: string, longest: number): boolean {
  const [address = '', bits = ''] = range.split('/');
  const bytes = address.split('.').map(Number);
  const prefix = Number(bits);
  if (bytes.some((byte) => byte > 255) || prefix < 16 || prefix > longest) return false;
  return bytes.reduce((value, byte) => value * 256 + byte, 0) % 2 ** (32 - prefix) === 0;
}

const zoneNames = distinct(
  text('a zone as eu-west-1a', 30, /^[a-z0-9-]{5,25}-[0-9]{1,2}[a-z]$/),
  'Availability Zones',
  2,
  4,
);

const tableName = text('the name of a table: 3 to 255 of a-z, A-Z, 0-9, _, - and .', 255, /^[\w.-]+$/, 3);

const certificateArn = text(
  'the ARN of a certificate in ACM, as arn:aws:acm:REGION:ACCOUNT:certificate/ID',
  200,
  new RegExp(`^arn:(${partition}):acm:([a-z0-9-]{5,25}):([0-9]{12}):certificate/[0-9a-f-]{36}$`),
);

const topicArn = text(
  'the ARN of an SNS topic, as arn:aws:sns:REGION:ACCOUNT:NAME',
  400,
  new RegExp(`^arn:(${partition}):sns:[a-z0-9-]{5,25}:[0-9]{12}:[\\w-]{1,256}$`),
);

/** What a record may say of its own, as the record's own schema has it; checked against that schema once the rest is filled in. */
const recordPart = (kind: string, without: string) =>
  z
    .record(z.string(), z.unknown(), { error: `a map with fields of a ${kind} record` })
    .default({})
    .describe(`The rest of the ${kind} record's spec (\`cellwright explain\` lists it), without ${without}.`);

const network = fields({
  vpcId: ec2Id('vpc').optional().describe('A VPC that exists. Default none: one is made.'),
  subnetIds: distinct(ec2Id('subnet'), 'subnet ids', 2, 16)
    .optional()
    .describe('Only with vpcId: its private subnets for the tasks, in two zones or more, with a way to the AWS APIs.'),
  cidr: cidr('The range of the VPC that is made, /16 to /24. Default 10.255.0.0/24.', 24).default('10.255.0.0/24'),
  zones: zoneNames
    .optional()
    .describe('The zones of the VPC that is made, 2 to 4. Default a and b of the Region, which not every account has.'),
  natGateways: whole('NAT gateways', 1, 4)
    .default(1)
    .describe(
      'NAT gateways of the VPC that is made, at most one for each zone. Default 1: without its zone no task has a way out.',
    ),
}).prefault({});

const prometheus = fields({
  remoteWriteUrl: text(
    'the remote-write URL of a workspace of Amazon Managed Service for Prometheus, with https',
    400,
    /^https:\/\/aps-workspaces\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/workspaces\/ws-[0-9a-f-]+\/api\/v1\/remote_write$/,
  ).describe('Where metrics are sent.'),
  collectorImage: text('an image reference with a tag or digest', 512, /^[\w./:@-]+$/).describe(
    'The image of the AWS Distro for OpenTelemetry collector, by exact tag or digest.',
  ),
}).describe('An agent beside the controller that scrapes /metrics on loopback and writes to Prometheus. Default none.');

const controller = fields({
  accountId: accountId().describe('The account in which the controller runs.'),
  region: region().describe('The Region in which the controller runs and has its tables.'),
  image: text(
    'an image in ECR by tag or digest, as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/cellwright:0.1.0',
    512,
    /^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9][a-z0-9._/-]*(?::[\w.-]{1,128}|@sha256:[0-9a-f]{64})$/,
  ).describe("The controller's image, which is for ARM64. It changes with every release."),
  repository: choice(['create', 'existing'])
    .default('create')
    .describe('create: the image repository is made with the tables. existing: it is there. Default create.'),
  tables: fields({
    create: flag()
      .default(true)
      .describe('Whether the tables are made; false where `cellwright init` made them, or a backup. Default true.'),
    desired: tableName.default('cellwright-desired').describe('The desired table. Default cellwright-desired.'),
    state: tableName.default('cellwright-state').describe('The state table. Default cellwright-state.'),
  }).prefault({}),
  network,
  cpu: z
    .literal([256, 512, 1024, 2048, 4096], { error: 'one of 256, 512, 1024, 2048, 4096 CPU units (1024 = 1 vCPU)' })
    .default(1024)
    .describe('CPU units of a task; 1024 is one vCPU. Default 1024.'),
  memoryMiB: whole('MiB', 512, 30_720).default(2048).describe('Memory of a task in MiB. Default 2048.'),
  mode: choice(['active', 'observe', 'paused'])
    .default('active')
    .describe('CELLWRIGHT_MODE. Begin with observe where something exists already. Default active.'),
  logLevel: choice(['debug', 'info', 'warn', 'error']).default('info').describe('CELLWRIGHT_LOG_LEVEL. Default info.'),
  resyncSeconds: whole('seconds', 5, 86_400).default(300).describe('CELLWRIGHT_RESYNC_SECONDS. Default 300.'),
  logRetentionDays: retention(90, "the controller's logs"),
  alarmTopicArn: topicArn.optional().describe('The SNS topic that alarms are sent to. Default none: they only show.'),
  prometheus: prometheus.optional(),
});

const statement = fields({
  actions: distinct(
    text('an IAM action, as s3:GetObject', 128, /^[a-z0-9-]+:[A-Za-z0-9]+\*?$/),
    'IAM actions',
    1,
    50,
  ).describe('What is allowed.'),
  resources: distinct(text('an ARN; * stands for anything in it', 1_024, /^arn:[^\s]+$/), 'ARNs', 1, 50).describe(
    'On what.',
  ),
});

const tier = fields({
  name: recordName('the name of a Tier').describe('The name of the Tier record.'),
  domain: text('a DNS name of two or more lower-case labels, at most 87 characters', 87, domainPattern, 3).describe(
    'The DNS domain of the tier.',
  ),
  zone: fields({
    id: text('a Route 53 hosted zone id, as Z0123456789ABCDEFGHIJ', 32, /^[A-Z0-9]+$/).describe(
      'The id of the public hosted zone that holds the domain.',
    ),
    name: text('the name of the hosted zone: lower-case labels', 255, domainPattern, 3).describe(
      "The zone's own name.",
    ),
    accountId: accountId().describe('The account that holds the zone.'),
  }),
  externalId: externalId().describe("The external id that the zone's role asks for."),
  repositories: distinct(
    repositoryText('an ECR repository, as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app'),
    'ECR repositories',
    1,
    20,
  ).describe("The ECR repositories that the tenants' images come from, without tag."),
  taskStatements: z
    .array(statement, { error: 'a list of {actions, resources}' })
    .max(20, { error: 'at most 20 statements' })
    .default([])
    .describe("What the tenants' own code may do. Default nothing."),
  tenantSecrets: distinct(choice(['ssm', 'secretsmanager']), 'stores', 0, 2)
    .default([])
    .describe(
      "Stores of secrets that tenants' own records may name, besides those of the tier's record. Default none.",
    ),
  secretKeyArns: distinct(
    text(
      'the ARN of a KMS key',
      200,
      new RegExp(`^arn:(${partition}):kms:[a-z0-9-]{5,25}:[0-9]{12}:key/[A-Za-z0-9-]+$`),
    ),
    'KMS keys',
    0,
    20,
  )
    .default([])
    .describe("Customer managed keys that the tenants' secrets are encrypted with. Default none: AWS's own keys."),
  logRetentionDays: retention(30, "the tenants' logs"),
  adoption: flag()
    .default(false)
    .describe('Whether `cellwright adopt` may take over records that are not ours. Default false.'),
  record: recordPart(
    'Tier',
    'domain, zone, service.taskRoleName, service.executionRoleName and service.logGroup, which are filled in',
  ),
});

const cell = fields({
  name: recordName('the name of a Cell').describe('The name of the Cell record.'),
  tier: recordName('the name of a tier of this file').describe('The tier that the cell serves.'),
  accountId: accountId().describe('The account: one for each cell.'),
  region: region().describe('The Region.'),
  externalId: externalId().describe("The external id that the cell's roles ask for."),
  certificateArn: certificateArn
    .optional()
    .describe("The certificate of the cell's load balancers: the tier's domain, or *.domain. Infra groups need one."),
  listenerArns: distinct(
    text(
      'the ARN of a listener of an Application Load Balancer',
      240,
      new RegExp(`^arn:(${partition}):elasticloadbalancing:[a-z0-9-]{5,25}:[0-9]{12}:listener/app/[A-Za-z0-9/-]+$`),
    ),
    'listeners',
    0,
    50,
  )
    .default([])
    .describe('Listeners of load balancers that no stack here makes, which the roles may work on too. Default none.'),
  adoption: flag()
    .default(false)
    .describe('Whether `cellwright adopt` may put our mark on resources that bear nobody’s. Default false.'),
  record: recordPart('Cell', 'tier, accountId, region, roles and externalId, which are filled in'),
});

const infraGroup = fields({
  name: recordName('the name of an InfraGroup').describe('The name of the InfraGroup record.'),
  cell: recordName('the name of a cell of this file').describe('The cell that the group belongs to.'),
  cidr: cidr('The range of its VPC, /16 to /22.', 22),
  zones: zoneNames
    .optional()
    .describe('Its zones, 2 to 4. Default a and b of the Region, which not every account has.'),
  scheme: choice(['internet-facing', 'internal'])
    .default('internet-facing')
    .describe(
      'Who reaches the load balancer: the internet, or only networks that are joined to the VPC. Default internet-facing.',
    ),
  ingress: distinct(
    text('an IPv4 range, as 0.0.0.0/0', 18, /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}\/[0-9]{1,2}$/),
    'IPv4 ranges',
    1,
    50,
  )
    .default(['0.0.0.0/0'])
    .describe('Who may open connections to the load balancer. Default everybody.'),
  dependencyPorts: z
    .array(whole('port', 1, 65_535), { error: 'a list of ports' })
    .min(1, { error: 'at least one port' })
    .max(20, { error: 'at most 20 ports' })
    .default([443])
    .describe("Ports on which tasks reach the tier's dependencies (PrivateLink). Default 443."),
  endpoints: distinct(choice(['ssm', 'secretsmanager', 'kms', 'sts', 'dynamodb', 'sqs', 'sns']), 'AWS services', 0, 7)
    .default([])
    .describe(
      'AWS services that tasks reach besides ECR, CloudWatch Logs and S3, and besides what the secrets of the tier ask for. Default none.',
    ),
  accessLogDays: whole('days', 1, 3_650)
    .default(90)
    .describe("Days for which the load balancer's access logs are kept, 1 to 3650. Default 90."),
  logRetentionDays: retention(30, 'the flow logs of the VPC'),
  record: recordPart(
    'InfraGroup',
    'cell, vpcId, subnetIds, loadBalancerArn, listenerArn, taskSecurityGroupIds and endpointSecurityGroupIds, which are filled in',
  ),
});

const installationExpected =
  "the installation's id: at most 20 lower-case letters, digits and single hyphens, a letter first, no hyphen at the end";

/** The whole file. */
export const settingsSchema = fields({
  installation: z
    .string({ error: installationExpected })
    .refine((id) => isInstallationId(id) && /^[a-z]/.test(id), { error: installationExpected })
    .describe('The id of the installation: part of all names. `cellwright init` finds it on the tables.'),
  controller,
  tiers: z.array(tier, { error: 'a list of tiers' }).min(1, { error: 'at least one tier' }),
  cells: z.array(cell, { error: 'a list of cells' }).default([]),
  infraGroups: z.array(infraGroup, { error: 'a list of infra groups' }).default([]),
});

export type Settings = z.output<typeof settingsSchema>;
export type ControllerSettings = Settings['controller'];
export type TierSettings = Settings['tiers'][number];
export type CellSettings = Settings['cells'][number];
export type InfraGroupSettings = Settings['infraGroups'][number];

/** How a tier's record finds tenants; its default is the record's own. */
export function routingScope(tier: TierSettings): 'tenant' | 'tier' {
  return fieldOf(fieldOf(tier.record, 'routing'), 'scope') === 'tier' ? 'tier' : 'tenant';
}

/** The port of a tier's containers; its default is the record's own. */
export function containerPort(tier: TierSettings): number {
  const port = fieldOf(fieldOf(tier.record, 'service'), 'containerPort');
  return typeof port === 'number' ? port : 8_080;
}

/** The stores that tenants' secrets come from: those of the tier's record, and those that tenants may name themselves. */
export function secretStores(tier: TierSettings): readonly ('ssm' | 'secretsmanager')[] {
  const secrets = fieldOf(fieldOf(tier.record, 'service'), 'secrets');
  const own = typeof secrets === 'object' && secrets !== null ? Object.values(secrets) : [];
  const used = own.map((secret) => fieldOf(secret, 'from') ?? 'ssm');
  return (['ssm', 'secretsmanager'] as const).filter(
    (store) => used.includes(store) || tier.tenantSecrets.includes(store),
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
