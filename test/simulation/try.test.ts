import { it } from 'vitest';
import { runSeed } from './seed.ts';
it('tries', async () => {
  const from = Number(process.env.FROM ?? 1), to = Number(process.env.TO ?? 5);
  let ok = 0;
  const ms: number[] = [], cs: number[] = [];
  for (let seed = from; seed <= to; seed += 1) {
    const t = performance.now();
    try {
      const result = await runSeed(seed);
      if (process.env.V) console.log(seed, JSON.stringify(result), Math.round(performance.now() - t));
      ok += 1; ms.push(performance.now() - t); cs.push(result.calls);
    } catch (e) {
      const text = (e as Error).name === 'SeedFailure' ? (e as Error).message : (e as Error).stack ?? '';
      console.log('FAILED', seed, Math.round(performance.now() - t), process.env.V ? text : text.split('\n').slice(0, 4).join('\n').slice(0, 900));
    }
  }
  console.log('ok', ok, 'of', to - from + 1, 'mean ms', ms.reduce((a, b) => a + b, 0) / ms.length, 'mean calls', cs.reduce((a, b) => a + b, 0) / cs.length);
}, 600_000);
