import { type MovePhase, movePhase } from '../../src/model/moves.ts';
import type { PlacementInventory } from '../../src/model/resources.ts';
import { answerRoute } from '../../src/simulator/route53/data-plane.ts';
import { Installation, type InstallationOptions } from '../support/installation.ts';

const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/cellwright/${name}`;

/** Infra groups with their cells; each cell is an account of its own. */
export type Places = Readonly<Record<string, string>>;

export interface DrainFleet {
  readonly places: Places;
  /** Tenants by name, with what their records say besides the tier. */
  readonly tenants: Readonly<Record<string, object>>;
  /** Where they are placed at first: all other groups are cordoned meanwhile. */
  readonly home: readonly string[];
  readonly scope?: 'tenant' | 'tier';
  readonly fleet?: object;
  readonly tier?: object;
  /** Rules of each infra group. */
  readonly rules?: number;
}

export const domain = 'standard.example.com';

/** Names `t001`, `t002` ... */
export function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t${String(index + 1).padStart(3, '0')}`);
}

export function tierSpec({ scope = 'tenant', tier = {} }: Pick<DrainFleet, 'scope' | 'tier'>): object {
  return {
    domain,
    zone: { id: 'Z0STANDARD00000000001', roleArn: role('999999999999', 'dns'), externalId: 'e2e' },
    routing: scope === 'tenant' ? { scope, by: 'host' } : { scope, by: 'path' },
    service: {
      image: 'registry.example.com/standard/server:1.0',
      cpu: 256,
      memoryMiB: 512,
      tasks: 1,
      healthCheck: { path: '/healthz', intervalSeconds: 5, timeoutSeconds: 2 },
      startupSeconds: 10,
      drainSeconds: 10,
    },
    moves: { stepSeconds: 10 },
    retentionDays: 0,
    ...tier,
  };
}

export function cellSpec(cell: string, places: Places, more: object = {}): object {
  const index = [...new Set(Object.values(places))].indexOf(cell) + 1;
  const accountId = String(index).repeat(12);
  const roles = { observe: role(accountId, 'observe'), apply: role(accountId, 'apply'), reap: role(accountId, 'reap') };
  return { tier: 'standard', accountId, region: 'us-east-1', roles, externalId: 'e2e', ...more };
}

export function groupSpec(
  group: string,
  { places, rules = 90 }: Pick<DrainFleet, 'places' | 'rules'>,
  more: object = {},
): object {
  const cell = places[group] ?? '';
  const { accountId } = cellSpec(cell, places) as { accountId: string };
  const id = Buffer.from(group).toString('hex').padEnd(16, '0');
  const elb = `arn:aws:elasticloadbalancing:us-east-1:${accountId}`;
  return {
    cell,
    vpcId: `vpc-${id}0`,
    subnetIds: [`subnet-${id}1`, `subnet-${id}2`],
    loadBalancerArn: `${elb}:loadbalancer/app/${group}/${id}`,
    listenerArn: `${elb}:listener/app/${group}/${id}/${id.slice(0, 12)}00ff`,
    taskSecurityGroupIds: [`sg-${id}0`],
    quotas: { rules, targetGroups: 500, targets: 2_000, subnetAddresses: 2_000 },
    ...more,
  };
}

function documents(fleet: DrainFleet): string {
  const record = (kind: string, name: string, spec: object) => JSON.stringify({ kind, name, spec });
  const groups = Object.keys(fleet.places);
  const state = (group: string) => (fleet.home.includes(group) ? {} : { state: 'cordoned' });
  return [
    record('Fleet', 'default', { removals: { perTenMinutes: 1_000 }, ...fleet.fleet }),
    record('Tier', 'standard', tierSpec(fleet)),
    ...[...new Set(Object.values(fleet.places))].map((cell) => record('Cell', cell, cellSpec(cell, fleet.places))),
    ...groups.map((group) => record('InfraGroup', group, groupSpec(group, fleet, state(group)))),
    ...Object.entries(fleet.tenants).map(([name, spec]) => record('Tenant', name, { tier: 'standard', ...spec })),
  ].join('\n---\n');
}

/** A fleet that serves, with all tenants at home; a probe of all their names runs from then on. */
export class DrainRun {
  readonly run: Installation;
  readonly probe: Probe;
  readonly #fleet: DrainFleet;

  private constructor(run: Installation, fleet: DrainFleet) {
    this.run = run;
    this.#fleet = fleet;
    this.probe = new Probe(run, fleet.scope ?? 'tenant', Object.keys(fleet.tenants));
  }

  static async start(fleet: DrainFleet, options: Partial<InstallationOptions> = {}): Promise<DrainRun> {
    // What is asked for is seen within seconds, and not each second is spent on asking.
    const config = { streamPollMs: 4_000, resyncMs: 300_000, detailMs: 900_000 };
    const run = await new Installation({ fleet: documents(fleet), config, ...options }).init();
    run.start();
    const self = new DrainRun(run, fleet);
    const wanted = Object.keys(fleet.tenants).length;
    await run.until('all ready at home', () => run.phases().Ready === wanted, 3_600_000);
    for (const group of Object.keys(fleet.places)) if (!fleet.home.includes(group)) await self.group(group, {});
    await run.advance(30);
    self.probe.start();
    return self;
  }

  /** Writes an infra group's record. */
  async group(name: string, more: object): Promise<void> {
    await this.run.put('InfraGroup', name, groupSpec(name, this.#fleet, more));
  }

  async cell(name: string, more: object): Promise<void> {
    await this.run.put('Cell', name, cellSpec(name, this.#fleet.places, more));
  }

  async tenant(name: string, spec: object): Promise<void> {
    await this.run.put('Tenant', name, { tier: 'standard', ...spec });
  }

  placements(tenant: string): readonly PlacementInventory[] {
    const entry = this.run.leader?.term?.view.get('Tenant', tenant);
    return Object.values(entry?.inventory?.value.placements ?? {});
  }

  /** Placements in an infra group, by tenant. */
  inGroup(group: string): readonly { readonly tenant: string; readonly placement: PlacementInventory }[] {
    return Object.keys(this.#fleet.tenants).flatMap((tenant) =>
      this.placements(tenant)
        .filter(({ infraGroup }) => infraGroup === group)
        .map((placement) => ({ tenant, placement })),
    );
  }

  /** The phases that moves are in now. */
  phases(): readonly MovePhase[] {
    return Object.keys(this.#fleet.tenants).flatMap((tenant) => {
      const all = this.placements(tenant);
      return all.flatMap((one) => {
        const old = all.find(({ id }) => id === one.move?.from);
        return old === undefined ? [] : [movePhase(one, old)];
      });
    });
  }

  /** `Draining: 3 of 8 placements left` of a place, as its status has it. */
  drained(kind: 'Cell' | 'InfraGroup', name: string): string {
    const status = this.run.leader?.term?.view.get(kind, name)?.status?.value;
    const found = status?.conditions.find(({ type }) => type === 'Drained');
    return found === undefined ? 'none' : `${found.reason}: ${found.message}`;
  }

  /**
   * Drains a cell to its end: cancelled and ordered again once `half` placements are left, and the controller killed once in each of these phases of a move. Returns those that were seen, and
   * the most moves that were under way at once.
   */
  async empty(
    cell: string,
    half: number,
    deadly: readonly MovePhase[],
  ): Promise<{ readonly killedIn: readonly MovePhase[]; readonly most: number }> {
    const killedIn = new Set<MovePhase>();
    let most = 0;
    const left = (): number => this.inCell(cell);
    await this.cell(cell, { state: 'draining' });
    await this.until('half of them left', () => {
      most = Math.max(most, this.phases().length);
      return left() <= half;
    });
    await this.cell(cell, {});
    await this.until('the moves that could go back did', () => this.phases().length === 0);
    const stayed = left();
    if (stayed === 0 || this.drained('Cell', cell) !== 'none')
      throw new Error(`${stayed} stayed: ${this.drained('Cell', cell)}`);
    await this.run.advance(60);
    if (left() !== stayed) throw new Error(`${left()} of ${stayed} are left although the drain was cancelled`);
    await this.cell(cell, { state: 'draining' });
    for (let seconds = 0; this.drained('Cell', cell) !== 'Drained: no tenant is left'; seconds += 0.2) {
      if (seconds > 36_000) throw new Error(`not empty: ${this.drained('Cell', cell)}`);
      most = Math.max(most, this.phases().length);
      const phase = this.phases().find((one) => deadly.includes(one) && !killedIn.has(one));
      if (phase === undefined) {
        await this.run.clock.advance(200);
        continue;
      }
      killedIn.add(phase);
      await this.killed();
    }
    return { killedIn: [...killedIn], most };
  }

  /** Placements in a cell. */
  inCell(cell: string): number {
    const groups = Object.keys(this.#fleet.places).filter((group) => this.#fleet.places[group] === cell);
    return groups.reduce((sum, group) => sum + this.inGroup(group).length, 0);
  }

  async until(what: string, holds: () => boolean, seconds = 3_600): Promise<void> {
    await this.run.until(what, holds, seconds * 1_000);
  }

  /** The controller dies, and another one leads. */
  async killed(): Promise<void> {
    this.run.kill();
    this.run.start();
    await this.until('another leads', () => this.run.leader?.term?.working === true, 120);
  }
}

/** Asks every name again and again, each virtual second: by every answer that a resolver may give or still hold. */
export class Probe {
  readonly #run: Installation;
  readonly #scope: 'tenant' | 'tier';
  readonly #tenants: Set<string>;
  #stopped = false;
  asked = 0;
  readonly failed: string[] = [];

  constructor(run: Installation, scope: 'tenant' | 'tier', tenants: readonly string[]) {
    this.#run = run;
    this.#scope = scope;
    this.#tenants = new Set(tenants);
  }

  start(): void {
    this.#again();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A tenant that is to serve no more. */
  without(tenant: string): void {
    this.#tenants.delete(tenant);
  }

  #again(): void {
    this.#run.clock.after(1_000, () => {
      if (this.#stopped) return;
      for (const tenant of this.#tenants) this.#ask(tenant);
      this.#again();
    });
  }

  #ask(tenant: string): void {
    const own = this.#scope === 'tenant';
    const request = { host: own ? `${tenant}.${domain}` : domain, path: own ? '/' : `/${tenant}`, headers: {} };
    const { answers } = answerRoute(this.#run.aws, request, true);
    this.asked += 1;
    if (!answers.some(({ share }) => share > 0)) this.#fail(tenant, 'its name does not resolve');
    for (const answer of answers) {
      if (answer.status === 200 && answer.tenant === tenant) continue;
      this.#fail(tenant, `${answer.status} by ${answer.tenant ?? 'nobody'} at ${answer.loadBalancer}`);
    }
  }

  #fail(tenant: string, what: string): void {
    if (this.failed.length < 20)
      this.failed.push(`${new Date(this.#run.clock.now()).toISOString()} ${tenant}: ${what}`);
  }
}
