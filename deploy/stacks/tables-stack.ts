/** What stays: the two tables, the image repository, and the policies for people. It comes first, as `cellwright init` and the image have to be there before the controller starts. */
import { type App, CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnRepository } from 'aws-cdk-lib/aws-ecr';
import { marks } from '../../src/model/names.ts';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import { stackNames } from '../names.ts';
import { userPolicies } from '../policies/index.ts';
import { repositoryPattern, type Settings } from '../settings.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';
import { addManagedPolicy } from './roles.ts';

/** How `cellwright init` makes the tables (src/store/tables.ts), and so how it wants to find them. */
const shapes = {
  desired: { hash: 'kind', range: 'name', stream: true },
  state: { hash: 'pk', range: 'sk', stream: false },
} as const;

export class TablesStack extends PlacedStack {
  constructor(app: App, settings: Settings) {
    const { installation, controller } = settings;
    super(app, stackNames.tables(installation), {
      place: controller,
      description: `Cellwright ${installation}: the tables, the image repository, the policies for people`,
      tags: stackTags(installation),
      terminationProtection: true,
    });
    if (controller.tables.create) {
      this.#addTable('Desired', controller.tables.desired, shapes.desired, installation);
      this.#addTable('State', controller.tables.state, shapes.state, installation);
    }
    if (controller.repository === 'create') this.#addRepository(controller.image);
    this.#addUserPolicies(settings);
  }

  /** On demand, restorable to any second of 35 days, and nobody deletes it by deleting the stack. */
  #addTable(id: string, name: string, shape: (typeof shapes)[keyof typeof shapes], installation: string): void {
    const table = new CfnTable(this, `${id}Table`, {
      tableName: name,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [shape.hash, shape.range].map((attributeName) => ({ attributeName, attributeType: 'S' })),
      keySchema: [
        { attributeName: shape.hash, keyType: 'HASH' },
        { attributeName: shape.range, keyType: 'RANGE' },
      ],
      ...(shape.stream ? { streamSpecification: { streamViewType: 'KEYS_ONLY' } } : {}),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtectionEnabled: true,
      tags: [{ key: marks.installation, value: installation }],
    });
    table.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnOutput(this, `${id}TableName`, { value: table.ref });
  }

  /** A tag of it means one image for ever. */
  #addRepository(image: string): void {
    const name = repositoryPattern.exec(image.replace(/[:@].*$/, ''))?.[3];
    if (name === undefined) throw new Error(`${image} is no image in ECR`);
    const repository = new CfnRepository(this, 'Repository', {
      repositoryName: name,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnOutput(this, 'RepositoryUri', { value: repository.attrRepositoryUri });
  }

  /** For whoever works with the tables: attach them to people's roles. */
  #addUserPolicies({ installation, controller }: Settings): void {
    const { desired, state } = controller.tables;
    const documents = userPolicies({
      partition: partitionOf(controller.region),
      region: controller.region,
      accountId: controller.accountId,
      desiredTable: desired,
      stateTable: state,
    });
    const all = [
      ['Reader', 'reader', 'reads records and states', documents.reader],
      ['Operator', 'operator', 'reads everything and writes every record', documents.operator],
      ['TenantWriter', 'tenant-writer', 'writes records of kind Tenant only', documents.tenantWriter],
    ] as const;
    for (const [id, word, what, document] of all) {
      const name = `cellwright-${installation}-${word}`;
      const policy = addManagedPolicy(this, id, { name, description: `Cellwright ${installation}: ${what}`, document });
      new CfnOutput(this, `${id}PolicyArn`, { value: policy.ref });
    }
  }
}
