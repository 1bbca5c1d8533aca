/** Lets one piece of asynchronous work run at a time, in the order in which they came. */
export interface Mutex {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Whether something runs or waits. */
  isHeld(): boolean;
}

/** Creates a free one. */
export function createMutex(): Mutex {
  let tail: Promise<unknown> = Promise.resolve();
  let held = 0;
  return {
    run: (work) => {
      held++;
      const result = tail.then(work).finally(() => {
        held--;
      });
      // The next one runs whether this one fails or not; its failure goes to whoever asked for it.
      tail = result.then(
        () => undefined,
        () => undefined,
      );
      return result;
    },
    isHeld: () => held > 0,
  };
}
