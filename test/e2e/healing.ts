/** One thing is broken from outside, and what follows is looked at: the shape that all tests of healing share. */
import { expect } from 'vitest';
import type { Change, ResourceKind } from '../../src/model/resources.ts';
import type { Installation } from '../support/installation.ts';
import { type Chain, chainOf, condition, controllerWrites, placementsOf, type Watch } from './outside.ts';

export interface Damage {
  readonly what: string;
  readonly tenant: string;
  readonly kind: ResourceKind;
  /** Fields under which it must be told, each just once. */
  readonly fields: readonly string[];
  /** Breaks it, by calls of another hand. */
  readonly hurt: (chain: Chain, run: Installation) => Promise<unknown>;
  /** Reads the live value again, by the chain as it is now; throws as long as it is not right. */
  readonly right: (chain: Chain, before: Chain, run: Installation) => Promise<void>;
  /** Whether requests have a way to the tenant all the time. */
  readonly whole: boolean;
}

/** How the fleets of these tests sweep, in seconds. */
const sweeping = { resync: 60, detail: 40 };
export const sweepConfig = { resyncMs: sweeping.resync * 1_000, detailMs: sweeping.detail * 1_000 };

/** AWS's own latencies until a healed tenant is Ready again: a draining service, tasks that start, targets that turn healthy, DNS that spreads. */
const readyWithinSeconds = 600;

/** Breaks one thing and sees it healed: right again in time, told once, nobody else touched, no stranger's answer. */
export async function seeHealed(run: Installation, watch: Watch, damage: Damage): Promise<void> {
  const before = chainOf(run, damage.tenant);
  const told = run.told.changes.length;
  const outcomes = run.told.outcomes.length;
  await run.clock.drive(damage.hurt(before, run));
  const since = run.aws.log.last;
  const whole = damage.whole ? undefined : othersThan(watch, damage.tenant);
  const limit = sweeping.resync + sweeping.detail + 60;
  let last: unknown = new Error('nothing was looked at');
  let seconds = 0;
  for (; last !== undefined && seconds < limit; seconds += 5) {
    await watch.advance(5, whole);
    last = await failureOf(() => run.clock.drive(damage.right(chainOf(run, damage.tenant), before, run)));
  }
  if (last !== undefined) throw new Error(`${damage.what}: not right within ${limit} s`, { cause: last });
  const ready = () =>
    condition(run, damage.tenant, 'Ready').startsWith('True') && isSettled(run, outcomes, damage.tenant);
  await watch.until(`${damage.what}: Ready again`, ready, whole, readyWithinSeconds);
  await watch.until(`${damage.what}: what was superseded is gone`, () => nothingRetires(run, damage.tenant), whole);
  await watch.until(`${damage.what}: answered again`, () => watch.isAnswered(damage.tenant), whole, 30);
  const drift = run.told.changes.slice(told).filter((one) => one.what === 'applied' && one.change.reason === 'drift');
  const fields = drift.filter((one) => one.change.kind === damage.kind).flatMap((one) => fieldsOf(one.change));
  expect(fields.sort(), `${damage.what}: fields told`).toEqual([...damage.fields].sort());
  for (const one of drift) expect(one.tenant, damage.what).toBe(damage.tenant);
  expect(strangersWrites(run, since, damage.tenant), `${damage.what}: writes elsewhere`).toEqual([]);
  expect(watch.complaints(), damage.what).toEqual([]);
}

/** Fields of a change, as they are counted. */
function fieldsOf(change: Change): string[] {
  if (change.action === 'update' || change.action === 'replace') return change.fields.map((field) => field.field);
  return [change.action === 'create' ? '_missing' : '_extra'];
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error('failed with nothing');
  }
}

function othersThan(watch: Watch, tenant: string): readonly string[] {
  return watch.tenants.filter((one) => one !== tenant);
}

/** Whether the last run of the tenant's key since found nothing left to do. */
function isSettled(run: Installation, outcomes: number, tenant: string): boolean {
  const since = run.told.outcomes.slice(outcomes).filter((one) => one.key === `Tenant/${tenant}`);
  return since.at(-1)?.outcome.kind === 'settled';
}

function nothingRetires(run: Installation, tenant: string): boolean {
  return placementsOf(run, tenant).every((placement) => placement.retired.length === 0);
}

/** Writes on what does not belong to the tenant, the fences of the zones aside. */
function strangersWrites(run: Installation, since: number, tenant: string): readonly string[] {
  const own = placementsOf(run, tenant).flatMap((placement) => [
    placement.id,
    ...Object.values(placement.resources).flatMap((resource) => [resource.name, resource.arn ?? resource.name]),
  ]);
  return controllerWrites(run, since)
    .flatMap((call) => call.resources.map((resource) => `${call.operation} ${resource}`))
    .filter((text) => !text.includes('/_cellwright-') && !own.some((mark) => text.includes(mark)));
}
