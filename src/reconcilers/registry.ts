import { cluster } from './cluster/index.ts';
import type { EndpointReconciler, Reconciler } from './contract.ts';
import { dnsRecord } from './dns-record/index.ts';
import { endpoint } from './endpoint/index.ts';
import { listenerRule } from './listener-rule/index.ts';
import { scaling } from './scaling/index.ts';
import { service } from './service/index.ts';
import { targetGroup } from './target-group/index.ts';
import { taskDefinition } from './task-definition/index.ts';

/** All reconcilers, in the order in which a placement's chain is built. */
export const reconcilers: readonly Reconciler[] = [
  taskDefinition,
  cluster,
  targetGroup,
  listenerRule,
  service,
  scaling,
  dnsRecord,
];

/** What is kept for each infra group. */
export const endpointReconciler: EndpointReconciler = endpoint;
