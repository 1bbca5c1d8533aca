import type { ChangeAction, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { expect } from 'vitest';
import { group, zoneId } from '../facts.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import { contextOf, type Hands } from '../world.ts';

const { dns } = contextOf();

async function listed({ dns: route53 }: Hands): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await route53.listResourceRecordSets({ HostedZoneId: zoneId });
  return ResourceRecordSets.filter(({ Name }) => Name === `${dns.host}.`);
}

async function submit({ dns: route53 }: Hands, changes: readonly (readonly [ChangeAction, ResourceRecordSet])[]) {
  const Changes = changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }));
  return route53.changeResourceRecordSets({ HostedZoneId: zoneId, ChangeBatch: { Changes } });
}

/** Each of our records of these types, as `change` makes it. */
function changed(change: (record: ResourceRecordSet) => ResourceRecordSet, types = ['A', 'AAAA']): Drift['hurt'] {
  return async ({ hands }) => {
    const records = (await listed(hands)).filter(({ Type = '' }) => types.includes(Type));
    return submit(
      hands,
      records.flatMap((record) => [['DELETE', record] as const, ['CREATE', change(record)] as const]),
    );
  };
}

function withAlias(change: Partial<NonNullable<ResourceRecordSet['AliasTarget']>>): Drift['hurt'] {
  return changed((record) => ({
    ...record,
    AliasTarget: { HostedZoneId: '', DNSName: '', EvaluateTargetHealth: false, ...record.AliasTarget, ...change },
  }));
}

async function drop({ hands }: Chain, types: readonly string[]): Promise<unknown> {
  const records = (await listed(hands)).filter(({ Type = '' }) => types.includes(Type));
  return submit(
    hands,
    records.map((record) => ['DELETE', record] as const),
  );
}

const drifts: readonly Drift[] = [
  { what: 'with less weight', fields: ['Weight'], hurt: changed((record) => ({ ...record, Weight: 0 })) },
  {
    what: 'with less weight for one type only',
    fields: ['Weight'],
    hurt: changed((record) => ({ ...record, Weight: 7 }), ['AAAA']),
  },
  {
    what: "of another load balancer's name",
    fields: ['AliasTarget'],
    hurt: withAlias({ DNSName: 'dualstack.other-1.us-east-1.elb.amazonaws.com' }),
  },
  { what: 'without dualstack', fields: ['AliasTarget'], hurt: withAlias({ DNSName: group.dnsName }) },
  { what: 'following target health', fields: ['AliasTarget'], hurt: withAlias({ EvaluateTargetHealth: true }) },
  {
    what: 'with a plain address and a time to live',
    fields: ['AliasTarget', 'ResourceRecords', 'TTL'],
    hurt: changed(
      ({ AliasTarget: _alias, ...record }) => ({ ...record, TTL: 300, ResourceRecords: [{ Value: '192.0.2.1' }] }),
      ['A'],
    ),
  },
  { what: 'without AAAA', fields: ['_missing'], hurt: (chain) => drop(chain, ['AAAA']) },
  {
    what: 'with a CNAME in place of both',
    fields: ['_extra', '_missing'],
    hurt: async ({ hands }) => {
      const records = await listed(hands);
      const { Name, SetIdentifier, Weight } = records[0] ?? { Name: undefined };
      const ResourceRecords = [{ Value: 'other.example.test' }];
      return submit(hands, [
        ...records.map((record) => ['DELETE', record] as const),
        ['CREATE', { Name, Type: 'CNAME', SetIdentifier, Weight, TTL: 60, ResourceRecords }],
      ]);
    },
  },
];

const foreignCondition: Stranger['then'] = ({ conditions }) => {
  const found = conditions.find(({ type }) => type === 'DnsReady');
  expect(found).toMatchObject({ status: 'False', reason: 'ForeignRecord' });
};

const strangers: readonly Stranger[] = [
  {
    what: 'a simple record under our name',
    outcome: 'fails',
    plant: ({ hands }) =>
      submit(hands, [['CREATE', { Name: dns.host, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.7' }] }]]),
    look: async (hands) => (await listed(hands)).filter(({ SetIdentifier }) => SetIdentifier === undefined),
    then: foreignCondition,
  },
  {
    what: 'a weighted record under our name',
    outcome: 'passes',
    plant: ({ hands }) =>
      submit(hands, [
        [
          'CREATE',
          {
            Name: dns.host,
            Type: 'A',
            SetIdentifier: 'other',
            Weight: 5,
            TTL: 60,
            ResourceRecords: [{ Value: '192.0.2.7' }],
          },
        ],
      ]),
    look: async (hands) => (await listed(hands)).filter(({ SetIdentifier }) => SetIdentifier === 'other'),
    then: foreignCondition,
  },
];

export const dnsRecordSubject: Subject = {
  kind: 'dns_record',
  drifts,
  strangers,
  vanish: (chain) => drop(chain, ['A', 'AAAA']),
  change: { weight: 33 },
  elsewhere: {
    'route53:GetHostedZoneLimit': 'asked for the capacity of zones',
    'route53:GetChange': 'asked until a change is INSYNC',
  },
};
