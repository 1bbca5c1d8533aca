import type { Reconciler } from '../contract.ts';
import { nameOfPlacement } from '../names.ts';
import { taskDefinitionAdoption } from './adopt.ts';
import { registerTaskDefinition, retireTaskDefinition, tagTaskDefinition } from './apply.ts';
import { desiredTaskDefinition, type TaskDefinitionContent } from './desired.ts';
import { diffTaskDefinition, taskDefinitionNeedsSuccessor } from './diff.ts';
import { taskDefinitionIam } from './iam.ts';
import { type LiveTaskDefinition, observeTaskDefinition, strayRevisions } from './observe.ts';

/** Task definitions: immutable revisions of one family for each placement. */
export const taskDefinition: Reconciler<TaskDefinitionContent, LiveTaskDefinition> = {
  kind: 'task_definition',
  iam: taskDefinitionIam,
  name: nameOfPlacement,
  desired: desiredTaskDefinition,
  observe: observeTaskDefinition,
  diff: diffTaskDefinition,
  needsSuccessor: taskDefinitionNeedsSuccessor,
  create: registerTaskDefinition,
  update: tagTaskDefinition,
  retire: retireTaskDefinition,
  adopt: taskDefinitionAdoption,
  strays: strayRevisions,
  // Nobody waits for a definition: what it does shows in the service.
  conditions: () => [],
  signals: () => ({}),
};
