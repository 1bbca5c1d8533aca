import type { IamNeed } from '../contract.ts';

export const clusterIam: readonly IamNeed[] = [
  { action: 'ecs:DescribeClusters', role: 'observe', why: 'read clusters, a hundred a call' },
  {
    action: 'ecs:ListClusters',
    role: 'observe',
    why: 'find clusters that bear our mark and are unknown to the state table',
  },
  { action: 'ecs:CreateCluster', role: 'apply', why: 'one cluster for each placement' },
  { action: 'ecs:UpdateCluster', role: 'apply', why: 'heal settings and configuration' },
  { action: 'ecs:PutClusterCapacityProviders', role: 'apply', why: 'heal capacity providers' },
  { action: 'ecs:TagResource', role: 'apply', why: 'mark clusters when they are created and heal the mark' },
  { action: 'ecs:DeleteCluster', role: 'reap', why: 'remove the cluster of a placement that is gone' },
];
