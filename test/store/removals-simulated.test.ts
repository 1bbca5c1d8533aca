import { beforeEach, describe, expect, test } from 'vitest';
import { putItem } from '../../src/store/items.ts';
import { removalsKey } from '../../src/store/keys.ts';
import { createRemovalBudget, type RemovalBudget } from '../../src/store/removals.ts';
import { createInitialisedWorld, heldFence, lostAnswer, type StoreWorld, stateTable } from './world.ts';

let world: StoreWorld;
beforeEach(async () => {
  world = await createInitialisedWorld();
});

const windowMs = 600_000;
const budgetOf = (epoch = 1): RemovalBudget =>
  createRemovalBudget({ dynamo: world.dynamo, table: stateTable, fence: heldFence(epoch) });
const charge = (budget: RemovalBudget, placements: string[], limit = 5) =>
  world.drive(budget.charge({ placements, reason: 'offboarded', limit, windowMs }));

describe('the removal budget in the table', () => {
  test('survives a restart and a new leader', async () => {
    expect((await charge(budgetOf(1), ['a', 'b', 'c'])).granted).toEqual(['a', 'b', 'c']);
    expect((await charge(budgetOf(1), ['a', 'b', 'c'])).spent).toBe(3);
    expect((await charge(budgetOf(2), ['d', 'e', 'f'])).granted).toEqual(['d', 'e']);
    expect(await world.drive(budgetOf(2).spent(windowMs))).toBe(5);
    await world.clock.advance(windowMs);
    expect(await world.drive(budgetOf(2).spent(windowMs))).toBe(0);
    expect((await charge(budgetOf(2), ['f'])).granted).toEqual(['f']);
  });

  test('what gets nothing writes nothing', async () => {
    await charge(budgetOf(), ['a'], 1);
    world.calls();
    expect((await charge(budgetOf(), ['b'], 1)).granted).toEqual([]);
    expect(world.calls().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('two at once never spend the same removal', async () => {
    const [a, b] = [budgetOf(), budgetOf()];
    const grants = await world.drive(
      Promise.all([
        a.charge({ placements: ['a1', 'a2', 'a3'], reason: 'x', limit: 4, windowMs }),
        b.charge({ placements: ['b1', 'b2', 'b3'], reason: 'x', limit: 4, windowMs }),
      ]),
    );
    expect(grants.flatMap(({ granted }) => granted).length).toBe(4);
  });

  test('a crowd that is to go at once waits for its turn and is charged together, by a handful of calls', async () => {
    const budget = budgetOf();
    world.calls();
    const crowd = Array.from({ length: 100 }, (_none, n) => `p${n}`);
    const charged = crowd.map((placement) =>
      budget.charge({ placements: [placement], reason: 'suspend', limit: 60, windowMs }),
    );
    const grants = await world.drive(Promise.all(charged));
    expect(grants.flatMap(({ granted }) => granted)).toEqual(crowd.slice(0, 60));
    expect(grants.map(({ spent }) => spent)).toEqual(crowd.map((_none, n) => Math.min(n + 1, 60)));
    expect(world.calls().length).toBeLessThan(10);
    expect(await world.drive(budget.spent(windowMs))).toBe(60);
  });

  test('a charge that fails is the failure of those that it was made for, and of no later one', async () => {
    const budget = budgetOf();
    world.aws.faults = { before: (call) => (call.operation === 'PutItem' ? lostAnswer : undefined) };
    const crowd = ['a', 'b', 'c'].map((placement) => charge(budget, [placement]));
    for (const one of crowd) await expect(one).rejects.toMatchObject({ class: 'unknown_result' });
    world.aws.faults = { before: () => undefined };
    expect((await charge(budget, ['d'])).granted).toEqual(['d']);
  });

  test.each(['before', 'after'] as const)('an answer lost %s the effect charges once', async (when) => {
    world.next('PutItem', when, lostAnswer);
    expect(await charge(budgetOf(), ['a', 'b'])).toMatchObject({ granted: ['a', 'b'], spent: 2 });
    expect(await world.drive(budgetOf().spent(windowMs))).toBe(2);
  });

  test('without a durable charge nothing is granted', async () => {
    world.aws.faults = { before: (call) => (call.operation === 'PutItem' ? lostAnswer : undefined) };
    await expect(charge(budgetOf(), ['a'])).rejects.toMatchObject({ class: 'unknown_result' });
  });

  test('an earlier leader gets nothing', async () => {
    await charge(budgetOf(2), ['a']);
    await expect(charge(budgetOf(1), ['b'])).rejects.toMatchObject({ class: 'fenced' });
  });

  test('a damaged ledger grants nothing and says what to do', async () => {
    await world.drive(putItem(world.dynamo, { table: stateTable, item: { ...removalsKey, value: { entries: 3 } } }));
    await expect(charge(budgetOf(), ['a'])).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(/nothing is removed until it is repaired or deleted/),
    });
  });
});
