/**
 * Speed as work per second of this process's own processor time, collector and compiler threads included: what one core that does
 * nothing else would get done. A neighbour on the core costs waiting, which is not counted; that it also makes everything slower (caches)
 * is told by the calibration loop, which runs in turn with what is measured.
 */
import { createHash } from 'node:crypto';

/** What the calibration loop does on the quiet core that the gates were set on, in units per second. */
export const referenceCalibration = 60_000;

/** Something to measure: does some work and says how many units of it. */
export type Work = () => number | Promise<number>;

export interface Speed {
  /** Units per second of processor time in the best slice: whatever disturbs a run only ever makes it slower. */
  readonly best: number;
  /** Units per unit of the calibration loop beside it, in the middle of all slices. */
  readonly relative: number;
}

const sliceSeconds = 0.1;
const calibrationSeconds = 0.03;

/** Measures several works in turn, slice by slice, so that what disturbs the machine for a while disturbs all of them. */
export async function measure<K extends string>(
  works: ReadonlyMap<K, Work>,
  options: { readonly warmUpSeconds: number; readonly slices: number },
): Promise<ReadonlyMap<K, Speed>> {
  for (const work of works.values()) await rateOf(work, options.warmUpSeconds);
  const slices = new Map([...works.keys()].map((name) => [name, [] as { rate: number; relative: number }[]]));
  for (let i = 0; i < options.slices; i++) {
    for (const [name, work] of works) {
      const yardstick = await rateOf(calibrate, calibrationSeconds);
      const rate = await rateOf(work, sliceSeconds);
      slices.get(name)?.push({ rate, relative: rate / yardstick });
    }
  }
  const speedOf = (found: { rate: number; relative: number }[]): Speed => {
    return {
      best: Math.max(...found.map(({ rate }) => rate)),
      relative: median(found.map(({ relative }) => relative)),
    };
  };
  return new Map([...slices].map(([name, found]) => [name, speedOf(found)]));
}

/** The speed on the quiet core: as found, or as it would be there if this machine is slower at everything. */
export function onQuietCore({ best, relative }: Speed): number {
  return Math.max(best, relative * referenceCalibration);
}

/** The middle of some numbers; NaN when there are none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

/** Runs `work` for at least `seconds` of processor time; returns units per second of it. */
async function rateOf(work: Work, seconds: number): Promise<number> {
  const start = process.cpuUsage();
  let count = 0;
  // Reading the clock costs as much as a call: it is read more seldom the longer it goes well.
  for (let between = 1; ; between = Math.min(2 * between, 16)) {
    for (let i = 0; i < between; i++) count += await work();
    const used = secondsSince(start);
    if (used >= seconds) return count / used;
  }
}

/** Processor seconds of this process since `start`. */
export function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const document = {
  clusterName: 'calibration',
  tags: Array.from({ length: 20 }, (_none, i) => ({ key: `key-${i}`, value: `value number ${i}` })),
  containers: Array.from({ length: 5 }, (_none, i) => ({ name: `c${i}`, ports: [i, i + 1], essential: i % 2 === 0 })),
};

/** A fixed piece of work of the kind that calls are made of (text, small objects, a hash): the yardstick for this machine, now. */
export function calibrate(): number {
  const units = 50;
  let length = 0;
  for (let i = 0; i < units; i++) {
    const copy = JSON.parse(JSON.stringify({ ...document, i })) as typeof document;
    const names = new Map(copy.tags.map(({ key, value }) => [key, value.toUpperCase()]));
    length += createHash('sha256')
      .update([...names.values()].join('&'))
      .digest('hex').length;
  }
  if (length !== units * 64) throw new Error('the calibration is broken');
  return units;
}
