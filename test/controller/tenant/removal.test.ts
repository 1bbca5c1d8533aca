import { describe, expect, it } from 'vitest';
import { propagationMs } from '../../../src/controller/tenant/decide.ts';
import { unknownInsyncMs } from '../../../src/controller/tenant/dns-change.ts';
import {
  dnsLingerMs,
  type RemovalStep,
  removalConditions,
  removePlacement,
} from '../../../src/controller/tenant/removal.ts';
import {
  type InventoryResource,
  type PlacementInventory,
  type ResourceKind,
  resourceKinds,
} from '../../../src/model/resources.ts';
import type { RetireStep } from '../../../src/reconcilers/contract.ts';
import { reserved } from '../../contract/facts.ts';
import { contextOf, type Variation } from '../../contract/world.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { accessWhere, toy } from './toys.ts';

/** Endpoints are an infra group's. */
const chainKinds = resourceKinds.filter((kind) => kind !== 'endpoint');

const longAgo = '2025-12-01T00:00:00Z';

function entry(kind: ResourceKind, change: Partial<InventoryResource> = {}): InventoryResource {
  return { kind, n: 1, name: `${kind}-1`, arn: `arn:${kind}`, confirmedAt: longAgo, ...change };
}

const built: PlacementInventory = {
  ...reserved,
  phase: 'leaving',
  resources: Object.fromEntries(chainKinds.map((kind) => [kind, entry(kind)])),
  dnsChange: { id: 'published', at: longAgo, insyncAt: longAgo },
  removal: { startedAt: '2026-01-01T00:00:00Z', reason: 'test' },
};

const gone: RetireStep = { step: 'gone' };

/** A removal whose reconcilers answer as told; what they were asked is taken down. */
class Scene {
  readonly clock = new VirtualClock();
  readonly asked: string[] = [];
  readonly saved: PlacementInventory[] = [];
  placement: PlacementInventory;
  charges = 0;
  refusal: { reason: string; message: string } | undefined;
  /** Answers in turn; the last one stays. */
  readonly answers: Partial<Record<ResourceKind | 'stop', RetireStep[]>> = {
    dns_record: [{ step: 'gone', change: 'withdrawn' }],
  };
  insync: (changeId: string) => boolean = () => true;
  varied: Variation = {};

  constructor(placement: PlacementInventory = built) {
    this.placement = placement;
  }

  step(goal: 'stop' | 'remove' = 'remove'): Promise<RemovalStep> {
    const answer = (what: ResourceKind | 'stop'): RetireStep => {
      const left = this.answers[what] ?? [gone];
      return (left.length > 1 ? left.shift() : left[0]) ?? gone;
    };
    const reconcilers = chainKinds.map((kind) =>
      toy(kind, {
        retire: async (_access, _context, { name }) => {
          this.asked.push(`retire ${name}`);
          return answer(kind);
        },
        ...(kind === 'service'
          ? {
              stop: async (_access, context, { name }) => {
                this.asked.push(`stop ${name} at ${context.tasks}`);
                return answer('stop');
              },
            }
          : {}),
      }),
    );
    return removePlacement(
      {
        reconcilers,
        clock: this.clock,
        save: async (placement) => {
          this.saved.push(placement);
          this.placement = placement;
        },
        charge: async () => {
          this.charges += 1;
          return this.refusal;
        },
        report: () => undefined,
      },
      accessWhere(this.insync),
      contextOf(this.placement, this.varied),
      goal,
    );
  }

  /** Steps until nothing is left, at most twenty. */
  async all(): Promise<void> {
    for (let steps = 0; steps < 20; steps++) {
      const step = await this.step();
      if (step.state === 'gone') return;
      if (step.state !== 'busy') throw new Error(`the removal is ${step.state}`);
      await this.clock.advance(step.checkInMs);
    }
    throw new Error('not gone after 20 steps');
  }
}

describe('the removal of a placement', () => {
  it('goes in its order', async () => {
    const scene = new Scene();
    await scene.all();
    expect(scene.asked).toEqual([
      'retire dns_record-1',
      'retire scaling-1',
      'stop service-1 at 0',
      'retire service-1',
      'retire listener_rule-1',
      'retire target_group-1',
      'retire cluster-1',
      'retire task_definition-1',
    ]);
    expect(scene.placement).toMatchObject({ resources: {}, retired: [] });
  });

  it('is charged durably before its first call, once', async () => {
    const scene = new Scene();
    scene.refusal = { reason: 'removal_budget', message: 'none left' };
    expect(await scene.step()).toMatchObject({ state: 'held', refusal: { reason: 'removal_budget' } });
    expect(scene.asked).toEqual([]);
    scene.refusal = undefined;
    await scene.all();
    expect(scene.charges).toBe(2);
    const first = scene.saved[0];
    expect(first?.removal?.budgetedAt).toBeDefined();
    expect(first?.resources.dns_record).toBeDefined();
  });

  it('costs nothing where nothing ever served', async () => {
    const scene = new Scene({ ...built, phase: 'reserved' });
    await scene.all();
    expect(scene.charges).toBe(0);
  });

  it('stops tasks only when the withdrawal is INSYNC and resolvers have forgotten the name', async () => {
    const scene = new Scene();
    let insync = false;
    scene.insync = (id) => id === 'withdrawn' && insync;
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'the DNS change to be INSYNC' });
    await scene.clock.advance(300_000);
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'the DNS change to be INSYNC' });
    insync = true;
    expect(await scene.step()).toMatchObject({
      state: 'busy',
      on: 'resolvers to forget the name',
      checkInMs: dnsLingerMs,
    });
    await scene.clock.advance(dnsLingerMs - 1);
    await scene.step();
    expect(scene.asked).toEqual(['retire dns_record-1']);
    await scene.clock.advance(1);
    await scene.step();
    expect(scene.asked).toContain('stop service-1 at 0');
  });

  it('waits the longest time where nobody knows when the record went', async () => {
    const scene = new Scene();
    scene.answers.dns_record = [gone];
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'the DNS change to be INSYNC' });
    await scene.clock.advance(unknownInsyncMs);
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'resolvers to forget the name' });
    expect(scene.asked).toEqual(['retire dns_record-1']);
  });

  it('does not wait for a name that was never published', async () => {
    const { dns_record: _none, ...resources } = built.resources;
    const { dnsChange: _never, ...placement } = built;
    const scene = new Scene({ ...placement, resources });
    await scene.step();
    expect(scene.asked.slice(0, 2)).toEqual(['retire scaling-1', 'stop service-1 at 0']);
  });

  it('stops tasks at once where the name is the tier’s', async () => {
    const { dns_record: _none, ...resources } = built.resources;
    const scene = new Scene({ ...built, resources });
    scene.varied = { routing: { scope: 'tier', by: 'path', host: 'example.test', pathPrefix: '/acme' } };
    await scene.step();
    expect(scene.asked.slice(0, 2)).toEqual(['retire scaling-1', 'stop service-1 at 0']);
  });

  it('deletes nothing before all tasks are gone, also those of an earlier service', async () => {
    const earlier = entry('service', { n: 0, name: 'service-0', arn: 'arn:service-0' });
    const scene = new Scene({ ...built, retired: [earlier] });
    scene.answers.stop = [gone, { step: 'pending', found: '2 tasks to stop', checkInMs: 5_000 }, gone];
    await scene.step();
    await scene.clock.advance(dnsLingerMs);
    expect(await scene.step()).toMatchObject({ state: 'busy', on: '2 tasks to stop' });
    expect(scene.asked.slice(2)).toEqual(['stop service-0 at 0', 'stop service-1 at 0']);
    await scene.all();
    expect(scene.asked.filter((asked) => asked.startsWith('retire service'))).toEqual([
      'retire service-0',
      'retire service-1',
    ]);
  });

  it('stops there while the placement is retained', async () => {
    const scene = new Scene();
    await scene.step('stop');
    await scene.clock.advance(dnsLingerMs);
    expect(await scene.step('stop')).toMatchObject({ state: 'stopped' });
    expect(scene.asked).toEqual(['retire dns_record-1', 'retire scaling-1', 'stop service-1 at 0']);
    expect(Object.keys(scene.placement.resources)).toContain('service');
  });

  it('takes rule and target group while a deleted service drains, and the cluster after', async () => {
    const scene = new Scene();
    const draining: RetireStep = { step: 'pending', found: 'the service to drain', checkInMs: 10_000, deleted: true };
    scene.answers.service = [draining, draining, gone];
    await scene.step();
    await scene.clock.advance(dnsLingerMs);
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'the service to drain' });
    expect(scene.asked.slice(3)).toEqual(['retire service-1', 'retire listener_rule-1', 'retire target_group-1']);
    expect(scene.placement.removal?.serviceDeletedAt).toBeDefined();
    await scene.all();
    expect(scene.asked.at(-1)).toBe('retire task_definition-1');
  });

  it('leaves rule and target group to a service that is not deleted yet', async () => {
    const scene = new Scene();
    scene.answers.service = [{ step: 'pending', found: 'tasks to stop', checkInMs: 5_000 }, gone];
    await scene.step();
    await scene.clock.advance(dnsLingerMs);
    expect(await scene.step()).toMatchObject({ state: 'busy', on: 'tasks to stop' });
    expect(scene.asked.at(-1)).toBe('retire service-1');
  });

  it.each(['service', 'listener_rule', 'target_group', 'cluster'] as const)(
    'is held at a %s without our mark, and touches nothing that comes after',
    async (kind) => {
      const scene = new Scene();
      scene.answers[kind] = [{ step: 'unmarked', found: 'lacks the tag' }];
      await scene.step();
      await scene.clock.advance(dnsLingerMs);
      expect(await scene.step()).toMatchObject({ state: 'held', refusal: { reason: 'ownership' } });
      expect(scene.asked.at(-1)).toBe(`retire ${kind}-1`);
      expect(scene.placement.resources[kind]).toBeDefined();
    },
  );

  it('is held by a service without our mark before its tasks are taken for gone', async () => {
    const scene = new Scene();
    scene.answers.stop = [{ step: 'unmarked', found: 'lacks the tag' }];
    await scene.step('stop');
    await scene.clock.advance(dnsLingerMs);
    expect(await scene.step('stop')).toMatchObject({ state: 'held', refusal: { reason: 'ownership' } });
    expect(scene.placement.removal?.tasksGoneAt).toBeUndefined();
  });

  it('takes no read for a proof while what was just made may not show yet', async () => {
    const { dns_record: _none, ...resources } = built.resources;
    const { dnsChange: _never, ...placement } = built;
    const at = new Date(new VirtualClock().now()).toISOString();
    const { arn: _unknown, confirmedAt: _not, ...sent } = entry('service', { intent: { token: 'token', at } });
    const scene = new Scene({ ...placement, resources: { ...resources, service: sent } });
    expect(await scene.step()).toMatchObject({ state: 'busy', checkInMs: propagationMs });
    expect(scene.placement.removal?.tasksGoneAt).toBeUndefined();
    expect(scene.placement.resources.service).toEqual(sent);
    await scene.clock.advance(propagationMs);
    expect(await scene.step()).toMatchObject({ state: 'gone' });
  });

  it('goes on where it was, after a stop of the controller at any save', async () => {
    const whole = new Scene();
    await whole.all();
    for (const durable of whole.saved) {
      const scene = new Scene(durable);
      await scene.all();
      expect(scene.placement.resources).toEqual({});
      const order = ['dns_record', 'scaling', 'service', 'listener_rule', 'target_group', 'cluster', 'task_definition'];
      const retired = scene.asked.filter((asked) => asked.startsWith('retire')).map((asked) => asked.slice(7, -2));
      expect(retired).toEqual(order.filter((kind) => retired.includes(kind)));
    }
  });

  it('says what it waits for', async () => {
    const scene = new Scene();
    scene.insync = () => false;
    const [condition] = removalConditions(await scene.step());
    expect(condition).toMatchObject({
      type: 'Synced',
      status: 'False',
      reason: 'Removing',
      message: 'waiting for the DNS change to be INSYNC',
    });
  });
});
