/** HTTP messages as the codec sees them, whichever mount they came through. */
export interface WireRequest {
  readonly method: string;
  /** Without the query, still URL-encoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long AWS takes to give it, in milliseconds of the simulator's clock: the mount holds it back. */
  readonly delayMs?: number;
}
