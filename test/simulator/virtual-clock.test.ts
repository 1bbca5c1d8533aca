import { promisify } from 'node:util';
import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import PQueue from 'p-queue';
import { describe, expect, test } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';

const realSetTimeout = setTimeout;
const RealDate = Date;

describe('the virtual clock', () => {
  test('runs timers in order of time, and everything that is ready at an instant before time moves on', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${clock.monotonic()} ${what}`);
    clock.after(20, () => note('c'));
    clock.after(10, () => {
      note('a');
      void Promise.resolve()
        .then(() => new Promise((resolve) => setImmediate(resolve)))
        .then(() => note('after a, a turn later'));
      clock.after(0, () => note('set at a'));
    });
    clock.after(10, () => note('b'));
    clock.after(15, () => note('cancelled'))();
    await clock.advance(30);
    expect(seen).toEqual(['10 a', '10 after a, a turn later', '10 b', '10 set at a', '20 c']);
    expect(clock.monotonic()).toBe(30);
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:00:00.030Z'));
  });

  test('an hour in which little happens costs next to nothing', async () => {
    const clock = new VirtualClock();
    for (let count = 0; count < 20_000; count += 1) clock.after(3_000_000 + count, () => undefined)();
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
      clock.after(60_000, tick);
    };
    clock.after(60_000, tick);
    const began = performance.now();
    await clock.advance(3_600_000);
    expect(ticks).toBe(60);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('a sleep ends in time, or by its signal', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const cut = clock.sleep(1_000, abort.signal);
    clock.after(400, () => abort.abort(new Error('enough')));
    await expect(clock.drive(cut)).rejects.toThrow('enough');
    expect(clock.monotonic()).toBe(400);
    await clock.drive(clock.sleep(600));
    expect(clock.monotonic()).toBe(1_000);
  });

  test('work that nothing is left to finish is told apart from work that takes long', async () => {
    const clock = new VirtualClock();
    await expect(clock.drive(new Promise(() => undefined))).rejects.toThrow(
      'nothing is left that could finish the work',
    );
    const forever = (): void => void clock.after(60_000, forever);
    forever();
    await expect(clock.drive(new Promise(() => undefined))).rejects.toThrow('the work is not done after 3600 s');
  });
});

describe('the timers of the process on a virtual clock', () => {
  test('run in virtual time, and are the machine’s again afterwards', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    await clock.withProcessTimers(async () => {
      const note = (what: unknown): void => void seen.push(`${new Date().toISOString().slice(11, 19)} ${String(what)}`);
      const interval = setInterval(note, 60_000, 'each minute');
      const cancelled = setTimeout(note, 90_000, 'never');
      const put = setTimeout(note, 100_000, 'put off');
      setTimeout(() => {
        clearTimeout(Number(cancelled));
        put.refresh();
      }, 30_000).unref();
      await clock.drive(promisify(setTimeout)(150_000));
      clearInterval(interval);
      expect(performance.now()).toBe(150_000);
      expect(Date.now()).toBe(clock.now());
      expect(new Date(0)).toBeInstanceOf(RealDate);
      expect(Date.UTC(2026, 0)).toBe(Date.parse('2026-01-01T00:00:00Z'));
    });
    expect(seen).toEqual(['00:01:00 each minute', '00:02:00 each minute', '00:02:10 put off']);
    expect(setTimeout).toBe(realSetTimeout);
    expect(Date).toBe(RealDate);
    expect(Math.abs(Date.now() - new RealDate().getTime())).toBeLessThan(1_000);
  });

  test('belong to one clock at a time, and are given back where the work fails', async () => {
    const clock = new VirtualClock();
    const nested = clock.withProcessTimers(() => new VirtualClock().withProcessTimers(async () => undefined));
    await expect(nested).rejects.toThrow('on a virtual clock already');
    expect(setTimeout).toBe(realSetTimeout);
  });

  test("the SDK's own retries and a library's rate limit meet AWS's throttles for minutes, in no time", async () => {
    const clock = new VirtualClock();
    const aws = createSimulatedAws({ clock, seed: 7 });
    const began = performance.now();
    const families = Array.from({ length: 240 }, (_, index) => `family-${index}`);
    await clock.withProcessTimers(async () => {
      const client = new ECSClient({
        region: 'us-east-1',
        credentials: { accessKeyId: '111111111111', secretAccessKey: 'test' },
        requestHandler: createRequestHandler(aws),
        maxAttempts: 5,
        retryMode: 'standard',
      });
      // A little more than the refill of one a second, so that the bucket runs dry and retries have to help.
      const queue = new PQueue({ concurrency: 6, interval: 10_000, intervalCap: 12 });
      const containerDefinitions = [{ name: 'app', image: 'registry.example.com/app:1' }];
      // The SDK gives up after five attempts; who wants all of them registered asks again.
      const register = async (family: string): Promise<void> => {
        const command = new RegisterTaskDefinitionCommand({ family, containerDefinitions, memory: '512' });
        try {
          await queue.add(() => client.send(command));
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'ThrottlingException') throw error;
          await register(family);
        }
      };
      await clock.drive(Promise.all(families.map(register)));
      client.destroy();
    });
    const calls = aws.log.since(0, 10_000);
    expect(new Set(calls.filter(({ error }) => error === null).map(({ resources }) => resources.join())).size).toBe(
      240,
    );
    expect(calls.filter(({ error }) => error === 'ThrottlingException').length).toBeGreaterThan(0);
    expect(clock.monotonic()).toBeGreaterThan(180_000);
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});
