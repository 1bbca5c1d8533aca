import { describe, expect, it } from 'vitest';
import type { CellViews, ScalingApi } from '../../src/aws/ports.ts';
import { type CellApis, createCellReads } from '../../src/aws/views.ts';
import { finish, virtualClock } from './support.ts';

const now = { maxAgeMs: 0 };
const minute = { maxAgeMs: 60_000 };

type Targets = Awaited<ReturnType<ScalingApi['describeScalableTargets']>>;
type Policies = Awaited<ReturnType<ScalingApi['describeScalingPolicies']>>;

/** The reads over an Application Auto Scaling that knows every target but `none`, a few a page. */
function setup() {
  const clock = virtualClock();
  const asked: (readonly string[])[] = [];
  const describeScalableTargets: ScalingApi['describeScalableTargets'] = async ({ ResourceIds = [], NextToken }) => {
    asked.push(ResourceIds);
    const from = Number(NextToken ?? 0);
    const known = ResourceIds.filter((id) => id !== 'none');
    const page = known.slice(from, from + 30).map((ResourceId) => ({ ResourceId, MinCapacity: 1 }));
    const next = from + 30 < known.length ? { NextToken: String(from + 30) } : {};
    return { ScalableTargets: page, ...next } as unknown as Targets;
  };
  const describeScalingPolicies: ScalingApi['describeScalingPolicies'] = async ({ ResourceId, NextToken }) => {
    asked.push([`policies of ${ResourceId}`]);
    const name = NextToken === undefined ? 'first' : 'second';
    const next = NextToken === undefined ? { NextToken: 'more' } : {};
    return { ScalingPolicies: [{ PolicyName: name }], ...next } as unknown as Policies;
  };
  const scaling = { describeScalableTargets, describeScalingPolicies } as ScalingApi;
  const views: CellViews = createCellReads({ apis: () => ({ scaling }) as CellApis, clock }).as('change');
  return { clock, views, asked };
}

describe('reads of scalable targets', () => {
  it('share one call for fifty, to its last page, and tell apart what there is not', async () => {
    const { clock, views, asked } = setup();
    const ids = [...Array.from({ length: 59 }, (_, n) => `service/c${n}/svc-1`), 'none'];
    const found = await finish(clock, Promise.all(ids.map((id) => views.scalableTarget(id, now))));
    expect(found.map((target) => target?.ResourceId)).toEqual([...ids.slice(0, -1), undefined]);
    // Fifty in two pages, and ten.
    expect(asked.map((one) => one.length)).toEqual([50, 10, 50]);
  });

  it('are not repeated until something is written to the target', async () => {
    const { clock, views, asked } = setup();
    const read = () =>
      finish(clock, Promise.all([views.scalableTarget('a', minute), views.scalingPolicies('a', minute)]));
    const [, policies] = await read();
    expect(policies.map(({ PolicyName }) => PolicyName)).toEqual(['first', 'second']);
    const calls = asked.length;
    await read();
    expect(asked).toHaveLength(calls);
    views.touched('a');
    await read();
    expect(asked).toHaveLength(2 * calls);
  });
});
