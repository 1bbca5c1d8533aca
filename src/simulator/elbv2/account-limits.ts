import type {
  DescribeAccountLimitsInput,
  DescribeAccountLimitsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operation } from '../kernel.ts';
import type { QuotaName } from '../quotas/definitions.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import type { ElbState } from './state.ts';

/**
 * The quotas of Application Load Balancers, by the names and in the order that DescribeAccountLimits has for them. Source: the example of
 * describe-account-limits, AWS CLI reference. Those of other load balancers, which are not simulated, are left out.
 */
const limits: Readonly<Record<string, QuotaName>> = {
  'target-groups': 'targetGroupsPerRegion',
  'targets-per-application-load-balancer': 'targetsPerLoadBalancer',
  'listeners-per-application-load-balancer': 'listenersPerLoadBalancer',
  'rules-per-application-load-balancer': 'rulesPerLoadBalancer',
  'condition-values-per-alb-rule': 'conditionValuesPerRule',
  'condition-wildcards-per-alb-rule': 'wildcardsPerRule',
  'target-groups-per-application-load-balancer': 'targetGroupsPerLoadBalancer',
  'target-groups-per-action-on-application-load-balancer': 'targetGroupsPerAction',
  'certificates-per-application-load-balancer': 'certificatesPerLoadBalancer',
  'targets-per-target-group': 'targetsPerTargetGroup',
  'target-id-registrations-per-application-load-balancer': 'registrationsPerTarget',
  'application-load-balancers': 'loadBalancers',
};

/** DescribeAccountLimits. */
export function accountLimitOperations(state: ElbState): Record<string, Operation> {
  return {
    DescribeAccountLimits: operation({
      category: 'read',
      takes: ['Marker', 'PageSize'],
      run: (input: DescribeAccountLimitsInput, call): DescribeAccountLimitsOutput => {
        const all = Object.entries(limits).map(([Name, quota]) => ({
          Name,
          Max: String(state.world.quotas.get(call, quota)),
        }));
        const { items, next } = page(all, input);
        return { Limits: [...items], ...next };
      },
    }),
  };
}
