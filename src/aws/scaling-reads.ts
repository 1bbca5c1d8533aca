import { readPages } from './pages.ts';
import type { Scaling, ScalingApi } from './ports.ts';
import type { Outcome } from './shared-reads.ts';

/** DescribeScalableTargets takes so many resource ids (API reference). */
export const targetsPerCall = 50;

const services = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** Scalable targets of services by resource id, `service/<cluster>/<service>`. AWS leaves out what does not exist, and refuses nothing for it. */
export async function loadScalableTargets(
  scaling: ScalingApi,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Scaling.ScalableTarget | undefined>>> {
  const call = { service: 'application-autoscaling', operation: 'describeScalableTargets' };
  const targets = await readPages(call, async (NextToken) => {
    const page = await scaling.describeScalableTargets({
      ...services,
      ResourceIds: [...ids],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: page.ScalableTargets, next: page.NextToken };
  });
  const found = new Map<string, Outcome<Scaling.ScalableTarget | undefined>>();
  for (const id of ids) found.set(id, { value: undefined });
  for (const target of targets) if (target.ResourceId !== undefined) found.set(target.ResourceId, { value: target });
  return found;
}

/** All scaling policies of one target; AWS gives 10 a page. */
export async function loadScalingPolicies(
  scaling: ScalingApi,
  ResourceId: string,
): Promise<readonly Scaling.ScalingPolicy[]> {
  const call = { service: 'application-autoscaling', operation: 'describeScalingPolicies' };
  return readPages(call, async (NextToken) => {
    const page = await scaling.describeScalingPolicies({
      ...services,
      ResourceId,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: page.ScalingPolicies, next: page.NextToken };
  });
}
