/** The quotas on one rule, as they stand in the caller's account and Region. */
import type { Call } from '../kernel.ts';
import type { ActionLimits } from './actions.ts';
import type { ConditionLimits } from './conditions.ts';
import type { ElbState } from './state.ts';

/** What bounds the conditions of a rule. */
export function conditionLimits(state: ElbState, call: Call): ConditionLimits {
  const { quotas } = state.world;
  return { values: quotas.get(call, 'conditionValuesPerRule'), wildcards: quotas.get(call, 'wildcardsPerRule') };
}

/** What bounds the actions of a rule of a listener with this protocol and port. */
export function actionLimits(
  state: ElbState,
  call: Call,
  { protocol, port }: { readonly protocol: string; readonly port: number },
): ActionLimits {
  return { groupsPerAction: state.world.quotas.get(call, 'targetGroupsPerAction'), protocol, port };
}
