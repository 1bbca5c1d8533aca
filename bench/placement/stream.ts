/** Tenants come and go, one by one. */
import { Ledger } from '../../src/placement/ledger.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import type { Demand } from '../../src/placement/vector.ts';
import type { Placer } from './baselines.ts';
import type { Instance } from './instances.ts';
import { seeded } from './random.ts';

export class Stream {
  readonly ledger: Ledger;
  /** Tenants that found no place when they came. */
  refused = 0;
  readonly #instance: Instance;
  readonly #placer: Placer;
  readonly #random: () => number;
  readonly #present: PlacementRequest[] = [];
  #next = 0;

  constructor(instance: Instance, placer: Placer) {
    this.#instance = instance;
    this.#placer = placer;
    this.ledger = new Ledger(instance.view);
    // Who leaves does not depend on who places.
    this.#random = seeded(instance.seed + 1);
  }

  /** The next `count` tenants come. */
  come(count: number): void {
    for (let n = 0; n < count; n++) {
      const request = this.#instance.requests[this.#next % this.#instance.requests.length];
      this.#next += 1;
      if (request === undefined) return;
      this.#present.push(request);
      const choices = this.#placer(request, this.ledger);
      if (choices === undefined) this.refused += 1;
      for (const [index, choice] of (choices ?? []).entries()) {
        const { group, cell, slot, demand } = choice;
        const base = { tenant: request.tenant, tier: request.tier, isolation: request.isolation };
        const label = request.antiAffinity === undefined ? {} : { antiAffinity: request.antiAffinity };
        this.ledger.reserve({ ...base, ...label, placement: `${request.tenant}-${index}`, group, cell, slot, demand });
      }
    }
  }

  /** `count` of those who are there leave, whoever. */
  leave(count: number): void {
    for (let n = 0; n < count; n++) {
      const at = Math.floor(this.#random() * this.#present.length);
      const gone = this.#present[at];
      const last = this.#present.pop();
      if (gone === undefined || last === undefined) return;
      if (at < this.#present.length) this.#present[at] = last;
      for (const { placement } of this.ledger.reservationsOf(gone.tenant)) this.ledger.release(placement, false);
    }
  }

  /** As many come as leave, in turn, until `count` were replaced. */
  churn(count: number): void {
    for (let n = 0; n < count; n++) {
      this.leave(1);
      this.come(1);
    }
  }

  get requests(): ReadonlyMap<string, PlacementRequest> {
    return new Map(this.#present.map((request) => [request.tenant, request]));
  }
}

export function groupsUsed(ledger: Ledger): number {
  return ledger.sites().filter((site) => site.tenants.size > 0).length;
}

/** What stands together in infra groups. */
export function packingsOf(ledger: Ledger): readonly (readonly Demand[])[] {
  const byGroup = new Map<string, Demand[]>();
  for (const { group, demand } of ledger.allReservations()) {
    const ofGroup = byGroup.get(group) ?? [];
    ofGroup.push(demand);
    byGroup.set(group, ofGroup);
  }
  return [...byGroup.values()];
}
