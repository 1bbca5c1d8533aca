import { beforeEach, describe, expect, test } from 'vitest';
import type { PlacementInventory } from '../../src/model/resources.ts';
import { acceptedSpec, condition, createDesk, type Desk, readyStatus, settleTenant, tierSpec } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});

const placement: PlacementInventory = {
  id: 'abcdefghijkl',
  tier: 'standard',
  cell: 'eu-1',
  infraGroup: 'eu-1-a',
  slot: 3,
  phase: 'serving',
  demand: { group: {}, cell: {}, zone: {} },
  why: 'eu-1-a had the most room: 93 % of rules free',
  reservedAt: '2025-12-31T22:00:00.000Z',
  resources: {},
  retired: [],
};

describe('describe', () => {
  test('tells the story, hides environment values, and ends with what to do next', async () => {
    await settleTenant(desk, 'acme', { tier: 'standard', service: { environment: { KEY: 'very-secret' } } });
    await desk.drive(
      desk.writer.appendEvent('Tenant/acme', { type: 'Normal', reason: 'Placed', message: 'in eu-1-a' }),
    );
    const run = await desk.cli('describe tenant acme');
    expect(run).toMatchObject({ code: 0, err: '' });
    const lines = run.out.trimEnd().split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'Kind:       Tenant',
      'Name:       acme',
      'Phase:      Ready',
      'Endpoint:   acme.standard.example.com',
      'Generation: 1 (live: 1)',
    ]);
    expect(run.out).toMatch(/KEY: "?#[0-9a-f]{8}"?\n/);
    expect(run.out).not.toContain('very-secret');
    expect(run.out).toMatch(/ {2}Ready +True +Serving +60m/);
    expect(run.out).toContain(
      'abcdefghijkl: serving, cell eu-1, infra group eu-1-a, slot 3\n    cluster         arn:c',
    );
    expect(run.out).toMatch(/Normal +Placed +1 +in eu-1-a/);
    expect(lines.at(-1)).toBe('Next: cellwright plan tenant acme');
  });

  test('as JSON it is the object and its events', async () => {
    await settleTenant(desk, 'acme');
    await desk.drive(desk.writer.appendEvent('Tenant/acme', { type: 'Normal', reason: 'Placed', message: 'm' }));
    const run = await desk.cli('describe tenant acme -o json');
    expect(JSON.parse(run.out)).toMatchObject({
      kind: 'Tenant',
      name: 'acme',
      spec: { tier: 'standard' },
      status: { phase: 'Ready' },
      events: [{ type: 'Normal', reason: 'Placed', message: 'm', count: 1 }],
    });
  });

  test('of an invalid record it says what is wrong, of a vanished one since when', async () => {
    await desk.drive(desk.desired.put({ kind: 'Tenant', name: 'bad', spec: { tier: 'standard', tasks: 2 } }));
    const bad = await desk.cli('describe tenant bad');
    expect(bad.out).toContain('Invalid:\n  spec.tasks: found number, expected no such field');
    expect(bad.out).toMatch(/\nNext: correct the record and apply it/);
    await settleTenant(desk, 'acme');
    await desk.drive(desk.desired.delete('Tenant', 'acme'));
    const gone = await desk.cli('describe tenant acme');
    expect(gone.out).toContain('Phase:      Orphaned');
    expect(gone.out).toContain('gone from the desired table');
  });

  test('what is not there is 2', async () => {
    expect(await desk.cli('describe tenant nobody')).toMatchObject({ code: 2, out: '' });
  });
});

describe('events', () => {
  const append = (pk: string, reason: string, message = 'm'): Promise<void> =>
    desk.drive(desk.writer.appendEvent(pk, { type: 'Normal', reason, message }));

  test('lists everything oldest first, or one kind, or one object', async () => {
    await settleTenant(desk, 'acme');
    await append('Tenant/acme', 'First');
    await desk.world.clock.advance(1_000);
    await append('Cell/eu-1', 'Second');
    await desk.world.clock.advance(1_000);
    await append('Tenant/acme', 'Third');
    const reasons = async (line: string): Promise<string[]> => {
      const run = await desk.cli(`${line} -o json`);
      return (JSON.parse(run.out) as { items: { reason: string }[] }).items.map(({ reason }) => reason);
    };
    expect(await reasons('events')).toEqual(['First', 'Second', 'Third']);
    expect(await reasons('events cells')).toEqual(['Second']);
    expect(await reasons('events tenant acme')).toEqual(['First', 'Third']);
    expect((await desk.cli('events tenant nobody')).code).toBe(2);
  });

  test('cannot be used to write on the terminal', async () => {
    await settleTenant(desk, 'acme');
    await append('Tenant/acme', 'Odd', 'red \u001b[31m and \u202e back');
    const run = await desk.cli('events tenant acme');
    expect(run.out).toContain('red \\u{1b}[31m and \\u{202e} back');
  });

  test('watches: a repeat is shown again with its count', async () => {
    await settleTenant(desk, 'acme');
    await append('Tenant/acme', 'Retry');
    const run = desk.begin('events tenant acme -w');
    await desk.until(() => run.out().includes('Retry'), 'the first event');
    await append('Tenant/acme', 'Retry');
    await desk.until(() => run.out().trimEnd().split('\n').length === 3, 'the repeat');
    expect(run.out().trimEnd().split('\n')[2]).toMatch(/Retry +Tenant\/acme +2 +m$/);
    run.interrupt();
    expect((await desk.drive(run.done)).code).toBe(130);
  });
});

describe('explain', () => {
  test('a field, from the schema that validates', async () => {
    const run = await desk.cli('explain tenant.service.cpu');
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^Tenant\.spec\.service\.cpu\n/);
    const wrong = await desk.cli('explain tenant.service.cpus');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('its fields are');
    expect((await desk.cli('explain tenant acme')).err).toContain('did you mean: cellwright explain tenant.acme');
  });

  test('a placement that is: where and why', async () => {
    await settleTenant(desk, 'acme');
    const inventory = { placements: { [placement.id]: placement } };
    await desk.drive(desk.writer.writeInventory('Tenant/acme', inventory, undefined));
    const run = await desk.cli('explain placement acme');
    expect(run.code).toBe(0);
    expect(run.out).toContain('cell eu-1, infra group eu-1-a, slot 3');
    expect(run.out).toContain(placement.why);
  });

  test('a placement that is not: why not, and 1', async () => {
    const accepted = acceptedSpec('Tenant', 'acme', { tier: 'standard' });
    await desk.drive(desk.desired.put({ kind: 'Tier', name: 'standard', spec: tierSpec }));
    await desk.drive(desk.desired.put({ kind: 'Tenant', name: 'acme', spec: { tier: 'standard' } }));
    const unseen = await desk.cli('explain placement acme');
    expect(unseen.code).toBe(1);
    expect(unseen.out).toContain('No controller has looked at this record yet');
    await desk.drive(desk.writer.writeSpec('Tenant/acme', accepted, undefined));
    const conditions = [
      condition('Accepted', 'True', 'Valid'),
      condition('Placed', 'False', 'Insufficient', '3 groups lack rules'),
    ];
    await desk.drive(
      desk.writer.writeStatus(
        'Tenant/acme',
        readyStatus(accepted, { phase: 'Unplaceable', conditions, placements: [] }),
        undefined,
      ),
    );
    const run = await desk.cli('explain placement acme');
    expect(run.code).toBe(1);
    expect(run.out).toContain('Not placed (Insufficient): 3 groups lack rules');
    expect((await desk.cli('explain placement nobody')).code).toBe(2);
    expect((await desk.cli('explain placement')).code).toBe(2);
  });
});
