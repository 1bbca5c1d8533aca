/** A role that lacks one action: what is said of it, and by whom. Every action that is declared has its turn in missing-right.test.ts. */
import { afterEach, expect, test } from 'vitest';
import { MissingRight } from '../support/missing-right.ts';

let missing: MissingRight;
afterEach(() => missing.run.stop());

test.each([
  ['observe', 'ecs:DescribeServices', 'Tenant plain', 'Synced', 'Unknown'],
  ['apply', 'iam:PassRole', 'Tenant plain', 'Synced', 'False'],
  ['apply', 'ec2:CreateVpcEndpoint', 'InfraGroup g1', 'EndpointsReady', 'False'],
  ['apply', 'ecs:UpdateCluster', 'Tenant plain', 'Synced', 'False'],
  ['reap', 'ecs:DeleteService', 'Tenant leaving', 'Synced', 'False'],
  ['dns', 'route53:ChangeResourceRecordSets', 'Tenant safe', 'Synced', 'False'],
] as const)('%s without %s: %s says so, as long as it lasts', async (role, action, of, type, status) => {
  missing = await MissingRight.begin({ role, action });
  const { run } = missing;
  run.start();
  expect(await missing.showsInTime(), run.describe()).toBe(true);
  await run.advance(120);
  expect(missing.shown()).toContainEqual(expect.objectContaining({ of, type, status, reason: 'AccessDenied' }));
  if (role !== 'dns') expect(run.phase('safe')).toBe('Ready');
  run.grant();
  await run.until('it is over', () => missing.shown().length === 0, 4_000_000);
});

test('what is superseded and may not be removed is said, and the tenant is Ready all the same', async () => {
  missing = await MissingRight.begin({ role: 'reap', action: 'ecs:DeregisterTaskDefinition' });
  const { run } = missing;
  run.start();
  expect(await missing.showsInTime(), run.describe()).toBe(true);
  await run.until('Ready with the new image', () => {
    const status = run.leader?.term?.view.get('Tenant', 'plain')?.status?.value;
    return status?.phase === 'Ready' && status.observedGeneration === 2;
  });
  expect(missing.shown()).toContainEqual(
    expect.objectContaining({ of: 'Tenant plain', type: 'Synced', reason: 'SupersededStays' }),
  );
});

test('without the right to follow the stream the controller works by its lists, and tells of it', async () => {
  missing = await MissingRight.begin({ role: 'controller', action: 'dynamodb:GetShardIterator' });
  const { run } = missing;
  run.start();
  await run.until('all Ready', () => missing.ready());
  expect(run.told.failures.some(({ what, error }) => what === 'stream' && missing.names(error.message))).toBe(true);
});
