import type { Cell, InfraGroup, Kind, RecordOf, Tenant, Tier } from '../../../src/model/records/kinds.ts';
import { parseRecord } from '../../../src/model/records/parse.ts';
import { problemsLine } from '../../../src/model/records/problems.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const role = `arn:aws:iam::${account}:role/cellwright/apply`;
export const loadBalancerArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shared/50dc6c495c0c9188`;
export const listenerArn = `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2`;

/** The smallest specs that are valid, by kind. */
export const smallest: Record<Kind, Record<string, unknown>> = {
  Fleet: {},
  Tier: { domain: 'standard.example.com', zone: { id: 'Z123' }, service: { image: 'registry.example.com/app:1' } },
  Cell: { tier: 'standard', accountId: account, region, roles: { apply: role } },
  InfraGroup: {
    cell: 'eu-1',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnetIds: ['subnet-0a1b2c3d4e5f60718'],
    loadBalancerArn,
    listenerArn,
    taskSecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
  },
  Tenant: { tier: 'standard' },
};

export function parseAs<K extends Kind>(kind: K, name: string, spec: unknown): RecordOf<K> {
  const result = parseRecord({ kind, name, spec });
  if (!result.ok) throw new Error(problemsLine(result.problems, 10));
  if (result.record.kind !== kind) throw new Error('another kind came back');
  return result.record as RecordOf<K>;
}

export function tier(spec: Record<string, unknown> = {}, name = 'standard'): Tier {
  return parseAs('Tier', name, { ...smallest.Tier, ...spec });
}

export function cell(spec: Record<string, unknown> = {}, name = 'eu-1'): Cell {
  return parseAs('Cell', name, { ...smallest.Cell, ...spec });
}

export function group(spec: Record<string, unknown> = {}, name = 'eu-1-a'): InfraGroup {
  return parseAs('InfraGroup', name, { ...smallest.InfraGroup, ...spec });
}

export function tenant(spec: Record<string, unknown> = {}, name = 'acme'): Tenant {
  return parseAs('Tenant', name, { ...smallest.Tenant, ...spec });
}
