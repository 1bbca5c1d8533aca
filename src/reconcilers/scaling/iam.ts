import type { IamNeed } from '../contract.ts';

export const scalingIam: readonly IamNeed[] = [
  {
    action: 'application-autoscaling:DescribeScalableTargets',
    role: 'observe',
    why: 'compare bounds and suspension with the record',
  },
  {
    action: 'application-autoscaling:DescribeScalingPolicies',
    role: 'observe',
    why: 'compare the policy with the record and see others',
  },
  { action: 'application-autoscaling:ListTagsForResource', role: 'observe', why: 'see whose a scalable target is' },
  {
    action: 'application-autoscaling:RegisterScalableTarget',
    role: 'apply',
    why: 'let the count follow a metric, and heal its bounds',
  },
  { action: 'application-autoscaling:PutScalingPolicy', role: 'apply', why: 'set and heal the metric and its target' },
  {
    action: 'application-autoscaling:TagResource',
    role: 'apply',
    why: 'mark scalable targets when they are registered and heal the mark',
  },
  {
    action: 'application-autoscaling:DeleteScalingPolicy',
    role: 'reap',
    why: 'take policies off our targets that somebody else put there',
  },
  {
    action: 'application-autoscaling:DeregisterScalableTarget',
    role: 'reap',
    why: 'end scaling where the record does not ask for it, and before tasks stop',
  },
  {
    action: 'iam:CreateServiceLinkedRole',
    role: 'apply',
    why: "the first scalable target of an account makes AWS's own role AWSServiceRoleForApplicationAutoScaling_ECSService",
  },
  { action: 'ecs:DescribeServices', role: 'apply', why: 'Application Auto Scaling asks for it of who registers' },
  { action: 'ecs:UpdateService', role: 'apply', why: 'Application Auto Scaling asks for it of who registers' },
  { action: 'cloudwatch:PutMetricAlarm', role: 'apply', why: 'a policy makes the two alarms that it follows' },
  { action: 'cloudwatch:DescribeAlarms', role: 'apply', why: 'a policy finds the alarms that it follows' },
  { action: 'cloudwatch:DeleteAlarms', role: 'reap', why: "a policy's alarms go with it" },
];
