import type { Ecs } from '../../aws/ports.ts';
import type { Reconciler } from '../contract.ts';
import { nameOfPlacement } from '../names.ts';
import { clusterAdoption } from './adopt.ts';
import { createCluster, retireCluster, updateCluster } from './apply.ts';
import { type ClusterContent, desiredCluster } from './desired.ts';
import { diffCluster } from './diff.ts';
import { clusterIam } from './iam.ts';
import { observeCluster } from './observe.ts';

/** ECS clusters: one for each placement. */
export const cluster: Reconciler<ClusterContent, Ecs.Cluster> = {
  kind: 'cluster',
  iam: clusterIam,
  name: nameOfPlacement,
  desired: desiredCluster,
  observe: observeCluster,
  diff: diffCluster,
  needsSuccessor: () => false,
  create: createCluster,
  update: updateCluster,
  retire: retireCluster,
  adopt: clusterAdoption,
  conditions: (_context, _desired, observation) => {
    const ready = observation.state === 'live' && observation.live.status === 'ACTIVE';
    if (ready) return [{ type: 'ClusterReady', status: 'True', reason: 'Active', message: 'the cluster is ACTIVE' }];
    const found = observation.state === 'live' ? (observation.live.status ?? 'without status') : observation.state;
    return [{ type: 'ClusterReady', status: 'False', reason: 'NotActive', message: `the cluster is ${found}` }];
  },
  signals: (_context, observation) => {
    if (observation.state !== 'live') return {};
    const { runningTasksCount = 0, pendingTasksCount = 0, activeServicesCount = 0 } = observation.live;
    return { runningTasks: runningTasksCount + pendingTasksCount, activeServices: activeServicesCount };
  },
};
