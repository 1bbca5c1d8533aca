import type { Clock } from '../model/clock.ts';
import type { ObjectStatus } from '../model/state.ts';
import type { CompleteAws } from '../simulator/index.ts';
import { answerRoute } from '../simulator/route53/data-plane.ts';
import { createDynamo } from '../store/client.ts';
import { createDesiredTable, type DesiredTable } from '../store/desired.ts';
import { createStateReader, type StateReader } from '../store/state.ts';
import { embeddedAccess } from '../wiring/simulated.ts';
import { hostOf } from './fleet.ts';

/** Something that the demo promised and that did not come true. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** What the story is told on: the simulated AWS, both tables, a clock, and a screen. */
export class Stage {
  readonly aws: CompleteAws;
  readonly clock: Clock;
  readonly desired: DesiredTable;
  readonly state: StateReader;
  readonly #began = performance.now();
  readonly #scale: number;

  constructor(options: {
    aws: CompleteAws;
    clock: Clock;
    scale: number;
    region: string;
    desiredTable: string;
    stateTable: string;
  }) {
    const { aws, clock, region, desiredTable, stateTable } = options;
    this.aws = aws;
    this.clock = clock;
    this.#scale = options.scale;
    const dynamo = createDynamo(embeddedAccess(aws, region, 'demo'), {
      clock,
      random: Math.random,
      attemptTimeoutMs: 60_000,
    });
    this.desired = createDesiredTable(dynamo, desiredTable);
    this.state = createStateReader(dynamo, stateTable);
  }

  /** Seconds of the machine since the demo began. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1_000;
  }

  say(line: string): void {
    process.stdout.write(`${this.seconds.toFixed(1).padStart(5)} s  ${line}\n`);
  }

  title(line: string): void {
    process.stdout.write(`\n${this.seconds.toFixed(1).padStart(5)} s  ${line}\n`);
  }

  /** Waits until `holds`, at most `limitSeconds` of simulated time; says how long it took, in simulated seconds. Throws `DemoFailure`. */
  async until(what: string, limitSeconds: number, holds: () => boolean | Promise<boolean>): Promise<number> {
    const began = this.clock.monotonic();
    for (;;) {
      const took = (this.clock.monotonic() - began) / 1_000;
      if (await holds()) {
        this.say(`  ✓ ${what} (${Math.round(took)} s of simulated time)`);
        return took;
      }
      if (took > limitSeconds) throw new DemoFailure(`${what}: not within ${limitSeconds} s of simulated time`);
      await this.clock.sleep(this.#scale * 50);
    }
  }

  /** Fails unless it holds now. */
  expect(what: string, holds: boolean): void {
    if (!holds) throw new DemoFailure(what);
    this.say(`  ✓ ${what}`);
  }

  async status(tenant: string): Promise<ObjectStatus | undefined> {
    return (await this.state.query(`Tenant/${tenant}`)).status?.value;
  }

  /** Names of the tenants in a phase. */
  async inPhase(phase: string): Promise<readonly string[]> {
    const objects = [...(await this.state.loadAll()).values()];
    return objects
      .filter((object) => object.kind === 'Tenant' && object.status?.value.phase === phase)
      .map((object) => object.name);
  }

  /** Whether every request to the tenant's name would be answered by its own tasks now. */
  serves(tenant: string): boolean {
    const { answers } = answerRoute(this.aws, { host: hostOf(tenant), path: '/', headers: {} }, false);
    return answers.length > 0 && answers.every((answer) => answer.status === 200 && answer.tenant === tenant);
  }
}
