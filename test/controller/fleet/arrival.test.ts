import { afterEach, describe, expect, it } from 'vitest';
import { cell, documents, group, sharedTier, tenant, tier, write } from '../../support/fleet-plan.ts';
import { Installation } from '../../support/installation.ts';

const one = cell('one', 'standard', 1);
const two = cell('two', 'shared', 2);
const frame = [tier('standard'), sharedTier('shared'), one, two, group('g1', one), group('h1', two)];
const tenants = [tenant('acme', 'standard'), tenant('echo', 'shared')];
let run: Installation;

afterEach(() => run.stop());

async function install(): Promise<void> {
  const fleet = documents([...frame, ...tenants]);
  run = await new Installation({ fleet, apply: false, throttle: false, latencyFactor: 0 }).init();
  run.start();
  await run.until('a term', () => run.leader?.term?.working === true);
}

function table(operation: string, input: object): unknown {
  return run.aws.call({ accessKeyId: '000000000000', region: 'us-east-1', service: 'dynamodb', operation, input });
}

describe('records', () => {
  it('may be written in any order: what waited for another is accepted as soon as that is there', async () => {
    await install();
    for (const record of [...tenants, ...frame]
      .reverse()
      .sort((a, b) => (a.kind === 'Tenant' ? -1 : b.kind === 'Tenant' ? 1 : 0)))
      await write(run, record);
    await run.until('both Ready', () => run.phases().Ready === 2, 60_000);
  });

  it('that were never accepted leave nothing behind when they go', async () => {
    await install();
    await write(run, ...frame, ...tenants);
    await write(run, tenant('lost', 'no-such-tier'), cell('adrift', 'no-such-tier', 7));
    await run.until(
      'refusals',
      () => run.phases().Invalid === 1 && run.leader?.term?.view.get('Cell', 'adrift')?.status !== undefined,
    );
    expect((await run.stored('Tenant', 'lost')).status?.value.phase).toBe('Invalid');
    await run.clock.drive(run.desired.delete('Tenant', 'lost'));
    await run.clock.drive(run.desired.delete('Cell', 'adrift'));
    await run.advance(5);
    expect(run.leader?.term?.view.get('Tenant', 'lost')).toBeUndefined();
    expect(run.leader?.term?.view.get('Cell', 'adrift')).toBeUndefined();
    expect((await run.stored('Tenant', 'lost')).status).toBeUndefined();
    expect((await run.stored('Cell', 'adrift')).status).toBeUndefined();
  });
});

describe('a state item that somebody took away under a running leader', () => {
  it.each(['status', 'spec', 'inventory'])('%s: is written again, and the tenant goes on', async (sk) => {
    await install();
    await write(run, ...frame, ...tenants);
    await run.until('both Ready', () => run.phases().Ready === 2);
    const before = run.aws.log.last;
    table('DeleteItem', { TableName: 'state', Key: { pk: { S: 'Tenant/acme' }, sk: { S: sk } } });
    await write(run, tenant('acme', 'standard', { service: { environment: { ROUND: '2' } } }));
    const current = () => {
      const status = run.leader?.term?.view.get('Tenant', 'acme')?.status?.value;
      return status?.phase === 'Ready' && status.observedGeneration === 2;
    };
    await run.until('acme as its record says', current, 200_000);
    const made = run.mutations(before).map((call) => call.operation);
    expect(made.filter((operation) => operation.startsWith('Create'))).toEqual([]);
    expect(Object.keys((await run.stored('Tenant', 'acme')).inventory?.value.placements ?? {})).toHaveLength(1);
    expect((await run.stored('Tenant', 'acme')).status?.value.phase).toBe('Ready');
    expect((await run.stored('Tenant', 'acme')).spec?.value.generation).toBe(2);
  });
});
