import { everything, type IamNeed, type IamScope, marked, requested } from '../../model/iam.ts';
import { anyTargetGroup, elbTagging, newTargetGroup } from '../iam-scopes.ts';

const newGroups: IamScope = {
  sid: 'NewTargetGroups',
  resources: [newTargetGroup],
  when: requested,
  words: 'target groups of our names that get our mark',
};
const ourGroups: IamScope = {
  sid: 'OurTargetGroups',
  resources: [anyTargetGroup],
  when: marked,
  words: 'target groups that bear our mark',
};
const tasks: IamScope = {
  sid: 'Tasks',
  resources: ['arn:{partition}:ecs:{region}:{account}:task/*'],
  words: 'all tasks of the Region',
};

export const targetGroupIam: readonly IamNeed[] = [
  {
    action: 'elasticloadbalancing:DescribeTargetGroups',
    role: 'observe',
    why: 'read target groups by load balancer',
    on: [everything],
  },
  {
    action: 'elasticloadbalancing:DescribeTargetGroupAttributes',
    role: 'observe',
    why: 'see drift of attributes',
    on: [everything],
  },
  {
    action: 'elasticloadbalancing:DescribeTargetHealth',
    role: 'observe',
    why: 'know whether targets serve',
    on: [everything],
  },
  {
    action: 'elasticloadbalancing:DescribeTags',
    role: 'observe',
    why: 'see whose a target group is',
    on: [everything],
  },
  {
    action: 'ecs:ListTasks',
    role: 'observe',
    why: 'know which targets are tasks of the placement',
    on: [everything],
  },
  { action: 'ecs:DescribeTasks', role: 'observe', why: 'know which targets are tasks of the placement', on: [tasks] },
  {
    action: 'elasticloadbalancing:CreateTargetGroup',
    role: 'apply',
    why: 'one target group for each placement',
    on: [newGroups],
  },
  { action: 'elasticloadbalancing:ModifyTargetGroup', role: 'apply', why: 'heal health checks', on: [ourGroups] },
  {
    action: 'elasticloadbalancing:ModifyTargetGroupAttributes',
    role: 'apply',
    why: 'set and heal attributes',
    on: [ourGroups],
  },
  {
    action: 'elasticloadbalancing:RegisterTargets',
    role: 'apply',
    why: 'put back the target of a task that somebody took out',
    on: [ourGroups],
  },
  {
    action: 'elasticloadbalancing:AddTags',
    role: 'apply',
    why: 'mark target groups when they are created and heal the mark',
    on: elbTagging,
  },
  {
    action: 'elasticloadbalancing:DeregisterTargets',
    role: 'reap',
    why: 'take out targets that ECS did not register',
    on: [ourGroups],
  },
  {
    action: 'elasticloadbalancing:DeleteTargetGroup',
    role: 'reap',
    why: 'remove the target group of a placement that is gone',
    on: [ourGroups],
  },
];
