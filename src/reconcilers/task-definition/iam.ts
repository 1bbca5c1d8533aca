import type { IamNeed } from '../contract.ts';

export const taskDefinitionIam: readonly IamNeed[] = [
  { action: 'ecs:DescribeTaskDefinition', role: 'observe', why: 'compare a revision with the record' },
  { action: 'ecs:ListTaskDefinitions', role: 'observe', why: 'find a revision whose registration was never answered' },
  { action: 'ecs:RegisterTaskDefinition', role: 'apply', why: 'register what a record asks for' },
  { action: 'ecs:TagResource', role: 'apply', why: 'mark revisions when they are registered and heal the mark' },
  { action: 'iam:PassRole', role: 'apply', why: "hand the tier's task role and execution role to ECS" },
  { action: 'ecs:DeregisterTaskDefinition', role: 'reap', why: 'take superseded revisions out of use' },
  { action: 'ecs:DeleteTaskDefinitions', role: 'reap', why: 'remove superseded revisions' },
];
