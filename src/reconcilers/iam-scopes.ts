/** What the actions of several reconcilers are limited to. */
import { allOf, type IamConditions, type IamScope, marked, requested, unmarked } from '../model/iam.ts';

const ecs = 'arn:{partition}:ecs:{region}:{account}:';

/** Names of clusters and families begin with the installation (src/model/names.ts); a service's ARN names its cluster. */
export const ourClusterArns = `${ecs}cluster/{installation}--*`;
export const ourServiceArns = `${ecs}service/{installation}--*/*`;
export const ourTaskDefinitionArns = `${ecs}task-definition/{installation}--*`;

export const inOurClusters: IamConditions = { ArnLike: { 'ecs:cluster': ourClusterArns } };

const taggable = [ourClusterArns, ourServiceArns, ourTaskDefinitionArns];

export const ourServices: IamScope = {
  sid: 'OurServices',
  resources: [ourServiceArns],
  when: allOf(marked, inOurClusters),
  words: 'services in clusters of our name that bear our mark',
};

/** Tags of ECS: with the call that creates, on what is ours, and, to adopt it, on what bears nobody's mark under a name of ours. None of them can give away what is ours. */
export const ecsTagging: readonly IamScope[] = [
  {
    sid: 'TagNewEcs',
    resources: taggable,
    when: allOf(requested, {
      StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'CreateService', 'RegisterTaskDefinition'] },
    }),
    words: 'what a creating call of ours makes',
  },
  {
    sid: 'TagOurEcs',
    resources: taggable,
    when: allOf(requested, marked),
    words: 'what bears our mark under a name of ours, with tags that leave the mark in place',
  },
  {
    sid: 'AdoptEcs',
    resources: taggable,
    when: allOf(requested, unmarked),
    words: "what bears nobody's mark under a name of ours",
    adoption: true,
  },
];

const elb = 'arn:{partition}:elasticloadbalancing:{region}:{account}:';

export const anyTargetGroup = `${elb}targetgroup/*/*`;
/** The names that we give (src/model/names.ts); what was adopted may have others. */
export const newTargetGroup = `${elb}targetgroup/cw-*/*`;

/** Whose a rule is, or which listener it gets, is said elsewhere: here it need not be named again. */
const anyRule = `${elb}listener-rule/app/*`;

/** Tags of Elastic Load Balancing, in the same three ways. */
export const elbTagging: readonly IamScope[] = [
  {
    sid: 'TagNewElb',
    resources: [newTargetGroup, anyRule],
    when: allOf(requested, {
      StringEquals: { 'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateRule'] },
    }),
    words: 'what a creating call of ours makes',
  },
  {
    sid: 'TagOurElb',
    resources: [anyTargetGroup, anyRule],
    when: allOf(requested, marked),
    words: 'target groups and rules that bear our mark, with tags that leave the mark in place',
  },
  {
    sid: 'AdoptElb',
    resources: [anyTargetGroup, '{rule}'],
    when: allOf(requested, unmarked),
    words: "target groups, and rules of our listeners, that bear nobody's mark",
    adoption: true,
  },
];
