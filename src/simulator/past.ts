/** What a world has been: the copies that follow it, and whatever has to be done to them as it is done to it. */
import type { Follower } from './trailing.ts';
import { Trailing } from './trailing.ts';

/** A world as the keeper of its past needs it. */
export interface Present {
  now(): number;
  /** Whether a call or an event is running: what happens then a copy does by itself. */
  isBusy(): boolean;
  /** Does something with time standing still, after all that is due. */
  still<T>(act: () => T): T;
}

/** A world with a past, and so a copy of it. */
export interface PastFollower<W> extends Follower<W> {
  readonly past: { hand(name: string): object | undefined };
}

/** The past of one world, as far back as its copies stand. */
export class Past<W extends PastFollower<W>> {
  private readonly present: Present;
  private readonly trailing = new Map<number, Trailing<W>>();
  /** What outsiders may lay hands on, by name, so that a copy finds its own. */
  private readonly hands = new Map<string, object>();
  /** Until the first call everything counts as there from the beginning. */
  private begun = false;

  constructor(present: Present) {
    this.present = present;
  }

  /** Has a copy follow at a distance of `lagMs`. Only before anything is in the world. */
  follow(copy: W, lagMs: number): void {
    this.trailing.set(lagMs, new Trailing(copy, lagMs));
  }

  /** The distances, in milliseconds, at which reads can be answered from the past. */
  get distances(): readonly number[] {
    return [...this.trailing.keys()];
  }

  /** The world as it was `lagMs` ago; undefined where no copy follows at that distance. */
  asOf(lagMs: number): W | undefined {
    return this.trailing.get(lagMs)?.asOf(this.present.now());
  }

  /** Calls begin: what is done from now on is not there from the beginning. */
  begin(): void {
    this.begun = true;
  }

  /** Notes what is being done, for the copies to do again. */
  note(redo: (copy: W) => void): void {
    if (this.trailing.size === 0) return;
    const deed = { at: this.present.now(), redo };
    for (const trailing of this.trailing.values()) trailing.note(deed, !this.begun);
  }

  /**
   * What outsiders (tests, fleet files, the door) lay hands on: the same object, but what they do with it is done to the copies too.
   * What services do with it on their own is not: the copies' services do that by themselves.
   */
  byHand<T extends object>(name: string, target: T): T {
    this.hands.set(name, target);
    if (this.trailing.size === 0) return target;
    return new Proxy(target, { get: (object, member) => this.watched(name, object, member) });
  }

  /** The object that stands under a name, with nobody watching. */
  hand(name: string): object | undefined {
    return this.hands.get(name);
  }

  private watched(name: string, object: object, member: string | symbol): unknown {
    const found: unknown = Reflect.get(object, member);
    if (typeof found !== 'function') return found;
    return (...args: unknown[]): unknown => {
      const act = (): unknown => Reflect.apply(found, object, args);
      if (this.present.isBusy()) return act();
      return this.present.still(() => {
        this.note((copy) => {
          const own = copy.past.hand(name);
          if (own !== undefined) Reflect.apply(Reflect.get(own, member) as () => unknown, own, args);
        });
        return act();
      });
    };
  }
}
