import { beforeEach, describe, expect, it } from 'vitest';
import { readForeignFargate } from '../../src/aws/foreign-tasks.ts';
import type { Reading } from '../../src/aws/readings.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { account, region, type Simulated, simulated } from './simulated.ts';

let sim: Simulated;
beforeEach(async () => {
  sim = await simulated();
  sim.world.quotas.set({ account, region }, 'fargateVcpu', 100);
});

const isOurs = (name: string): boolean => name.startsWith('inst1--');
const read = (): Promise<Reading> => sim.finish(readForeignFargate(sim.cell, isOurs));

/** A cluster with a service of `tasks` tasks of `cpu` units, running. */
async function running(cluster: string, cpu: string, tasks: number): Promise<void> {
  const { ecs } = sim.cell;
  await sim.finish(ecs.createCluster({ clusterName: cluster }));
  // Until reads show it everywhere.
  await sim.clock.advance(60_000);
  const { taskDefinition } = await sim.finish(
    ecs.registerTaskDefinition({
      family: `of-${cluster}`,
      cpu,
      memory: '2048',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'web', image: 'web:1' }],
    }),
  );
  await sim.finish(
    ecs.createService({
      cluster,
      serviceName: 'web',
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: tasks,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-tasks'] } },
    }),
  );
  await sim.clock.advance(300_000);
}

describe('Fargate tasks of others', () => {
  it('count in CPU units; ours do not', async () => {
    await running('theirs', '1024', 3);
    await running('more-of-theirs', '512', 1);
    await running('inst1--standard--c1--g1--acme--aaaaaaaaaaaa', '256', 2);
    expect(await read()).toEqual({ value: 3 * 1024 + 512 });
  });

  it('are nothing where there are no clusters of theirs, and cost one call', async () => {
    const since = sim.world.log.last;
    expect(await read()).toEqual({ value: 0 });
    expect(sim.calls('ecs', since)).toEqual(['ListClusters']);
  });

  it('are read again after ten minutes', async () => {
    expect(await read()).toEqual({ value: 0 });
    await running('theirs', '1024', 1);
    expect(await read()).toEqual({ value: 0 });
    await sim.clock.advance(250_000);
    expect(await read()).toEqual({ value: 1024 });
  });

  it('are unknown, not none, where we may not look', async () => {
    await running('theirs', '1024', 1);
    sim.world.faults = {
      before: (call) =>
        call.operation === 'ListTasks'
          ? { kind: 'error', error: new AwsError('AccessDeniedException', 'not authorized', { status: 400 }) }
          : undefined,
    };
    expect(await read()).toEqual({ unreadable: expect.stringContaining('listTasks') as string });
  });
});
