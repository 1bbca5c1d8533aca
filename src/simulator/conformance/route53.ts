import type { Behaviour } from './behaviour.ts';

export const route53Behaviours: readonly Behaviour[] = [];
