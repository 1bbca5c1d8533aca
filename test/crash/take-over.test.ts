import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import { createDynamo } from '../../src/store/client.ts';
import { createDesiredTable } from '../../src/store/desired.ts';
import { createStateReader, type StoredObject } from '../../src/store/state.ts';
import { cell, documents, group, tenant, tier } from '../support/fleet-plan.ts';
import { CallLog, callerOf, changesAws, turnsOf } from './call-log.ts';
import { expectNothingDoubled } from './doubled.ts';
import { Program, poll, realTime, stretch } from './processes.ts';

const accounts = Array.from({ length: 8 }, (_, index) => String(index + 1).repeat(12));
const tenants = 200;
/** A new tenant each so many milliseconds: onboarding outlasts all that happens to the leaders. */
const arrivalMs = 600;
const credentials = { accessKeyId: '000000000000', secretAccessKey: 'test' };
const base = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  CELLWRIGHT_HTTP: '127.0.0.1:0',
};

const started: Program[] = [];
let folder = '';

afterAll(async () => {
  for (const program of started) {
    program.child.kill('SIGCONT');
    await program.end('SIGKILL');
  }
  if (folder !== '') await rm(folder, { recursive: true });
});

/** A controller in a process of its own. */
class Controller {
  readonly name: string;
  readonly program: Program;

  constructor(name: string, endpoint: string) {
    this.name = name;
    this.program = new Program(['controller'], { ...base, AWS_ENDPOINT_URL: endpoint, CELLWRIGHT_IDENTITY: name });
    started.push(this.program);
  }

  /** Waits for a line of its log, the `count`th of its kind. */
  async says(text: string, limitMs: number, count = 1): Promise<void> {
    const deadline = Date.now() + limitMs;
    await poll(() => {
      if (Date.now() > deadline) throw new Error(`${this.name} did not say ${text} (${count}):\n${this.tail()}`);
      return this.program.output.split(text).length > count;
    });
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const url = /"http":"(http:[^"]+)"/.exec(this.program.output)?.[1] ?? '';
    const response = await fetch(`${url}${path}`);
    return { status: response.status, body: await response.text() };
  }

  async leads(): Promise<boolean> {
    return /^leader_election_master_status\{[^}]*\} 1$/m.test((await this.get('/metrics')).body);
  }

  tail(): string {
    return this.program.output.slice(-3_000);
  }
}

function fleet(): string {
  const cells = accounts.map((account, index) => cell(`cell-${index + 1}`, 'standard', Number(account[0])));
  const groups = cells.map((of, index) => group(`group-${index + 1}`, of));
  return documents([tier('standard', { placement: { strategy: 'spread' } }), ...cells, ...groups]);
}

async function simulatedNow(endpoint: string): Promise<number> {
  const health = (await (await fetch(`${endpoint}/_sim/health`)).json()) as { readonly now: string };
  return Date.parse(health.now);
}

describe('two controllers on one fleet', () => {
  it('one is killed, one paused for a minute and woken, one told to stop: never two writers, and all 200 tenants come up', async () => {
    folder = await mkdtemp(join(tmpdir(), 'cellwright-take-over-'));
    const file = join(folder, 'fleet.yaml');
    await writeFile(file, fleet());
    const sim = new Program(['sim', '--fleet', file, '--apply', '--port', '0'], base);
    started.push(sim);
    await sim.says('listens on', 60_000);
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(sim.output)?.[0] ?? '';
    const dynamo = createDynamo(
      { region: 'us-east-1', endpoint, credentials, appId: 'operator' },
      { clock: systemClock, random: Math.random },
    );
    const state = createStateReader(dynamo, 'cellwright-state');
    const desired = createDesiredTable(dynamo, 'cellwright-desired');
    const onboarding = (async () => {
      for (let index = 1; index <= tenants; index += 1) {
        await desired.put(tenant(`tenant-${String(index).padStart(3, '0')}`, 'standard'));
        await realTime(arrivalMs);
      }
    })();
    const log = new CallLog(endpoint);
    const changes = async (by: Controller, since = 0): Promise<readonly CallRecord[]> =>
      (await log.read()).filter((call) => call.n > since && callerOf(call) === by.name && changesAws(call));
    /** Waits until `by` has changed AWS `count` times since call `since`; returns the first of them. */
    const works = async (by: Controller, since = 0, count = 20): Promise<CallRecord> => {
      const deadline = Date.now() + 60_000;
      let found: readonly CallRecord[] = [];
      await poll(async () => {
        found = await changes(by, since);
        if (Date.now() > deadline)
          throw new Error(`${by.name} made ${found.length} changes, not ${count}:\n${by.tail()}`);
        return found.length >= count;
      });
      return found[0] as CallRecord;
    };
    const lastCall = async (): Promise<number> => (await log.read()).at(-1)?.n ?? 0;
    // Setting up the fleet moved the simulator's clock on; from then on it runs as ours does.
    const aheadMs = (await simulatedNow(endpoint)) - Date.now();
    const secondsFrom = (began: number, call: CallRecord): number => (Date.parse(call.at) - aheadMs - began) / 1_000;

    /** When the lease was taken and when the work began, for a failure's message. */
    const story = async (began: number, by: Controller): Promise<string> => {
      const calls = (await log.read()).filter((call) => secondsFrom(began, call) > 0 && call.mutating);
      const lease = calls.find((call) => callerOf(call) === by.name && call.resources[0]?.includes('/Lease/'));
      const old = calls.findLast((call) => callerOf(call) !== by.name && callerOf(call) !== 'operator');
      const at = (call: CallRecord | undefined): string =>
        call === undefined ? 'never' : `${secondsFrom(began, call).toFixed(2)} s`;
      return `last write of the one before ${at(old)}, lease taken ${at(lease)}`;
    };

    /** The bound on a quiet machine, and what a busy one adds to the work that it bounds. Both in seconds. */
    const within = (bound: number, work: number): number => bound + (stretch() - 1) * work;

    const alpha = new Controller('alpha', endpoint);
    await alpha.says('"msg":"leading"', 60_000);
    const beta = new Controller('beta', endpoint);
    await beta.says('"msg":"the controller runs"', 60_000);
    await works(alpha);
    expect([await alpha.leads(), await beta.leads()]).toEqual([true, false]);

    // Killed.
    let since = await lastCall();
    let began = Date.now();
    await alpha.program.end('SIGKILL');
    const afterKill = secondsFrom(began, await works(beta, since));
    expect(afterKill, await story(began, beta)).toBeLessThanOrEqual(within(15, 1.5));

    // Paused for a minute, and woken.
    const gamma = new Controller('gamma', endpoint);
    await gamma.says('"msg":"the controller runs"', 60_000);
    since = await lastCall();
    began = Date.now();
    beta.program.child.kill('SIGSTOP');
    const afterPause = secondsFrom(began, await works(gamma, since));
    expect(afterPause, await story(began, gamma)).toBeLessThanOrEqual(within(15, 1.5));
    await realTime(Math.max(0, 60_000 - (Date.now() - began)));
    since = await lastCall();
    beta.program.child.kill('SIGCONT');
    await beta.says('"msg":"the lease is lost"', 10_000);
    await works(gamma, since);
    expect([await beta.leads(), await gamma.leads()]).toEqual([false, true]);
    expect(await changes(beta, since)).toEqual([]);

    // Told to stop, while calls of one that vanished may still land.
    since = await lastCall();
    began = Date.now();
    const stopped = gamma.program.end('SIGTERM');
    await beta.says('"msg":"leading"', 15_000, 2);
    const handedOver = (await log.read()).find(
      (call) =>
        call.n > since &&
        callerOf(call) === beta.name &&
        call.error === null &&
        call.operation === 'PutItem' &&
        call.resources.some((name) => name.includes('/Lease/')),
    ) as CallRecord;
    const afterStop = secondsFrom(began, handedOver);
    expect(afterStop, await story(began, beta)).toBeLessThanOrEqual(within(2, 0.5));
    await works(beta, since);
    await stopped;
    expect(gamma.program.child.exitCode).toBe(0);
    const delta = new Controller('delta', endpoint);
    await delta.says('"msg":"the controller runs"', 60_000);

    await onboarding;
    const stored = async (): Promise<StoredObject[]> =>
      [...(await state.loadAll()).values()].filter((object) => object.kind === 'Tenant');
    const deadline = Date.now() + 300_000;
    await poll(async () => {
      const phases = (await stored()).map((object) => object.status?.value.phase);
      if (Date.now() > deadline) throw new Error(`not all Ready: ${JSON.stringify(phases)}\n${beta.tail()}`);
      await realTime(1_000);
      return phases.length === tenants && phases.every((phase) => phase === 'Ready');
    });
    expect([await beta.leads(), await delta.leads()]).toEqual([true, false]);
    expect(JSON.parse((await beta.get('/api/plan')).body)).toMatchObject({ tenants: [] });
    await expectNothingDoubled(await stored(), endpoint, accounts);

    const names = [alpha, beta, gamma, delta].map(({ name }) => name);
    const turns = turnsOf(await log.read(), new Set(names));
    expect(turns.outOfTurn).toEqual([]);
    expect(turns.interleaved).toEqual([]);
    expect(turns.holders.map(({ holder }) => holder)).toEqual(['alpha', 'beta', 'gamma', 'beta']);
    console.info(
      `went on after SIGKILL in ${afterKill.toFixed(1)} s, after SIGSTOP in ${afterPause.toFixed(1)} s; handed over on SIGTERM in ${afterStop.toFixed(1)} s`,
    );
    await delta.program.end('SIGTERM');
    await beta.program.end('SIGTERM');
  }, 900_000);
});
