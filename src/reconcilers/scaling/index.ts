import type { Reconciler } from '../contract.ts';
import { createScaling, retireScaling, updateScaling } from './apply.ts';
import { desiredScaling, resourceIdOf, type ScalingContent } from './desired.ts';
import { diffScaling } from './diff.ts';
import { scalingIam } from './iam.ts';
import { type LiveScaling, observeScaling } from './observe.ts';

/** Application Auto Scaling: the scalable target of a placement's service, with one target tracking policy. */
export const scaling: Reconciler<ScalingContent, LiveScaling> = {
  kind: 'scaling',
  iam: scalingIam,
  name: (context) => resourceIdOf(context),
  desired: desiredScaling,
  observe: observeScaling,
  diff: diffScaling,
  needsSuccessor: () => false,
  create: createScaling,
  update: updateScaling,
  retire: retireScaling,
  conditions: () => [],
  signals: () => ({}),
};
