import { describe, expect, it } from 'vitest';
import { type DeriveInput, deriveRebuild, type KnownTenant } from '../../src/controller/rebuild/derive.ts';
import type { LiveCell, LivePlacement, LiveRecords, LiveService } from '../../src/controller/rebuild/facts.ts';
import { targetGroupName } from '../../src/model/names.ts';
import type { EffectiveTenant } from '../../src/model/records/effective.ts';
import type { PlacementInventory } from '../../src/model/resources.ts';

const installation = 'abcdefghij';
const now = '2026-01-01T00:00:00.000Z';

function service(placement: string, fields: Partial<LiveService> = {}): LiveService {
  return {
    arn: `arn:service/${placement}/svc-1`,
    name: 'svc-1',
    marked: true,
    status: 'ACTIVE',
    desiredCount: 2,
    tasks: 2,
    taskDefinition: `arn:td/${placement}:1`,
    targetGroups: [`arn:tg/${placement}/1`],
    rolledBack: false,
    scaling: undefined,
    ...fields,
  };
}

function live(id: string, fields: Partial<LivePlacement> = {}): LivePlacement {
  return {
    id,
    tenant: 'acme',
    tier: 'standard',
    cell: 'one',
    infraGroup: 'g1',
    cluster: { arn: `arn:cluster/${id}`, name: `c-${id}`, marked: true },
    services: [service(id)],
    definitions: [{ arn: `arn:td/${id}:1`, revision: 1, spec: 'h1', cpu: 256, memoryMiB: 512 }],
    targetGroups: [{ arn: `arn:tg/${id}/1`, name: targetGroupName(installation, id, 1), marked: true }],
    rules: [rule(id, 1000)],
    ...fields,
  };
}

function rule(id: string, priority: number) {
  return {
    arn: `arn:rule/${id}/${priority}`,
    name: String(priority),
    marked: true,
    priority,
    targetGroups: [`arn:tg/${id}/1`],
  };
}

function records(placement: string, name = 'acme.example.com'): LiveRecords {
  return { zone: 'Z1', name, setIdentifier: `cellwright/${installation}/g1/${placement}`, placement, infraGroup: 'g1' };
}

function cell(unknown: readonly LivePlacement[], fields: Partial<LiveCell> = {}): LiveCell {
  const standing = new Set(unknown.map(({ id }) => id));
  return { cell: 'one', unknown, standing, takenPriorities: new Map(), findings: [], ...fields };
}

function acme(fields: Partial<EffectiveTenant> = {}, more: Partial<KnownTenant> = {}): KnownTenant {
  const effective = {
    tenant: 'acme',
    tier: 'standard',
    state: 'active',
    placements: 1,
    routing: { scope: 'tenant', by: 'host', host: 'acme.example.com' },
    ...fields,
  } as EffectiveTenant;
  const size = { cpu: 256, tasks: 2, scaling: { mode: 'fixed' }, ownRecords: true } as const;
  return { present: true, effective, size, placements: [], ...more };
}

function derive(fields: Partial<DeriveInput>) {
  return deriveRebuild({
    installation,
    now,
    cells: [],
    records: [],
    tenants: new Map([['acme', acme()]]),
    dualstack: () => false,
    sharesName: () => false,
    ...fields,
  });
}

function added(fields: Partial<DeriveInput>): readonly PlacementInventory[] {
  return derive(fields).tenants.flatMap(({ add }) => add);
}

describe('slots', () => {
  it('follow from priorities; of two that claim one, the even priority has it', () => {
    const plan = added({
      cells: [
        cell([
          live('aaaaaaaaaaaa', { rules: [rule('aaaaaaaaaaaa', 1007)] }),
          live('bbbbbbbbbbbb', { rules: [rule('bbbbbbbbbbbb', 1006)] }),
        ]),
      ],
      tenants: new Map([['acme', acme({ placements: 2 })]]),
    });
    expect(plan.map(({ id, slot }) => [id, slot])).toEqual([
      ['aaaaaaaaaaaa', 0],
      ['bbbbbbbbbbbb', 3],
    ]);
  });

  it('are the lowest that nobody holds where there is no rule, or it was moved below ours', () => {
    const taken = new Map([['g1', [1000, 1004, 7]]]);
    const plan = added({
      cells: [
        cell([live('aaaaaaaaaaaa', { rules: [rule('aaaaaaaaaaaa', 9)] }), live('bbbbbbbbbbbb', { rules: [] })], {
          takenPriorities: taken,
        }),
      ],
      tenants: new Map([['acme', acme({ placements: 2 })]]),
    });
    expect(plan.map(({ slot }) => slot)).toEqual([1, 3]);
    // The rule's name is where it shall stand.
    expect(plan[0]?.resources.listener_rule).toMatchObject({ arn: 'arn:rule/aaaaaaaaaaaa/9', name: '1002' });
    expect(plan[1]?.resources.listener_rule).toBeUndefined();
  });
});

describe('resources', () => {
  it('of later incarnations are told by their names, and what was before them is to go', () => {
    const id = 'aaaaaaaaaaaa';
    const second = { arn: `arn:tg/${id}/7`, name: targetGroupName(installation, id, 7), marked: true };
    const [placement] = added({
      cells: [
        cell([
          live(id, {
            services: [
              service(id, { status: 'DRAINING', desiredCount: 0 }),
              service(id, { name: 'svc-3', arn: 'arn:service/3', targetGroups: [second.arn] }),
              service(id, { name: 'other', arn: 'arn:service/other' }),
            ],
            targetGroups: [{ arn: `arn:tg/${id}/1`, name: targetGroupName(installation, id, 1), marked: true }, second],
            rules: [{ ...rule(id, 1000), targetGroups: [second.arn] }],
          }),
        ]),
      ],
      records: [records(id)],
    });
    expect(placement?.resources).toMatchObject({
      service: { n: 3, arn: 'arn:service/3' },
      target_group: { n: 7, arn: second.arn },
      dns_record: { arn: `Z1/acme.example.com/cellwright/${installation}/g1/${id}` },
    });
    expect(placement?.retired.map(({ kind, n }) => [kind, n])).toEqual([
      ['service', 1],
      ['target_group', 1],
    ]);
    expect(placement?.phase).toBe('serving');
  });

  it('that ECS rolled back are held as they were', () => {
    const id = 'aaaaaaaaaaaa';
    const [placement] = added({
      cells: [
        cell([
          live(id, {
            services: [service(id, { rolledBack: true })],
            definitions: [
              { arn: `arn:td/${id}:1`, revision: 1, spec: 'h1', cpu: 256, memoryMiB: 512 },
              { arn: `arn:td/${id}:4`, revision: 4, spec: 'h4', cpu: 256, memoryMiB: 512 },
            ],
          }),
        ]),
      ],
    });
    expect(placement?.resources.task_definition).toMatchObject({ arn: `arn:td/${id}:4`, applied: 'h4' });
    expect(placement?.rolledBack).toMatchObject({ hash: 'h4', liveTaskDefinitionArn: `arn:td/${id}:1` });
  });
});

describe('more placements than the record asks for', () => {
  const [old, young] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];

  it('loses the one that is out of DNS, and never the one that answers', () => {
    for (const answering of [old, young]) {
      const plan = added({
        cells: [cell([live(old), live(young, { rules: [rule(young, 1002)] })])],
        records: [records(answering)],
      });
      expect(Object.fromEntries(plan.map(({ id, phase }) => [id, phase]))).toEqual({
        [old]: answering === old ? 'serving' : 'leaving',
        [young]: answering === young ? 'serving' : 'leaving',
      });
      expect(plan.find(({ phase }) => phase === 'leaving')?.removal).toMatchObject({ budgetedAt: now });
    }
  });

  it('is left to the ordinary rules where both answer, or neither', () => {
    const both = { cells: [cell([live(old), live(young, { rules: [rule(young, 1002)] })])] };
    expect(added({ ...both, records: [records(old), records(young)] }).map(({ phase }) => phase)).toEqual([
      'serving',
      'serving',
    ]);
    expect(added(both).map(({ phase }) => phase)).toEqual(['reserved', 'reserved']);
  });
});

describe('what the table names', () => {
  const known = {
    ...live('kkkkkkkkkkkk'),
    slot: 5,
    phase: 'serving',
    resources: {},
    retired: [],
  } as unknown as PlacementInventory;

  it('and is not live is dropped where the tenant is elsewhere, or has no record any more', () => {
    const elsewhere = derive({
      cells: [cell([live('nnnnnnnnnnnn')])],
      tenants: new Map([['acme', acme({}, { placements: [known] })]]),
    });
    expect(elsewhere.tenants[0]?.drop).toEqual([known]);
    const gone = derive({
      cells: [cell([])],
      tenants: new Map([['acme', acme({}, { placements: [known], present: false })]]),
    });
    expect(gone.tenants).toMatchObject([{ tenant: 'acme', drop: [known], add: [] }]);
  });

  it('is healed, not dropped, where it is all that a recorded tenant has; and kept where its cell was not read', () => {
    const healed = derive({ cells: [cell([])], tenants: new Map([['acme', acme({}, { placements: [known] })]]) });
    expect(healed.tenants).toEqual([]);
    const unread = derive({
      cells: [],
      tenants: new Map([['acme', acme({}, { placements: [known], present: false })]]),
    });
    expect(unread.tenants).toEqual([]);
  });
});

describe('room', () => {
  const id = 'aaaaaaaaaaaa';

  it('is what runs, where that is less than the record asks for: the rest is reserved first', () => {
    const size = { cpu: 512, tasks: 4, scaling: { mode: 'fixed' }, ownRecords: true } as const;
    const plan = derive({ cells: [cell([live(id)])], tenants: new Map([['acme', acme({}, { size })]]) });
    expect(plan.tenants[0]?.runs).toEqual({ cpu: 256, memoryMiB: 512, tasks: 2 });
    expect(plan.tenants[0]?.add[0]?.demand.cell['fargateVcpu']).toBe(2 * 2 * 256);
  });

  it('is what the record says where nothing is to run, and what runs where there is no record', () => {
    const still = [service(id, { desiredCount: 0, tasks: 0 })];
    const suspended = added({
      cells: [cell([live(id, { services: still })])],
      tenants: new Map([['acme', acme({ state: 'suspended' })]]),
    });
    expect(suspended[0]?.demand.group['targets']).toBe(4);
    const kept = derive({ cells: [cell([live(id)])], tenants: new Map() });
    expect(kept.tenants).toMatchObject([{ standing: 'kept' }]);
    expect(kept.tenants[0]?.add[0]?.demand.group['targets']).toBe(4);
    expect(kept.findings).toMatchObject([{ reason: 'NoRecord', about: 'acme' }]);
  });
});

describe('a deleted tenant', () => {
  it('goes on from where it was: stopped is retained and paid for, what serves goes the ordinary way', () => {
    const [stopped, serving] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
    const plan = added({
      cells: [
        cell([
          live(stopped, { services: [service(stopped, { desiredCount: 0, tasks: 0 })] }),
          live(serving, { rules: [rule(serving, 1002)] }),
        ]),
      ],
      records: [records(serving)],
      tenants: new Map([['acme', acme({ state: 'deleted' })]]),
    });
    expect(plan.map(({ phase, removal }) => [phase, removal?.budgetedAt])).toEqual([
      ['retained', now],
      ['serving', undefined],
    ]);
  });
});
