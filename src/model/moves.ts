/** The phases of a move, in order (design: make before break). */
export const movePhases = ['Reserve', 'Provision', 'Warm', 'Canary', 'Ramp', 'Drain', 'Remove', 'Release'] as const;
export type MovePhase = (typeof movePhases)[number];
