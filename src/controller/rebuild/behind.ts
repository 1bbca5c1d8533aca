import { type Condition, type ConditionUpdate, notRebuilt, stateKnown } from '../../model/conditions.ts';

/** A placement that something live bears the mark of. */
export interface MarkedPlacement {
  readonly placement: string;
  readonly tenant: string;
}

const order = 'cellwright rebuild shows what would be written and writes it';

/**
 * What is known of the state table being older than what is live: placements with our mark that it does not name, a fence with an epoch that it never gave out, and cells that could not be read when it
 * was rebuilt. While any of that stands nothing is placed; what runs is left as it is.
 */
export class StateBehind {
  readonly #epoch: number;
  readonly #known: () => ReadonlySet<string>;
  readonly #tierOf: (cell: string) => string | undefined;
  /** By cell: unknown placements; twice in a row where the cell was read before. */
  readonly #unknown = new Map<string, readonly MarkedPlacement[]>();
  readonly #suspects = new Map<string, ReadonlySet<string>>();
  readonly #fences = new Map<string, number>();
  /** Cells that could not be read for a rebuild, and have not been since: why. */
  readonly #refused = new Map<string, string>();
  /** Until this term has begun to write, a fence of its own epoch is another's. */
  #writing = false;

  constructor(deps: {
    readonly epoch: number;
    /** Ids of all placements that the state table knows. */
    readonly known: () => ReadonlySet<string>;
    readonly tierOf: (cell: string) => string | undefined;
  }) {
    this.#epoch = deps.epoch;
    this.#known = deps.known;
    this.#tierOf = deps.tierOf;
  }

  /** Views are complete: from now on this term writes. */
  begin(): void {
    this.#writing = true;
  }

  /** A cell was read. A first reading is believed at once, since nothing can be under way yet; later ones when they say so twice. */
  noteCell(cell: string, marked: readonly MarkedPlacement[], readBefore: boolean): void {
    const known = this.#known();
    const unknown = marked.filter(({ placement }) => !known.has(placement));
    const suspects = this.#suspects.get(cell) ?? new Set();
    this.#suspects.set(cell, new Set(unknown.map(({ placement }) => placement)));
    this.#unknown.set(cell, readBefore ? unknown.filter(({ placement }) => suspects.has(placement)) : unknown);
    this.#refused.delete(cell);
  }

  noteFence(zone: string, epoch: number): void {
    if (epoch > this.#epoch || (epoch === this.#epoch && !this.#writing)) this.#fences.set(zone, epoch);
    else if (epoch < this.#epoch) this.#fences.delete(zone);
  }

  /** What the cells' own conditions say of an earlier rebuild. */
  recall(cell: string, conditions: readonly Condition[]): void {
    const found = conditions.find(({ type, reason }) => type === stateKnown && reason === notRebuilt);
    if (found !== undefined) this.#refused.set(cell, found.message);
  }

  /** A rebuild could not read this cell. */
  refuse(cell: string, why: string): void {
    this.#refused.set(cell, why);
    this.#unknown.delete(cell);
  }

  /** The table knows more now. */
  learned(): void {
    const known = this.#known();
    for (const [cell, unknown] of this.#unknown)
      this.#unknown.set(
        cell,
        unknown.filter(({ placement }) => !known.has(placement)),
      );
  }

  /** Why nothing may be placed (in this tier), in words; undefined when it may. */
  closed(tier?: string): string | undefined {
    for (const [cell, unknown] of this.#unknown)
      if (unknown.length > 0)
        return `${cellText(cell, unknown)}: nothing is placed until the state table is rebuilt from what is live (${order})`;
    for (const [zone, epoch] of this.#fences)
      return `the fence in zone ${zone} names epoch ${epoch}, the lease is at ${this.#epoch}: the state table is older than the zone; nothing is placed until it is rebuilt (${order})`;
    for (const [cell, why] of this.#refused)
      if (tier === undefined || this.#tierOf(cell) === tier)
        return `cell ${cell} ${why}; nothing is placed in its tier until it has been read`;
    return undefined;
  }

  /** Why a tenant is left alone altogether: placements of it are live that the table does not know. */
  tenant(name: string): string | undefined {
    const own = [...this.#unknown].flatMap(([cell, unknown]) =>
      unknown.filter(({ tenant }) => tenant === name).map(({ placement }) => `${placement} in cell ${cell}`),
    );
    if (own.length === 0) return undefined;
    return `the state table does not know ${own.join(', ')}, which ${own.length === 1 ? 'bears' : 'bear'} this tenant's mark: it is left as it is until the table is rebuilt from what is live (${order})`;
  }

  /** Tenants of which the table lacks a placement. */
  tenants(): ReadonlySet<string> {
    return new Set([...this.#unknown.values()].flatMap((unknown) => unknown.map(({ tenant }) => tenant)));
  }

  /** The highest epoch of a fence that the lease has to rise above; undefined where there is none. */
  fence(): number | undefined {
    return this.#fences.size === 0 ? undefined : Math.max(...this.#fences.values());
  }

  /** What a cell's status says of it. */
  conditionOf(cell: string): ConditionUpdate | undefined {
    const unknown = this.#unknown.get(cell) ?? [];
    const refused = this.#refused.get(cell);
    if (refused !== undefined) return { type: stateKnown, status: 'False', reason: notRebuilt, message: refused };
    if (unknown.length > 0)
      return {
        type: stateKnown,
        status: 'False',
        reason: 'StateBehind',
        message: `${cellText(cell, unknown)}: ${order}`,
      };
    if (!this.#unknown.has(cell)) return undefined;
    return {
      type: stateKnown,
      status: 'True',
      reason: 'Known',
      message: 'every placement that bears our mark is in the state table',
    };
  }
}

function cellText(cell: string, unknown: readonly MarkedPlacement[]): string {
  const some = unknown.slice(0, 3).map(({ placement, tenant }) => `${placement} of ${tenant}`);
  return `cell ${cell} has ${unknown.length} placements with our mark that the state table does not know (${some.join(', ')})`;
}
