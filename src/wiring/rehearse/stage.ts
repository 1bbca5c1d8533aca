import type { RehearsedRecord } from '../../cli/rehearsal.ts';
import type { LoopObserver } from '../../controller/loop/deps.ts';
import type { Term } from '../../controller/loop/term.ts';
import { kinds } from '../../model/records/kinds.ts';
import { seedFleet, seedQuotas } from '../../simulator/fleet.ts';
import { type CompleteAws, createSimulatedAws } from '../../simulator/index.ts';
import { serviceIds } from '../../simulator/kernel.ts';
import { installBeneathSend } from '../../simulator/mounts/beneath-send.ts';
import { createRequestHandler } from '../../simulator/mounts/request-handler.ts';
import { RandomStreams } from '../../simulator/random.ts';
import { VirtualClock } from '../../simulator/virtual-clock.ts';
import { loadModel } from '../../simulator/wire/models.ts';
import { type AwsAccess, createDynamo, type Dynamo } from '../../store/client.ts';
import { createDesiredTable, type DesiredTable } from '../../store/desired.ts';
import { initTables } from '../../store/tables.ts';
import { Leader, zombieMs } from '../leader.ts';
import type { Seeds } from './seed.ts';

const desiredTable = 'cellwright-desired';
const stateTable = 'cellwright-state';
/** Session name of the rehearsed controller: tells its calls from those that set the stage. */
export const controllerIdentity = 'rehearsed-controller';

/** As many as `cellwright apply` writes at once. */
const writtenAtOnce = 16;

/** A production controller's own figures. */
const loop = { resyncMs: 300_000, detailMs: 900_000, concurrency: 20, mode: 'active' } as const;

export interface StageOptions {
  readonly seeds: Seeds;
  readonly seed: number;
  readonly startAt: number;
}

/** A whole installation under a virtual clock: the simulated AWS, both tables, and the controller as `cellwright controller` runs it. */
export class Stage {
  readonly clock: VirtualClock;
  readonly aws: CompleteAws;
  readonly #options: StageOptions;
  readonly #random: RandomStreams;
  readonly #dynamo: Dynamo;
  readonly #desired: DesiredTable;
  #installation = '';
  #leader: Leader | undefined;
  #lost: string | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#random = new RandomStreams(options.seed);
    this.clock = new VirtualClock(options.startAt);
    this.aws = createSimulatedAws({ clock: this.clock, seed: options.seed, answerDelays: true });
    seedFleet(this.aws, options.seeds.start);
    const random = (): number => this.#random.uniform('operator');
    this.#dynamo = createDynamo(this.#access('operator'), { clock: this.clock, random });
    this.#desired = createDesiredTable(this.#dynamo, desiredTable);
  }

  /** The term under way; undefined until the first is won. */
  get term(): Term | undefined {
    return this.#leader?.term;
  }

  /** Makes the tables. */
  async open(): Promise<void> {
    // Loaded in real time, which no virtual time may overtake.
    await Promise.all(serviceIds.map((service) => loadModel(service)));
    const made = await this.clock.drive(initTables(this.#dynamo, { desiredTable, stateTable }));
    this.#installation = made.installation;
  }

  /** Starts the controller. */
  start(observer: LoopObserver): void {
    const { clock } = this;
    this.#leader = new Leader({
      aws: this.#access(controllerIdentity),
      desiredTable,
      stateTable,
      installation: this.#installation,
      identity: controllerIdentity,
      clock,
      patience: 1,
      random: () => this.#random.uniform('controller'),
      newToken: () => uuidOf(this.#random.hex('controller/token', 32)),
      config: loop,
      observer: () => observer,
      log: () => undefined,
    });
    this.#leader.lease.onLost((reason) => {
      this.#lost = reason;
    });
    this.#leader.run();
  }

  /** Writes records as an operator would, kind by kind. */
  async write(records: readonly RehearsedRecord[]): Promise<void> {
    for (const kind of kinds) {
      const ofKind = records.filter(({ record }) => record.kind === kind);
      for (let from = 0; from < ofKind.length; from += writtenAtOnce) {
        const puts = ofKind
          .slice(from, from + writtenAtOnce)
          .map(({ record, spec }) => this.#desired.put({ kind, name: record.name, spec: spec ?? {} }));
        await this.clock.drive(Promise.all(puts));
      }
    }
  }

  /** AWS raises the quotas that the changed records count on. */
  raiseQuotas(): void {
    seedQuotas(this.aws, this.#options.seeds.changed);
  }

  /** Lets a standing controller come to rest: no call of an earlier leader may land any more, and AWS's buckets have filled up. */
  async rest(moreMs: number): Promise<void> {
    await this.clock.advance(zombieMs + 60_000 + moreMs);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    if (this.#lost !== undefined)
      throw new Error(`the rehearsed controller lost its lease (${this.#lost}): a fault of ours`);
  }

  async close(): Promise<void> {
    const leader = this.#leader;
    this.#leader = undefined;
    if (leader !== undefined) await this.clock.drive(leader.stop());
    this.#dynamo.destroy();
  }

  /** Beneath the clients' `send`: serialisers and signers would not change any answer, and take more than half of the time. */
  #access(appId: string): AwsAccess {
    return {
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'rehearsal' },
      requestHandler: createRequestHandler(this.aws),
      onClient: (client) => void installBeneathSend(client as Parameters<typeof installBeneathSend>[0], this.aws),
      appId,
    };
  }
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
