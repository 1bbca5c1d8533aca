/** Looking again and again, for `--watch`: only what changed is shown. */
import type { Context } from './context.ts';
import { Interrupted } from './host.ts';

/** How often a watched table is read, in milliseconds. A list is a scan of the state table, so this is also what it costs. */
export const watchPeriodMs = 2_000;

/** Something shown, with what tells it apart and what of it counts as a change. */
export interface Watched<T> {
  readonly key: string;
  readonly version: string;
  readonly row: T;
}

/**
 * Calls `show` with everything, then with what changed since, until the user interrupts (then it throws `Interrupted`). Rows that vanished are not
 * shown again. Throws what `read` throws.
 */
export async function watch<T>(
  context: Context,
  read: () => Promise<readonly Watched<T>[]>,
  show: (rows: readonly T[], isFirst: boolean) => Promise<void>,
): Promise<never> {
  const signal = context.host.interrupts();
  let seen = new Map<string, string>();
  for (let isFirst = true; ; isFirst = false) {
    const all = await read();
    const changed = all.filter(({ key, version }) => seen.get(key) !== version);
    seen = new Map(all.map(({ key, version }) => [key, version]));
    if (isFirst || changed.length > 0)
      await show(
        changed.map(({ row }) => row),
        isFirst,
      );
    await pause(context, watchPeriodMs, signal);
  }
}

/** Waits, or throws `Interrupted` when the user interrupts. */
export async function pause(context: Context, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Interrupted();
  await context.host.clock.sleep(ms, signal);
}
