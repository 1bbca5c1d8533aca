import {
  allOf,
  everything,
  type IamConditions,
  type IamNeed,
  type IamScope,
  marked,
  markedOrNew,
  requested,
} from '../../model/iam.ts';
import { ourServiceArns, ourServices } from '../iam-scopes.ts';

/** The ARN of a scalable target ends in an id of AWS's own: only tags tell whose it is. */
const target = 'arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/*';
const ofServices: IamConditions = {
  StringEquals: {
    'application-autoscaling:service-namespace': 'ecs',
    'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
  },
};
/** CloudWatch is asked without an alarm's name (Application Auto Scaling, permissions validation), so no name can be required. */
const alarmArns = 'arn:{partition}:cloudwatch:{region}:{account}:alarm:*';

const newTargets: IamScope = {
  sid: 'NewScalableTargets',
  resources: [target],
  when: allOf(requested, ofServices),
  words: 'scalable targets of ECS services that get our mark',
};
const ourTargets: IamScope = {
  sid: 'OurScalableTargets',
  resources: [target],
  when: allOf(marked, ofServices),
  words: 'scalable targets of ECS services that bear our mark',
};
const targets: IamScope = { sid: 'ScalableTargets', resources: [target], words: 'all scalable targets of the Region' };
/** No key tells the tags of a registering call from others: so a target without a mark can be marked. */
const tagging: IamScope = {
  sid: 'TagScalableTargets',
  resources: [target],
  when: allOf(requested, markedOrNew),
  words: "scalable targets that bear our mark or nobody's, with tags that leave the mark in place",
};
const services: IamScope = {
  sid: 'Services',
  resources: [ourServiceArns],
  words: 'services in clusters of our name',
};
const alarms: IamScope = { sid: 'Alarms', resources: [alarmArns], words: 'all alarms of the Region' };
const linkedRole: IamScope = {
  sid: 'ScalingLinkedRole',
  resources: [
    'arn:{partition}:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
  ],
  when: { StringEquals: { 'iam:AWSServiceName': 'ecs.application-autoscaling.amazonaws.com' } },
  words: "AWS's own role of that name",
};

const registering = ['application-autoscaling:RegisterScalableTarget'];
const scaling = ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:PutScalingPolicy'];

export const scalingIam: readonly IamNeed[] = [
  {
    action: 'application-autoscaling:DescribeScalableTargets',
    role: 'observe',
    why: 'compare bounds and suspension with the record',
    on: [everything],
  },
  {
    action: 'application-autoscaling:DescribeScalingPolicies',
    role: 'observe',
    why: 'compare the policy with the record and see others',
    on: [everything],
  },
  {
    action: 'application-autoscaling:ListTagsForResource',
    role: 'observe',
    why: 'see whose a scalable target is',
    on: [targets],
  },
  {
    action: 'application-autoscaling:RegisterScalableTarget',
    role: 'apply',
    why: 'let the count follow a metric, and heal its bounds',
    on: [newTargets, ourTargets],
  },
  {
    action: 'application-autoscaling:PutScalingPolicy',
    role: 'apply',
    why: 'set and heal the metric and its target',
    on: [ourTargets],
  },
  {
    action: 'application-autoscaling:TagResource',
    role: 'apply',
    why: 'mark scalable targets when they are registered and heal the mark',
    on: [tagging],
  },
  {
    action: 'application-autoscaling:DeleteScalingPolicy',
    role: 'reap',
    why: 'take policies off our targets that somebody else put there',
    on: [ourTargets],
  },
  {
    action: 'application-autoscaling:DeregisterScalableTarget',
    role: 'reap',
    why: 'end scaling where the record does not ask for it, and before tasks stop',
    on: [ourTargets],
  },
  {
    action: 'iam:CreateServiceLinkedRole',
    role: 'apply',
    why: "the first scalable target of an account makes AWS's own role AWSServiceRoleForApplicationAutoScaling_ECSService",
    on: [linkedRole],
    within: registering,
  },
  {
    action: 'ecs:DescribeServices',
    role: 'apply',
    why: 'Application Auto Scaling asks for it of who registers',
    on: [services],
    within: scaling,
  },
  {
    action: 'ecs:UpdateService',
    role: 'apply',
    why: 'Application Auto Scaling asks for it of who registers',
    on: [ourServices],
    within: scaling,
  },
  {
    action: 'cloudwatch:PutMetricAlarm',
    role: 'apply',
    why: 'a policy makes the two alarms that it follows',
    on: [alarms],
    within: scaling,
  },
  {
    action: 'cloudwatch:DescribeAlarms',
    role: 'apply',
    why: 'a policy finds the alarms that it follows',
    on: [alarms],
    within: scaling,
  },
  {
    action: 'cloudwatch:DeleteAlarms',
    role: 'apply',
    why: 'Application Auto Scaling asks for it of who registers, as another metric means other alarms',
    on: [alarms],
    within: scaling,
  },
  {
    action: 'cloudwatch:DeleteAlarms',
    role: 'reap',
    why: "a policy's alarms go with it",
    on: [alarms],
    within: ['application-autoscaling:DeleteScalingPolicy', 'application-autoscaling:DeregisterScalableTarget'],
  },
];
