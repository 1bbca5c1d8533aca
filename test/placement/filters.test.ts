import { describe, expect, it } from 'vitest';
import { place } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import type { Rejection } from '../../src/placement/rejections.ts';
import type { PlacementRequest, PlacementView, Reservation } from '../../src/placement/types.ts';
import { cell, explanationOf, group, request, settle, tier, view, zone } from './world.ts';

/** The rejections of the only group of a fleet. */
function refusal(
  fields: Partial<PlacementView>,
  asked: PlacementRequest = request('acme'),
  before: (ledger: Ledger) => void = () => undefined,
): readonly Rejection[] {
  const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')], ...fields }));
  before(ledger);
  const [verdict] = explanationOf(place(asked, ledger)).groups;
  if (verdict === undefined) throw new Error('no verdict');
  return verdict.rejections;
}

describe('each filter refuses with its own reason', () => {
  const cases: readonly (readonly [string, Partial<PlacementView>, Rejection])[] = [
    [
      'another tier',
      { cells: [cell('c1', { tier: 'gold' })], tiers: [tier('standard'), tier('gold')] },
      { code: 'TierMismatch', wanted: 'standard', found: 'gold' },
    ],
    ['a cell without a record', { cells: [] }, { code: 'TierMismatch', wanted: 'standard', found: 'unknown' }],
    [
      'a cordoned group',
      { groups: [group('g1', 'c1', { state: 'cordoned' })] },
      { code: 'NotActive', state: 'cordoned', kind: 'infra-group', name: 'g1' },
    ],
    [
      'a draining cell, which is the wider reason',
      { cells: [cell('c1', { state: 'draining' })], groups: [group('g1', 'c1', { state: 'cordoned' })] },
      { code: 'NotActive', state: 'draining', kind: 'cell', name: 'c1' },
    ],
    [
      'a mode that writes nothing',
      { groups: [group('g1', 'c1', { mode: 'observe' })] },
      { code: 'ModeNotActive', mode: 'observe' },
    ],
    [
      'a group that is not ready',
      { groups: [group('g1', 'c1', { notReady: 'its ALB is provisioning' })] },
      { code: 'NotReady', kind: 'infra-group', name: 'g1', detail: 'its ALB is provisioning' },
    ],
    [
      'a cell that is not ready',
      { cells: [cell('c1', { notReady: 'role refused' })] },
      { code: 'NotReady', kind: 'cell', name: 'c1', detail: 'role refused' },
    ],
    [
      'an incomplete view of the cell',
      { cells: [cell('c1', { incomplete: 'clusters unread' })] },
      { code: 'ViewIncomplete', kind: 'cell', name: 'c1', detail: 'clusters unread' },
    ],
    [
      'an incomplete view of the zone',
      { zones: [zone('Z1', 10_000, 'page 2 failed')] },
      { code: 'ViewIncomplete', kind: 'zone', name: 'Z1', detail: 'page 2 failed' },
    ],
    [
      'an unknown quota of the cell',
      { cells: [cell('c1', { read: { targetGroups: 3000, networkInterfaces: 5000, clusters: 9 } })] },
      { code: 'QuotaUnknown', kind: 'cell', name: 'c1', dimensions: ['fargateVcpu'] },
    ],
    [
      'an unknown quota of the group',
      { groups: [group('g1', 'c1', { read: { targetGroups: 100, rules: 100 } })] },
      { code: 'QuotaUnknown', kind: 'infra-group', name: 'g1', dimensions: ['targets', 'subnetAddresses'] },
    ],
    [
      'too few rules',
      { groups: [group('g1', 'c1', { foreign: { rules: 100 } })] },
      { code: 'Insufficient', dimension: 'rules', need: 1, free: 0 },
    ],
    [
      'too little vCPU in the cell',
      { cells: [cell('c1', { quotas: { fargateVcpu: 1000 } })] },
      { code: 'ParentInsufficient', cell: 'c1', dimension: 'fargateVcpu', need: 1024, free: 1000 },
    ],
    [
      'a full zone',
      { zones: [zone('Z1', 0)] },
      { code: 'ZoneInsufficient', zone: 'Z1', dimension: 'records', need: 1, free: 0 },
    ],
  ];

  it.each(cases)('%s', (_name, fields, expected) => {
    expect(refusal(fields)).toEqual([expected]);
  });

  it('a pin on other groups', () => {
    expect(refusal({}, request('acme', { pin: ['g7'] }))).toEqual([{ code: 'NotInPin', pin: ['g7'] }]);
  });

  it('a group that belongs to a dedicated tenant', () => {
    const found = refusal({}, request('acme'), (ledger) => settle(ledger, request('bolt', { isolation: 'dedicated' })));
    expect(found).toEqual([{ code: 'DedicatedOccupied' }]);
  });

  it('a dedicated tenant in a group that is not empty', () => {
    const found = refusal({}, request('acme', { isolation: 'dedicated' }), (ledger) => settle(ledger, request('bolt')));
    expect(found).toEqual([{ code: 'IsolationClass', tenants: 1 }]);
  });

  it('a second placement in one cell', () => {
    expect(refusal({}, request('acme', { placements: 2 }))).toEqual([{ code: 'SpreadConflict', cell: 'c1' }]);
  });

  it('another tenant with the same label, but not one with another label', () => {
    const asked = request('acme', { antiAffinity: 'bank' });
    const found = refusal({}, asked, (ledger) => settle(ledger, request('bolt', { antiAffinity: 'bank' })));
    expect(found).toEqual([{ code: 'AntiAffinity', label: 'bank', cell: 'c1' }]);
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')] }));
    settle(ledger, request('bolt', { antiAffinity: 'shop' }));
    expect(place(asked, ledger).kind).toBe('placed');
  });

  it('all slots taken or at rest', () => {
    const restingSlots = Array.from({ length: 24_500 }, (_, slot) => slot);
    expect(refusal({ groups: [group('g1', 'c1', { restingSlots })] })).toEqual([
      { code: 'Insufficient', dimension: 'slots', need: 1, free: 0 },
    ]);
  });
});

describe('filters together', () => {
  it('all apply, the most fundamental first', () => {
    const codes = refusal(
      {
        cells: [cell('c1', { state: 'cordoned', incomplete: 'unread', quotas: { clusters: 0 } })],
        groups: [group('g1', 'c1', { mode: 'paused', quotas: { rules: 0, targets: 1 } })],
      },
      request('acme', { pin: ['g2'] }),
    ).map(({ code }) => code);
    expect(codes).toEqual([
      'NotInPin',
      'NotActive',
      'ModeNotActive',
      'ViewIncomplete',
      'Insufficient',
      'Insufficient',
      'ParentInsufficient',
    ]);
  });

  it('an unread zone is nothing to a tenant that puts no records into it', () => {
    const zones = [zone('Z1', 0, 'unread')];
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')], zones }));
    expect(place(request('acme', { size: { ownRecords: false } }), ledger).kind).toBe('placed');
    expect(place(request('acme'), ledger).kind).toBe('unplaceable');
  });

  it("a record's quota opens a cell whose quota cannot be read", () => {
    const closed = cell('c1', { read: {} });
    const quotas = { fargateVcpu: 4096, targetGroups: 5, networkInterfaces: 5, clusters: 5 };
    const open = cell('c1', { read: {}, quotas });
    const groups = [group('g1', 'c1')];
    expect(place(request('acme'), new Ledger(view({ cells: [closed], groups }))).kind).toBe('unplaceable');
    expect(place(request('acme'), new Ledger(view({ cells: [open], groups }))).kind).toBe('placed');
  });
});

describe('the ledger', () => {
  const reservation = (fields: Partial<Reservation>): Reservation => {
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')] }));
    settle(ledger, request('acme'));
    const [held] = ledger.reservationsOf('acme');
    if (held === undefined) throw new Error('nothing reserved');
    return { ...held, ...fields };
  };

  it('refuses what would overcommit, a taken slot and a taken id, and changes nothing then', () => {
    const groups = [group('g1', 'c1', { quotas: { rules: 1 } })];
    const ledger = new Ledger(view({ cells: [cell('c1')], groups }));
    ledger.reserve(reservation({}));
    expect(() => {
      ledger.reserve(reservation({ placement: 'other', slot: 1 }));
    }).toThrow(/g1 would be overcommitted: asked for 1 rule, free 0 rules/);
    expect(() => {
      ledger.reserve(reservation({ placement: 'other' }));
    }).toThrow(/Slot 0 of infra group g1 is not free/);
    expect(() => {
      ledger.reserve(reservation({ slot: 1 }));
    }).toThrow(/acme-0 is reserved already/);
    expect(() => {
      ledger.reserve(reservation({ placement: 'p', group: 'g9' }));
    }).toThrow(/g9/);
    expect(ledger.site('g1')?.account.used.rules).toBe(1);
  });

  it('lets a released slot rest, and gives back all room', () => {
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')] }));
    settle(ledger, request('acme'));
    expect(ledger.release('acme-0', true)?.tenant).toBe('acme');
    expect(ledger.release('acme-0', true)).toBeUndefined();
    expect(Object.values(ledger.site('g1')?.account.used ?? {})).toEqual([0, 0, 0, 0, 0]);
    const decision = settle(ledger, request('bolt'));
    expect(decision).toMatchObject({ choices: [{ slot: 1 }] });
    ledger.release('bolt-0', false);
    expect(settle(ledger, request('cave'))).toMatchObject({ choices: [{ slot: 1 }] });
  });

  it('gives a low slot away again after higher ones were asked for', () => {
    const ledger = new Ledger(view({ cells: [cell('c1')], groups: [group('g1', 'c1')] }));
    for (const name of ['a', 'b', 'c']) settle(ledger, request(name));
    ledger.release('a-0', false);
    expect(settle(ledger, request('d'))).toMatchObject({ choices: [{ slot: 0 }] });
    expect(settle(ledger, request('e'))).toMatchObject({ choices: [{ slot: 3 }] });
  });

  it('keeps what exceeds a lowered quota, and revises only what has room', () => {
    const groups = [group('g1', 'c1', { quotas: { targets: 1 } })];
    const held = reservation({});
    const ledger = new Ledger(view({ cells: [cell('c1')], groups, reservations: [held] }));
    const more = { ...held.demand, group: { ...held.demand.group, targets: 3 } };
    expect(() => {
      ledger.revise('acme-0', { demand: more });
    }).toThrow(/overcommitted/);
    const less = { ...held.demand, group: { ...held.demand.group, targets: 1 } };
    ledger.revise('acme-0', { demand: less, isolation: 'dedicated' });
    expect(ledger.site('g1')?.account.used.targets).toBe(1);
    expect(ledger.site('g1')?.dedicated.get('acme')).toBe(1);
    expect(ledger.site('g1')?.slots.isFree(0)).toBe(false);
  });

  it('refuses a view that names something twice', () => {
    expect(() => new Ledger(view({ cells: [cell('c1'), cell('c1')] }))).toThrow(/cell c1 twice/);
  });
});
