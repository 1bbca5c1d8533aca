import type { Behaviour } from './behaviour.ts';

export const dynamodbBehaviours: readonly Behaviour[] = [];
