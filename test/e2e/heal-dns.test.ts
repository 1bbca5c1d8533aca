import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { type Damage, seeHealed, sweepConfig } from './healing.ts';
import { allReady, type Chain, controllerWrites, handsOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

const zone = 'Z0STANDARD00000000001';

async function records(run: Installation, chain: Chain): Promise<ResourceRecordSet[]> {
  const { dns } = handsOf(run, '999999999999');
  const { ResourceRecordSets = [] } = await dns.listResourceRecordSets({ HostedZoneId: zone });
  return ResourceRecordSets.filter((set) => set.SetIdentifier?.endsWith(chain.placement.id) === true);
}

/** Replaces the placement's record by what `change` makes of it; undefined: by nothing. */
function replaced(change: (record: ResourceRecordSet) => readonly ResourceRecordSet[]): Damage['hurt'] {
  return async (chain, run) => {
    const found = await records(run, chain);
    const next = found.flatMap(change);
    const { dns } = handsOf(run, '999999999999');
    const Changes = [
      ...found.map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet })),
      ...next.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet })),
    ];
    await dns.changeResourceRecordSets({ HostedZoneId: zone, ChangeBatch: { Changes } });
  };
}

const right: Damage['right'] = async (chain, _before, run) => {
  const [only, ...others] = await records(run, chain);
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    Name: `${chain.tenant}.standard.example.com.`,
    Type: 'A',
    Weight: 100,
    AliasTarget: { EvaluateTargetHealth: false },
  });
  expect(only?.AliasTarget?.DNSName).toMatch(/^dualstack\.(a1|b1)-/);
  expect(only?.TTL).toBeUndefined();
};

const alias = (record: ResourceRecordSet, change: object) => [
  { ...record, AliasTarget: { ...record.AliasTarget, ...change } } as ResourceRecordSet,
];

describe('a DNS record that somebody', () => {
  const tenants = { bolt: { tier: 'standard' }, crane: { tier: 'standard' } } as const;
  let run: Installation;
  let watch: Watch;
  beforeAll(async () => {
    run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
    watch = new Watch(run, Object.keys(tenants));
  });
  afterAll(() => run.stop());

  const base = { tenant: 'bolt', kind: 'dns_record', right } as const;
  const damages: readonly Damage[] = [
    { ...base, what: 'deleted', fields: ['_missing'], whole: false, hurt: replaced(() => []) },
    {
      ...base,
      what: 'gave another weight',
      fields: ['Weight'],
      whole: true,
      hurt: replaced((record) => [{ ...record, Weight: 7 }]),
    },
    {
      ...base,
      what: 'led to another load balancer',
      fields: ['AliasTarget'],
      whole: false,
      hurt: replaced((record) => alias(record, { DNSName: 'dualstack.elsewhere-1.us-east-1.elb.amazonaws.com.' })),
    },
    {
      ...base,
      what: 'made follow the health of targets',
      fields: ['AliasTarget'],
      whole: true,
      hurt: replaced((record) => alias(record, { EvaluateTargetHealth: true })),
    },
    {
      ...base,
      what: 'gave a companion for IPv6',
      fields: ['_extra'],
      whole: true,
      hurt: replaced((record) => [record, { ...record, Type: 'AAAA' }]),
    },
    {
      ...base,
      what: 'turned into plain addresses',
      fields: ['AliasTarget', 'ResourceRecords', 'TTL'],
      whole: false,
      hurt: replaced(({ AliasTarget: _alias, ...record }) => [
        { ...record, TTL: 300, ResourceRecords: [{ Value: '192.0.2.1' }] },
      ]),
    },
  ];
  it.each(damages)('$what', async (damage) => {
    await seeHealed(run, watch, damage);
  });
});

describe('a shared name', () => {
  const tenants = { echo: { tier: 'shared' }, fern: { tier: 'shared' } } as const;
  let run: Installation;
  let watch: Watch;
  const shared = 'Z0SHARED0000000000001';
  const host = 'app.example.com.';
  const own = async (): Promise<ResourceRecordSet[]> => {
    const { dns } = handsOf(run, '999999999999');
    const { ResourceRecordSets = [] } = await dns.listResourceRecordSets({ HostedZoneId: shared });
    return ResourceRecordSets.filter((set) => set.Name === host && set.SetIdentifier !== undefined);
  };
  beforeAll(async () => {
    run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
    watch = new Watch(run, Object.keys(tenants));
  });
  afterAll(() => run.stop());

  const damages = [
    { what: 'a record is deleted', field: '_missing', change: () => undefined },
    {
      what: 'a record has another weight',
      field: 'Weight',
      change: (set: ResourceRecordSet) => ({ ...set, Weight: 0 }),
    },
    {
      what: 'a record leads elsewhere',
      field: 'AliasTarget',
      change: (set: ResourceRecordSet) => ({
        ...set,
        AliasTarget: {
          EvaluateTargetHealth: true,
          DNSName: 'dualstack.x-1.us-east-1.elb.amazonaws.com.',
          HostedZoneId: set.AliasTarget?.HostedZoneId,
        },
      }),
    },
  ];
  it.each(damages)('is put right when $what, and nobody is answered by another tenant', async ({ field, change }) => {
    const before = await run.clock.drive(own());
    expect(before).toHaveLength(2);
    const [first] = before;
    if (first === undefined) throw new Error('no record');
    const next = change(first);
    const Changes = [
      { Action: 'DELETE' as const, ResourceRecordSet: first },
      ...(next === undefined ? [] : [{ Action: 'CREATE' as const, ResourceRecordSet: next as ResourceRecordSet }]),
    ];
    const told = run.told.changes.length;
    const { dns } = handsOf(run, '999999999999');
    await run.clock.drive(dns.changeResourceRecordSets({ HostedZoneId: shared, ChangeBatch: { Changes } }));
    const since = run.aws.log.last;
    await watch.advance(120, []);
    expect(await run.clock.drive(own())).toEqual(before);
    await watch.advance(30);
    const drift = run.told.changes.slice(told).filter((one) => one.what === 'applied');
    expect(drift.map((one) => [one.tenant, one.change.kind, one.change.reason])).toEqual([
      ['tier shared', 'dns_record', 'drift'],
    ]);
    const fields = drift.flatMap(({ change: made }) =>
      'fields' in made ? made.fields.map((one) => one.field) : ['_missing'],
    );
    expect(fields.filter((one) => one === field)).toEqual([field]);
    const written = controllerWrites(run, since).flatMap((call) => call.resources);
    for (const resource of written)
      expect(resource).toMatch(/^Z0SHARED0000000000001\/(app\.example\.com|_cellwright-)/);
    expect(allReady(run)).toBe(true);
    // While it led elsewhere, requests could not be served; they never met another tenant.
    expect(watch.complaints().filter((text) => text.includes('was answered by'))).toEqual([]);
  });
});
