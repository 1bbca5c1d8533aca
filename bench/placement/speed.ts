/** How many decisions a second, in a fleet that is full and stays so. */
import { measure, type Speed } from '../support/cpu.ts';
import { ours } from './baselines.ts';
import type { Instance } from './instances.ts';
import { Stream } from './stream.ts';

export interface Decisions {
  readonly balanced: Speed;
  readonly cells: Speed;
  /** Milliseconds of one decision in a hundred, the longest left out. */
  readonly p99: number;
}

export async function measureDecisions(balanced: Instance, cells: Instance): Promise<Decisions> {
  const streams = { balanced: full(balanced), cells: full(cells) };
  const work = (stream: Stream) => (): number => {
    stream.churn(100);
    return 100;
  };
  const speeds = await measure(
    new Map([
      ['balanced', work(streams.balanced)],
      ['cells', work(streams.cells)],
    ] as const),
    { warmUpSeconds: 1, slices: 30 },
  );
  const nothing: Speed = { best: Number.NaN, relative: Number.NaN };
  return {
    balanced: speeds.get('balanced') ?? nothing,
    cells: speeds.get('cells') ?? nothing,
    p99: percentile99(streams.balanced),
  };
}

function full(instance: Instance): Stream {
  const stream = new Stream(instance, ours);
  stream.come(instance.tenants);
  return stream;
}

function percentile99(stream: Stream): number {
  const times = Array.from({ length: 5_000 }, () => {
    const start = performance.now();
    stream.churn(1);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}
