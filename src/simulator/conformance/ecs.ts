import type { Behaviour } from './behaviour.ts';

export const ecsBehaviours: readonly Behaviour[] = [];
