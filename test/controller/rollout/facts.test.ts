import { beforeEach, describe, expect, it } from 'vitest';
import { acceptObject } from '../../../src/controller/fleet/acceptor.ts';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import { deadlineSeconds } from '../../../src/controller/rollout/facts.ts';
import { rolloutInput } from '../../../src/controller/rollout/run.ts';
import type { Condition } from '../../../src/model/conditions.ts';
import type { PlacementInventory } from '../../../src/model/resources.ts';
import type { AcceptedSpec, ObjectStatus } from '../../../src/model/state.ts';
import { cell, group, type PlainRecord, tenant, tier } from '../../support/fleet-plan.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const clock = new VirtualClock();
const first = tier('standard');
const [one, two] = [cell('one', 'standard', 1), cell('two', 'standard', 2)];
let view: FleetView;

async function accept(...records: readonly PlainRecord[]): Promise<void> {
  const state = {
    writeSpec: (_pk: string, value: AcceptedSpec, before: { rev: number } | undefined) =>
      Promise.resolve({ value, rev: (before?.rev ?? 0) + 1, epoch: 1 }),
  };
  for (const record of records) await acceptObject({ view, clock, state }, record.kind, record.name, { ...record });
}

function condition(type: string, status: Condition['status'], more: Partial<Condition> = {}): Condition {
  return {
    type,
    status,
    reason: 'X',
    message: 'as it is',
    lastTransitionTime: '2026-01-01T00:00:00.000Z',
    observedGeneration: 1,
    ...more,
  };
}

/** The tenant serves in these groups, as its status says. */
function serves(name: string, groups: readonly string[], status: Partial<ObjectStatus> = {}, more: object = {}): void {
  const entry = view.ensure('Tenant', name);
  const value = { generation: 1, observedGeneration: 1, conditions: [condition('Ready', 'True')], ...status };
  entry.status = { value, rev: 1, epoch: 1 };
  const placements = groups.map((infraGroup, index): [string, PlacementInventory] => [
    `p${index}`,
    {
      id: `p${index}`,
      tier: 'standard',
      cell: infraGroup === 'g2' ? 'two' : 'one',
      infraGroup,
      slot: index,
      phase: 'serving',
      demand: { group: {}, cell: {}, zone: {} },
      why: '',
      reservedAt: '',
      resources: {},
      retired: [],
      ...more,
    },
  ]);
  entry.inventory = { value: { placements: Object.fromEntries(placements) }, rev: 1, epoch: 1 };
}

function facts(mode: 'active' | 'observe' | 'paused' = 'active') {
  const entry = view.get('Tier', 'standard');
  if (entry === undefined) throw new Error('no tier');
  const input = rolloutInput({ view, clock, mode, isCertain: true }, entry);
  return new Map(input?.tenants.map((each) => [each.name, each]));
}

const newImage = (more: object = {}): PlainRecord =>
  tier('standard', { service: { ...(first.spec.service as object), image: 'registry.example.com/server:2', ...more } });

beforeEach(async () => {
  view = new FleetView();
  await accept(first, one, two, group('g1', one), group('g2', two));
});

describe('what a rollout knows of a tenant', () => {
  it('is nothing while it never served, and nothing once it is deleted', async () => {
    await accept(tenant('newborn', 'standard'), tenant('gone', 'standard', { state: 'deleted' }));
    serves('gone', ['g1']);
    expect(facts().size).toBe(0);
    serves('newborn', [], { observedGeneration: 0 });
    expect(facts().size).toBe(0);
    serves('newborn', ['g1'], { observedGeneration: 0 });
    expect(facts().size).toBe(1);
  });

  it('is where its first placement is, and its ring', async () => {
    await accept(tenant('acme', 'standard', { ring: 4, placements: 2 }));
    serves('acme', ['g2', 'g1']);
    expect(facts().get('acme')).toMatchObject({ ring: 4, cell: 'one', group: 'g1' });
  });

  it('is what the target would change for it', async () => {
    const own = { service: { image: 'registry.example.com/server:own' } };
    await accept(
      tenant('usual', 'standard'),
      tenant('own', 'standard', own),
      tenant('asleep', 'standard', { state: 'suspended' }),
      tenant('odd', 'standard', { service: { memoryMiB: 512 } }),
    );
    for (const name of ['usual', 'own', 'asleep', 'odd']) serves(name, ['g1']);
    await accept(newImage());
    const changes = [...facts()].map(([name, { change }]) => [name, change]);
    expect(changes).toEqual([
      ['usual', 'fits'],
      ['own', 'none'],
      ['asleep', 'idle'],
      ['odd', 'fits'],
    ]);
    await accept(newImage({ cpu: 1024, memoryMiB: 2048 }));
    expect(facts().get('odd')?.change).toMatchObject({ unfit: expect.stringContaining('memoryMiB') as string });
  });

  it.each([
    ['its own mode', () => accept(tenant('acme', 'standard', { mode: 'paused' })), 'mode paused'],
    ['its cell’s mode', () => accept(cell('one', 'standard', 1, { mode: 'observe' })), 'mode observe'],
    ['its group’s mode', () => accept(group('g1', one, { mode: 'paused' })), 'mode paused'],
    ['its tier’s mode', () => accept(tier('standard', { mode: 'observe' })), 'mode observe'],
    ['a record that is refused', () => accept(tenant('acme', 'standard', { placements: 0 })), /^its record is not/],
    ['a move', () => Promise.resolve(serves('acme', ['g1'], {}, { move: { from: 'p9' } })), 'it is being moved'],
  ])('is that it is left out because of %s', async (_what, change, expected) => {
    await accept(tenant('acme', 'standard'));
    serves('acme', ['g1']);
    expect(facts().get('acme')?.aside).toBeUndefined();
    await change();
    expect(facts().get('acme')?.aside).toMatch(expected);
  });

  it('is that the whole process only looks on', async () => {
    await accept(tenant('acme', 'standard'));
    serves('acme', ['g1']);
    expect(facts('observe').get('acme')?.aside).toBe('mode observe');
  });

  it('is that its record vanished', async () => {
    await accept(tenant('acme', 'standard'));
    serves('acme', ['g1']);
    view.ensure('Tenant', 'acme').present = false;
    expect(facts().get('acme')?.aside).toBe('its record vanished');
  });

  it('is how well it is, and since when', async () => {
    await accept(tenant('acme', 'standard'));
    const since = '2026-01-01T05:00:00.000Z';
    serves('acme', ['g1'], {
      conditions: [
        condition('Ready', 'False', { lastTransitionTime: since }),
        condition('TargetsHealthy', 'False', { lastTransitionTime: since, message: '0 of 1 targets are healthy' }),
      ],
    });
    expect(facts().get('acme')?.health).toMatchObject({
      isReached: true,
      ready: 'False',
      since,
      sick: { since, why: '0 of 1 targets are healthy' },
    });
    serves('acme', ['g1'], { observedGeneration: 0 });
    expect(facts().get('acme')?.health).toMatchObject({ isReached: false, since: '2026-01-01T00:00:00.000Z' });
    const rolledBack = { hash: '', taskDefinitionArn: 'arn:td:2', liveTaskDefinitionArn: 'arn:td:1', at: since };
    serves('acme', ['g1'], {}, { rolledBack });
    expect(facts().get('acme')?.health.rolledBack).toEqual({ at: since, why: 'ECS rolled arn:td:2 back' });
  });

  it('is how long it may take: its own start and health checks, the drain of the old, ten minutes', async () => {
    await accept(tenant('acme', 'standard', { service: { startupSeconds: 90 } }));
    const effective = view.get('Tenant', 'acme')?.accepted?.effective;
    if (effective === undefined) throw new Error('not accepted');
    // 90 s to start, 5 checks of 5 s and 2 s for the last, 5 s to drain.
    expect(deadlineSeconds(effective)).toBe(90 + 27 + 5 + 600);
  });
});
