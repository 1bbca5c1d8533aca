import type { z } from 'zod';
import { tenantAdoptField } from './schema-adopt.ts';
import { healthCheckFields, overridableFields } from './schema-service.ts';
import { amount, choice, distinct, fields, flag, modeField, recordName, whole } from './shapes.ts';

/** What is wanted of a tenant. */
export const tenantStates = ['active', 'suspended', 'deleted'] as const;

const health = healthCheckFields;
const healthCheck = fields({
  path: health.path.optional(),
  intervalSeconds: health.intervalSeconds.optional(),
  timeoutSeconds: health.timeoutSeconds.optional(),
  healthyThreshold: health.healthyThreshold.optional(),
  unhealthyThreshold: health.unhealthyThreshold.optional(),
  matcher: health.matcher.optional(),
}).describe("The load balancer's health check; what is left out is the tier's.");

const service = fields({
  image: overridableFields.image.optional(),
  cpu: overridableFields.cpu.optional(),
  memoryMiB: overridableFields.memoryMiB.optional(),
  tasks: overridableFields.tasks.optional(),
  scaling: overridableFields.scaling.optional(),
  environment: overridableFields.environment.optional(),
  secrets: overridableFields.secrets.optional(),
  startupSeconds: overridableFields.startupSeconds.optional(),
  drainSeconds: overridableFields.drainSeconds.optional(),
  healthCheck: healthCheck.optional(),
})
  .prefault({})
  .describe("What differs from the tier's service, as far as the tier lets it. What is left out is the tier's.");

/** One tenant. Defaults that depend on the tier are filled in by the merge, not here, so that "left out" can be told from "set". */
export const tenantSpec = fields({
  tier: recordName('the name of a Tier').describe(
    'The tier that the tenant belongs to. A change is the order to move.',
  ),
  state: choice(tenantStates)
    .default('active')
    .describe(
      'active: runs. suspended: no tasks, but its place is kept. deleted: taken down, and forgotten after retentionDays. Default active.',
    ),
  service,
  placements: whole('placements', 1, 100)
    .optional()
    .describe('In how many cells the tenant runs, 1 to 100. Refused in tier scope. Default 1.'),
  expectedRps: amount('requests per second', 0, 10_000_000)
    .default(0)
    .describe('Requests per second that placement plans for. Default 0.'),
  pin: distinct(recordName('the name of an InfraGroup'), 'names of infra groups', 1, 100)
    .optional()
    .describe(
      'The infra groups that the tenant may be in; excluding where it is, is the order to move. Refused in tier scope. Default any.',
    ),
  antiAffinity: recordName('a label')
    .optional()
    .describe('A label; tenants that share it never share a cell. Default none.'),
  isolation: choice(['shared', 'dedicated'])
    .default('shared')
    .describe('dedicated: no other tenant in its infra group. Default shared.'),
  ring: whole('rings', 0, 100)
    .default(0)
    .describe('When a change of the tier reaches the tenant: ring 0 first. Default 0.'),
  movable: flag().default(false).describe('Whether rebalancing may move the tenant. Default false.'),
  adopt: tenantAdoptField(),
  mode: modeField('the tenant'),
});

/** The spec of a Tenant record as it was written, with the defaults that depend on nothing else. */
export type TenantSpec = z.output<typeof tenantSpec>;
