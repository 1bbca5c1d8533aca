import { createSdkClients, type SdkConfig } from '../../src/aws/sdk.ts';
import type { LoopObserver } from '../../src/controller/loop/deps.ts';
import type { DesiredRecord } from '../../src/model/records/kinds.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import { type FleetSeed, seedFleet } from '../../src/simulator/fleet.ts';
import { type CompleteAws, createSimulatedAws } from '../../src/simulator/index.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { toItem } from '../../src/store/attributes.ts';
import { type AwsAccess, createDynamo } from '../../src/store/client.ts';
import { initTables } from '../../src/store/tables.ts';
import { Leader } from '../../src/wiring/leader.ts';
import { controllerCredentials, rolesOf } from '../support/roles.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Draw } from './draw.ts';
import type { RawRecord } from './fleet.ts';
import { homeAccount, installation, region } from './names.ts';
import { type Journey, SimulatedProcess } from './process.ts';
import { requestKey, Turnstile } from './turnstile.ts';

/** One controller: a process with a name of its own. */
export interface Controller {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly leader: Leader;
}

/** What controllers said of themselves, for the report of a failure. */
export interface Said {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** The simulated AWS with both tables, and as many controllers as a seed likes, on one virtual clock. */
export class SimulatedInstallation {
  readonly clock = new VirtualClock();
  readonly aws: CompleteAws;
  readonly controllers: Controller[] = [];
  readonly said: Said[] = [];
  readonly #seed: number;
  readonly #records: readonly RawRecord[];
  readonly #journey: (controller: Controller, request: object) => Journey;
  readonly #turnstile = new Turnstile();
  #started = 0;

  constructor(
    seed: number,
    records: readonly RawRecord[],
    journey: (controller: Controller, request: object) => Journey,
  ) {
    this.#seed = seed;
    this.#records = records;
    this.#journey = journey;
    this.aws = createSimulatedAws({
      clock: this.clock,
      seed,
      throttle: true,
      latencyFactor: 0.25,
      readLagMs: readLags(new Draw(seed, 'lags')),
    });
    seedFleet(this.aws, seedOf(records));
  }

  /** Makes the tables and writes the records. */
  async init(): Promise<void> {
    const handler = createRequestHandler(this.aws);
    await loadSdk(this.clock, {
      requestHandler: handler,
      userAgentAppId: 'init',
      maxAttempts: 1,
      retryMode: 'standard',
    });
    const access = this.#access('init', handler);
    const dynamo = createDynamo(access, { clock: this.clock, random: () => 0.5 });
    await this.clock.drive(initTables(dynamo, { desiredTable: 'desired', stateTable: 'state', installation }));
    dynamo.destroy();
    for (const record of this.#records) this.put(record);
    const zoneName = (id: string): string => this.aws.truth.dns.zones.get(id)?.name ?? '';
    this.aws.iam.load(rolesOf({ installation, records: this.#records.flatMap(parsed), zoneName }));
  }

  /** Writes a record as a user would, at once. */
  put(record: { readonly kind: string; readonly name: string; readonly spec: unknown }): void {
    this.call(homeAccount, 'dynamodb', 'PutItem', { TableName: 'desired', Item: toItem(record) });
  }

  /** Takes a record out of the desired table. */
  take(kind: string, name: string): void {
    this.call(homeAccount, 'dynamodb', 'DeleteItem', { TableName: 'desired', Key: toItem({ kind, name }) });
  }

  /** A call of somebody who is no controller. Faults and throttles do not meet it. */
  call(account: string, service: ServiceId, operation: string, input: object): object {
    return this.aws.call({ accessKeyId: account, region, service, operation, input, appId: 'people' });
  }

  start(): Controller {
    this.#started += 1;
    const name = `controller-${this.#started}`;
    const draw = new Draw(this.#seed, name);
    const process = new SimulatedProcess(this.clock);
    const handler = process.handler(createRequestHandler(this.aws), {
      gate: (request) => this.#turnstile.pass(requestKey(name, request)),
      journey: (request) => this.#journey(controller, request),
    });
    const say = (text: string): void => void this.said.push({ at: this.clock.now(), by: name, text });
    const leader = new Leader({
      aws: { ...this.#access(name, handler), credentials: controllerCredentials(this.aws, name) },
      desiredTable: 'desired',
      stateTable: 'state',
      installation,
      identity: name,
      clock: process.clock,
      patience: 1,
      random: draw.uniform,
      newToken: draw.uuid,
      config: { resyncMs: 45_000, detailMs: 60_000, concurrency: 8, streamPollMs: 4_000, mode: 'active' },
      log: (message, details) => say(`${message} ${JSON.stringify(details)}`),
      observer: () => observerOf(say),
    });
    const controller: Controller = { name, process, leader };
    this.controllers.push(controller);
    leader.run();
    return controller;
  }

  /** Dies as by SIGKILL. What it has on the way still lands. */
  kill(controller: Controller): void {
    controller.process.kill();
    this.#forget(controller);
  }

  /** Stops as on SIGTERM. */
  async stop(controller: Controller): Promise<void> {
    this.#forget(controller);
    await this.clock.drive(controller.leader.stop());
    controller.process.kill();
  }

  #forget(controller: Controller): void {
    const at = this.controllers.indexOf(controller);
    if (at >= 0) this.controllers.splice(at, 1);
  }

  #access(appId: string, handler: ReturnType<typeof createRequestHandler>): AwsAccess {
    return {
      region,
      credentials: { accessKeyId: homeAccount, secretAccessKey: 'simulated' },
      requestHandler: handler,
      appId,
    };
  }
}

function parsed(raw: RawRecord): readonly DesiredRecord[] {
  const result = parseRecord(raw);
  return result.ok ? [result.record] : [];
}

/** In every third seed the reads of some services lag behind, by up to ten seconds. */
function readLags(draw: Draw): Partial<Record<ServiceId, number>> {
  if (!draw.chance(1 / 3)) return {};
  const lag = draw.whole(500, 10_000);
  const some = (['ecs', 'elbv2', 'route53', 'ec2', 'dynamodb', 'application-autoscaling'] as const).filter(() =>
    draw.chance(0.6),
  );
  return Object.fromEntries(some.map((service) => [service, lag]));
}

/** Loads every client once, so that no seed waits for files, in whatever order they come. */
async function loadSdk(clock: VirtualClock, config: SdkConfig): Promise<void> {
  const clients = createSdkClients({ clock });
  const services = ['ecs', 'elbv2', 'ec2', 'application-autoscaling', 'service-quotas', 'route53', 'sts'] as const;
  for (const service of services) await clients.client(service, service, () => config);
}

function observerOf(say: (text: string) => void): LoopObserver {
  const nothing = (): void => undefined;
  return {
    change: (change, what, tenant) =>
      say(`${tenant}: ${what} ${change.action} ${change.kind} ${change.name} (${change.reason})`),
    shared: (change, what, tier) => say(`tier ${tier}: ${what} ${change.action} ${change.name} (${change.reason})`),
    wired: (change, what, group) =>
      say(`infra group ${group}: ${what} ${change.action} ${change.name} (${change.reason})`),
    groupHeld: (reason, group, message) => say(`infra group ${group}: held ${reason}: ${message}`),
    held: (reason, tenant, message) => say(`${tenant}: held ${reason}: ${message}`),
    callFailed: (what, error) => say(`${what}: call failed: ${error.message}`),
    failed: (what, error) => say(`${what}: FAILED: ${error.stack ?? error.message}`),
    swept: (kind) => say(`swept ${kind}`),
    event: (key, event) => say(`${key}: ${event.reason}: ${event.message}`),
    placed: nothing,
    moved: nothing,
    synced: nothing,
    detailPeriod: nothing,
    queue: {
      added: nothing,
      started: nothing,
      retried: nothing,
      finished: (key, outcome) => {
        if (outcome.kind === 'retry' && outcome.class === 'bug') say(`${key}: BUG: ${outcome.error.stack ?? ''}`);
      },
    },
  };
}

/** The records as the simulator makes an AWS of them: with the defaults filled in that parsing gives. */
function seedOf(records: readonly RawRecord[]): FleetSeed {
  const of = (kind: string): unknown[] =>
    records
      .filter((record) => record.kind === kind)
      .map((record) => {
        const parsed = parseRecord(record);
        if (!parsed.ok) throw new Error(`${kind} ${record.name}: ${JSON.stringify(parsed.problems)}`);
        return { ...parsed.record.spec, name: record.name };
      });
  return { tiers: of('Tier'), cells: of('Cell'), infraGroups: of('InfraGroup') } as FleetSeed;
}
