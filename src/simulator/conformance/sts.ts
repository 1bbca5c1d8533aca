import type { Behaviour } from './behaviour.ts';

export const stsBehaviours: readonly Behaviour[] = [];
