import { CreateTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, expect, it } from 'vitest';
import { changesAws } from '../crash/call-log.ts';
import { cell, documents, group, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

const silent = '222222222222';

/** Eight tenants on two cells, all Ready. */
async function settledRun(): Promise<Installation> {
  const cells = [cell('one', 'standard', 1), cell('two', 'standard', 2)];
  const groups = cells.map((of, index) => group(`g${index + 1}`, of));
  const tenants = Array.from({ length: 8 }, (_, index) => tenant(`t${index}`, 'standard'));
  const standard = tier('standard', { placement: { strategy: 'spread' } });
  const made = await new Installation({ fleet: documents([standard, ...cells, ...groups, ...tenants]) }).init();
  made.start();
  await made.until('ready', () => made.phases().Ready === 8, 3_600_000);
  return made;
}

/** The account of cell `two` answers nothing any more. */
function fallSilent(): void {
  run.aws.plan.add([
    { on: { account: silent }, when: 'before', skip: 0, probability: 1, from: 0, fault: 'unreachable' },
  ]);
}

async function workBegins(): Promise<number> {
  while (run.leader?.lease.isLeader() !== true) await run.clock.advance(20);
  const began = run.clock.monotonic();
  while (run.leader?.term?.working !== true) await run.clock.advance(20);
  return run.clock.monotonic() - began;
}

it('an account that answers nothing does not hold up a take-over: the other cell heals at once, and the silent one joins when it speaks', async () => {
  run = await settledRun();
  const { leader: old } = run;
  run.start();
  await run.advance(10);
  fallSilent();
  const since = run.aws.log.last;
  if (old !== undefined) await run.clock.drive(old.stop());
  expect(await workBegins()).toBeLessThanOrEqual(4_000);
  await run.put('Tenant', 't0', { tier: 'standard', service: { environment: { CHANGED: 'yes' } } });
  await run.put('Tenant', 't1', { tier: 'standard', service: { environment: { CHANGED: 'yes' } } });
  await run.put('Tenant', 'new', { tier: 'standard', pin: ['g2'] });
  await run.advance(8);
  const healed = run.calls(since).filter((call) => changesAws(call) && call.error === null);
  expect(healed.map(({ account }) => account)).toContain('111111111111');
  expect(healed.map(({ account }) => account)).not.toContain(silent);

  run.aws.plan.clear();
  await run.until('new is Ready', () => run.phase('new') === 'Ready', 600_000);
  await run.until('all Ready', () => run.phases().Ready === 9, 600_000);
});

it('who comes to a lease that nobody was seen to hold waits for every cell: the table may be an older one', async () => {
  run = await settledRun();
  await run.stop();
  fallSilent();
  run.start();
  expect(await workBegins()).toBeGreaterThan(8_000);
});

it('a term takes for ours what the inventories name, and asks for the tags of the rest', async () => {
  run = await settledRun();
  const stranger = new ElasticLoadBalancingV2Client({
    ...(run.access as object),
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'test' },
  });
  const VpcId = run.leader?.term?.view.spec('InfraGroup', 'g1')?.vpcId;
  const group = { Name: 'stranger', TargetType: 'ip', Protocol: 'HTTP', Port: 80, VpcId } as const;
  const made = await run.clock.drive(stranger.send(new CreateTargetGroupCommand(group)));
  const arn = made.TargetGroups?.[0]?.TargetGroupArn;
  await run.stop();
  const since = run.aws.log.last;
  run.start();
  await workBegins();
  // Those who heal ask for the tags of what is theirs, once the work has begun.
  const [first] = run.calls(since).filter(({ operation }) => operation === 'DescribeTags');
  expect(first?.resources).toEqual([arn]);
  const reading = run.leader?.term?.book.cells.get('one');
  expect(reading?.ok === true && reading.value.foreign.targetGroups).toBe(1);
});
