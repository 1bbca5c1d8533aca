import { PlacementBook } from '../../../src/controller/capacity/book.ts';
import { acceptedOf, type ObjectEntry } from '../../../src/controller/fleet/entry.ts';
import { FleetView } from '../../../src/controller/fleet/view.ts';
import { gateBasis } from '../../../src/controller/infra-group/basis.ts';
import { FleetMovers, type MoversDeps } from '../../../src/controller/movers/movers.ts';
import { drainPlanner } from '../../../src/controller/movers/plan-drain.ts';
import { rebalancePlanner } from '../../../src/controller/movers/plan-rebalance.ts';
import { effectiveTenant } from '../../../src/model/records/effective.ts';
import { type Kind, specSchemas } from '../../../src/model/records/kinds.ts';
import type { PlacementInventory } from '../../../src/model/resources.ts';
import type { ObjectStatus } from '../../../src/model/state.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const tier = {
  domain: 'standard.example.com',
  zone: { id: 'Z1' },
  service: { image: 'registry.example.com/app:1', cpu: 256, tasks: 1 },
  placement: { reservePercent: 0 },
};

const facts = {
  name: '',
  vpcId: '',
  subnetIds: [],
  taskSecurityGroupIds: [],
  loadBalancerArn: '',
  listenerArn: '',
  dnsName: '',
  canonicalHostedZoneId: '',
  dualstack: false,
};

/** A fleet in memory, with room for `rules` tenants in each infra group; moves are played by hand. */
export class Toy {
  readonly clock = new VirtualClock();
  readonly view = new FleetView();
  readonly book = new PlacementBook(this.view, () => 'active');
  #slots = 0;

  /** `places`: infra groups with their cell. */
  constructor(places: Readonly<Record<string, string>>, rules = 50) {
    this.put('Tier', 'standard', tier);
    for (const cell of new Set(Object.values(places))) {
      this.put('Cell', cell, { tier: 'standard', accountId: '111111111111', region: 'us-east-1', roles: allRoles });
      const quotas = { fargateVcpu: 1e9, targetGroups: 1e6, networkInterfaces: 1e6, clusters: 1e6 };
      const value = { at: 0, quotas, foreign: {}, unreadable: {}, marked: [] };
      this.book.cells.set(cell, { ok: true, value } as never);
    }
    for (const [group, cell] of Object.entries(places)) {
      this.put('InfraGroup', group, groupSpec(group, cell));
      const quotas = { rules, targetGroups: 1e6, targets: 1e6, subnetAddresses: 1e6 };
      const strangers = { listener_rule: 0, target_group: 0 };
      const value = { at: 0, facts, quotas, foreign: {}, unreadable: {}, foreignSlots: [], strangers };
      this.book.groups.set(group, { ok: true, value } as never);
      this.book.gates.set(group, {
        basis: gateBasis(this.view, group),
        closed: undefined,
        conditions: [],
        missing: [],
      });
    }
    this.book.zones.set('Z1', { ok: true, value: { at: 0, quota: 1e6, foreign: 0, fenceEpoch: 0 } } as never);
  }

  movers(more: Partial<MoversDeps> = {}): FleetMovers {
    const { view, clock, book } = this;
    return new FleetMovers({
      view,
      clock,
      mode: () => 'active',
      planDrain: drainPlanner(book, clock),
      planRebalance: rebalancePlanner(view, book, clock),
      ...more,
    });
  }

  put(kind: Kind, name: string, raw: object, more: { readonly generation?: number } = {}): ObjectEntry {
    const spec: unknown = specSchemas[kind].parse(raw);
    const merged =
      kind === 'Tenant'
        ? effectiveTenant(spec as never, name, this.view.spec('Tier', 'standard') as never, 'standard')
        : undefined;
    const value = {
      generation: more.generation ?? 1,
      hash: 'v1:x',
      spec,
      ...(merged?.ok === true ? { effective: merged.effective } : {}),
      acceptedAt: this.now(),
    };
    const entry = this.view.ensure(kind, name);
    entry.present = true;
    entry.isAccepted = true;
    entry.spec = { value, rev: 1, epoch: 1 };
    entry.accepted = acceptedOf(kind, name, value);
    this.book.invalidate();
    return entry;
  }

  /** Changes some fields of a record. */
  change(kind: Kind, name: string, fields: object, generation?: number): ObjectEntry {
    const before = this.view.get(kind, name)?.accepted?.record.spec as object;
    return this.put(kind, name, { ...before, ...fields }, generation === undefined ? {} : { generation });
  }

  /** A tenant that serves in a group as its record says. */
  tenant(name: string, group: string, spec: object = {}): ObjectEntry {
    const entry = this.put('Tenant', name, { tier: 'standard', ...spec });
    this.reached(name);
    this.#set(entry, this.#placement(`${name}-1`, group, 'serving'));
    return entry;
  }

  /** The record is live as it stands. */
  reached(name: string): void {
    const entry = this.entry(name);
    const generation = entry.accepted?.generation ?? 0;
    const value: ObjectStatus = { phase: 'Ready', generation, observedGeneration: generation, conditions: [] };
    entry.status = { value, rev: 1, epoch: 1 };
  }

  entry(name: string): ObjectEntry {
    const entry = this.view.get('Tenant', name);
    if (entry === undefined) throw new Error(`no tenant ${name}`);
    return entry;
  }

  /** Its only placement that is not a successor. */
  home(name: string): PlacementInventory {
    const found = Object.values(this.entry(name).inventory?.value.placements ?? {}).find(
      ({ move }) => move === undefined,
    );
    if (found === undefined) throw new Error(`${name} is nowhere`);
    return found;
  }

  /** What the engine does with an order: a successor is reserved. */
  begin(name: string, to: string, cause: 'drain' | 'rebalance' = 'drain'): void {
    const from = this.home(name).id;
    const move = { from, cause, why: '', startedAt: this.now() };
    this.#set(this.entry(name), { ...this.#placement(`${from}+`, to, 'reserved'), move });
  }

  /** The old placement is released, and the successor is a placement like any other. */
  finish(name: string): void {
    const entry = this.entry(name);
    const successor = Object.values(entry.inventory?.value.placements ?? {}).find(({ move }) => move !== undefined);
    if (successor === undefined) throw new Error(`${name} does not move`);
    const { move: _over, ...rest } = successor;
    entry.inventory = { value: { placements: { [rest.id]: { ...rest, phase: 'serving' } } }, rev: 1, epoch: 1 };
    this.book.invalidate();
  }

  /** The successor is taken back. */
  abort(name: string): void {
    const home = this.home(name);
    this.entry(name).inventory = { value: { placements: { [home.id]: home } }, rev: 1, epoch: 1 };
    this.book.invalidate();
  }

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  #set(entry: ObjectEntry, placement: PlacementInventory): void {
    const placements = { ...entry.inventory?.value.placements, [placement.id]: placement };
    entry.inventory = { value: { placements }, rev: 1, epoch: 1 };
    this.book.invalidate();
  }

  #placement(id: string, infraGroup: string, phase: PlacementInventory['phase']): PlacementInventory {
    this.#slots += 1;
    const demand = {
      group: { targetGroups: 1, rules: 1, targets: 2, subnetAddresses: 2, rps: 0 },
      cell: { fargateVcpu: 512, targetGroups: 1, networkInterfaces: 2, clusters: 1 },
      zone: { records: 1 },
    };
    const cell = this.view.spec('InfraGroup', infraGroup)?.cell ?? '';
    const base = {
      tier: 'standard',
      cell,
      infraGroup,
      slot: this.#slots,
      phase,
      demand,
      why: '',
      reservedAt: this.now(),
    };
    return { id, ...base, resources: {}, retired: [] };
  }
}

const role = 'arn:aws:iam::111111111111:role/cellwright/apply';
const allRoles = { observe: role, apply: role, reap: role };

function groupSpec(group: string, cell: string) {
  const id = Buffer.from(group).toString('hex').padEnd(16, '0').slice(0, 16);
  const elb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111';
  return {
    cell,
    vpcId: `vpc-${id}0`,
    subnetIds: [`subnet-${id}1`],
    loadBalancerArn: `${elb}:loadbalancer/app/${group}/${id}`,
    listenerArn: `${elb}:listener/app/${group}/${id}/${id}`,
    taskSecurityGroupIds: [`sg-${id}0`],
  };
}
