import type { RoomReport } from '../../model/reports.ts';
import { resolvePlacement } from '../../placement/resolve.ts';
import { placementsOf } from '../fleet/entry.ts';
import { requestOf } from '../tenant/placing.ts';
import { answeredAt, type QuestionDeps, QuestionError, quoted, type Terms } from './question.ts';

/** Where a tenant would go if it were pinned so: the decision that its own run would make now. `pin` names infra groups, with commas between. */
export function roomReport(deps: QuestionDeps, terms: Terms): RoomReport {
  const name = terms('tenant') ?? '';
  const entry = deps.view.get('Tenant', name);
  const effective = entry?.accepted?.effective;
  if (entry === undefined || effective === undefined)
    throw new QuestionError(`there is no accepted tenant ${quoted(name)}`, true);
  const pin = (terms('pin') ?? '').split(',').filter((group) => group !== '');
  const from = placementsOf(entry)
    .filter(({ phase }) => phase !== 'leaving')
    .map(({ infraGroup }) => infraGroup);
  const base = { at: answeredAt(deps), tenant: name, pin, from };
  const resolution = resolvePlacement({ ...requestOf(name, effective), pin }, deps.book.ledger(deps.clock.now()));
  switch (resolution.kind) {
    case 'change': {
      const to = resolution.choices.map(({ group }) => group);
      const text = to.length === 0 ? 'it is as asked already' : resolution.choices.map(({ why }) => why).join('; ');
      return { ...base, fits: true, to, text };
    }
    case 'unplaceable':
      return { ...base, fits: false, to: [], text: resolution.explanation.text };
    case 'move-required':
      return { ...base, fits: false, to: [], text: resolution.text };
    default:
      return resolution satisfies never;
  }
}
