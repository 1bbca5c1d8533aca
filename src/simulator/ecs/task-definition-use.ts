import { afterLatency, type EcsState, type TaskDefinitionRecord } from './state.ts';

/** From the last use's end to the deletion's (assumed). */
const deletionMs = 5_000;

/** A deployment or a task begins to refer to the definition. */
export function retain(record: TaskDefinitionRecord): void {
  record.users += 1;
}

/** A deployment or a task stops referring to it; a deletion that waited for this goes on. */
export function release(state: EcsState, record: TaskDefinitionRecord): void {
  record.users -= 1;
  removeIfUnused(state, record);
}

/** A definition whose deletion was asked for goes when nothing refers to it. Source: "Deleting a task definition revision", ECS guide. */
export function removeIfUnused(state: EcsState, record: TaskDefinitionRecord): void {
  if (record.status !== 'DELETE_IN_PROGRESS' || record.users > 0) return;
  afterLatency(state, deletionMs, () => {
    if (record.users === 0) record.family.revisions.delete(record.revision);
  });
}
