import { beforeEach, describe, expect, it } from 'vitest';
import { PlacementBook } from '../../src/controller/capacity/book.ts';
import type { ObjectEntry } from '../../src/controller/fleet/entry.ts';
import { acceptedOf } from '../../src/controller/fleet/entry.ts';
import { FleetView } from '../../src/controller/fleet/view.ts';
import { gateBasis } from '../../src/controller/infra-group/basis.ts';
import { effectiveTenant } from '../../src/model/records/effective.ts';
import { type Kind, specSchemas } from '../../src/model/records/kinds.ts';
import type { ObjectStatus } from '../../src/model/state.ts';
import { snapshotOf } from '../../src/web/snapshot.ts';
import { at, before, condition, conditions } from './fleet.ts';

const now = Date.parse(at);
let view: FleetView;
let book: PlacementBook;

beforeEach(() => {
  view = new FleetView();
  book = new PlacementBook(view, () => 'active');
  put('Tier', 'standard', {
    domain: 'std.example.net',
    zone: { id: 'Z0123456789', externalId: 'never-shown' },
    placement: { reservePercent: 10 },
    service: { image: 'registry.example/app:1', environment: { PASSWORD: 'never-shown' } },
  });
  put('Cell', 'c1', {
    tier: 'standard',
    accountId: '111122223333',
    region: 'eu-west-1',
    externalId: 'never-shown',
    roles: { apply: 'arn:aws:iam::111122223333:role/apply' },
  });
  const lb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
  put('InfraGroup', 'g1', {
    cell: 'c1',
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    loadBalancerArn: `${lb}:loadbalancer/app/a/0123456789abcdef`,
    listenerArn: `${lb}:listener/app/a/0123456789abcdef/0123456789abcdef`,
    taskSecurityGroupIds: ['sg-0123456789abcdef0'],
  });
});

function put(kind: Kind, name: string, raw: object): ObjectEntry {
  const spec: unknown = specSchemas[kind].parse(raw);
  const tier = view.spec('Tier', 'standard');
  const merged =
    kind === 'Tenant' && tier !== undefined
      ? effectiveTenant(specSchemas.Tenant.parse(raw), name, tier, 'standard')
      : undefined;
  const effective = merged?.ok === true ? { effective: merged.effective } : {};
  const value = { generation: 1, hash: 'v1:x', spec, ...effective, acceptedAt: before(1_000) };
  const entry = view.ensure(kind, name);
  entry.present = true;
  entry.isAccepted = true;
  entry.spec = { value, rev: 1, epoch: 1 };
  entry.accepted = acceptedOf(kind, name, value);
  return entry;
}

function status(entry: ObjectEntry, value: Partial<ObjectStatus>): void {
  const base: ObjectStatus = { phase: 'Ready', generation: 1, observedGeneration: 1, conditions: conditions() };
  entry.status = { value: { ...base, ...value }, rev: 1, epoch: 1 };
}

function place(entry: ObjectEntry): void {
  const demand = {
    group: { targetGroups: 1, rules: 1, targets: 4, subnetAddresses: 4, rps: 0 },
    cell: { fargateVcpu: 2_048, targetGroups: 1, networkInterfaces: 4, clusters: 1 },
    zone: { records: 1 },
  };
  const base = { id: 'p1', tier: 'standard', cell: 'c1', infraGroup: 'g1', slot: 1, phase: 'serving', demand } as const;
  const placement = { ...base, why: '', reservedAt: before(1_000), resources: {}, retired: [] };
  entry.inventory = { value: { placements: { p1: placement } }, rev: 1, epoch: 1 };
  book.invalidate();
}

function read(): void {
  const quotas = { fargateVcpu: 10 * 1_024, targetGroups: 100, networkInterfaces: 100, clusters: 100 };
  book.cells.set('c1', { ok: true, value: { at: now, quotas, foreign: {}, unreadable: {}, marked: [] } });
  const facts = {
    name: 'g1',
    vpcId: '',
    subnetIds: [],
    taskSecurityGroupIds: [],
    loadBalancerArn: '',
    listenerArn: '',
    dnsName: '',
    canonicalHostedZoneId: '',
    dualstack: false,
  };
  const group = {
    at: now,
    facts,
    quotas: { rules: 100, targetGroups: 100, targets: 1_000 },
    foreign: { rules: 5 },
    unreadable: { subnetAddresses: 'denied' },
    foreignSlots: [],
    marked: [],
    strangers: { listener_rule: 5, target_group: 2, endpoint: 3 },
  };
  book.groups.set('g1', { ok: true, value: group });
  book.gates.set('g1', { basis: gateBasis(view, 'g1'), closed: undefined, conditions: [], missing: [] });
  book.invalidate();
}

describe('a tenant', () => {
  it('shows what its record, its tier and its status say', () => {
    const entry = put('Tenant', 'acme', { tier: 'standard', service: { cpu: 1024, memoryMiB: 2048 } });
    status(entry, { endpoint: 'acme.std.example.net' });
    expect(snapshotOf(view, book, now).tenants).toMatchObject([
      {
        name: 'acme',
        tier: 'standard',
        phase: 'Ready',
        wanted: 'active',
        endpoint: 'acme.std.example.net',
        service: { image: 'registry.example/app:1', cpu: 1024, memoryMiB: 2048 },
        message: '',
      },
    ]);
    expect(snapshotOf(view, book, now).tenants[0]?.unreadySince).toBeUndefined();
  });

  it('that should serve and does not says since when and why', () => {
    const off = condition('Ready', 'False', 'NoHealthyTarget', 'TargetsHealthy: 0 of 2');
    status(put('Tenant', 'acme', { tier: 'standard' }), { phase: 'Degraded', conditions: conditions(off) });
    const [tenant] = snapshotOf(view, book, now).tenants;
    expect(tenant).toMatchObject({ unreadySince: off.lastTransitionTime, message: 'TargetsHealthy: 0 of 2' });
  });

  it('that was just accepted counts as unready from then on', () => {
    put('Tenant', 'acme', { tier: 'standard' });
    expect(snapshotOf(view, book, now).tenants).toMatchObject([{ phase: 'Pending', unreadySince: before(1_000) }]);
  });

  it.each(['suspended', 'deleted'])('that is %s is not unready', (state) => {
    const off = condition('Ready', 'False', 'Suspended');
    status(put('Tenant', 'acme', { tier: 'standard', state }), { phase: 'Suspended', conditions: conditions(off) });
    expect(snapshotOf(view, book, now).tenants[0]?.unreadySince).toBeUndefined();
  });

  it('that finds no room bears the commonest refusal', () => {
    const off = condition('Placed', 'False', 'Unplaceable');
    status(put('Tenant', 'acme', { tier: 'standard' }), { phase: 'Unplaceable', conditions: conditions(off) });
    const refusals = new Map([['acme', 'Insufficient']]);
    expect(snapshotOf(view, book, now, { refusals }).tenants[0]?.refusal).toBe('Insufficient');
    expect(snapshotOf(view, book, now).tenants[0]?.refusal).toBe('Unplaceable');
  });

  it('is as strictly handled as the strictest of all above it', () => {
    const entry = put('Tenant', 'acme', { tier: 'standard' });
    expect(snapshotOf(view, book, now).tenants[0]?.mode).toBe('active');
    expect(snapshotOf(view, book, now, { mode: 'observe' }).tenants[0]?.mode).toBe('observe');
    place(entry);
    put('Cell', 'c1', { ...view.spec('Cell', 'c1'), mode: 'paused' });
    expect(snapshotOf(view, book, now).tenants[0]?.mode).toBe('paused');
  });
});

describe('capacity', () => {
  it('shows what is reserved and what may be, vCPU as vCPU, unknown and unlimited as such', () => {
    place(put('Tenant', 'acme', { tier: 'standard' }));
    read();
    const { cells, infraGroups } = snapshotOf(view, book, now);
    expect(cells[0]).toMatchObject({ name: 'c1', tier: 'standard', placements: 1, state: 'active' });
    expect(cells[0]?.capacity[0]).toMatchObject({
      dimension: 'fargateVcpu',
      state: 'known',
      used: 2,
      usable: 9,
      quota: 10,
    });
    const lines = new Map(infraGroups[0]?.capacity.map((line) => [line.dimension, line]));
    expect(lines.get('rules')).toMatchObject({ state: 'known', used: 1, usable: 85, quota: 100, foreign: 5 });
    expect(lines.get('subnetAddresses')).toMatchObject({ state: 'unknown', used: 4 });
    expect(lines.get('rps')).toMatchObject({ state: 'unlimited' });
    expect(JSON.parse(JSON.stringify(infraGroups))).toEqual(infraGroups);
  });

  it('of what was not read yet is unknown', () => {
    expect(snapshotOf(view, book, now).cells[0]?.capacity.map((line) => line.state)).toEqual(Array(4).fill('unknown'));
  });

  it('counts strangers where ours stand', () => {
    read();
    const off = condition('DnsReady', 'False', 'ForeignRecord');
    status(put('Tenant', 'acme', { tier: 'standard' }), { conditions: conditions(off) });
    expect(snapshotOf(view, book, now).strangers).toEqual({
      endpoint: 3,
      listener_rule: 5,
      target_group: 2,
      dns_record: 1,
    });
  });
});

describe('records', () => {
  it('that vanished make orphans, except of tenants that were on their way out', () => {
    for (const name of ['acme', 'globex']) put('Tenant', name, { tier: 'standard' }).present = false;
    put('Tenant', 'leaving', { tier: 'standard', state: 'deleted' }).present = false;
    put('Tenant', 'there', { tier: 'standard' });
    expect(snapshotOf(view, book, now).orphans).toEqual([
      { kind: 'Tenant', name: 'acme' },
      { kind: 'Tenant', name: 'globex' },
    ]);
  });

  it('that are refused are listed, of unknown kinds too, with their names escaped', () => {
    const problem = { kind: 'Tenant', name: 'acme', field: 'spec.service.cpu', found: '300', expected: 'one of 256' };
    const entry = put('Tenant', 'acme', { tier: 'standard' });
    entry.isAccepted = false;
    entry.problems = [problem];
    view.refused.set('Gadget/\u001b[2J', [{ ...problem, kind: 'Gadget' }]);
    expect(snapshotOf(view, book, now).refused).toMatchObject([
      { kind: 'Tenant', name: 'acme', problems: [problem] },
      { kind: 'Gadget', name: '\\u{1b}[2J' },
    ]);
  });
});

it('holds no environment, no secret and no external id', () => {
  place(put('Tenant', 'acme', { tier: 'standard', service: { environment: { TOKEN: 'never-shown' } } }));
  read();
  expect(JSON.stringify(snapshotOf(view, book, now))).not.toContain('never-shown');
});
