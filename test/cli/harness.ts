// Commands load themselves when they are asked for, in real time; loaded before, they cost no virtual time.
import '../../src/cli/commands/adopt.ts';
import '../../src/cli/commands/apply.ts';
import '../../src/cli/commands/capacity.ts';
import '../../src/cli/commands/change.ts';
import '../../src/cli/commands/check.ts';
import '../../src/cli/commands/describe.ts';
import '../../src/cli/commands/drain.ts';
import '../../src/cli/commands/events.ts';
import '../../src/cli/commands/explain.ts';
import '../../src/cli/commands/get.ts';
import '../../src/cli/commands/init.ts';
import '../../src/cli/commands/pin.ts';
import '../../src/cli/commands/place-state.ts';
import '../../src/cli/commands/plan.ts';
import '../../src/cli/commands/rebalance.ts';
import '../../src/cli/commands/rebuild.ts';
import '../../src/cli/commands/run.ts';
import '../../src/cli/commands/wait.ts';
import { type CliHost, Interrupted } from '../../src/cli/host.ts';
import { runCli } from '../../src/cli/index.ts';
import type { ControllerConfig, PlanReport, Programs, SimOptions, StartOptions } from '../../src/cli/programs.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { Condition } from '../../src/model/conditions.ts';
import { canonicalHash } from '../../src/model/records/canonical.ts';
import { effectiveHash, effectiveTenant } from '../../src/model/records/effective.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import type { AcceptedSpec, ObjectStatus } from '../../src/model/state.ts';
import type { AwsAccess } from '../../src/store/client.ts';
import { createDesiredTable, type DesiredTable } from '../../src/store/desired.ts';
import { createStateWriter, type StateWriter } from '../../src/store/state-writer.ts';
import {
  createInitialisedWorld,
  createStoreWorld,
  desiredTable,
  heldFence,
  type StoreWorld,
  stateTable,
} from '../store/world.ts';

/** What one run of the command line did. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Whether standard input and both outputs are a terminal. */
  readonly terminal?: boolean;
  readonly programs?: Partial<Programs>;
  /** True: no way to DynamoDB is injected, so the environment's is taken. */
  readonly ownAccess?: boolean;
  /** In place of the world's own way to AWS. */
  readonly access?: AwsAccess;
  /** True: real time, for commands that use sockets. Await such a run itself and do not drive it. */
  readonly realTime?: boolean;
}

/** A run that is still going on. */
export interface LiveRun {
  readonly out: () => string;
  readonly err: () => string;
  interrupt(): void;
  readonly done: Promise<Run>;
}

/** The command line on a simulated AWS under a virtual clock. */
export interface Desk {
  readonly world: StoreWorld;
  readonly desired: DesiredTable;
  readonly writer: StateWriter;
  /** What the programs were started with. */
  readonly started: { sim: SimOptions[]; start: StartOptions[]; controller: ControllerConfig[]; planned: unknown[] };
  /** Runs a command to its end. */
  cli(line: string | readonly string[], options?: RunOptions): Promise<Run>;
  /** Starts a command that goes on. */
  begin(line: string | readonly string[], options?: RunOptions): LiveRun;
  /** Lets time pass while `work` goes on. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until something is so; throws after ten virtual minutes. */
  until(isSo: () => boolean, what: string): Promise<void>;
}

const stepMs = 250;

export async function createDesk(options: { initialised?: boolean } = {}): Promise<Desk> {
  const world = options.initialised === false ? createStoreWorld() : await createInitialisedWorld();
  const started: Desk['started'] = { sim: [], start: [], controller: [], planned: [] };
  const begin = (line: string | readonly string[], run: RunOptions = {}): LiveRun => {
    const out: string[] = [];
    const err: string[] = [];
    const abort = new AbortController();
    const host = hostOf(world, run, { out, err, signal: abort.signal });
    const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
    const done = runCli(argv, { ...recordingPrograms(started), ...run.programs }, host).then((code) => ({
      code,
      out: out.join(''),
      err: err.join(''),
    }));
    return {
      out: () => out.join(''),
      err: () => err.join(''),
      interrupt: () => abort.abort(new Interrupted()),
      done,
    };
  };
  const drive = <T>(work: Promise<T>): Promise<T> => driveAll(world, work);
  return {
    world,
    started,
    begin,
    drive,
    desired: createDesiredTable(world.dynamo, desiredTable),
    writer: createStateWriter(world.dynamo, stateTable, heldFence(1)),
    cli: (line, run) => drive(begin(line, run).done),
    until: async (isSo, what) => {
      for (let step = 0; !isSo(); step += 1) {
        if (step > 2_400) throw new Error(`never happened: ${what}`);
        await turn(world);
      }
    },
  };
}

function hostOf(
  world: StoreWorld,
  run: RunOptions,
  io: { out: string[]; err: string[]; signal: AbortSignal },
): CliHost {
  const isTTY = run.terminal === true;
  const { stdin = '' } = run;
  const input = {
    isTTY,
    [Symbol.asyncIterator]: async function* () {
      yield stdin;
    },
  };
  return {
    stdout: { isTTY, write: (text) => io.out.push(text) },
    stderr: { isTTY, write: (text) => io.err.push(text) },
    stdin: input,
    env: run.env ?? {},
    clock: run.realTime === true ? systemClock : world.clock,
    random: () => 0.5,
    interrupts: () => io.signal,
    ...(run.ownAccess === true ? {} : { access: run.access ?? world.access }),
  };
}

function recordingPrograms(started: Desk['started']): Programs {
  return {
    start: async (options) => {
      started.start.push(options);
      return 0;
    },
    sim: async (options) => {
      started.sim.push(options);
      return 0;
    },
    controller: async (config) => {
      started.controller.push(config);
      return 0;
    },
    planLocal: async (request): Promise<PlanReport> => {
      started.planned.push(request);
      return { at: '2026-01-01T00:00:00.000Z', tenants: [] };
    },
    askLocal: async () => {
      throw new Error('no question was expected');
    },
    rebuildLocal: async () => {
      throw new Error('no local rebuild was expected');
    },
    adoptLocal: async () => {
      throw new Error('no local adoption was expected');
    },
    rehearse: async () => {
      throw new Error('no rehearsal was expected');
    },
  };
}

/** Modules are loaded in real time while the clock is virtual, so the two take turns. */
async function driveAll<T>(world: StoreWorld, work: Promise<T>): Promise<T> {
  let done = false;
  const finish = (): void => {
    done = true;
  };
  work.then(finish, finish);
  for (let step = 0; !done; step += 1) {
    if (step > 20_000) throw new Error('the work does not end');
    await turn(world);
  }
  return work;
}

async function turn(world: StoreWorld): Promise<void> {
  for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
  await world.clock.advance(stepMs);
}

export const tierSpec = {
  domain: 'standard.example.com',
  zone: { id: 'Z123' },
  service: { image: 'registry.example.com/app:1' },
};

/** A condition as the controller writes it. */
export function condition(type: string, status: Condition['status'], reason: string, message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: '2025-12-31T23:00:00.000Z', observedGeneration: 1 };
}

/** What the controller keeps of a record it has accepted; a tenant's is merged with `tier`. */
export function acceptedSpec(kind: string, name: string, spec: unknown, tier?: unknown): AcceptedSpec {
  const record = parsed(kind, name, spec);
  const acceptedAt = '2025-12-31T23:00:00.000Z';
  if (record.kind !== 'Tenant')
    return { generation: 1, hash: canonicalHash(record.spec), spec: record.spec, acceptedAt };
  const tierRecord = parsed('Tier', record.spec.tier, tier ?? tierSpec);
  if (tierRecord.kind !== 'Tier') throw new Error('not a tier');
  const merged = effectiveTenant(record.spec, name, tierRecord.spec, tierRecord.name);
  if (!merged.ok) throw new Error(JSON.stringify(merged.problems));
  const { effective } = merged;
  return { generation: 1, hash: effectiveHash(effective), spec: record.spec, effective, acceptedAt };
}

function parsed(kind: string, name: string, spec: unknown) {
  const result = parseRecord({ kind, name, spec });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.record;
}

/** The status of a tenant that serves as its accepted spec says. */
export function readyStatus(spec: AcceptedSpec, more: Partial<ObjectStatus> = {}): ObjectStatus {
  return {
    phase: 'Ready',
    generation: spec.generation,
    observedGeneration: spec.generation,
    observedHash: spec.hash,
    conditions: [
      condition('Accepted', 'True', 'Valid'),
      condition('Placed', 'True', 'Placed'),
      condition('Synced', 'True', 'InSync'),
      condition('Ready', 'True', 'Serving'),
    ],
    placements: [
      {
        id: 'abcdefghijkl',
        cell: 'eu-1',
        infraGroup: 'eu-1-a',
        slot: 3,
        phase: 'serving',
        clusterArn: 'arn:c',
        records: [],
      },
    ],
    endpoint: 'acme.standard.example.com',
    ...more,
  };
}

/** Writes a tier and a tenant, and what a controller that is done with both would have written. */
export async function settleTenant(
  desk: Desk,
  name: string,
  spec: unknown = { tier: 'standard' },
): Promise<AcceptedSpec> {
  const accepted = acceptedSpec('Tenant', name, spec);
  await desk.drive(
    (async () => {
      if ((await desk.desired.get('Tier', 'standard')) === undefined) {
        await desk.desired.put({ kind: 'Tier', name: 'standard', spec: tierSpec });
        await desk.writer.writeSpec('Tier/standard', acceptedSpec('Tier', 'standard', tierSpec), undefined);
      }
      await desk.desired.put({ kind: 'Tenant', name, spec });
      await desk.writer.writeSpec(`Tenant/${name}`, accepted, undefined);
      await desk.writer.writeStatus(`Tenant/${name}`, readyStatus(accepted), undefined);
    })(),
  );
  return accepted;
}
