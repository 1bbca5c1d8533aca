/** The rights of the tenants' tasks, and of the controller's own: what ECS needs to start them, and what their code may do. */
import { documentOf, type PolicyDocument, type PolicyStatement } from './documents.ts';

export interface TaskPlace {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/** Where the names of all tenants' secrets begin (src/model/records/secrets.ts). */
const secretNames = 'cellwright/*';

/**
 * What the tenants' own code may do: the statements of the settings, and never read a secret by itself. All tenants of a tier share the role, so any right on `/cellwright/*` would be a right on every tenant's.
 */
export function taskPolicy(
  task: TaskPlace & {
    readonly statements: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
  },
): PolicyDocument {
  const { partition } = task;
  return documentOf(
    ...task.statements.map(
      ({ actions, resources }, index): PolicyStatement => ({
        Sid: `Tenants${index + 1}`,
        Effect: 'Allow',
        Action: actions,
        Resource: resources,
      }),
    ),
    {
      Sid: 'NoSecrets',
      Effect: 'Deny',
      Action: [
        'secretsmanager:BatchGetSecretValue',
        'secretsmanager:GetSecretValue',
        'ssm:GetParameter',
        'ssm:GetParameterHistory',
        'ssm:GetParameters',
        'ssm:GetParametersByPath',
      ],
      Resource: [
        `arn:${partition}:secretsmanager:*:*:secret:/${secretNames}`,
        `arn:${partition}:ssm:*:*:parameter/${secretNames}`,
      ],
    },
    {
      // This action is judged by the path that is asked for, not by the parameters that it returns: every path above the secrets leads to them (Systems Manager guide, parameter retrieval).
      Sid: 'NoPathsToSecrets',
      Effect: 'Deny',
      Action: ['ssm:GetParametersByPath'],
      Resource: ['', '/', '/cellwright'].map((path) => `arn:${partition}:ssm:*:*:parameter${path}`),
    },
  );
}

/**
 * What ECS does for a task: pull its image, write its logs, hand it its secrets. One role serves all tenants of a tier, so it reads all of `/cellwright/`; which secret a task gets is its task definition's word, which
 * only the controller registers, for names under `/cellwright/<tenant>/` alone. ECS gives the role's sessions no tag to tell tenants apart by.
 */
export function executionPolicy(
  task: TaskPlace & {
    /** `<account>.dkr.ecr.<Region>.amazonaws.com/<name>` */
    readonly repositories: readonly string[];
    readonly logGroup: string;
    readonly secrets?: readonly ('ssm' | 'secretsmanager')[];
    readonly secretKeyArns?: readonly string[];
  },
): PolicyDocument {
  const { partition, accountId, region, logGroup, secrets = [], secretKeyArns = [] } = task;
  const own = `${region}:${accountId}`;
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const statements: (PolicyStatement | undefined)[] = [
    { Sid: 'RegistryToken', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
    {
      Sid: 'Images',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: task.repositories.map((repository) => repositoryArn(partition, repository)),
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [`arn:${partition}:logs:${own}:log-group:${logGroup}:*`],
    },
    secrets.includes('ssm')
      ? {
          Sid: 'Parameters',
          Effect: 'Allow',
          Action: ['ssm:GetParameters'],
          Resource: [`arn:${partition}:ssm:${own}:parameter/${secretNames}`],
        }
      : undefined,
    secrets.includes('secretsmanager')
      ? {
          Sid: 'Secrets',
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: [`arn:${partition}:secretsmanager:${own}:secret:/${secretNames}`],
        }
      : undefined,
    secretKeyArns.length > 0
      ? {
          Sid: 'SecretKeys',
          Effect: 'Allow',
          Action: ['kms:Decrypt'],
          Resource: secretKeyArns,
          Condition: {
            StringLike: { 'kms:ViaService': [`ssm.${region}.${suffix}`, `secretsmanager.${region}.${suffix}`] },
          },
        }
      : undefined,
  ];
  return documentOf(...statements.filter((statement) => statement !== undefined));
}

/** Throws where it is no repository in ECR. */
function repositoryArn(partition: string, repository: string): string {
  const [, accountId, region, name] = /^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/(.+)$/.exec(repository) ?? [];
  if (accountId === undefined || region === undefined || name === undefined)
    throw new Error(`${repository} is no repository in ECR`);
  return `arn:${partition}:ecr:${region}:${accountId}:repository/${name}`;
}
