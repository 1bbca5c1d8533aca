import type { PlacementInventory } from '../../model/resources.ts';
import type { FleetView } from '../fleet/view.ts';
import { keyText } from '../keys.ts';

/** A cell or infra group whose record says `state: draining`. */
export interface DrainingPlace {
  readonly kind: 'Cell' | 'InfraGroup';
  readonly name: string;
}

/** `Cell/eu-1` */
export function placeKey({ kind, name }: DrainingPlace): string {
  return keyText(kind, name);
}

/** `cell eu-1`, `infra group eu-1-a` */
export function spoken({ kind, name }: DrainingPlace): string {
  return `${kind === 'Cell' ? 'cell' : 'infra group'} ${name}`;
}

/** All places that drain, in a fixed order. */
export function drainingPlaces(view: FleetView): readonly DrainingPlace[] {
  const of = (kind: DrainingPlace['kind'], specs: readonly { name: string; state: string }[]): DrainingPlace[] =>
    specs
      .filter(({ state }) => state === 'draining')
      .map(({ name }) => ({ kind, name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...of('Cell', view.cells()), ...of('InfraGroup', view.groups())];
}

/** The place that a placement is drained out of; a cell's drain takes in its infra groups'. Undefined: none. */
export function drainingPlaceOf(
  view: FleetView,
  placement: Pick<PlacementInventory, 'cell' | 'infraGroup'>,
): DrainingPlace | undefined {
  if (view.spec('Cell', placement.cell)?.state === 'draining') return { kind: 'Cell', name: placement.cell };
  const group = view.spec('InfraGroup', placement.infraGroup);
  return group?.state === 'draining' ? { kind: 'InfraGroup', name: placement.infraGroup } : undefined;
}

/** Whether a placement is in a place, whoever drains it. */
export function isIn(place: DrainingPlace, placement: Pick<PlacementInventory, 'cell' | 'infraGroup'>): boolean {
  return place.name === (place.kind === 'Cell' ? placement.cell : placement.infraGroup);
}
