import { beforeEach, describe, expect, test } from 'vitest';
import type { DeniedAction } from '../../../src/aws/denied.ts';
import type { RoleProof } from '../../../src/aws/ports.ts';
import { type CheckDeps, checkAnswer, type Progress } from '../../../src/controller/questions/check.ts';
import type { CheckResult } from '../../../src/model/checks.ts';
import { CallError } from '../../../src/model/errors.ts';
import { Toy } from '../movers/fixture.ts';

let toy: Toy;
beforeEach(() => {
  toy = new Toy({ g1: 'a', h1: 'b' }, 3);
});

const arn = 'arn:aws:iam::111111111111:role/r';
const good = (['observe', 'apply', 'reap'] as const).map((role) => ({ role, roleArn: arn }));
const refused = (message: string): CallError =>
  new CallError({ class: 'denied', service: 'sts', operation: 'assumeRole', code: 'AccessDenied', message });
const never = new Promise<never>(() => undefined);

async function check(more: Partial<CheckDeps> = {}): Promise<readonly CheckResult[]> {
  const { view, book, clock } = toy;
  const deps: CheckDeps = {
    view,
    book,
    clock,
    mode: () => 'active',
    version: '1.0.0',
    cell: () => ({ roles: async () => good }),
    zone: () => ({ role: async () => ({ role: 'dns', roleArn: arn }) }),
    behind: () => undefined,
    progress: () => undefined,
    denied: () => [],
    ...more,
  };
  return (await clock.drive(checkAnswer(deps))).checks;
}

const about = (checks: readonly CheckResult[], id: string): readonly string[] =>
  checks.filter((one) => one.id === id).map((one) => `${one.about ?? ''} ${one.outcome}`.trim());

test('what never answers is told as not known after twenty seconds, all of it at once, and hides nothing', async () => {
  const began = toy.clock.monotonic();
  const checks = await check({
    cell: (name) => ({ roles: () => (name === 'a' ? never : Promise.resolve(good)) }),
    zone: () => ({ role: () => never }),
  });
  expect(toy.clock.monotonic() - began).toBeLessThan(21_000);
  expect(about(checks, 'cell-roles')).toEqual([
    'cell a unknown',
    'cell b, role observe ok',
    'cell b, role apply ok',
    'cell b, role reap ok',
  ]);
  expect(about(checks, 'zone-role')).toEqual(['tier standard, zone Z1 unknown']);
});

describe('a role that is refused', () => {
  const remedyOf = async (proofs: readonly RoleProof[]): Promise<string> => {
    const checks = await check({ cell: () => ({ roles: async () => proofs }) });
    return checks.find(({ id, outcome }) => id === 'cell-roles' && outcome === 'failed')?.remedy ?? '';
  };

  test("is looked for in the controller's own rights where AWS says so", async () => {
    const error = refused('is not authorized to perform: sts:AssumeRole because no identity-based policy allows it');
    expect(await remedyOf(good.map((one) => ({ ...one, error })))).toContain(`sts:AssumeRole on ${arn}`);
  });

  test('alone is looked for itself; with all others, by the external id', async () => {
    const error = refused('is not authorized to perform: sts:AssumeRole');
    expect(await remedyOf(good.map((one) => ({ ...one, error })))).toMatch(/^see first that its trust policy/);
    const [first, ...rest] = good;
    expect(await remedyOf([{ ...first, error } as RoleProof, ...rest])).toMatch(/^see first that arn:.* exists/);
  });

  test('by trouble of STS is not known, rather than refused', async () => {
    const error = new CallError({ class: 'transient', service: 'sts', operation: 'a', code: '503', message: 'later' });
    const checks = await check({ zone: () => ({ role: async () => ({ role: 'dns', roleArn: arn, error }) }) });
    expect(about(checks, 'zone-role')).toEqual(['tier standard, zone Z1 unknown']);
  });
});

test("a zone without a role is reached by the controller's own credentials", async () => {
  const checks = await check({ zone: () => ({ role: async () => undefined }) });
  expect(checks.find(({ id }) => id === 'zone-role')).toMatchObject({
    outcome: 'ok',
    found: expect.stringContaining('own credentials') as string,
  });
});

describe('keeping up', () => {
  const well = { resyncMs: 300_000, waiting: 0, oldestWaitMs: 0, longestRunMs: 1_000 };
  const outcomeOf = async (progress: Partial<Progress> & { readonly ageMs?: number }): Promise<string> => {
    const syncedAt = toy.clock.now() - (progress.ageMs ?? 0);
    const checks = await check({ progress: () => ({ ...well, ...progress, syncedAt }) });
    return checks.find(({ id }) => id === 'keeps-up')?.outcome ?? '';
  };

  test.each([
    [{}, 'ok'],
    [{ ageMs: 899_000 }, 'ok'],
    [{ ageMs: 901_000 }, 'failed'],
    [{ longestRunMs: 601_000 }, 'failed'],
    [{ waiting: 900, oldestWaitMs: 500_000 }, 'ok'],
    [{ waiting: 1, oldestWaitMs: 601_000 }, 'warning'],
  ])('%j is %s', async (progress, expected) => {
    expect(await outcomeOf(progress)).toBe(expected);
  });
});

test('what was denied is told by account and role, with every action', async () => {
  const one: DeniedAction = { action: 'ecs:CreateService', role: 'apply', account: '111111111111', count: 2, at: 0 };
  const denied = [one, { ...one, action: 'ecs:CreateCluster' }, { ...one, account: '', role: 'dns' as const }];
  const checks = await check({ denied: () => denied });
  expect(about(checks, 'rights')).toEqual([
    'account 111111111111, role apply failed',
    "the controller's own credentials failed",
  ]);
  expect(checks.find(({ id }) => id === 'rights')?.found).toBe(
    'ecs:CreateService (2 times, last at 1970-01-01T00:00:00.000Z), ecs:CreateCluster (2 times, last at 1970-01-01T00:00:00.000Z)',
  );
});

test('an infra group that was not looked at since its records changed is not known', async () => {
  const checks = await check();
  expect(about(checks, 'group-read')).toEqual(['infra group g1 unknown', 'infra group h1 unknown']);
});
