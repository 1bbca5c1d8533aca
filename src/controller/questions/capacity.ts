import type { CapacityReport } from '../../model/reports.ts';
import { capacityReport } from '../forecast/report.ts';
import { type QuestionDeps, QuestionError, quoted, type Terms } from './question.ts';

/** The capacity of all tiers, or of `tier`, as of now. */
export function capacityAnswer(deps: QuestionDeps, terms: Terms): CapacityReport {
  const report = capacityReport(deps);
  const wanted = terms('tier');
  if (wanted === undefined) return report;
  const tiers = report.tiers.filter(({ name }) => name === wanted);
  const [tier] = tiers;
  if (tier === undefined) throw new QuestionError(`there is no accepted tier ${quoted(wanted)}`, true);
  const names = new Set([
    `Tier ${tier.name}`,
    ...tier.cells.flatMap((cell) => [`Cell ${cell.name}`, ...cell.groups.map((group) => `InfraGroup ${group.name}`)]),
  ]);
  return { ...report, tiers, warnings: report.warnings.filter(({ kind, name }) => names.has(`${kind} ${name}`)) };
}
