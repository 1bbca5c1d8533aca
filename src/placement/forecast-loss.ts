import type { Ledger } from './ledger.ts';
import { type RoomModel, roomInTier, withCell } from './room.ts';
import type { Reservation } from './types.ts';
import { addTo, combineDemands, type Demand, zeroDemand } from './vector.ts';

/** A cell whose loss the others could not carry. */
export interface Loss {
  readonly cell: string;
  /** How many placements are in it, and for how many of them the other cells have room. */
  readonly placements: number;
  readonly carried: number;
  readonly stranded: number;
  readonly text: string;
}

/**
 * The cells that could not be lost (N−1): their placements, taken at their own average, find no room in the other cells. An estimate: it knows no pins and
 * no labels, which a drain's plan does. In scope `tier` every tenant is everywhere, so a cell can be lost as long as another answers the name.
 */
export function lossesOf(ledger: Ledger, tier: string, model: RoomModel): readonly Loss[] {
  const held = [...ledger.allReservations()].filter((one) => one.tier === tier && one.leaving !== true);
  const losses: Loss[] = [];
  for (const { name } of model.cells) {
    const here = held.filter(({ cell }) => cell === name);
    if (here.length === 0) continue;
    const carried = model.scope === 'tier' ? answered(held, here) : carriedBy(model, name, here);
    const stranded = here.length - carried;
    if (stranded <= 0) continue;
    const who = `${stranded} of its ${here.length} placements would have no place`;
    losses.push({ cell: name, placements: here.length, carried, stranded, text: `if cell ${name} were lost, ${who}` });
  }
  return losses.sort((a, b) => b.stranded - a.stranded || (a.cell < b.cell ? -1 : 1));
}

function carriedBy(model: RoomModel, cell: string, placements: readonly Reservation[]): number {
  const others = withCell(model, cell, () => undefined);
  // The records are given back with the placements that had them.
  const records = others.records + placements.reduce((sum, { demand }) => sum + demand.zone.records, 0);
  return Math.min(placements.length, roomInTier({ ...others, records }, meanOf(placements)));
}

/** Those whose tenant has another placement, in another cell. */
function answered(all: readonly Reservation[], lost: readonly Reservation[]): number {
  const [first] = lost;
  const elsewhere = new Set(all.filter(({ cell }) => cell !== first?.cell).map(({ tenant }) => tenant));
  return lost.filter(({ tenant }) => elsewhere.has(tenant)).length;
}

function meanOf(placements: readonly Reservation[]): Demand {
  const total = zeroDemand();
  for (const { demand } of placements) {
    addTo(total.group, demand.group, 1);
    addTo(total.cell, demand.cell, 1);
    addTo(total.zone, demand.zone, 1);
  }
  return combineDemands(total, total, (sum) => sum / placements.length);
}
