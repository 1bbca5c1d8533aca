import { expect, test } from 'vitest';
import { DeniedActions } from '../../src/aws/denied.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const call = { service: 'elbv2', operation: 'createRule', account: '111111111111' };

test('a denied action is told as IAM names it, with its role, until the same call is let through', () => {
  const clock = new VirtualClock();
  const denied = new DeniedActions(clock);
  for (let count = 0; count < 3; count += 1) denied.note({ ...call, result: 'denied' });
  denied.note({ ...call, account: '222222222222', operation: 'deleteRule', result: 'denied' });
  expect(denied.list()).toEqual([
    { action: 'elasticloadbalancing:CreateRule', role: 'apply', account: '111111111111', count: 3, at: clock.now() },
    { action: 'elasticloadbalancing:DeleteRule', role: 'reap', account: '222222222222', count: 1, at: clock.now() },
  ]);
  denied.note({ ...call, result: 'throttled' });
  expect(denied.list()).toHaveLength(2);
  denied.note({ ...call, result: 'ok' });
  expect(denied.list().map(({ account }) => account)).toEqual(['222222222222']);
});

test('it is forgotten after an hour, and a role that cannot be assumed is not among them', async () => {
  const clock = new VirtualClock();
  const denied = new DeniedActions(clock);
  denied.note({ ...call, result: 'denied' });
  denied.note({ ...call, service: 'sts', operation: 'assumeRole', result: 'denied' });
  denied.note({ ...call, operation: 'deleteRule', result: 'denied', unsent: true });
  expect(denied.list()).toHaveLength(1);
  await clock.advance(3_601_000);
  expect(denied.list()).toEqual([]);
});
