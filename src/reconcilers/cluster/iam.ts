import { everything, type IamNeed, type IamScope, marked, requested } from '../../model/iam.ts';
import { ecsTagging, ourClusterArns } from '../iam-scopes.ts';

const anyCluster: IamScope = {
  sid: 'Clusters',
  resources: ['arn:{partition}:ecs:{region}:{account}:cluster/*'],
  words: 'all clusters of the Region',
};
const newClusters: IamScope = {
  sid: 'NewClusters',
  resources: [ourClusterArns],
  when: requested,
  words: 'clusters of our name that get our mark',
};
const ourClusters: IamScope = {
  sid: 'OurClusters',
  resources: [ourClusterArns],
  when: marked,
  words: 'clusters of our name that bear our mark',
};
const linkedRole: IamScope = {
  sid: 'EcsLinkedRole',
  resources: ['arn:{partition}:iam::{account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'],
  when: { StringEquals: { 'iam:AWSServiceName': 'ecs.amazonaws.com' } },
  words: "AWS's own role of that name",
};

export const clusterIam: readonly IamNeed[] = [
  { action: 'ecs:DescribeClusters', role: 'observe', why: 'read clusters, a hundred a call', on: [anyCluster] },
  {
    action: 'ecs:ListClusters',
    role: 'observe',
    why: 'find clusters that bear our mark and are unknown to the state table, and count all',
    on: [everything],
  },
  { action: 'ecs:CreateCluster', role: 'apply', why: 'one cluster for each placement', on: [newClusters] },
  { action: 'ecs:UpdateCluster', role: 'apply', why: 'heal settings and configuration', on: [ourClusters] },
  { action: 'ecs:PutClusterCapacityProviders', role: 'apply', why: 'heal capacity providers', on: [ourClusters] },
  {
    action: 'ecs:TagResource',
    role: 'apply',
    why: 'mark clusters when they are created and heal the mark',
    on: ecsTagging,
  },
  {
    action: 'iam:CreateServiceLinkedRole',
    role: 'apply',
    why: "the first cluster of an account makes AWS's own role AWSServiceRoleForECS",
    on: [linkedRole],
    within: ['ecs:CreateCluster'],
  },
  {
    action: 'ecs:DeleteCluster',
    role: 'reap',
    why: 'remove the cluster of a placement that is gone',
    on: [ourClusters],
  },
];
