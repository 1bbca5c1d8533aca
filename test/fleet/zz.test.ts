import { test } from 'vitest';
import { MissingRight } from '../support/missing-right.ts';
test.each(['GetItem','GetShardIterator','UpdateItem', 'Scan', 'GetRecords'])('%s', async (a) => {
  const m = await MissingRight.begin({ role: 'controller', action: `dynamodb:${a}` });
  const { run } = m;
  run.start();
  await m.look(100);
  console.log(a, run.leader?.state, JSON.stringify([...new Set(run.told.log)].slice(0, 4)), JSON.stringify([...new Set(run.told.failures.map((f) => `${f.what}: ${f.error.message}`))].slice(0, 4)), run.describe().slice(0, 900));
  await run.stop();
});
