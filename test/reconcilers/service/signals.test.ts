import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { isStable } from '../../../src/reconcilers/service/signals.ts';

const deployment: Deployment = { status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: 'arn:td:1' };

function live(runningCount: number, desiredCount: number, change: Partial<Service> = {}): Service {
  return { runningCount, desiredCount, pendingCount: 0, deployments: [deployment], ...change };
}

describe('a stable service', () => {
  it('has just the tasks that the record says', () => {
    expect(isStable(live(2, 2), 'arn:td:1')).toBe(true);
    expect(isStable(live(1, 2), 'arn:td:1')).toBe(false);
    expect(isStable(live(3, 2), 'arn:td:1')).toBe(false);
    expect(isStable(live(2, 2, { pendingCount: 1 }), 'arn:td:1')).toBe(false);
  });

  it('does not wait for what another hand adds or takes, only for the fewest', () => {
    expect(isStable(live(2, 6, { pendingCount: 4 }), 'arn:td:1', 2)).toBe(true);
    expect(isStable(live(6, 2), 'arn:td:1', 2)).toBe(true);
    expect(isStable(live(1, 6), 'arn:td:1', 2)).toBe(false);
    // Of its own will another hand may want fewer.
    expect(isStable(live(0, 0), 'arn:td:1', 1)).toBe(true);
  });

  it('has one deployment, of the wanted definition, and that is done', () => {
    const busy = { ...deployment, rolloutState: 'IN_PROGRESS' as const };
    expect(isStable(live(2, 2, { deployments: [busy] }), 'arn:td:1', 2)).toBe(false);
    expect(isStable(live(2, 2, { deployments: [deployment, deployment] }), 'arn:td:1', 2)).toBe(false);
    expect(isStable(live(2, 2), 'arn:td:2', 2)).toBe(false);
  });
});
