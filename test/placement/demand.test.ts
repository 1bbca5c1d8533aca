import { describe, expect, it } from 'vitest';
import { demandOf, type ServiceSize, surgeTasks } from '../../src/placement/demand.ts';

const size: ServiceSize = { cpu: 512, tasks: 3, scaling: { mode: 'fixed' }, ownRecords: true };

describe('demandOf', () => {
  it('counts tasks at the surge of a rolling deployment in every dimension that a task takes', () => {
    expect(demandOf({ ...size, expectedRps: 120 }, { dualstack: false })).toEqual({
      group: { targetGroups: 1, rules: 1, targets: 6, subnetAddresses: 6, rps: 120 },
      cell: { fargateVcpu: 6 * 512, targetGroups: 1, networkInterfaces: 6, clusters: 1 },
      zone: { records: 1 },
    });
  });

  it('needs an AAAA record too where the ALB is dual-stack, and none where the tier has its own', () => {
    expect(demandOf(size, { dualstack: true }).zone.records).toBe(2);
    expect(demandOf({ ...size, ownRecords: false }, { dualstack: true }).zone.records).toBe(0);
  });

  it('keeps all numbers whole', () => {
    expect(demandOf({ ...size, expectedRps: 0.5 }, { dualstack: false }).group.rps).toBe(1);
  });
});

describe('surgeTasks', () => {
  it('rounds down as ECS does, and never below the desired count', () => {
    expect(surgeTasks({ ...size, maximumPercent: 150 })).toBe(4);
    expect(surgeTasks({ ...size, maximumPercent: 50 })).toBe(3);
    expect(surgeTasks({ ...size, tasks: 0 })).toBe(0);
  });

  it('expects of another hand the most that it may ask for', () => {
    expect(surgeTasks({ ...size, scaling: { mode: 'external', max: 10 } })).toBe(20);
    expect(surgeTasks({ ...size, scaling: { mode: 'external', max: 2 } })).toBe(6);
    expect(surgeTasks({ ...size, scaling: { mode: 'external' } })).toBe(6);
  });

  it('keeps room for the most tasks that a metric may ask for', () => {
    const tracked: ServiceSize = { ...size, tasks: 2, scaling: { mode: 'target-tracking', max: 10 } };
    expect(surgeTasks(tracked)).toBe(20);
    expect(demandOf(tracked, { dualstack: false })).toMatchObject({
      group: { targets: 20, subnetAddresses: 20 },
      cell: { fargateVcpu: 20 * 512 },
    });
  });
});
