/** Lets works on the same items follow one another instead of cancelling each other's transactions. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Runs `work` after every earlier work that shares a key with it. It joins all its queues in one step, so that no two can wait for each other. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.last.get(key) ?? Promise.resolve());
    let finish: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      finish = resolve;
    });
    for (const key of keys) this.last.set(key, mine);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      finish();
      for (const key of keys) if (this.last.get(key) === mine) this.last.delete(key);
    }
  }
}
