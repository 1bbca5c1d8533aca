import type { IamNeed } from '../contract.ts';

export const targetGroupIam: readonly IamNeed[] = [
  { action: 'elasticloadbalancing:DescribeTargetGroups', role: 'observe', why: 'read target groups by load balancer' },
  { action: 'elasticloadbalancing:DescribeTargetGroupAttributes', role: 'observe', why: 'see drift of attributes' },
  { action: 'elasticloadbalancing:DescribeTargetHealth', role: 'observe', why: 'know whether targets serve' },
  { action: 'elasticloadbalancing:DescribeTags', role: 'observe', why: 'see whose a target group is' },
  { action: 'ecs:ListTasks', role: 'observe', why: 'know which targets are tasks of the placement' },
  { action: 'ecs:DescribeTasks', role: 'observe', why: 'know which targets are tasks of the placement' },
  { action: 'elasticloadbalancing:CreateTargetGroup', role: 'apply', why: 'one target group for each placement' },
  { action: 'elasticloadbalancing:ModifyTargetGroup', role: 'apply', why: 'heal health checks' },
  { action: 'elasticloadbalancing:ModifyTargetGroupAttributes', role: 'apply', why: 'set and heal attributes' },
  {
    action: 'elasticloadbalancing:RegisterTargets',
    role: 'apply',
    why: 'put back the target of a task that somebody took out',
  },
  {
    action: 'elasticloadbalancing:AddTags',
    role: 'apply',
    why: 'mark target groups when they are created and heal the mark',
  },
  { action: 'elasticloadbalancing:DeregisterTargets', role: 'reap', why: 'take out targets that ECS did not register' },
  {
    action: 'elasticloadbalancing:DeleteTargetGroup',
    role: 'reap',
    why: 'remove the target group of a placement that is gone',
  },
];
