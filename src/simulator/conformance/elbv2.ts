import type { Behaviour } from './behaviour.ts';

export const elbv2Behaviours: readonly Behaviour[] = [];
