/** Each role without each single action that is declared: the condition that names it shows, and nobody else notices. */
import { expect, test } from 'vitest';
import { needs } from '../../deploy/policies/needs.ts';
import type { IamRole } from '../../src/model/iam.ts';
import { parseFaultPlan } from '../../src/simulator/fault-plan/rules.ts';
import { loseStateTable } from '../e2e/rebuild.ts';
import { MissingRight } from '../support/missing-right.ts';

interface Pair {
  readonly role: IamRole;
  readonly action: string;
}

const pairs: readonly Pair[] = [
  ...new Map(needs.map(({ role, action }) => [`${role} ${action}`, { role, action }])).values(),
];
const ofCells: readonly IamRole[] = ['observe', 'apply', 'reap'];

/** What nothing in this fleet makes a controller call: each is looked at below. */
const elsewhere = new Set([
  'observe ecs:ListServices',
  'observe elasticloadbalancing:DescribeAccountLimits',
  'controller dynamodb:DeleteItem',
  'controller dynamodb:Query',
]);
const provoked = pairs.filter(({ role, action }) => !elsewhere.has(`${role} ${action}`));

test.each(provoked.filter(({ role }) => ofCells.includes(role)))(
  '$role without $action: one cell says so, the other serves',
  async (pair) => {
    const missing = await MissingRight.begin(pair);
    const { run } = missing;
    run.start();
    expect(await missing.showsInTime(), run.describe()).toBe(true);
    await run.until('the other cell serves', () => run.phase('safe') === 'Ready', 400_000);
    for (const { of } of missing.shown()) expect(of).not.toMatch(/ (two|g2|safe)$/);
    await run.stop();
  },
);

test.each(provoked.filter(({ role }) => role === 'dns'))(
  '$role without $action: tier or tenants say so',
  async (pair) => {
    const missing = await MissingRight.begin(pair);
    missing.run.start();
    expect(await missing.showsInTime(), missing.run.describe()).toBe(true);
    await missing.run.stop();
  },
);

/** Whether a condition or the log comes to name the missing right. */
async function isTold(missing: MissingRight): Promise<boolean> {
  const { told } = missing.run;
  const isLogged = (): boolean =>
    [...told.log, ...told.failures.map(({ error }) => error.message)].some((line) => missing.names(line));
  return (await missing.look(300, isLogged)) || isLogged();
}

// Where the controller may not do everything on its own tables there may be nothing to write a condition into: its log says it.
test.each(provoked.filter(({ role }) => role === 'controller'))(
  '$role without $action: condition or log say so',
  async (pair) => {
    const missing = await MissingRight.begin(pair);
    const { run } = missing;
    run.start();
    expect(await isTold(missing), run.describe()).toBe(true);
    await run.stop();
  },
);

test('observe without ecs:ListServices: a rebuild says so', async () => {
  const missing = await MissingRight.begin();
  const { run } = missing;
  run.start();
  await run.until('all Ready', () => missing.ready());
  await run.stop();
  await loseStateTable(run);
  missing.lose({ role: 'observe', action: 'ecs:ListServices' });
  run.start();
  await run.advance(60);
  const until = new Date(run.clock.now() + 900_000).toISOString();
  await run.put('Fleet', 'default', { allow: [{ reason: 'state_behind', until }] });
  expect(await missing.look(300), JSON.stringify(run.told.denials.slice(0, 3)) + run.describe()).toBe(true);
  await run.stop();
});

test('observe without elasticloadbalancing:DescribeAccountLimits: said where Service Quotas does not answer either', async () => {
  const missing = await MissingRight.begin({ role: 'observe', action: 'elasticloadbalancing:DescribeAccountLimits' });
  const { run } = missing;
  run.aws.plan.add(parseFaultPlan([{ on: { service: 'service-quotas' }, fault: 'access-denied' }]));
  run.start();
  expect(await missing.look(300), run.describe()).toBe(true);
  await run.stop();
});

test.each(['dynamodb:Query', 'dynamodb:DeleteItem'])(
  'controller without %s: what the table has of an object that is gone stays, and the log says why',
  async (action) => {
    const missing = await MissingRight.begin();
    const { run } = missing;
    run.start();
    await run.until('all Ready', () => missing.ready());
    await run.put('Tenant', 'leaving', { tier: 'std', pin: ['g1'], state: 'deleted' });
    await run.until('gone', () => run.phase('leaving') === 'Deleted');
    missing.lose({ role: 'controller', action });
    await run.clock.drive(run.desired.delete('Tenant', 'leaving'));
    // Its name rests for ten minutes first.
    await run.advance(600);
    expect(await isTold(missing), run.describe()).toBe(true);
    await run.stop();
  },
);
