/** Who may assume which role. */
import type { TrustDocument } from './documents.ts';

/** The controller's task role, with the external id that the Cell's or Tier's record says, and nobody else. */
export function trustPolicy(trust: { readonly controllerRoleArn: string; readonly externalId: string }): TrustDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Controller',
        Effect: 'Allow',
        Principal: { AWS: trust.controllerRoleArn },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'sts:ExternalId': trust.externalId } },
      },
    ],
  };
}

/** Tasks of ECS in one account and Region, and no other caller that ECS might act for (confused deputy; ECS Developer Guide, task IAM role). */
export function taskTrustPolicy(trust: {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}): TrustDocument {
  const { partition, accountId, region } = trust;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EcsTasks',
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: ['sts:AssumeRole'],
        Condition: {
          StringEquals: { 'aws:SourceAccount': accountId },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${accountId}:*` },
        },
      },
    ],
  };
}
