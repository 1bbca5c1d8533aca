import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { listen, type SocketMount } from '../../src/simulator/mounts/socket.ts';
import { elbBehaviours } from './elbv2-behaviours.ts';
import { Bench, type ElbImplementation, implementationAt } from './elbv2-target.ts';
import { elbDifferences } from './moto-elbv2-differences.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { describeBy, motoServer } from './tools.ts';

// The same questions to the simulated ELBv2 and to that of moto. Where they differ, a document says who is right.

describe('the list of differences in ELBv2', () => {
  test('names behaviours of the table only, and what each answers', () => {
    const names = elbBehaviours.map(({ name }) => name);
    expect(Object.keys(elbDifferences).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describeBy(motoServer, 'the errors of the simulated ELBv2')('the simulated ELBv2 and moto', () => {
  let moto: MotoServer;
  let simulator: SocketMount;
  let ours: ElbImplementation;
  let theirs: ElbImplementation;

  beforeAll(async () => {
    const world = createSimulatedAws({ clock: createClock({ scale: 200, unref: true }), throttle: false });
    simulator = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    moto = await startMoto();
    ours = await implementationAt(simulator.url);
    theirs = await implementationAt(moto.url);
  }, 90_000);
  afterAll(async () => {
    ours?.elb.destroy();
    theirs?.elb.destroy();
    await simulator?.close();
    await moto?.stop();
  });

  it.each(elbBehaviours.map((behaviour, index) => ({ ...behaviour, prefix: `b${index}` })))(
    '$name',
    async ({ name, prefix, run }) => {
      const ask = async (implementation: ElbImplementation): Promise<unknown> => {
        const bench = new Bench(implementation, prefix);
        try {
          return await run(bench);
        } finally {
          await bench.end();
        }
      };
      const own = await ask(ours);
      const other = await ask(theirs);
      const difference = elbDifferences[name];
      if (difference === undefined) {
        expect(own).toEqual(other);
        return;
      }
      expect(own, `${difference.source}: ${difference.right} is right`).toEqual(difference.simulator);
      expect(other, 'moto answers otherwise than the list of differences says').toEqual(difference.moto);
      expect(own, 'the difference is gone: take it off the list').not.toEqual(other);
    },
    60_000,
  );
});
