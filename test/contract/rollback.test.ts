import { describe, expect, it } from 'vitest';
import { liveState } from './live.ts';
import { settledWorld } from './rules/worlds.ts';
import { chainOf } from './subject.ts';

const broken = { service: { image: 'registry.example.test/app:fails-to-start' } };
const good = { service: { image: 'registry.example.test/app:2' } };

describe('a definition that ECS rolled back', () => {
  it('is held, not fought: the service heals on what it went back to, until the record asks for something else', async () => {
    const { ground, controller } = await settledWorld(Object.assign([], { kind: 'service' as const }), {
      latencyFactor: 1,
    });
    const before = chainOf(ground, controller).arn('task_definition');
    const running = async () => {
      const { arn, hands } = chainOf(ground, controller);
      const { services = [] } = await hands.ecs.describeServices({
        cluster: arn('cluster'),
        services: [arn('service')],
      });
      return services[0];
    };
    const passes = async (count: number): Promise<void> => {
      for (let pass = 0; pass < count; pass++) {
        await controller.pass(broken);
        await ground.clock.advance(5_000);
      }
    };
    for (let wait = 0; wait < 200 && controller.ledger.placement.rolledBack === undefined; wait++) await passes(1);
    expect(controller.ledger.placement.rolledBack).toMatchObject({ liveTaskDefinitionArn: before });

    const since = ground.aws.log.last;
    await passes(10);
    expect(ground.writes(since)).toEqual([]);
    expect(await running()).toMatchObject({ taskDefinition: before, runningCount: 2 });
    const last = await controller.pass(broken);
    expect(last.conditions.find(({ type }) => type === 'ServiceStable')).toMatchObject({ reason: 'RolledBack' });

    // What the service runs is superseded in the inventory, and must not go all the same.
    await expect(controller.settle(broken)).rejects.toThrow('not settled');
    const { arn, hands } = chainOf(ground, controller);
    await hands.ecs.updateService({
      cluster: arn('cluster'),
      service: arn('service'),
      enableExecuteCommand: true,
      desiredCount: 1,
    });
    await passes(10);
    expect(await running()).toMatchObject({ taskDefinition: before, runningCount: 2, enableExecuteCommand: false });

    await controller.settle(good);
    expect((await running())?.taskDefinition).toBe(chainOf(ground, controller).arn('task_definition'));
    const { definitions } = (await liveState(hands)) as { definitions: unknown[] };
    expect(definitions).toHaveLength(1);
  });
});
