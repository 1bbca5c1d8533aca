import type { TaskDefinitionRecord } from './state.ts';

/** What the task's containers do once they are started; see the convention in index.ts. */
type Behaviour = 'works' | 'fails-to-start' | 'unhealthy';

/** Reads the behaviour from the images. A container that cannot start outweighs one that does not answer. */
export function behaviourOf(definition: TaskDefinitionRecord): Behaviour {
  const images = (definition.description.containerDefinitions ?? []).map(({ image = '' }) => image);
  if (images.some((image) => image.includes('fails-to-start'))) return 'fails-to-start';
  return images.some((image) => image.includes('unhealthy')) ? 'unhealthy' : 'works';
}
