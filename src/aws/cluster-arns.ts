import { readPages } from './pages.ts';
import type { CellAccess, Freshness } from './ports.ts';

/** The ARNs of a cell's clusters that are not INACTIVE, read to the end of the list. Throws `CallError`. */
export function clusterArns(access: CellAccess, freshness: Freshness): Promise<readonly string[]> {
  return access.views.once('cluster-arns', freshness, () =>
    readPages({ service: 'ecs', operation: 'listClusters' }, async (nextToken) => {
      const page = await access.ecs.listClusters({
        maxResults: 100,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: page.clusterArns, next: page.nextToken };
    }),
  );
}
