import type { Behaviour } from './behaviour.ts';

export const quotasBehaviours: readonly Behaviour[] = [];
