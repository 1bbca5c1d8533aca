/** In each cell of a tier: the roles and the log group of its tenants' tasks. */
import { type App, RemovalPolicy } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import { executionRoleName, stackNames, taskRoleName, tierLogGroup } from '../names.ts';
import { taskTrustPolicy } from '../policies/index.ts';
import { executionPolicy, taskPolicy } from '../policies/tasks.ts';
import { type CellSettings, type Settings, secretStores, type TierSettings } from '../settings.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';
import { addRole } from './roles.ts';

export class TierStack extends PlacedStack {
  constructor(app: App, settings: Settings, tier: TierSettings, cell: CellSettings) {
    const { installation } = settings;
    super(app, stackNames.tier(installation, tier.name, cell.name), {
      place: cell,
      description: `Cellwright ${installation}: the roles and the log group of tier ${tier.name}'s tasks in cell ${cell.name}`,
      tags: stackTags(installation, { 'cellwright-tier': tier.name, 'cellwright-cell': cell.name }),
    });
    const place = { partition: partitionOf(cell.region), accountId: cell.accountId, region: cell.region };
    const logGroup = tierLogGroup(tier.name);
    const trust = taskTrustPolicy(place);
    addRole(this, 'TaskRole', {
      name: taskRoleName(tier.name),
      description: `Cellwright ${installation}: what the code of tier ${tier.name}'s tenants may do`,
      trust,
      policy: taskPolicy({ ...place, statements: tier.taskStatements }),
    });
    addRole(this, 'ExecutionRole', {
      name: executionRoleName(tier.name),
      description: `Cellwright ${installation}: starts the tasks of tier ${tier.name}: images, logs, secrets`,
      trust,
      policy: executionPolicy({
        ...place,
        repositories: tier.repositories,
        logGroup,
        secrets: secretStores(tier),
        secretKeyArns: tier.secretKeyArns,
      }),
    });
    const logs = new CfnLogGroup(this, 'LogGroup', { logGroupName: logGroup, retentionInDays: tier.logRetentionDays });
    logs.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}
