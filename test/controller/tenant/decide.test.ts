import { describe, expect, it } from 'vitest';
import { decide, propagationMs, type Step } from '../../../src/controller/tenant/decide.ts';
import type { InventoryResource, PlacementInventory } from '../../../src/model/resources.ts';
import type { Desired, Observation } from '../../../src/reconcilers/contract.ts';
import { reserved } from '../../contract/facts.ts';
import { contextOf } from '../../contract/world.ts';
import { toy } from './toys.ts';

const now = Date.parse('2026-01-01T01:00:00Z');
const at = (ago: number): string => new Date(now - ago).toISOString();

const known: Desired<unknown> = { state: 'known', value: { size: 1 }, hash: 'v1:wanted' };
const none: Desired<unknown> = { state: 'none' };
const waiting: Desired<unknown> = { state: 'waiting', on: 'target_group' };

const absent: Observation<unknown> = { state: 'absent' };
const equal: Observation<unknown> = { state: 'live', live: { size: 1 }, arn: 'arn:1' };
const differs: Observation<unknown> = { state: 'live', live: { size: 2 }, arn: 'arn:1' };
const immutable: Observation<unknown> = { state: 'live', live: { size: 1, fixed: true }, arn: 'arn:1' };
const ending: Observation<unknown> = { state: 'ending', arn: 'arn:1', found: 'DRAINING' };
const unmarked: Observation<unknown> = { state: 'unmarked', arn: 'arn:1', found: 'lacks the tag' };
const stranger: Observation<unknown> = { state: 'stranger', arn: 'arn:s', found: 'lacks the tag' };
const unread: Observation<unknown> = { state: 'unread' };

const confirmed: InventoryResource = {
  kind: 'service',
  n: 3,
  name: 'svc-3',
  arn: 'arn:1',
  applied: 'v1:wanted',
  confirmedAt: at(propagationMs),
};
const intended: InventoryResource = { kind: 'service', n: 3, name: 'svc-3', intent: { token: 'token', at: at(1) } };

function holding(entry: InventoryResource | undefined): PlacementInventory {
  return entry === undefined ? reserved : { ...reserved, resources: { service: entry } };
}

function decided(
  desired: Desired<unknown>,
  observation: Observation<unknown>,
  entry: InventoryResource | undefined = confirmed,
  named: 'by incarnation' | 'once' = 'by incarnation',
): Step {
  const reconciler = toy('service', named === 'once' ? { name: () => 'the one name' } : {});
  return decide({ reconciler, context: contextOf(holding(entry)), desired, observation, now });
}

describe('the decision about one resource', () => {
  // The table at the top of decide.ts, cell by cell.
  it.each([
    ['known', 'absent', known, absent, 'create'],
    ['known', 'equal', known, equal, 'converged'],
    ['known', 'different', known, differs, 'update'],
    ['known', 'ending', known, ending, 'create'],
    ['known', 'unmarked', known, unmarked, 'hold'],
    ['known', 'a stranger', known, stranger, 'create'],
    ['known', 'unread', known, unread, 'skip'],
    ['nothing', 'absent', none, absent, 'forget'],
    ['nothing', 'equal', none, equal, 'remove'],
    ['nothing', 'different', none, differs, 'remove'],
    ['nothing', 'ending', none, ending, 'converged'],
    ['nothing', 'unmarked', none, unmarked, 'hold'],
    ['nothing', 'a stranger', none, stranger, 'forget'],
    ['nothing', 'unread', none, unread, 'skip'],
    ['not known yet', 'absent', waiting, absent, 'wait'],
    ['not known yet', 'live', waiting, equal, 'wait'],
    ['not known yet', 'ending', waiting, ending, 'wait'],
    ['not known yet', 'unmarked', waiting, unmarked, 'hold'],
    ['not known yet', 'a stranger', waiting, stranger, 'wait'],
    ['not known yet', 'unread', waiting, unread, 'skip'],
  ] as const)('wanted %s, found %s', (_wanted, _found, desired, observation, step) => {
    expect(decided(desired, observation).do).toBe(step);
  });

  it('makes the first incarnation where there never was one', () => {
    const step = decide({
      reconciler: toy('service'),
      context: contextOf(reserved),
      desired: known,
      observation: absent,
      now,
    });
    expect(step).toEqual({
      do: 'create',
      n: 1,
      resend: false,
      change: { kind: 'service', placement: reserved.id, name: 'service-1', action: 'create', reason: 'asked' },
    });
  });

  it('sends an unanswered intent again, as it is', () => {
    expect(decided(known, absent, intended)).toMatchObject({ do: 'create', n: 3, resend: true });
  });

  it('waits for what was only just made to show, and no longer', () => {
    const justMade = { ...confirmed, confirmedAt: at(propagationMs - 1) };
    expect(decided(known, absent, justMade)).toMatchObject({ do: 'wait', checkInMs: expect.any(Number) });
    expect(decided(known, absent, confirmed)).toMatchObject({ do: 'create', n: 4, retire: confirmed });
    // A clock that went back must not stop healing.
    expect(decided(known, absent, { ...confirmed, confirmedAt: at(-60_000) }).do).toBe('create');
  });

  it('forgets nothing that reads may not show yet, and no record, whose change is followed', () => {
    expect(decided(none, absent, intended)).toMatchObject({ do: 'wait', checkInMs: expect.any(Number) });
    expect(decided(none, absent, { ...confirmed, confirmedAt: at(propagationMs - 1) }).do).toBe('wait');
    expect(decided(none, absent, { ...confirmed, confirmedAt: at(-60_000) }).do).toBe('forget');
    const placement = { ...reserved, resources: { dns_record: { ...confirmed, kind: 'dns_record' as const } } };
    const context = contextOf(placement);
    const step = decide({ reconciler: toy('dns_record'), context, desired: none, observation: absent, now });
    expect(step.do).toBe('converged');
    expect(decide({ reconciler: toy('service'), context, desired: none, observation: absent, now }).do).toBe(
      'converged',
    );
  });

  it('makes a successor of what is ending, and retires it', () => {
    expect(decided(known, ending)).toMatchObject({
      do: 'create',
      n: 4,
      resend: false,
      retire: confirmed,
      change: { action: 'create', reason: 'drift' },
    });
  });

  it('replaces what differs in a field that cannot be changed', () => {
    expect(decided(known, immutable)).toMatchObject({
      do: 'create',
      n: 4,
      retire: confirmed,
      change: { action: 'replace', fields: [{ field: 'fixed' }] },
    });
  });

  it('tells drift from what was asked for by the hash that was applied', () => {
    expect(decided(known, differs)).toMatchObject({ change: { reason: 'drift', fields: [{ field: 'size' }] } });
    const { applied: _before, ...never } = confirmed;
    expect(decided(known, differs, never)).toMatchObject({ change: { reason: 'asked' } });
    expect(decided(known, differs, { ...confirmed, applied: 'v1:other' })).toMatchObject({
      change: { reason: 'asked' },
    });
  });

  it('steps aside from a stranger by the next name, and never retires it', () => {
    const step = decided(known, stranger, intended);
    expect(step).toMatchObject({ do: 'create', n: 4, resend: false });
    expect(step).not.toHaveProperty('retire');
  });

  it('waits for people where the name cannot change', () => {
    expect(decided(known, stranger, intended, 'once')).toMatchObject({ do: 'hold', reason: 'NameTaken' });
  });

  it('remembers what was applied when nothing differs', () => {
    expect(decided(known, equal)).toEqual({ do: 'converged', applied: 'v1:wanted' });
  });
});
