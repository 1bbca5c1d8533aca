import { everything, type IamNeed, type IamScope, marked, requested } from '../../model/iam.ts';
import { ecsTagging, ourTaskDefinitionArns } from '../iam-scopes.ts';

/**
 * The reference has a resource type for this action, and refusals that AWS words today name the resource `*`: so the ARN is left open, and the tag limits it. The tags' own action is asked for on the family's ARN.
 */
const newRevisions: IamScope = {
  sid: 'NewTaskDefinitions',
  resources: ['*'],
  when: requested,
  words: 'revisions that get our mark',
};
const ourRevisions: IamScope = {
  sid: 'OurTaskDefinitions',
  resources: [ourTaskDefinitionArns],
  when: marked,
  words: 'revisions of our families that bear our mark',
};
const tierRoles: IamScope = {
  sid: 'PassTierRoles',
  resources: ['{passable}'],
  when: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  words: "the tier's task role and execution role, to ECS tasks only",
};

export const taskDefinitionIam: readonly IamNeed[] = [
  {
    action: 'ecs:DescribeTaskDefinition',
    role: 'observe',
    why: 'compare a revision with the record',
    on: [everything],
  },
  {
    action: 'ecs:ListTaskDefinitions',
    role: 'observe',
    why: 'find a revision whose registration was never answered',
    on: [everything],
  },
  {
    action: 'ecs:RegisterTaskDefinition',
    role: 'apply',
    why: 'register what a record asks for',
    on: [newRevisions],
  },
  {
    action: 'ecs:TagResource',
    role: 'apply',
    why: 'mark revisions when they are registered and heal the mark',
    on: ecsTagging,
  },
  {
    action: 'iam:PassRole',
    role: 'apply',
    why: "hand the tier's task role and execution role to ECS",
    on: [tierRoles],
    within: ['ecs:RegisterTaskDefinition'],
  },
  {
    action: 'ecs:DeregisterTaskDefinition',
    role: 'reap',
    why: 'take superseded revisions out of use',
    on: [everything],
  },
  {
    action: 'ecs:DeleteTaskDefinitions',
    role: 'reap',
    why: 'remove superseded revisions',
    on: [ourRevisions],
  },
];
