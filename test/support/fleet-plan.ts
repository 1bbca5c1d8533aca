/** Builds fleets of any shape: what a test states is what it is about, the rest is roomy and quick. */
import type { Installation } from './installation.ts';

export interface PlainRecord {
  readonly kind: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

const externalId = 'fleet-plan';
const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/cellwright/${name}`;

/** What a tier's tenants run, where nothing else is said. */
export const service = {
  image: 'registry.example.com/server:1.0',
  cpu: 256,
  memoryMiB: 512,
  tasks: 1,
  healthCheck: { path: '/healthz', intervalSeconds: 5, timeoutSeconds: 2 },
  startupSeconds: 60,
  drainSeconds: 5,
};

/** A tier with its own zone, named after it; `fields` replaces whole fields of the spec. */
export function tier(name: string, fields: Readonly<Record<string, unknown>> = {}): PlainRecord {
  const zone = {
    id: `Z0${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(18, '0')}`,
    roleArn: role('999999999999', 'dns'),
    externalId,
  };
  const routing = { scope: 'tenant', by: 'host' };
  const spec = { domain: `${name}.example.com`, zone, routing, service, retentionDays: 0, ...fields };
  return { kind: 'Tier', name, spec };
}

/** A tier whose tenants share one name and are told by path. */
export function sharedTier(name: string, fields: Readonly<Record<string, unknown>> = {}): PlainRecord {
  return tier(name, { routing: { scope: 'tier', by: 'path' }, ...fields });
}

/** A cell in an account of its own: `digit` twelve times. */
export function cell(
  name: string,
  of: string,
  digit: number,
  fields: Readonly<Record<string, unknown>> = {},
): PlainRecord {
  const accountId = String(digit).repeat(12);
  const roles = { observe: role(accountId, 'observe'), apply: role(accountId, 'apply'), reap: role(accountId, 'reap') };
  return {
    kind: 'Cell',
    name,
    spec: { tier: of, accountId, region: 'us-east-1', roles, externalId, ...fields },
  };
}

/** An infra group of a cell, with a network of its own. */
export function group(name: string, of: PlainRecord, fields: Readonly<Record<string, unknown>> = {}): PlainRecord {
  const id = Buffer.from(name).toString('hex').slice(0, 16).padEnd(16, '0');
  const elb = `arn:aws:elasticloadbalancing:us-east-1:${String(of.spec.accountId)}`;
  const spec = {
    cell: of.name,
    vpcId: `vpc-${id}0`,
    subnetIds: [`subnet-${id}1`, `subnet-${id}2`],
    loadBalancerArn: `${elb}:loadbalancer/app/${name}/${id}`,
    listenerArn: `${elb}:listener/app/${name}/${id}/${id.slice(0, 12)}00ff`,
    taskSecurityGroupIds: [`sg-${id}0`],
    ...fields,
  };
  return { kind: 'InfraGroup', name, spec };
}

export function tenant(name: string, of: string, fields: Readonly<Record<string, unknown>> = {}): PlainRecord {
  return { kind: 'Tenant', name, spec: { tier: of, ...fields } };
}

/** Records as the documents that an installation is made from. */
export function documents(records: readonly PlainRecord[]): string {
  return records.map((record) => JSON.stringify(record)).join('\n---\n');
}

/** Writes records as a user would. */
export async function write(run: Installation, ...records: readonly PlainRecord[]): Promise<void> {
  for (const { kind, name, spec } of records) await run.put(kind, name, spec);
}
