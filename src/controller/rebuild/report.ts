import type { RebuildReport } from '../../model/reports.ts';
import { prepareRebuild, type RebuildReads } from './run.ts';

/** The rebuild as it would be carried out now. */
export async function rebuildReport(deps: RebuildReads): Promise<RebuildReport> {
  const prepared = await prepareRebuild(deps);
  const behind = deps.behind.closed();
  const fence = deps.behind.fence();
  return {
    at: new Date(deps.clock.now()).toISOString(),
    ...(behind === undefined ? {} : { behind }),
    tenants: prepared.tenants.map(({ tenant, standing, add, drop }) => ({
      tenant,
      standing,
      add: add.map(({ id, cell, infraGroup, slot, phase, resources }) => ({
        placement: id,
        cell,
        infraGroup,
        slot,
        phase,
        resources: Object.keys(resources),
      })),
      drop: drop.map(({ id }) => id),
    })),
    findings: prepared.findings,
    cells: prepared.read,
    epoch: { lease: deps.epoch, ...(fence === undefined ? {} : { fence }) },
  };
}
