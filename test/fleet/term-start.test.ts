import { type AttributeValue, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { Standby } from '../../src/controller/standby/views.ts';
import { itemBytes } from '../../src/store/size.ts';
import { cell, documents, group, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

/** Another size: `CELLWRIGHT_TENANTS=10000 npx vitest run --config vitest.fleet.config.ts test/fleet/term-start.test.ts`. */
const tenants = Number(process.env.CELLWRIGHT_TENANTS ?? 2_000);
/** So many are really onboarded; of the others the tables hold what they hold of one of these, under other names. */
const live = 60;
const perGroup = 80;
const perCell = 480;

function fleet(): string {
  const cells = Array.from({ length: Math.ceil(tenants / perCell) }, (_, index) => {
    const accountId = String(100_000_000_000 + index);
    const role = (name: string): string => `arn:aws:iam::${accountId}:role/cellwright/${name}`;
    const roles = { observe: role('observe'), apply: role('apply'), reap: role('reap') };
    return cell(`cell-${index}`, 'standard', 1, { accountId, roles, quotas: { fargateVcpu: 4_000 } });
  });
  const groups = Array.from({ length: Math.ceil(tenants / perGroup) }, (_, index) => {
    const of = cells[Math.floor((index * perGroup) / perCell)];
    if (of === undefined) throw new Error(`no cell for group ${index}`);
    return group(`g${String(index).padStart(3, '0')}`, of);
  });
  return documents([tier('standard', { placement: { strategy: 'spread' } }), ...cells, ...groups]);
}

const nameOf = (index: number): string => `t${String(index).padStart(5, '0')}`;

/** Puts into both tables what they hold of the first tenant, under the names of those that are not onboarded. */
async function copyTenants(run: Installation): Promise<void> {
  const { sdk } = run.dynamo;
  const first = nameOf(0);
  const query = new QueryCommand({
    TableName: 'state',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `Tenant/${first}` } },
  });
  const { Items: items = [] } = await run.clock.drive(sdk.send(query));
  const placement = Object.keys((await run.stored('Tenant', first)).inventory?.value.placements ?? {})[0] ?? '';
  expect(placement).not.toBe('');
  for (let from = live; from < tenants; from += 250) {
    const puts = Array.from({ length: Math.min(250, tenants - from) }, (_, offset) => {
      const name = nameOf(from + offset);
      const id = `${'a'.repeat(placement.length)}${from + offset}`
        .slice(-placement.length)
        .replaceAll(/[^a-z2-7]/g, 'z');
      const copies = items.map((item) => {
        const text = JSON.stringify(item).replaceAll(first, name).replaceAll(placement, id);
        const Item = JSON.parse(text) as Record<string, AttributeValue>;
        return sdk.send(new PutItemCommand({ TableName: 'state', Item }));
      });
      return [run.desired.put({ kind: 'Tenant', name, spec: { tier: 'standard' } }), ...copies];
    });
    await run.clock.drive(Promise.all(puts.flat()));
  }
}

it(`a term begins with ${tenants} tenants`, async () => {
  const run = await new Installation({ fleet: fleet(), throttle: false, config: calm }).init();
  for (let index = 0; index < live; index += 1) await run.put('Tenant', nameOf(index), { tier: 'standard' });
  run.start();
  await run.until('onboarded', () => run.phases().Ready === live, 3_600_000);
  await run.stop();
  await copyTenants(run);

  run.start();
  const { leader } = run;
  const since = run.aws.log.last;
  const began = { clock: run.clock.monotonic(), cpu: process.cpuUsage() };
  while (leader?.term?.working !== true) await run.clock.advance(50);
  const start = { clock: (run.clock.monotonic() - began.clock) / 1_000, cpu: seconds(process.cpuUsage(began.cpu)) };
  expect(run.leader?.term?.view.count('Tenant')).toBe(tenants);
  const pages = run.calls(since).filter(({ operation }) => operation === 'Scan').length;
  await run.stop();

  const cpu = process.cpuUsage();
  const standby = new Standby({
    clock: run.clock,
    reader: run.state,
    desired: run.desired,
    mode: 'active',
    isNeeded: () => true,
    failed: (error) => {
      throw error;
    },
  });
  void standby.run();
  while (standby.current === undefined) await run.clock.advance(10);
  standby.stop();
  expect(standby.current.view.count('Tenant')).toBe(tenants);
  const read = seconds(process.cpuUsage(cpu));
  const bytes = await sizes(run);
  console.info(
    JSON.stringify(
      {
        tenants,
        'a term begins: seconds that budgets and latencies take': start.clock,
        'a term begins: processor time in seconds, simulator included': start.cpu,
        'pages of both tables': pages,
        "a standby's reading: processor time in seconds, simulator included": read,
        'state table in MB': bytes.state / 1e6,
        'desired table in MB': bytes.desired / 1e6,
        'read units of a reading: one for 8 KB': Math.ceil((bytes.state + bytes.desired) / 8_192),
      },
      undefined,
      2,
    ),
  );
  expect(start.clock).toBeLessThanOrEqual(3);
});

const calm = { resyncMs: 3_600_000, detailMs: 36_000_000, concurrency: 40 };

/** What the tables hold, in bytes as DynamoDB counts them. */
async function sizes(run: Installation): Promise<{ state: number; desired: number }> {
  const found = { state: 0, desired: 0 };
  for (const table of ['state', 'desired'] as const) {
    let from: Record<string, AttributeValue> | undefined;
    do {
      const input = { TableName: table, ...(from === undefined ? {} : { ExclusiveStartKey: from }) };
      const page = await run.clock.drive(run.dynamo.sdk.send(new ScanCommand(input)));
      for (const item of page.Items ?? []) found[table] += itemBytes(item);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }
  return found;
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
