import { AwsError, type ElbWorld, type SimService, type World } from '../kernel.ts';
import { accountLimitOperations } from './account-limits.ts';
import { certificateOperations } from './certificates.ts';
import type { ElbDataPlane } from './data-plane.ts';
import { invalidConfiguration } from './errors.ts';
import { listenerOperations } from './listeners.ts';
import { loadBalancerSettingOperations } from './load-balancer-settings.ts';
import { loadBalancerOperations } from './load-balancers.ts';
import { ruleOperations } from './rules.ts';
import { createState, type ElbState } from './state.ts';
import { tagOperations } from './tags.ts';
import { targetGroupOperations } from './target-groups.ts';
import { targetOperations } from './targets.ts';
import { elbWorld } from './world.ts';

/**
 * Elastic Load Balancing v2, as far as Application Load Balancers go: the service for the API, and what the other parts of the simulator
 * use of it. Both share one state, in every account and Region.
 */
export function createElb(world: World): {
  service: SimService;
  world: ElbWorld & ElbDataPlane;
  state: ElbState;
} {
  const state = createState(world);
  const operations = {
    ...loadBalancerOperations(state),
    ...loadBalancerSettingOperations(state),
    ...listenerOperations(state),
    ...certificateOperations(state),
    ...targetGroupOperations(state),
    ...ruleOperations(state),
    ...targetOperations(state),
    ...tagOperations(state),
    ...accountLimitOperations(state),
  };
  return {
    state,
    service: {
      id: 'elbv2',
      operations: new Map(Object.entries(operations)),
      throttled: () => new AwsError('ThrottlingException', 'Rate exceeded', { status: 400 }),
      // Of the errors in the model this one fits best, and most operations with such members list it.
      untaken: (member) => invalidConfiguration(`The parameter '${member}' is not supported`),
    },
    world: elbWorld(state),
  };
}
