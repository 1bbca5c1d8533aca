import { randomFrom } from '../support/virtual-clock.ts';

/** What a seed draws from. Each purpose has a stream of its own, so that one more draw here changes nothing there. */
export class Draw {
  readonly #next: () => number;

  constructor(seed: number, purpose: string) {
    let hash = 0x811c9dc5;
    for (const letter of `${seed}/${purpose}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    this.#next = randomFrom(hash >>> 0);
  }

  /** Uniform in [0, 1). */
  readonly uniform = (): number => this.#next();

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  pick<T>(from: readonly [T, ...T[]]): T;
  pick<T>(from: readonly T[]): T | undefined;
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#next() * from.length)];
  }

  /** A random UUID's text. */
  readonly uuid = (): string => {
    const hex = Array.from({ length: 32 }, () => this.whole(0, 15).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
