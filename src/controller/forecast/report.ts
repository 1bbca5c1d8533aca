import type { Clock } from '../../model/clock.ts';
import type { CapacityReport } from '../../model/reports.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { FleetView } from '../fleet/view.ts';

export interface ForecastDeps {
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly clock: Pick<Clock, 'now'>;
}

export function capacityReport(deps: ForecastDeps): CapacityReport {
  return { at: new Date(deps.clock.now()).toISOString(), tiers: [], warnings: [] };
}
