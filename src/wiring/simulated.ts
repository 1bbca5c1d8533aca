import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import type { Clock } from '../model/clock.ts';
import { parseDocuments } from '../model/records/documents.ts';
import type { DesiredRecord } from '../model/records/kinds.ts';
import { parseRecord } from '../model/records/parse.ts';
import { problemLine } from '../model/records/problems.ts';
import { FaultPlanError, type FaultRule, parseFaultPlan, staleDistances } from '../simulator/fault-plan/rules.ts';
import { type FleetSeed, seedFleet } from '../simulator/fleet.ts';
import { PolicyError } from '../simulator/iam/index.ts';
import { type CompleteAws, createSimulatedAws } from '../simulator/index.ts';
import { createRequestHandler } from '../simulator/mounts/request-handler.ts';
import { type AwsAccess, createDynamo } from '../store/client.ts';
import { createDesiredTable } from '../store/desired.ts';
import { initTables } from '../store/tables.ts';

/** How a simulated AWS with a fleet is set up. */
export interface SimulatedOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly throttle: boolean;
  readonly region: string;
  readonly desiredTable: string;
  readonly stateTable: string;
  /** What these records name is made, and the tables with it: a file, or its text. */
  readonly fleetFile?: string;
  readonly fleetText?: string;
  /** Whether the records are written too. */
  readonly apply: boolean;
  /** Roles whose sessions are checked, in JSON. */
  readonly rolesFile?: string;
  /** The installation that the tables are made for; a new one unless set. */
  readonly installation?: string;
  /** A fault plan, YAML or JSON. Its clock starts once the fleet is set up. */
  readonly faultFile?: string;
  /** How far reads lag behind, in seconds, by service. */
  readonly readLag?: Readonly<Partial<Record<string, number>>>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A fleet file that cannot be used: every problem with its line. */
export class FleetFileError extends Error {
  override readonly name = 'FleetFileError';
}

/** A roles file that cannot be enforced: every problem with where it stands. */
export class RolesFileError extends Error {
  override readonly name = 'RolesFileError';
}

/**
 * The simulated AWS, with the accounts, networks, tables and records of the fleet file in it, and the fault plan at work.
 * Throws `FleetFileError`, `RolesFileError` and `FaultPlanError`.
 */
export async function createFleetAws(options: SimulatedOptions): Promise<CompleteAws> {
  const { clock, seed, throttle, faultFile } = options;
  const faults = faultFile === undefined ? [] : await readFaultPlan(faultFile);
  const readLagMs = Object.fromEntries(
    Object.entries(options.readLag ?? {}).map(([service, seconds = 0]) => [service, seconds * 1_000]),
  );
  const aws = createSimulatedAws({
    clock,
    seed,
    throttle,
    answerDelays: true,
    readLagMs,
    staleMs: staleDistances(faults),
  });
  await setUpFleet(aws, options);
  if (options.rolesFile !== undefined) await loadRoles(aws, options.rolesFile);
  aws.plan.add(faults);
  return aws;
}

async function readFaultPlan(file: string): Promise<readonly FaultRule[]> {
  try {
    return parseFaultPlan(parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof FaultPlanError || error instanceof YAMLParseError) {
      throw new FaultPlanError(`${file} cannot be used:\n  ${error.message.replaceAll('\n', '\n  ')}`);
    }
    throw error;
  }
}

async function loadRoles(aws: CompleteAws, file: string): Promise<void> {
  try {
    aws.iam.load(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof PolicyError) && !(error instanceof SyntaxError)) throw error;
    throw new RolesFileError(`${file} cannot be used:\n  ${error.message.replaceAll('\n', '\n  ')}`);
  }
}

async function setUpFleet(aws: CompleteAws, options: SimulatedOptions): Promise<void> {
  const { clock, fleetFile } = options;
  const text = fleetFile === undefined ? options.fleetText : await readFile(fleetFile, 'utf8');
  if (text === undefined) return;
  const records = readFleet(fleetFile ?? 'the fleet', text);
  seedFleet(aws, seedOf(records));
  // Setting up costs no time: where the tables' making is waited for, the simulator's clock is moved on instead.
  const hurried: Clock = { ...clock, sleep: async (ms) => aws.advance(ms / 1_000) };
  const access = embeddedAccess(aws, options.region, 'init');
  const dynamo = createDynamo(access, { clock: hurried, random: options.random });
  const { desiredTable, stateTable, installation } = options;
  await initTables(dynamo, { desiredTable, stateTable, ...(installation === undefined ? {} : { installation }) });
  if (options.apply) {
    const desired = createDesiredTable(dynamo, desiredTable);
    for (const record of records) await desired.put({ kind: record.kind, name: record.name, spec: record.written });
  }
  dynamo.destroy();
}

/** The way to a simulated AWS in the same process, as account 000000000000. */
export function embeddedAccess(aws: CompleteAws, region: string, appId: string): AwsAccess {
  return {
    region,
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'embedded' },
    requestHandler: createRequestHandler(aws),
    appId,
  };
}

type WrittenRecord = DesiredRecord & {
  /** The spec as the file has it: defaults are the controller's to fill in. */
  readonly written: unknown;
};

function readFleet(file: string, text: string): readonly WrittenRecord[] {
  const { records, problems } = parseDocuments(text);
  const lines = problems.map(
    (problem) => `line ${problem.line}: ${problem.field}: found ${problem.found}, expected ${problem.expected}`,
  );
  const parsed: WrittenRecord[] = [];
  for (const { raw, line } of records) {
    const result = parseRecord(raw);
    if (!result.ok) lines.push(...result.problems.map((problem) => `line ${line}: ${problemLine(problem)}`));
    else parsed.push({ ...result.record, written: specOf(raw) });
  }
  if (lines.length > 0) throw new FleetFileError(`${file} cannot be used:\n  ${lines.join('\n  ')}`);
  return parsed;
}

function specOf(raw: unknown): unknown {
  return typeof raw === 'object' && raw !== null && 'spec' in raw ? raw.spec : {};
}

function seedOf(records: readonly DesiredRecord[]): FleetSeed {
  const tiers: FleetSeed['tiers'][number][] = [];
  const cells: FleetSeed['cells'][number][] = [];
  const infraGroups: FleetSeed['infraGroups'][number][] = [];
  for (const record of records) {
    if (record.kind === 'Tier') tiers.push({ name: record.name, ...record.spec });
    if (record.kind === 'Cell') cells.push({ name: record.name, ...record.spec });
    if (record.kind === 'InfraGroup') infraGroups.push({ name: record.name, ...record.spec });
  }
  return { tiers, cells, infraGroups };
}
