/**
 * Why the guard holds a change back: the labels of `guard_held{reason}`, and the only values of `spec.allow[].reason` of the Fleet.
 * The list is closed so that a metric never grows a label by accident and an `allow` never names something that does not exist.
 */
export const guardReasons = [
  'removal_budget',
  'last_healthy_path',
  'ownership',
  'mass_change',
  'route_closure',
  'rolled_back',
  'observer_suspected',
  'rebuild_required',
  'incomplete_view',
] as const;

/** One label of `guard_held`. */
export type GuardReason = (typeof guardReasons)[number];

/**
 * The reasons that an operator's `allow` lifts. The others protect somebody else's resources or traffic, or a view of AWS
 * that is not complete: no record can vouch for those.
 */
export const liftableReasons: readonly GuardReason[] = ['removal_budget', 'mass_change', 'observer_suspected'];
