/** In each cell: the controller's three roles, and the boundary that none of them can be widened beyond. */
import type { App } from 'aws-cdk-lib';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import {
  cellRoleName,
  controllerRoleName,
  executionRoleName,
  listenerPattern,
  roleArn,
  stackNames,
  taskRoleName,
} from '../names.ts';
import { boundary, cellPolicies, trustPolicy } from '../policies/index.ts';
import { cellRecord } from '../records.ts';
import type { CellSettings, Settings } from '../settings.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';
import { addManagedPolicy, addRole } from './roles.ts';

const words = { observe: 'reads', apply: 'creates and changes', reap: 'removes' } as const;

export class CellStack extends PlacedStack {
  constructor(app: App, settings: Settings, cell: CellSettings) {
    const { installation, controller } = settings;
    super(app, stackNames.cell(installation, cell.name), {
      place: cell,
      description: `Cellwright ${installation}: the controller's roles in cell ${cell.name}`,
      tags: stackTags(installation, { 'cellwright-cell': cell.name }),
    });
    const rights = {
      partition: partitionOf(cell.region),
      installation,
      accountId: cell.accountId,
      region: cell.region,
      tier: cell.tier,
      taskRoleArns: [roleArn(cell, taskRoleName(cell.tier))],
      executionRoleArns: [roleArn(cell, executionRoleName(cell.tier))],
      // One pattern for the load balancers of all infra groups, whose names begin alike: a new infra group changes no right. Its VPC has no name that could be told beforehand.
      groups: [listenerPattern(installation, cell), ...cell.listenerArns].map((listenerArn) => ({
        listenerArn,
        vpcId: '*',
        subnetIds: ['*'],
      })),
      adoption: cell.adoption,
    };
    const limit = addManagedPolicy(this, 'Boundary', {
      name: `cellwright-${installation}-boundary`,
      description: `Cellwright ${installation}: the most that its roles in this account may ever do`,
      document: boundary(rights),
    });
    const policies = cellPolicies(rights);
    const trust = trustPolicy({
      controllerRoleArn: roleArn(controller, controllerRoleName(installation)),
      externalId: cell.externalId,
    });
    for (const role of ['observe', 'apply', 'reap'] as const) {
      addRole(this, `${role.charAt(0).toUpperCase()}${role.slice(1)}Role`, {
        name: cellRoleName(installation, role),
        description: `Cellwright ${installation}: ${words[role]} what tenants need in cell ${cell.name}`,
        trust,
        policy: policies[role],
        boundary: limit,
      });
    }
    this.addRecord(cellRecord(settings, cell));
  }
}
