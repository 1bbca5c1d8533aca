import type { ConditionUpdate } from '../../model/conditions.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { FleetView } from '../fleet/view.ts';
import { gateBasis } from './basis.ts';

/** How many groups a message tells of. */
const told = 5;

/** `Wired` of a tier: which of its infra groups lack which of its dependencies. */
export function wiredCondition(view: FleetView, book: PlacementBook, tier: string): ConditionUpdate {
  const type = 'Wired';
  const dependencies = view.spec('Tier', tier)?.dependencies ?? [];
  if (dependencies.length === 0) {
    return { type, status: 'True', reason: 'NoDependencies', message: 'the tier has no dependencies' };
  }
  const groups = view.cells(tier).flatMap((cell) => view.groups(cell.name).map(({ name }) => name));
  const lacking = groups.sort().flatMap((name) => {
    const gate = book.gates.get(name);
    if (gate === undefined || gate.basis !== gateBasis(view, name)) return [`${name} is not looked at yet`];
    return gate.missing.length === 0 ? [] : [`${name} lacks ${gate.missing.join(', ')}`];
  });
  if (lacking.length === 0) {
    const message = `${dependencies.map(({ name }) => name).join(', ')}: available in ${groups.length} infra groups`;
    return { type, status: 'True', reason: 'Wired', message };
  }
  const more = lacking.length > told ? `; and ${lacking.length - told} more` : '';
  return { type, status: 'False', reason: 'Wiring', message: `${lacking.slice(0, told).join('; ')}${more}` };
}
