/** How far the controller goes for an object: `active` does, `observe` reads and says what it would do, `paused` leaves it alone. */
export type Mode = 'active' | 'observe' | 'paused';

const strictness: Readonly<Record<Mode, number>> = { active: 0, observe: 1, paused: 2 };

/** The strictest of the modes that apply; where none is set, `active`. */
export function strictest(modes: readonly (Mode | undefined)[]): Mode {
  let found: Mode = 'active';
  for (const mode of modes) if (mode !== undefined && strictness[mode] > strictness[found]) found = mode;
  return found;
}
