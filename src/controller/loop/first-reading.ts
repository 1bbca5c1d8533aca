import { stateKnown } from '../../model/conditions.ts';
import { CallError } from '../../model/errors.ts';
import { placementsOf } from '../fleet/entry.ts';
import { lookAtGroup } from '../infra-group/run.ts';
import { parseKey } from '../keys.ts';
import { type InfraRunDeps, wakeTenants } from './run-deps.ts';

/** Nobody is placed before it is known where. */
const look = { write: false, maxAgeMs: 60_000 } as const;

/**
 * The reading of every cell and zone with which a term begins. A successor that watched the leader before it waits only so long for all of them (`TermDeps.readsWithinMs`): one account that does
 * not answer must not hold up all others. What is late counts as what cannot be read, as ever: nothing is placed there. It joins when it has been read.
 */
export class FirstReading {
  readonly #runs: InfraRunDeps;
  readonly #signal: AbortSignal;
  #over = true;
  #ended: Promise<void> = Promise.resolve();

  constructor(runs: InfraRunDeps, signal: AbortSignal) {
    this.#runs = runs;
    this.#signal = signal;
  }

  /** Resolves when everything was read, or when work is to begin without what is late. Rejects only when our lease is gone. */
  async read(): Promise<void> {
    const { term, view, infra } = this.#runs;
    term.setCallShare(view.fleet()?.callShare ?? 0.7);
    for (const entry of view.all('Cell')) infra.behind.recall(entry.name, entry.status?.value.conditions ?? []);
    this.#over = false;
    const late = { isLate: false };
    const readings = Promise.all([
      this.#lookAtGroups(undefined),
      ...view.cells().map((cell) => this.#readCell(cell.name, late)),
      ...view.tiers().map((tier) => infra.readZone(tier.name, 0)),
    ]).then(() => {
      this.#over = true;
    });
    const { clock, readsWithinMs } = term;
    if (readsWithinMs === undefined || this.#mayLackPlacements()) return readings;
    this.#ended = this.#untilStopped(readings);
    const limit = new AbortController();
    const patience = clock.sleep(readsWithinMs, limit.signal).catch((error: unknown) => {
      if (!limit.signal.aborted) throw error;
    });
    try {
      await Promise.race([readings, patience]);
    } finally {
      limit.abort();
    }
    late.isLate = !this.#over;
  }

  /**
   * Until everything was read (or the term ends), for a key that needs all cells: who has no place yet is given one with all of them in view, and what the fleet and a tier say of their room
   * is not said of a part. At once for all others, and for everybody once all was read.
   */
  async before(key: string): Promise<void> {
    if (!this.#over && this.#needsAll(key)) await this.#ended;
  }

  #needsAll(key: string): boolean {
    const { kind, name } = parseKey(key);
    if (kind !== 'Tenant') return kind === 'Fleet' || kind === 'Tier';
    const entry = this.#runs.view.get('Tenant', name);
    return entry === undefined || placementsOf(entry).length === 0;
  }

  /** The leader before knew of placements that the table lacks: only a reading of all cells tells which tenants are to be left alone. */
  #mayLackPlacements(): boolean {
    return this.#runs.view
      .all('Cell')
      .some(({ status }) =>
        (status?.value.conditions ?? []).some(({ type, status: known }) => type === stateKnown && known !== 'True'),
      );
  }

  async #readCell(name: string, late: { readonly isLate: boolean }): Promise<void> {
    await this.#runs.infra.readCell(name, 0, true);
    if (this.#signal.aborted) return;
    await this.#lookAtGroups(name);
    if (late.isLate && !this.#signal.aborted) wakeTenants(this.#runs, name);
  }

  /** The groups of a cell; undefined: those whose cell has no accepted record. */
  async #lookAtGroups(cell: string | undefined): Promise<void> {
    const { view } = this.#runs;
    const cellOf = (group: string): string | undefined => {
      const named = view.spec('InfraGroup', group)?.cell ?? '';
      return view.spec('Cell', named) === undefined ? undefined : named;
    };
    const groups = view.all('InfraGroup').filter((entry) => cellOf(entry.name) === cell);
    await Promise.all(groups.map((entry) => lookAtGroup(this.#runs, entry, look)));
  }

  async #untilStopped(readings: Promise<void>): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await Promise.race([readings, stopped]);
    } catch (error) {
      // A cell that cannot be read is a reading; what is thrown besides is the lease that is gone, and every key finds that out.
      if (!(error instanceof CallError)) this.#runs.term.observer.failed('first reading', error as Error);
    }
  }
}
