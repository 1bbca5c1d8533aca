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
  'state_behind',
  'incomplete_view',
] as const;
