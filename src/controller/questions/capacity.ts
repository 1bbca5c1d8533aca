import type { CapacityReport } from '../../model/reports.ts';
import { answeredAt, type QuestionDeps, type Terms } from './question.ts';

export function capacityReport(deps: QuestionDeps, _terms: Terms): CapacityReport {
  return { at: answeredAt(deps), tiers: [], warnings: [] };
}
