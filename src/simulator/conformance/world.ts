import type { Behaviour } from './behaviour.ts';

export const worldBehaviours: readonly Behaviour[] = [];
