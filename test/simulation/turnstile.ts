/**
 * Lets requests of one turn of the event loop through in an order that follows from what they ask. The order in which they come does not: the SDK keeps signing keys over runs, and one that
 * is found takes fewer steps than one that is made.
 */
export class Turnstile {
  #waiting: { readonly key: string; readonly pass: () => void }[] = [];

  /** Resolves once everything that comes in this turn has come, and what sorts before it has passed. */
  pass(key: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#open());
      this.#waiting.push({ key, pass: resolve });
    });
  }

  #open(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { pass } of all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) pass();
  }
}

/** What a request asks, as text: without its signature. */
export function requestKey(caller: string, request: object): string {
  const { hostname, path, query, body, headers } = request as {
    hostname?: string;
    path?: string;
    query?: object;
    body?: unknown;
    headers: Record<string, string>;
  };
  const text = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : body;
  return JSON.stringify([caller, hostname, path, query, headers['x-amz-target'], text]);
}
