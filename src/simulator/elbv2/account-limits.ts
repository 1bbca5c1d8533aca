import type {
  DescribeAccountLimitsInput,
  DescribeAccountLimitsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operation } from '../kernel.ts';
import type { QuotaName } from '../quotas/definitions.ts';
import { maxListeners } from './listeners.ts';
import { maxLoadBalancers } from './load-balancers.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import type { ElbState } from './state.ts';

/** DescribeAccountLimits, by the names that AWS gives the limits of Application Load Balancers. */
export function accountLimitOperations(state: ElbState): Record<string, Operation> {
  return {
    DescribeAccountLimits: operation({
      category: 'read',
      run: (input: DescribeAccountLimitsInput, call): DescribeAccountLimitsOutput => {
        const limits = Object.entries(limitsOf(state, call)).map(([Name, Max]) => ({ Name, Max: String(Max) }));
        const { items, next } = page(limits, input);
        return { Limits: [...items], ...next };
      },
    }),
  };
}

function limitsOf(state: ElbState, call: Call): Record<string, number> {
  const quota = (name: QuotaName): number => state.world.quotas.get(call, name);
  return {
    'application-load-balancers': maxLoadBalancers,
    'target-groups': quota('targetGroupsPerRegion'),
    'targets-per-application-load-balancer': quota('targetsPerLoadBalancer'),
    'listeners-per-application-load-balancer': maxListeners,
    'rules-per-application-load-balancer': quota('rulesPerLoadBalancer'),
    'target-groups-per-application-load-balancer': quota('targetGroupsPerLoadBalancer'),
    'target-groups-per-action-on-application-load-balancer': 5,
    'condition-values-per-alb-rule': 5,
    'condition-wildcards-per-alb-rule': 5,
    'certificates-per-application-load-balancer': 25,
  };
}
