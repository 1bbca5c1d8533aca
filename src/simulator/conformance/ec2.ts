import type { Behaviour } from './behaviour.ts';

export const ec2Behaviours: readonly Behaviour[] = [];
