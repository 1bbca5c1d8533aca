import type { TenantRebuild } from './derive.ts';
import type { Finding } from './facts.ts';
import { prepareRebuild, type RebuildReads } from './run.ts';

/** What a rebuild would write for one placement. */
export interface RebuiltPlacement {
  readonly placement: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  readonly phase: string;
  /** Kinds of resources found. */
  readonly resources: readonly string[];
}

export interface RebuiltTenant {
  readonly tenant: string;
  readonly standing: TenantRebuild['standing'];
  readonly add: readonly RebuiltPlacement[];
  /** Placements of the table of which nothing is live. */
  readonly drop: readonly string[];
}

/** What `GET /api/rebuild` answers. */
export interface RebuildReport {
  /** RFC 3339. */
  readonly at: string;
  /** Why the table is behind what is live; absent: it is not, and an order would do nothing. */
  readonly behind?: string;
  readonly tenants: readonly RebuiltTenant[];
  readonly findings: readonly Finding[];
  /** Cells that were read to the end. */
  readonly cells: readonly string[];
  /** `fence`: the highest epoch that a zone names, above which the lease is going to be raised. */
  readonly epoch: { readonly lease: number; readonly fence?: number };
}

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
