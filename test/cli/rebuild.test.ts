import { beforeEach, describe, expect, test } from 'vitest';
import type { RebuildReport } from '../../src/model/reports.ts';
import { acceptedSpec, condition, createDesk, type Desk, type RunOptions } from './harness.ts';

const behind: RebuildReport = {
  at: '2026-01-01T00:00:00.000Z',
  behind: 'cell one has 1 placements with our mark that the state table does not know',
  tenants: [
    {
      tenant: 'acme',
      standing: 'driven',
      add: [
        {
          placement: 'abcdefghijkl',
          cell: 'one',
          infraGroup: 'g1',
          slot: 3,
          phase: 'serving',
          resources: ['cluster', 'service'],
        },
      ],
      drop: ['oldoldoldold'],
    },
  ],
  findings: [{ reason: 'CellUnread', about: 'two', message: 'cell two could not be read' }],
  cells: ['one'],
  epoch: { lease: 1, fence: 7 },
};
const { behind: _why, ...rest } = behind;
const known: RebuildReport = { ...rest, tenants: [], findings: [] };

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

function answering(report: RebuildReport, more: RunOptions = {}): RunOptions {
  return { ...more, programs: { rebuildLocal: async () => report } };
}

/** What the leader does with the order: accepts the record, and tells what became of it. */
async function lead(status: 'True' | 'False', reason: string): Promise<void> {
  const raw = await desk.desired.get('Fleet', 'default');
  const spec = acceptedSpec('Fleet', 'default', raw?.['spec']);
  await desk.writer.writeSpec('Fleet/default', spec, undefined);
  const conditions = [condition('StateKnown', status, reason, '1 tenants with 1 placements were written')];
  await desk.writer.writeStatus('Fleet/default', { generation: 1, observedGeneration: 1, conditions }, undefined);
}

describe('rebuild', () => {
  test('says so where there is nothing to do, and orders nothing', async () => {
    const run = await desk.cli('rebuild --local', answering(known));
    expect(run).toMatchObject({
      code: 0,
      out: 'Nothing to rebuild: the state table knows everything that bears our mark\n',
    });
    expect(await desk.drive(desk.desired.get('Fleet', 'default'))).toBeUndefined();
  });

  test('shows what would be written and asks; a no changes nothing', async () => {
    const run = await desk.cli('rebuild --local', answering(behind, { terminal: true, stdin: 'n\n' }));
    expect(run.code).toBe(1);
    expect(run.err).toContain('+ acme: placement abcdefghijkl in g1 (one), slot 3, serving: cluster, service');
    expect(run.err).toContain('- acme: placement oldoldoldold, of which nothing is live');
    expect(run.err).toContain('! cell two could not be read');
    expect(run.err).toContain('the lease rises above epoch 7');
    expect(run.err).toContain('Write 1 placements of 1 tenants into the state table? AWS is not changed.');
    expect(await desk.drive(desk.desired.get('Fleet', 'default'))).toBeUndefined();
  });

  test('wants --yes where nobody can be asked', async () => {
    const run = await desk.cli('rebuild --local', answering(behind));
    expect(run.code).toBe(2);
    expect(run.err).toContain('the rebuild was not confirmed');
    expect(run.err).toContain('cellwright rebuild --yes');
  });

  test('orders it for 15 minutes, keeps what else the Fleet says, and waits for the outcome', async () => {
    const later = '2999-01-01T00:00:00Z';
    const spec = {
      mode: 'observe',
      allow: [
        { reason: 'removal_budget', until: later },
        { reason: 'state_behind', until: '2020-01-01T00:00:00Z' },
        { reason: 'mass_change', until: '2020-01-01T00:00:00Z' },
      ],
    };
    await desk.drive(desk.desired.put({ kind: 'Fleet', name: 'default', spec }));
    const began = desk.world.clock.now();
    const live = desk.begin('rebuild --local --yes -o json', answering(behind));
    await desk.until(() => live.err().includes('ordered'), 'the order');
    const written = (await desk.drive(desk.desired.get('Fleet', 'default')))?.['spec'] as typeof spec;
    expect(written.mode).toBe('observe');
    expect(written.allow.map(({ reason }) => reason)).toEqual(['removal_budget', 'state_behind']);
    const until = Date.parse(written.allow[1]?.until ?? '');
    expect(until - began).toBeGreaterThanOrEqual(900_000);
    expect(until - began).toBeLessThan(930_000);
    await desk.drive(lead('True', 'Rebuilt'));
    const run = await desk.drive(live.done);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ ordered: true, outcome: { status: 'True', reason: 'Rebuilt' } });
  });

  test('makes the Fleet record where there is none, and exits 1 where not all could be written', async () => {
    const live = desk.begin('rebuild --local --yes', answering(behind));
    await desk.until(() => live.err().includes('ordered'), 'the order');
    await desk.drive(lead('False', 'NotRebuilt'));
    expect(await desk.drive(live.done)).toMatchObject({
      code: 1,
      out: 'Not complete: 1 tenants with 1 placements were written\n',
    });
  });

  test('gives up when the time of the order is over and no controller took it up', async () => {
    const run = await desk.cli('rebuild --local --yes', answering(behind));
    expect(run.code).toBe(1);
    expect(run.err).toContain('no controller has taken up the order');
  });

  test('without a controller says how to do without', async () => {
    const run = await desk.begin('rebuild --http 127.0.0.1:9', { realTime: true }).done;
    expect(run.code).toBe(2);
    expect(run.err).toContain('cellwright rebuild --local');
  });
});
