import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { tierRecordId } from '../../src/controller/tier/publish.ts';
import { type EffectiveTenant, effectiveTenant } from '../../src/model/records/effective.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import { serviceOf } from '../../src/model/rollout.ts';
import type { AcceptedSpec, ObjectStatus } from '../../src/model/state.ts';
import { type FaultCounts, type FaultInjector } from '../../src/simulator/faults.ts';
import type { Call, CallRecord } from '../../src/simulator/kernel.ts';
import { serverFault } from '../support/faults.ts';
import { Draw } from './draw.ts';
import { FaultPlan } from './fault-plan.ts';
import { infrastructure, type RawRecord, sharedTier } from './fleet.ts';
import { boundedRemoval } from './invariants/bounded-removal.ts';
import { capacity } from './invariants/capacity.ts';
import { handsOff } from './invariants/hands-off.ts';
import { liveFaults, noLostIntent } from './invariants/intent.ts';
import { leaks, noLeak } from './invariants/no-leak.ts';
import { oneOwner } from './invariants/one-owner.ts';
import { traffic } from './invariants/traffic.ts';
import { note, operate, type Stage, wish } from './operations.ts';
import { Oracle } from './oracle.ts';
import type { Journey } from './process.ts';
import { foreignUse, seedStrangers } from './strangers.ts';
import { type Asked, askedNames, firstWish, type Wish } from './wishes.ts';
import { type Controller, SimulatedInstallation } from './world.ts';

/** What one seed came to. */
export interface SeedResult {
  readonly faults: FaultCounts & { readonly diedOnTheWay: number };
  readonly calls: number;
  /** Hash of the whole call log: equal seeds must have equal ones. */
  readonly trace: string;
  readonly tenants: number;
}

/** A seed that did not hold, with all that is needed to see why. */
export class SeedFailure extends Error {
  override readonly name = 'SeedFailure';
}

const startOf = Date.parse('2026-01-01T00:00:00Z');

/** Runs one seed from an empty AWS to the end. Throws `SeedFailure` when an invariant broke, or when it did not come to rest. */
export async function runSeed(seed: number): Promise<SeedResult> {
  const simulation = new Simulation(seed);
  return simulation.play();
}

class Simulation {
  readonly #seed: number;
  readonly #records: readonly RawRecord[];
  readonly #run: SimulatedInstallation;
  readonly #oracle: Oracle;
  readonly #plan: FaultPlan;
  readonly #stage: Stage;
  readonly #deaths: Draw;
  #diedOnTheWay = 0;
  /** When the last call of a process that died lands. */
  #lastLanding = 0;
  #deathsLeft: number;
  #isFaulty = true;

  constructor(seed: number) {
    this.#seed = seed;
    this.#records = infrastructure(new Draw(seed, 'fleet'));
    const travel = new Draw(seed, 'travel');
    this.#deaths = new Draw(seed, 'deaths');
    this.#deathsLeft = this.#deaths.whole(0, 2);
    this.#run = new SimulatedInstallation(seed, this.#records, (controller, request) =>
      this.#journey(travel, controller, request),
    );
    this.#oracle = new Oracle(this.#run.aws);
    this.#plan = new FaultPlan(new Draw(seed, 'faults'), (principal) => this.#crash(principal));
    const tiers = this.#records.filter((record) => record.kind === 'Tier');
    this.#stage = {
      draw: new Draw(seed, 'operations'),
      run: this.#run,
      oracle: this.#oracle,
      asked: askedNames(),
      tiers: new Map(tiers.map((tier) => [tier.name, tier])),
      groups: this.#byName('InfraGroup'),
      cells: this.#byName('Cell'),
      history: [],
      serial: 0,
      leaseTroubleUntil: 0,
      freezeForMs: 0,
      startLater: () => this.#startLater(),
    };
  }

  async play(): Promise<SeedResult> {
    const { clock } = this.#run;
    await this.#run.init();
    const strangers = seedStrangers(this.#run);
    this.#watch(strangers);
    const draw = new Draw(this.#seed, 'phases');
    for (const asked of this.#stage.asked.slice(0, 2))
      note(this.#stage, wish(this.#stage, asked, firstWish(draw, asked)));
    for (const asked of this.#stage.asked.slice(3, 5))
      note(this.#stage, wish(this.#stage, asked, firstWish(draw, asked)));
    this.#run.start();
    await this.#advance(draw.whole(5, 70) * 1_000);
    for (let left = draw.whole(6, 9); left > 0; left -= 1) {
      await operate(this.#stage);
      await this.#advance(draw.whole(1, 50) * 1_000);
    }
    await this.#untilFaultsAreSpent();
    this.#heal();
    await this.#untilConverged();
    await this.#staysQuiet();
    for (const controller of [...this.#run.controllers]) this.#run.kill(controller);
    const { faultCounts, log } = this.#run.aws;
    return {
      faults: { ...faultCounts, diedOnTheWay: this.#diedOnTheWay },
      calls: log.last,
      trace: traceOf(log.since(0, log.last), clock.now()),
      tenants: this.#stage.asked.filter((asked) => asked.wish !== undefined).length,
    };
  }

  #byName(kind: string): Map<string, RawRecord> {
    return new Map(this.#records.flatMap((record) => (record.kind === kind ? [[record.name, record] as const] : [])));
  }

  #watch(strangers: ReadonlyMap<string, () => string>): void {
    const oracle = this.#oracle;
    const groups = this.#sharedGroups();
    oracle.use([
      oneOwner(oracle),
      handsOff(oracle, strangers),
      boundedRemoval(oracle),
      traffic(oracle, this.#stage.asked),
      noLostIntent(oracle),
      noLeak(oracle, { tier: sharedTier, groups }),
      capacity(oracle, this.#records, foreignUse),
    ]);
    const faults: FaultInjector = {
      before: (call, input) => {
        if (this.#isLeaseWrite(input) && this.#run.clock.now() < this.#stage.leaseTroubleUntil)
          return serverFault('dynamodb', 503);
        return this.#plan.before(call);
      },
      after: (call) => {
        this.#freeze(call);
        return this.#plan.after();
      },
    };
    oracle.faults = faults;
    this.#run.aws.faults = oracle;
  }

  #isLeaseWrite(input: object): boolean {
    const key = 'Item' in input ? (input.Item as { pk?: { S?: string } }).pk?.S : undefined;
    return key === 'Lease/controller';
  }

  #sharedGroups(): readonly string[] {
    return this.#records
      .filter((record) => record.kind === 'InfraGroup' && record.spec.cell === 'joint-c')
      .map((record) => record.name);
  }

  /** Most requests are at AWS at once, some take a while, and now and then a process dies with one on the wire, which lands much later. */
  #journey(travel: Draw, controller: Controller, request: object): Journey {
    const thereMs = travel.chance(0.15) ? travel.whole(1, 80) : 0;
    if (!this.#isFaulty || this.#deathsLeft === 0 || !isMutating(request) || !this.#deaths.chance(0.02))
      return { thereMs };
    this.#deathsLeft -= 1;
    this.#diedOnTheWay += 1;
    const lateMs = this.#deaths.whole(1, 200) * 1_000;
    this.#lastLanding = Math.max(this.#lastLanding, this.#run.clock.now() + lateMs);
    note(this.#stage, `${controller.name} dies with a call on the wire, which lands ${lateMs / 1_000} s later`);
    return { thereMs: lateMs, death: () => this.#die(controller) };
  }

  /** The answer to the call, and everything else, reaches the process only when it is thawed. */
  #freeze(call: Call): void {
    const { freezeForMs } = this.#stage;
    if (freezeForMs === 0 || call.service.startsWith('dynamodb') || !isWriteOperation(call.operation)) return;
    const controller = this.#run.controllers.find((one) => call.principal.endsWith(one.name));
    if (controller === undefined) return;
    this.#stage.freezeForMs = 0;
    note(this.#stage, `${controller.name} is frozen`);
    controller.process.freeze();
    this.#run.clock.after(freezeForMs, () => controller.process.thaw());
  }

  #crash(principal: string): void {
    const controller = this.#run.controllers.find((one) => principal.endsWith(one.name));
    if (controller === undefined) return;
    note(this.#stage, `${controller.name} crashes`);
    this.#die(controller);
  }

  #die(controller: Controller): void {
    this.#run.kill(controller);
    this.#startLater();
  }

  #startLater(): void {
    this.#run.clock.after(this.#stage.draw.whole(0, 20) * 1_000, () => {
      if (this.#run.controllers.length === 0) note(this.#stage, `${this.#run.start().name} starts`);
    });
  }

  async #advance(ms: number): Promise<void> {
    // In steps, so that a breach is reported near the call that made it.
    for (let left = ms; left > 0; left -= 5_000) {
      await this.#run.clock.advance(Math.min(5_000, left));
      this.#throwIfViolated();
    }
  }

  async #untilFaultsAreSpent(): Promise<void> {
    for (let round = 0; round < 40 && !this.#wasEnough(); round += 1) {
      this.#stage.serial += 1;
      note(this.#stage, 'more work, so that every kind of fault is met');
      for (const asked of this.#stage.asked) {
        if (asked.wish === undefined || asked.wish.state === 'deleted') continue;
        const image = `registry.example.com/${asked.wish.tier}:w${this.#stage.serial}`;
        wish(this.#stage, asked, { ...asked.wish, service: { ...asked.wish.service, image } });
      }
      await this.#advance(20_000);
    }
  }

  #wasEnough(): boolean {
    const { throttle, serverError, lostWithEffect, lostWithoutEffect, crashBefore, crashAfter } =
      this.#run.aws.faultCounts;
    return [throttle, serverError, lostWithEffect, lostWithoutEffect, crashBefore + crashAfter].every(
      (count) => count > 0,
    );
  }

  #heal(): void {
    note(this.#stage, 'no more faults');
    this.#plan.on = false;
    this.#isFaulty = false;
    this.#stage.leaseTroubleUntil = 0;
    this.#stage.freezeForMs = 0;
    for (const { process } of this.#run.controllers) process.thaw();
    if (this.#run.controllers.length === 0) note(this.#stage, `${this.#run.start().name} starts`);
  }

  /** Whether it had converged already. */
  async #untilConverged(): Promise<boolean> {
    const start = this.#run.clock.now();
    const deadline = start + 45 * 60_000;
    for (let faults = this.#unmet(); faults.length > 0; faults = this.#unmet()) {
      if (this.#run.clock.now() > deadline) this.#fail(`it did not come to rest:\n  ${faults.join('\n  ')}`);
      await this.#advance(10_000);
    }
    return this.#run.clock.now() === start;
  }

  /** Two more resyncs and detail rounds: nothing is written but the lease, and nothing comes undone. */
  async #staysQuiet(): Promise<void> {
    // What only a detail round shows (a foreign target) may still be found, and what places say of their room follows the last tenant by a round.
    do await this.#advance(75_000);
    while (!(await this.#untilConverged()));
    const { log } = this.#run.aws;
    const since = log.last;
    await this.#advance(135_000);
    const writes = log.since(since, log.last).filter((call) => isWrite(call));
    if (writes.length > 0) {
      const list = writes.map((call) => `${call.at} ${call.service} ${call.operation} ${call.resources.join(' ')}`);
      this.#fail(`settled, and yet written:\n  ${list.join('\n  ')}`);
    }
    const faults = this.#unmet();
    if (faults.length > 0) this.#fail(`it came undone:\n  ${faults.join('\n  ')}`);
  }

  #unmet(): readonly string[] {
    if (this.#run.clock.now() <= this.#lastLanding) return ['calls are still on the wire'];
    const tierRecords = new Set(this.#sharedGroups().map((group) => tierRecordId(sharedTier, group)));
    const tenants = this.#stage.asked.flatMap((asked) => this.#unmetOf(asked));
    const left = [...this.#oracle.truth.placements().values()].flatMap(({ placement, tenant }) =>
      placement.retired.map((old) => `${tenant} still has ${old.kind} ${old.arn ?? old.name} to retire`),
    );
    const moving = [...this.#oracle.truth.placements().values()].flatMap(({ placement, tenant }) =>
      placement.move === undefined ? [] : [`${tenant} is still being moved to ${placement.infraGroup}`],
    );
    return [
      ...tenants,
      ...left,
      ...moving,
      ...this.#undrained(),
      ...leaks(this.#oracle, tierRecords),
      ...this.#superfluousRevisions(),
    ];
  }

  /** Infra groups of the shared name that are being emptied, as far as they can be. */
  #undrained(): readonly string[] {
    const { truth } = this.#oracle;
    const draining = this.#sharedGroups().filter((name) => this.#stage.groups.get(name)?.spec.state === 'draining');
    if (draining.length === 0) return [];
    const standing = new Set(truth.marked().map(({ placement }) => placement));
    const status = truth.item<ObjectStatus>(`Tier/${sharedTier}`, 'status');
    const waits = status?.conditions.find(({ message }) => /may still land|not every name server/.test(message));
    if (waits !== undefined) return [`tier ${sharedTier}: ${waits.message}`];
    const all = [...truth.placements().values()];
    return all.flatMap(({ tenant, placement: { id, infraGroup } }) => {
      const mayLeave = this.#stage.asked.some(({ name, stands }) => name === tenant && stands !== 'absent');
      const others = all.some((other) => other.tenant === tenant && !draining.includes(other.placement.infraGroup));
      const out = draining.includes(infraGroup) && !standing.has(tierRecordId(sharedTier, infraGroup));
      return out && mayLeave && others ? [`${tenant} is still in ${infraGroup} (${id}), which the name left`] : [];
    });
  }

  #superfluousRevisions(): readonly string[] {
    const counts = new Map<string, string[]>();
    for (const one of this.#oracle.truth.marked())
      if (one.kind === 'task_definition') counts.set(one.placement, [...(counts.get(one.placement) ?? []), one.arn]);
    return [...counts.values()]
      .filter((arns) => arns.length > 1)
      .map((arns) => `revisions beside each other: ${arns.join(', ')}`);
  }

  #unmetOf({ name, wish: wanted, stands }: Asked): readonly string[] {
    const { truth } = this.#oracle;
    const spec = truth.spec(name);
    const status = truth.status(name);
    if (wanted === undefined) return spec === undefined ? [] : [`${name} was never asked for`];
    // A record that vanished before it was ever looked at leaves nothing.
    if (spec === undefined) return stands !== 'valid' || wanted.state === 'deleted' ? [] : [`${name} is not accepted`];
    const effective = spec.effective as EffectiveTenant;
    if (stands === 'valid' && !isDeepStrictEqual(effective, this.#effective(name, wanted, spec.tierRevision)))
      return [`${name}: accepted is ${JSON.stringify(spec.spec)}, asked for was ${JSON.stringify(wanted)}`];
    const placed = status?.conditions.find((condition) => condition.type === 'Placed');
    if (placed?.reason === 'Unplaceable') return [];
    if (stands === 'absent' && placed?.status === 'False' && placed.reason === 'Orphaned') return [];
    const ready = status?.conditions.find((condition) => condition.type === 'Ready');
    const faults = liveFaults(this.#oracle, name, effective).map((fault) => `${name}: ${fault}`);
    if (status?.observedGeneration !== spec.generation)
      faults.push(
        `${name} is at generation ${status?.observedGeneration ?? 0} of ${spec.generation}: ${status?.phase ?? ''}: ${ready?.reason ?? ''} ${ready?.message ?? ''}`,
      );
    if (effective.state === 'active' && ready?.status !== 'True')
      faults.push(`${name} is ${status?.phase ?? ''}: ${ready?.message ?? ''}`);
    return faults;
  }

  /**
   * What a tenant's wish comes to under its tier as that stands, as JSON keeps it; where it is deleted, or the tier's rollout was halted by failures (a change that finds no room
   * is one), with the service of the revision that the tenant has.
   */
  #effective(name: string, wanted: Wish, revision: string | undefined): unknown {
    const tier = parseRecord(this.#stage.tiers.get(wanted.tier));
    const tenant = parseRecord({ kind: 'Tenant', name, spec: wanted });
    if (!tier.ok || !tenant.ok) throw new Error(`the simulation wrote an invalid record of ${name}`);
    const rollout = this.#oracle.truth.item<AcceptedSpec>(`Tier/${wanted.tier}`, 'spec')?.rollout;
    const isLeft = wanted.state === 'deleted' || rollout?.halted !== undefined;
    const service = rollout !== undefined && isLeft ? serviceOf(rollout, revision ?? '') : undefined;
    const asAdmitted = { ...tier.record.spec, ...(service === undefined ? {} : { service }) };
    const merged = effectiveTenant(tenant.record.spec as never, name, asAdmitted as never, wanted.tier);
    return merged.ok ? JSON.parse(JSON.stringify(merged.effective)) : undefined;
  }

  #throwIfViolated(): void {
    if (this.#oracle.violations.length > 0) this.#fail(this.#oracle.violations.join('\n  '));
  }

  #fail(why: string): never {
    const replay = `CELLWRIGHT_SEED=${this.#seed} npx vitest run test/simulation`;
    const told = this.#run.said.slice(-40).map((said) => `${new Date(said.at).toISOString()} ${said.by} ${said.text}`);
    const text = [
      `seed ${this.#seed}, ${(this.#run.clock.now() - startOf) / 1_000} s in. Replay: ${replay}`,
      `  ${why}`,
      'what was done:',
      ...this.#stage.history,
      'what controllers said last:',
      ...told,
    ];
    throw new SeedFailure(text.join('\n'));
  }
}

function isWrite(call: CallRecord): boolean {
  return (
    call.mutating && call.service !== 'sts' && !call.resources.some((resource) => resource.includes('Lease/controller'))
  );
}

/** Whether a request would change something, by what the SDK's serialisers made of it. */
function isMutating(request: object): boolean {
  const { headers, body, method, path } = request as {
    headers: Record<string, string>;
    body?: unknown;
    method: string;
    path: string;
  };
  const target = headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '';
  const operation =
    target === ''
      ? (/Action=(\w+)/.exec(typeof body === 'string' ? body : '')?.[1] ?? '')
      : (target.split('.')[1] ?? '');
  if (operation !== '') return isWriteOperation(operation);
  return method === 'POST' && path.includes('/rrset');
}

function isWriteOperation(operation: string): boolean {
  return !/^(Describe|List|Get|Query|Scan|Assume)/.test(operation);
}

function traceOf(calls: readonly CallRecord[], end: number): string {
  const hash = createHash('sha256');
  for (const call of calls) hash.update(JSON.stringify(call));
  return hash.update(String(end)).digest('hex');
}
