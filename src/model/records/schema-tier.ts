import { z } from 'zod';
import { externalId, roleArn } from './aws-shapes.ts';
import { healthCheckFields, overridable, overridableFields, overridableList, roleName } from './schema-service.ts';
import { checkService } from './service-checks.ts';
import { choice, fields, flag, modeField, recordName, text, whole } from './shapes.ts';

const domainExpected =
  'a DNS name of at least two lower-case labels of a-z, 0-9 and -, letters only in the last, at most 87 characters in all';

/** Lower-case LDH labels; only letters after the last dot, as an ALB's host condition wants it. */
export const domainPattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{1,63}$/;

/** Headers that HTTP or the load balancer itself gives a meaning; a rule on one of them would tell tenants apart by accident. */
const unfitHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-amzn-trace-id',
]);
const headerExpected =
  'a header name of letters, digits and - (an ALB drops others), at most 40 characters, that neither HTTP nor the ALB uses itself';

const routing = fields({
  scope: choice(['tenant', 'tier'])
    .default('tenant')
    .describe(
      'tenant: each tenant has its own name, <tenant>.<domain>. tier: all share the domain and every tenant is in every active infra group. Default tenant.',
    ),
  by: choice(['host', 'path', 'header'])
    .default('host')
    .describe(
      'What tells tenants apart. Legal: tenant + host, tenant + path, tier + path, tier + header. Default host.',
    ),
  header: text(headerExpected, 40, /^[A-Za-z0-9-]+$/)
    .refine((name) => !unfitHeaders.has(name.toLowerCase()), { error: headerExpected })
    .default('x-tenant-id')
    .describe('The header that carries the tenant name where by is header. Default x-tenant-id.'),
})
  .superRefine((value, context) => {
    const legal = value.scope === 'tenant' ? ['host', 'path'] : ['path', 'header'];
    if (legal.includes(value.by)) return;
    const message = `${legal.join(' or ')}, which go with scope ${value.scope} (legal: tenant + host, tenant + path, tier + path, tier + header)`;
    context.addIssue({ code: 'custom', path: ['by'], message, input: value.by });
  })
  .prefault({})
  .describe('How requests find a tenant. Cannot change once accepted.');

const health = healthCheckFields;
const healthCheck = fields({
  path: health.path.default('/healthz'),
  intervalSeconds: health.intervalSeconds.default(30),
  timeoutSeconds: health.timeoutSeconds.default(5),
  healthyThreshold: health.healthyThreshold.default(5),
  unhealthyThreshold: health.unhealthyThreshold.default(2),
  matcher: health.matcher.default('200'),
})
  .prefault({})
  .describe("The load balancer's health check.");

const service = fields({
  image: overridableFields.image,
  containerPort: whole('port', 1, 65_535)
    .default(8080)
    .describe('The port that the container listens on, 1 to 65535. Default 8080.'),
  cpu: overridableFields.cpu.default(512),
  memoryMiB: overridableFields.memoryMiB.default(1024),
  tasks: overridableFields.tasks.default(2),
  scaling: overridableFields.scaling.prefault({}),
  architecture: choice(['X86_64', 'ARM64'])
    .default('X86_64')
    .describe('The CPU architecture of the image. Default X86_64.'),
  healthCheck,
  startupSeconds: overridableFields.startupSeconds.default(60),
  drainSeconds: overridableFields.drainSeconds.default(60),
  environment: overridableFields.environment.default({}),
  secrets: overridableFields.secrets.default({}),
  taskRoleName: roleName("The role of the tenant's own code, by name: it is one of the cell's account. Default none."),
  executionRoleName: roleName(
    'The role with which ECS pulls the image, reads secrets and writes logs, by name. Default none; secrets and logGroup need one.',
  ),
  logGroup: text(
    'the name of a CloudWatch log group: 1 to 512 of letters, digits and _-/.#',
    512,
    /^[A-Za-z0-9_/.#-]+$/,
  )
    .optional()
    .describe("The CloudWatch log group of the tasks, which exists in each cell's account. Default none: no logs."),
}).describe('What runs for each tenant.');

const dependency = fields({
  name: recordName('a name').describe('What the dependency is called.'),
  serviceName: text(
    'the name of a VPC endpoint service, as com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
    255,
    /^[a-z0-9][a-z0-9.-]*$/,
  ).describe('The VPC endpoint service (PrivateLink).'),
  privateDns: flag().default(true).describe("Whether the service's own DNS name leads to the endpoint. Default true."),
}).describe('One downstream service.');

const rollout = fields({
  wavePercents: z
    .array(whole('percent', 1, 100), { error: 'a list of percentages' })
    .min(1, { error: 'at least one percentage' })
    .max(10, { error: 'at most 10 percentages' })
    .refine((list) => list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0)), {
      error: 'percentages that rise from wave to wave',
    })
    .default([5, 25, 100])
    .describe('How much of a ring has the new spec after each wave, in percent, rising. Default 5, 25, 100.'),
  bakeSeconds: whole('seconds', 0, 86_400)
    .default(300)
    .describe('Seconds to watch between two waves, 0 to 86400. Default 300.'),
  maxFailures: whole('tenants', 0, 100_000)
    .default(1)
    .describe('Tenants that may fail to become ready before the rollout stops. Default 1.'),
})
  .prefault({})
  .describe('How a change of the tier reaches its tenants: ring by ring, wave by wave.');

/** Tenants with a similar profile: one DNS domain, one set of roles. */
export const tierSpec = fields({
  domain: text(domainExpected, 87, domainPattern, 3).describe(
    'The DNS domain of the tier, at most 87 characters; it belongs to one tier. Cannot change once accepted.',
  ),
  zone: fields({
    id: text('a Route 53 hosted zone id, as Z0123456789ABCDEFGHIJ', 32, /^[A-Z0-9]+$/).describe(
      'The id of the Route 53 hosted zone that holds the domain. Cannot change once accepted.',
    ),
    roleArn: roleArn()
      .optional()
      .describe(
        "The role to assume for the zone, in the zone's account. Default none: the controller's own credentials.",
      ),
    externalId: externalId().optional().describe('The external id that this role asks for. Default none. Never shown.'),
  }).describe("Where the tier's DNS records are written."),
  routing,
  service,
  overridable: overridableList
    .default([...overridable])
    .describe('The names of service fields that a tenant may set. Default all that a tenant may set.'),
  dependencies: z
    .array(dependency, { error: 'a list of {name, serviceName, privateDns}' })
    .max(50, { error: 'at most 50 dependencies' })
    .refine((list) => new Set(list.map((each) => each.name)).size === list.length, { error: 'distinct names' })
    .default([])
    .describe('Downstream services that every infra group reaches by PrivateLink. Default none.'),
  placement: fields({
    strategy: choice(['pack', 'spread'])
      .default('pack')
      .describe('pack fills a group before it opens the next, spread evens them out. Default pack.'),
    reservePercent: whole('percent', 0, 90)
      .default(10)
      .describe('The share of every quota that placement leaves free, in percent, 0 to 90. Default 10.'),
  })
    .prefault({})
    .describe('How tenants are placed.'),
  rollout,
  moves: fields({
    stepSeconds: whole('seconds', 0, 3_600)
      .default(60)
      .describe(
        'Seconds that each step of weights is given once every name server has it, 0 to 3600. Default 60, which is what resolvers keep an answer.',
      ),
    graceSeconds: whole('seconds', 0, 2_592_000)
      .default(3_600)
      .describe(
        'Seconds for which a tenant that left the tier is still reached by its old name, 0 to 2592000 (30 days). Default 3600.',
      ),
  })
    .prefault({})
    .describe('How tenants move from place to place, and out of the tier.'),
  retentionDays: whole('days', 0, 3650)
    .default(7)
    .describe('Days for which a deleted tenant can be brought back, 0 to 3650. Default 7.'),
  mode: modeField('the tier'),
}).superRefine((tier, context) => {
  for (const finding of checkService(tier.service)) {
    context.addIssue({
      code: 'custom',
      path: ['service', ...finding.path],
      message: finding.expected,
      input: finding.value,
    });
  }
  for (const [variable, secret] of Object.entries(tier.service.secrets)) {
    if (!secret.name.startsWith('/')) continue;
    const message = 'a relative name, which is resolved under /cellwright/<tenant>/ for each tenant of the tier';
    context.addIssue({
      code: 'custom',
      path: ['service', 'secrets', variable, 'name'],
      message,
      input: secret.name,
    });
  }
});

/** The spec of a Tier record, with defaults filled in. */
export type TierSpec = z.output<typeof tierSpec>;
