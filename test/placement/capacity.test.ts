import { describe, expect, it } from 'vitest';
import { capacityOf, freeOf, fullness, openAccount, quotaNeeded, usable } from '../../src/placement/capacity.ts';
import { amount, figure, groupDimensions, vcpuToCpuUnits, vectorOf } from '../../src/placement/vector.ts';

describe('usable', () => {
  it('takes the reserve off the quota, rounded down, and strangers off what is left', () => {
    expect(usable(100, 10, 0)).toBe(90);
    expect(usable(105, 10, 4)).toBe(90);
    expect(usable(7, 10, 0)).toBe(6);
    expect(usable(100, 0, 0)).toBe(100);
  });

  it('is never below 0', () => {
    expect(usable(100, 10, 95)).toBe(0);
    expect(usable(10, 100, 0)).toBe(0);
  });

  it.each([
    [1, 10, 0],
    [87, 10, 3],
    [900, 10, 0],
    [13, 33, 5],
  ])('quotaNeeded is the least quota that gives %i at %i %% beside %i', (total, reserve, foreign) => {
    const quota = quotaNeeded(total, reserve, foreign) ?? Number.NaN;
    expect(usable(quota, reserve, foreign)).toBeGreaterThanOrEqual(total);
    expect(usable(quota - 1, reserve, foreign)).toBeLessThan(total);
  });

  it('no quota suffices where everything is kept in reserve', () => {
    expect(quotaNeeded(1, 100, 0)).toBeUndefined();
  });
});

describe('capacityOf', () => {
  const sources = {
    record: { rules: 50 },
    read: { rules: 100, targetGroups: 100, targets: 1000 },
    reservePercent: 10,
    foreign: { targetGroups: 5 },
    unlimited: ['rps' as const],
  };
  const capacity = capacityOf(groupDimensions, sources);

  it("lets a record's quota win over what was read", () => {
    expect(capacity.rules).toMatchObject({ known: true, quota: 50, usable: 45, source: 'record' });
    expect(capacity.targetGroups).toMatchObject({ known: true, quota: 100, usable: 85, source: 'read' });
  });

  it('leaves a quota unknown that is in neither, unless AWS has none for it', () => {
    expect(capacity.subnetAddresses).toEqual({ known: false });
    expect(capacity.rps).toMatchObject({ known: true, source: 'unlimited', usable: Number.POSITIVE_INFINITY });
  });

  it('has nothing free of what is unknown, and nothing negative where a quota fell below the use', () => {
    const account = openAccount(groupDimensions, capacity);
    account.used.rules = 60;
    expect(freeOf(account, 'subnetAddresses')).toBe(0);
    expect(freeOf(account, 'rules')).toBe(0);
    expect(account.unknown).toEqual(['subnetAddresses']);
  });

  it('counts what a decision has taken or gives back', () => {
    const account = openAccount(groupDimensions, capacity);
    account.used.rules = 40;
    expect(freeOf(account, 'rules', { ...vectorOf(groupDimensions, () => 0), rules: 3 })).toBe(2);
    expect(freeOf(account, 'rules', { ...vectorOf(groupDimensions, () => 0), rules: -3 })).toBe(8);
    expect(fullness(account)).toBeCloseTo(40 / 45);
  });
});

describe('figures for people', () => {
  it('shows vCPU for CPU units and singulars for one', () => {
    expect(amount('rules', 1)).toBe('1 rule');
    expect(amount('rules', 0)).toBe('0 rules');
    expect(amount('fargateVcpu', 768)).toBe('0.75 Fargate vCPU');
    expect(figure('rps', Number.POSITIVE_INFINITY)).toBe('unlimited');
    expect(vcpuToCpuUnits(0.25)).toBe(256);
  });
});
