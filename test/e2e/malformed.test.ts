import { afterEach, describe, expect, it } from 'vitest';
import { keyText } from '../../src/controller/keys.ts';
import { isKind } from '../../src/model/records/kinds.ts';
import { isRecordName } from '../../src/model/records/parse.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { cell, documents, group, type PlainRecord, sharedTier, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';
import { randomFrom } from '../support/virtual-clock.ts';
import { type BadItem, badItem, badUpdate, goodItem, type RawItem } from './malformed-items.ts';

const fleet: PlainRecord = { kind: 'Fleet', name: 'default', spec: { mode: 'active' } };
const one = cell('one', 'standard', 1);
const two = cell('two', 'shared', 2);
const frame = [fleet, tier('standard'), sharedTier('shared'), one, two, group('g1', one), group('h1', two)];
const healthy = ['acme', 'bolt', 'echo', 'fern'];
const tenants = healthy.map((name, index) => tenant(name, index < 2 ? 'standard' : 'shared'));
// Of these kinds new records are ruined; their good parts are nobody else's.
const templates = [
  tier('spare'),
  cell('spare', 'standard', 5),
  group('spare', cell('spare', 'standard', 5)),
  tenant('spare', 'standard'),
  fleet,
];
const seed = Number(process.env.MALFORMED_SEED ?? 20_260_512);
let run: Installation;

afterEach(() => run.stop());

const asUser = { accessKeyId: '000000000000', region: 'us-east-1', service: 'dynamodb' } as const;

function putRaw(item: RawItem): void {
  run.aws.call({ ...asUser, operation: 'PutItem', input: { TableName: 'desired', Item: item } });
}

/** Writes until `count` items were taken by DynamoDB, which refuses some itself. */
function writeBad(count: number, next: (n: number) => BadItem): BadItem[] {
  const written: BadItem[] = [];
  for (let n = 0; written.length < count; n += 1) {
    const bad = next(n);
    try {
      putRaw(bad.item);
      written.push(bad);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    }
  }
  return written;
}

/** Why an item is not explained; undefined: it is, by a condition of its own or among the refused. */
function unexplained({ kind, name, what }: BadItem): string | undefined {
  const view = run.leader?.term?.view;
  const label = `${JSON.stringify(kind)}/${JSON.stringify(name.slice(0, 60))} (${what})`;
  if (!isKind(kind) || !isRecordName(name)) {
    const problems = view?.refused.get(keyText(kind, name)) ?? [];
    return problems.length > 0 ? undefined : `${label} is not among the refused`;
  }
  const accepted = view?.get(kind, name)?.status?.value.conditions.find(({ type }) => type === 'Accepted');
  if (accepted === undefined) return `${label} has no status`;
  if (accepted.status !== 'False') return `${label} is ${accepted.status}: ${accepted.reason}`;
  return accepted.message.length > 20 && accepted.message.length < 5_000 ? undefined : `${label}: ${accepted.message}`;
}

function served(name: string): boolean {
  const ownName = name === 'acme' || name === 'bolt';
  const { answers } = ownName ? run.route(`${name}.standard.example.com`) : run.route('shared.example.com', `/${name}`);
  return answers.length > 0 && answers.every((answer) => answer.tenant === name && answer.status === 200);
}

describe('1,000 malformed items', () => {
  it(`are explained one by one, and touch nobody (seed ${seed}; MALFORMED_SEED replays)`, async () => {
    const random = randomFrom(seed);
    const draw = (below: number): number => Math.floor(random() * below);
    const records = [...frame, ...tenants];
    run = await new Installation({
      fleet: documents(records),
      throttle: false,
      latencyFactor: 0,
      config: { concurrency: 20 },
    }).init();
    run.start();
    await run.until('four Ready', () => run.phases().Ready === 4);
    const before = run.aws.log.last;

    const written = writeBad(940, (n) => badItem(draw, n, templates));
    const explained = (items: readonly BadItem[]) => items.flatMap((item) => unexplained(item) ?? []);
    await run.until('an explanation for each', () => explained(written).length === 0, 300_000).catch(() => undefined);
    expect(explained(written)).toEqual([]);

    // The records that everything stands on, and the tenants' own, are ruined one after the other: the last good ones stay in force.
    const updates: BadItem[] = [];
    for (let round = 0; updates.length < 60; round += 1) {
      const record = records[round % records.length];
      if (record === undefined) continue;
      const [update] = writeBad(1, () => badUpdate(draw, record));
      if (update !== undefined) updates.push(update);
      await run.until(
        `an explanation of ${record.name}`,
        () => update !== undefined && unexplained(update) === undefined,
        60_000,
      );
    }
    await run.advance(70);
    expect(run.mutations(before)).toEqual([]);
    expect(healthy.filter((name) => !served(name))).toEqual([]);
    expect(run.told.failures).toEqual([]);

    // A new controller meets all of it at once.
    await run.stop();
    run.start();
    await run.until(
      'an explanation for each again',
      () => explained([...written, ...updates.slice(-11)]).length === 0,
      300_000,
    );
    await run.advance(70);
    expect(run.mutations(before)).toEqual([]);
    expect(healthy.filter((name) => !served(name))).toEqual([]);
    expect(run.told.failures).toEqual([]);
    const { refused } = run.leader?.term?.view ?? { refused: new Map<string, never[]>() };
    expect(JSON.stringify([...refused.values()]).length / refused.size).toBeLessThan(8_000);

    // Put right, all is accepted, and there was nothing to do.
    for (const record of records) putRaw(goodItem(record));
    await run.until('all accepted and Ready', () => {
      const accepted = records.every(
        ({ kind, name }) => isKind(kind) && run.leader?.term?.view.get(kind, name)?.isAccepted === true,
      );
      return accepted && run.phases().Ready === 4;
    });
    // Taken away, nothing is left of the others.
    for (const { kind, name } of written) {
      const Key = { kind: { S: kind }, name: { S: name } };
      run.aws.call({ ...asUser, operation: 'DeleteItem', input: { TableName: 'desired', Key } });
    }
    const left = () => {
      const { view } = run.leader?.term ?? {};
      return (
        (view?.refused.size ?? 1) + written.filter(({ kind, name }) => isKind(kind) && view?.get(kind, name)).length
      );
    };
    await run.until('nothing left of the bad ones', () => left() === 0, 200_000);
    expect(run.mutations(before)).toEqual([]);
  });
});
