import { expect, it } from 'vitest';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

const id = 'Z0SHARED0000000000000';
const role = (name: string): string => `arn:aws:iam::999999999999:role/cellwright/${name}`;

it('two tiers in one hosted zone have one writer, though their records name different roles', async () => {
  const records = ['one', 'two'].flatMap((name, index): PlainRecord[] => {
    const zone = { id, roleArn: role(`${name}-dns`), externalId: 'fleet-plan' };
    const place = cell(`cell-${name}`, name, index + 1);
    return [tier(name, { zone }), place, group(`group-${name}`, place), tenant(`tenant-${name}`, name)];
  });
  const run = await new Installation({ fleet: documents(records) }).init();
  run.start();
  await run.until('both tenants Ready', () => run.phases()['Ready'] === 2, 600_000);
  await run.advance(120);
  const assumed = run
    .calls(0)
    .filter(({ operation }) => operation === 'AssumeRole')
    .flatMap(({ resources }) => resources)
    .filter((arn) => arn.endsWith('-dns'));
  expect(new Set(assumed).size).toBe(1);
  await run.stop();
});
