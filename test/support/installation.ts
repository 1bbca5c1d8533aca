import { readFileSync } from 'node:fs';
import { DeniedActions } from '../../src/aws/denied.ts';
import type { LoopConfig, LoopObserver } from '../../src/controller/loop/deps.ts';
import type { Outcome } from '../../src/controller/outcome.ts';
import { parseDocuments } from '../../src/model/records/documents.ts';
import type { DesiredRecord } from '../../src/model/records/kinds.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import type { Change } from '../../src/model/resources.ts';
import { type FleetSeed, seedFleet } from '../../src/simulator/fleet.ts';
import type { Denial } from '../../src/simulator/iam/index.ts';
import { type CompleteAws, createSimulatedAws } from '../../src/simulator/index.ts';
import type { CallRecord, ServiceId } from '../../src/simulator/kernel.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { answerRoute } from '../../src/simulator/route53/data-plane.ts';
import { type AwsAccess, createDynamo, type Dynamo } from '../../src/store/client.ts';
import { createDesiredTable, type DesiredTable } from '../../src/store/desired.ts';
import { createStateReader, type StateReader, type StoredObject } from '../../src/store/state.ts';
import { initTables } from '../../src/store/tables.ts';
import { Leader } from '../../src/wiring/leader.ts';
import { controllerCredentials, type InstallationRights, type RolesOf, rolesOf } from './roles.ts';
import { randomFrom, VirtualClock, VirtualProcess } from './virtual-clock.ts';

export interface InstallationOptions {
  readonly seed?: number;
  /** Documents of records that make the AWS side and, unless `apply` is false, are written to the desired table. */
  readonly fleet: string;
  readonly apply?: boolean;
  readonly throttle?: boolean;
  readonly latencyFactor?: number;
  /** How far reads of a service lag behind, in milliseconds. */
  readonly readLagMs?: Readonly<Partial<Record<ServiceId, number>>>;
  readonly config?: Partial<LoopConfig>;
  /** The controller runs under its own role and those of its records, with the policies of deploy/policies; `unchecked`: as an administrator, where a test needs roles that no policy is made for. */
  readonly rights?: InstallationRights | 'unchecked';
}

/** What the controller of an installation told of itself. */
export interface Told {
  readonly changes: {
    readonly at: number;
    readonly tenant: string;
    readonly what: 'seen' | 'applied';
    readonly change: Change;
  }[];
  readonly held: { readonly at: number; readonly reason: string; readonly tenant: string; readonly message: string }[];
  readonly failures: { readonly at: number; readonly what: string; readonly error: Error }[];
  readonly moves: { readonly at: number; readonly tenant: string; readonly what: 'done' | 'aborted' }[];
  readonly outcomes: { readonly key: string; readonly outcome: Outcome }[];
  readonly events: { readonly at: number; readonly key: string; readonly reason: string; readonly message: string }[];
  readonly sweeps: { readonly kind: 'probe' | 'detail'; readonly at: number }[];
  /** What a leader logged, as lines. */
  readonly log: string[];
  /** Calls of any role that AWS did not allow. */
  readonly denials: Denial[];
}

/** A whole installation under a virtual clock: the simulated AWS, both tables, and controllers that start, stop and die. */
export class Installation {
  readonly clock: VirtualClock;
  readonly aws: CompleteAws;
  readonly access: AwsAccess;
  readonly dynamo: Dynamo;
  readonly desired: DesiredTable;
  readonly state: StateReader;
  readonly told: Told = {
    changes: [],
    held: [],
    moves: [],
    failures: [],
    outcomes: [],
    events: [],
    sweeps: [],
    log: [],
    denials: [],
  };
  readonly random: () => number;
  /** What AWS denied to its controllers. */
  readonly denied: DeniedActions;
  leader: Leader | undefined;
  installation = '';
  readonly #options: InstallationOptions;
  readonly #records: Map<string, DesiredRecord>;
  #granted: InstallationRights = {};
  /** Denials while nothing had been taken away from anybody. */
  readonly #unexpected: Denial[] = [];
  #controllers = 0;
  #machine: VirtualProcess | undefined;

  constructor(options: InstallationOptions) {
    this.#options = options;
    const seed = options.seed ?? 1;
    this.random = randomFrom(seed);
    this.clock = new VirtualClock();
    this.denied = new DeniedActions(this.clock);
    this.aws = createSimulatedAws({
      clock: this.clock,
      seed,
      throttle: options.throttle ?? true,
      latencyFactor: options.latencyFactor ?? 1,
      readLagMs: options.readLagMs ?? {},
    });
    const records = recordsOf(options.fleet);
    this.#records = new Map(records.map((record) => [`${record.kind}/${record.name}`, record]));
    seedFleet(this.aws, seedOf(records));
    this.aws.iam.onDenial = (denial) => {
      this.told.denials.push(denial);
      const { without, closed } = this.#granted;
      if (without === undefined && closed === undefined) this.#unexpected.push(denial);
    };
    this.access = this.#access('test', new VirtualProcess(this.clock));
    this.dynamo = createDynamo(this.access, { clock: this.clock, random: this.random });
    this.desired = createDesiredTable(this.dynamo, 'desired');
    this.state = createStateReader(this.dynamo, 'state');
  }

  /** Makes the tables and writes the records. */
  async init(): Promise<this> {
    const random = this.random;
    const made = initTables(this.dynamo, { desiredTable: 'desired', stateTable: 'state', random } as Parameters<
      typeof initTables
    >[1]);
    this.installation = (await this.clock.drive(made)).installation;
    if (this.#options.apply !== false)
      for (const record of [...this.#records.values()]) await this.put(record.kind, record.name, record.spec);
    this.grant(this.#options.rights === 'unchecked' ? undefined : this.#options.rights);
    return this;
  }

  /** Writes a record as a user would. */
  async put(kind: string, name: string, spec: unknown): Promise<void> {
    await this.clock.drive(this.desired.put({ kind, name, spec }));
    if (!['Tier', 'Cell', 'InfraGroup'].includes(kind)) return;
    const parsed = parseRecord({ kind, name, spec });
    if (!parsed.ok) return;
    const key = `${kind}/${name}`;
    this.#records.set(key, withSameRoles(parsed.record, this.#records.get(key)));
    if (this.installation !== '') this.grant(this.#granted);
  }

  /** From now on the roles have the rights that their records ask for, and these. */
  grant(rights: InstallationRights = {}): void {
    this.#granted = rights;
    if (this.#options.rights === 'unchecked') return;
    this.aws.iam.load(rolesOf(this.rolesOptions()));
  }

  /** What the roles are made from. */
  rolesOptions(): RolesOf {
    const zoneName = (id: string): string => this.aws.truth.dns.zones.get(id)?.name ?? '';
    return { ...this.#granted, installation: this.installation, records: [...this.#records.values()], zoneName };
  }

  /** Starts a controller, as a process of its own with a name of its own. */
  start(): void {
    this.#controllers += 1;
    const identity = `controller-${this.#controllers}`;
    const machine = new VirtualProcess(this.clock);
    this.#machine = machine;
    this.leader = new Leader({
      aws: this.controllerAccess(identity, machine),
      desiredTable: 'desired',
      stateTable: 'state',
      installation: this.installation,
      identity,
      clock: machine.clock,
      patience: 1,
      random: this.random,
      newToken: () => uuid(this.random),
      config: { resyncMs: 60_000, detailMs: 120_000, concurrency: 10, mode: 'active', ...this.#options.config },
      log: (message, details) => void this.told.log.push(`${message} ${JSON.stringify(details)}`),
      onCall: (report) => this.denied.note(report),
      observer: () => this.#observer(),
    });
    this.leader.run();
  }

  /** The controller dies in mid-flight, as by SIGKILL: none of its timers fires any more and none of its calls is answered. */
  kill(): void {
    this.#machine?.kill();
    this.leader = undefined;
  }

  /** The controller stops as on SIGTERM. */
  async stop(): Promise<void> {
    const { leader } = this;
    this.leader = undefined;
    if (leader !== undefined) await this.clock.drive(leader.stop());
    this.#seeAllowed();
  }

  /** Nothing that the controller does may be denied to it, unless a test took a right away. Throws for what was. */
  #seeAllowed(): void {
    const lines = this.#unexpected.map(({ caller, action, resource }) => `${caller}: ${action} on ${resource}`);
    if (lines.length > 0) throw new Error(`AWS denied:\n${[...new Set(lines)].slice(0, 12).join('\n')}`);
  }

  /** Lets time pass until `holds`; throws with `describe`'s words when it does not within `limitMs`. */
  async until(what: string, holds: () => boolean, limitMs = 900_000): Promise<void> {
    const deadline = this.clock.monotonic() + limitMs;
    while (!holds()) {
      if (this.clock.monotonic() >= deadline)
        throw new Error(`${what}: not within ${limitMs / 1000} s\n${this.describe()}`);
      await this.clock.advance(1_000);
      this.#seeAllowed();
    }
  }

  async advance(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1_000);
    this.#seeAllowed();
  }

  phase(tenant: string): string | undefined {
    return this.leader?.term?.view.get('Tenant', tenant)?.status?.value.phase;
  }

  phases(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const entry of this.leader?.term?.view.all('Tenant') ?? []) {
      const phase = entry.status?.value.phase ?? 'none';
      counts[phase] = (counts[phase] ?? 0) + 1;
    }
    return counts;
  }

  /** All tenants that are not as wanted, with their first unmet condition. */
  describe(): string {
    const lines = (this.leader?.term?.view.all('Tenant') ?? []).flatMap((entry) => {
      const status = entry.status?.value;
      const ready = status?.conditions.find((condition) => condition.type === 'Ready');
      return ready?.status === 'True'
        ? []
        : [`${entry.name} ${status?.phase ?? 'none'}: ${ready?.reason ?? ''} ${ready?.message ?? ''}`];
    });
    return [
      JSON.stringify(this.phases()),
      ...lines.slice(0, 12),
      ...this.told.failures.slice(-5).map((one) => `${one.what}: ${one.error.message}`),
    ].join('\n');
  }

  /** What a request would get now. */
  route(host: string, path = '/', headers: Readonly<Record<string, string>> = {}) {
    return answerRoute(this.aws, { host, path, headers }, false);
  }

  /** What a request may get now, by the answers that resolvers may still hold too: those have a share of 0. */
  routeHeld(host: string, path = '/', headers: Readonly<Record<string, string>> = {}) {
    return answerRoute(this.aws, { host, path, headers }, true);
  }

  async stored(kind: string, name: string): Promise<StoredObject> {
    return this.clock.drive(this.state.query(`${kind}/${name}`));
  }

  /** Mutating calls after number `since` that a controller made, the tables' own aside. */
  mutations(since: number): readonly CallRecord[] {
    return this.calls(since).filter(
      (call) => call.mutating && !call.service.startsWith('dynamodb') && call.service !== 'sts',
    );
  }

  calls(since: number): readonly CallRecord[] {
    return this.aws.log.since(since, 1_000_000);
  }

  #access(appId: string, machine: VirtualProcess): AwsAccess {
    return {
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
      requestHandler: machine.handler(createRequestHandler(this.aws)),
      appId,
    };
  }

  /** AWS as a controller of that name meets it: under the controller's own role. */
  controllerAccess(identity: string, machine = new VirtualProcess(this.clock)): AwsAccess {
    const access = this.#access(identity, machine);
    return this.#options.rights === 'unchecked'
      ? access
      : { ...access, credentials: controllerCredentials(this.aws, identity) };
  }

  #observer(): LoopObserver {
    const { told, clock } = this;
    const nothing = (): void => undefined;
    return {
      change: (change, what, tenant) => void told.changes.push({ at: clock.now(), tenant, what, change }),
      shared: (change, what, tier) => void told.changes.push({ at: clock.now(), tenant: `tier ${tier}`, what, change }),
      wired: (change, what, group) =>
        void told.changes.push({ at: clock.now(), tenant: `infra-group ${group}`, what, change }),
      groupHeld: (reason, group, message) =>
        void told.held.push({ at: clock.now(), reason, tenant: `infra-group ${group}`, message }),
      held: (reason, tenant, message) => void told.held.push({ at: clock.now(), reason, tenant, message }),
      callFailed: (what, error) => void told.failures.push({ at: clock.now(), what, error }),
      failed: (what, error) => void told.failures.push({ at: clock.now(), what, error }),
      swept: (kind) => void told.sweeps.push({ kind, at: clock.now() }),
      event: (key, { reason, message }) => void told.events.push({ at: clock.now(), key, reason, message }),
      placed: nothing,
      moved: (tenant, what) => void told.moves.push({ at: clock.now(), tenant, what }),
      synced: nothing,
      detailPeriod: nothing,
      queue: {
        added: nothing,
        started: nothing,
        retried: nothing,
        finished: (key, outcome) => {
          told.outcomes.push({ key, outcome });
          if (outcome.kind === 'retry' && outcome.class === 'bug')
            told.failures.push({ at: clock.now(), what: key, error: outcome.error });
        },
      },
    };
  }
}

/** What a record says of roles changes none of them: they are as the first one had them. */
function withSameRoles(record: DesiredRecord, before: DesiredRecord | undefined): DesiredRecord {
  if (record.kind === 'Cell' && before?.kind === 'Cell') {
    const { accountId, roles, externalId } = before.spec;
    return { ...record, spec: { ...record.spec, accountId, roles, externalId } };
  }
  if (record.kind === 'Tier' && before?.kind === 'Tier') {
    return { ...record, spec: { ...record.spec, domain: before.spec.domain, zone: before.spec.zone } };
  }
  return record;
}

/** The example fleet that the README starts. */
export const exampleFleet = readFileSync(new URL('../../examples/fleet.yaml', import.meta.url), 'utf8');

/** Parses documents; throws with all problems when any record is refused. */
export function recordsOf(documents: string): readonly DesiredRecord[] {
  const { records, problems } = parseDocuments(documents);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return records.map(({ raw }) => {
    const parsed = parseRecord(raw);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.record;
  });
}

function seedOf(records: readonly DesiredRecord[]): FleetSeed {
  const of = (kind: string): unknown[] =>
    records.filter((record) => record.kind === kind).map((record) => ({ ...record.spec, name: record.name }));
  return { tiers: of('Tier'), cells: of('Cell'), infraGroups: of('InfraGroup') } as FleetSeed;
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
