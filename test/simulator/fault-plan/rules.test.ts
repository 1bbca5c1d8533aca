import { describe, expect, it } from 'vitest';
import { FaultPlanError, parseFaultPlan, staleDistances } from '../../../src/simulator/fault-plan/rules.ts';

function problemsOf(plan: unknown): string {
  try {
    parseFaultPlan(plan);
  } catch (error) {
    if (error instanceof FaultPlanError) return error.message;
    throw error;
  }
  return '';
}

describe('a fault plan', () => {
  it('is an object with rules, a list of them, or one', () => {
    const rule = { on: { service: 'ecs' }, fault: 'throttle' };
    const read = [{ on: { service: 'ecs' }, when: 'before', skip: 0, probability: 1, from: 0, fault: 'throttle' }];
    expect(parseFaultPlan({ faults: [rule] })).toEqual(read);
    expect(parseFaultPlan([rule])).toEqual(read);
    expect(parseFaultPlan(rule)).toEqual(read);
    expect(parseFaultPlan({ fault: 'reset' })[0]?.on).toEqual({});
  });

  it.each([
    [{ on: { service: 'ec3' }, fault: 'reset' }, 'faults[0].on.service: found "ec3"'],
    [{ on: { operatoin: 'X' }, fault: 'reset' }, 'faults[0].on.operatoin: found "X", expected no such field'],
    [{ fault: 'melt' }, 'faults[0].fault: found "melt", expected one of throttle, server-error'],
    [{ fault: { stale: -1 } }, 'faults[0].fault.stale: found -1, expected number to be >0'],
    [{ fault: 'throttle', probability: 2 }, 'faults[0].probability: found 2'],
    [{ fault: 'throttle', times: 0 }, 'faults[0].times: found 0'],
    [{ fault: 'throttle', from: 5, until: 5 }, 'until: found 5, expected more than from (5)'],
    [{ fault: { stale: 3 }, when: 'after' }, 'when: found after, expected before'],
    [{ fault: { quota: { name: 'fargateVcpu', value: 1 } } }, 'on.account and on.region'],
    [
      { fault: { quota: { name: 'vcpu', value: 1 } }, on: { account: '1', region: 'r' } },
      'faults[0].fault.quota.name: found "vcpu", expected one of "ecsClusters"',
    ],
    [{ fault: { error: { status: 500 } } }, 'faults[0].fault.error.code: found nothing, expected string'],
    [{ fault: 'unreachable' }, 'on.account: found nothing'],
    ['throttle', 'found string, expected {"faults": [...]}'],
    [{ faults: [], extra: 1 }, 'found object, expected {"faults": [...]}'],
  ])('that says %j is refused by rule and field', (plan, problem) => {
    expect(problemsOf(plan)).toContain(problem);
  });

  it('names everything that is wrong at once', () => {
    expect(problemsOf([{ fault: 'melt' }, { fault: 'reset' }, { fault: 'throttle', skip: 1.5 }])).toMatch(
      /^faults\[0\]\.fault: .*\nfaults\[2\]\.skip: found 1\.5/,
    );
  });

  it('tells at which distances its stale reads lie', () => {
    const plan = parseFaultPlan([{ fault: { stale: 2 } }, { fault: { stale: 0.5 } }, { fault: { stale: 2 } }]);
    expect(staleDistances(plan)).toEqual([2_000, 500]);
  });
});
