/** The records that a deployment leads to: what the settings say of them, and what the stacks know. */
import { parseRecord } from '../src/model/records/parse.ts';
import type { InvalidField } from '../src/model/records/problems.ts';
import {
  cellRoleName,
  dnsRoleName,
  executionRoleName,
  recordRoleName,
  roleArn,
  taskRoleName,
  tierLogGroup,
} from './names.ts';
import type { CellSettings, InfraGroupSettings, Settings, TierSettings } from './settings.ts';

/** A record as `cellwright apply` takes it. Values of an infra group may be tokens of its stack. */
export interface RecordDocument {
  readonly kind: 'Tier' | 'Cell' | 'InfraGroup';
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The ids of what an infra group's stack makes. */
export interface InfraGroupIds {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly taskSecurityGroupIds: readonly string[];
  readonly endpointSecurityGroupIds: readonly string[];
}

/** The Tier record: the settings' part, with zone, roles and log group filled in. */
export function tierRecord(settings: Settings, tier: TierSettings): RecordDocument {
  const place = { accountId: tier.zone.accountId, region: settings.controller.region };
  const { service } = tier.record;
  return {
    kind: 'Tier',
    name: tier.name,
    spec: {
      domain: tier.domain,
      zone: {
        id: tier.zone.id,
        roleArn: roleArn(place, dnsRoleName(settings.installation, tier.name)),
        externalId: tier.externalId,
      },
      ...tier.record,
      service: {
        ...(typeof service === 'object' ? service : {}),
        taskRoleName: recordRoleName(taskRoleName(tier.name)),
        executionRoleName: recordRoleName(executionRoleName(tier.name)),
        logGroup: tierLogGroup(tier.name),
      },
    },
  };
}

/** The Cell record: the settings' part, with its three roles filled in. */
export function cellRecord(settings: Settings, cell: CellSettings): RecordDocument {
  const role = (name: 'observe' | 'apply' | 'reap'): string => roleArn(cell, cellRoleName(settings.installation, name));
  return {
    kind: 'Cell',
    name: cell.name,
    spec: {
      tier: cell.tier,
      accountId: cell.accountId,
      region: cell.region,
      roles: { observe: role('observe'), apply: role('apply'), reap: role('reap') },
      externalId: cell.externalId,
      ...cell.record,
    },
  };
}

/** The InfraGroup record: the settings' part, with what its stack made. */
export function infraGroupRecord(group: InfraGroupSettings, ids: InfraGroupIds): RecordDocument {
  return { kind: 'InfraGroup', name: group.name, spec: { cell: group.cell, ...ids, ...group.record } };
}

/** What the record's own schema finds wrong with it. */
export function recordProblems(record: RecordDocument): readonly InvalidField[] {
  const parsed = parseRecord(record);
  return parsed.ok ? [] : parsed.problems;
}
