import { type ResourceRecordSet, ResourceRecordSet$ } from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../../src/aws/zone-names.ts';
import { desiredRecords } from '../../../src/reconcilers/dns-record/desired.ts';
import { diffRecords } from '../../../src/reconcilers/dns-record/diff.ts';
import type { LiveRecords } from '../../../src/reconcilers/dns-record/observe.ts';
import { contextOf } from '../../contract/world.ts';
import { anyCase, anyOrder, known } from '../support.ts';

const context = contextOf();
const desired = known(desiredRecords({ dns: { ...context.dns, want: 'publish' } }));

function live(records: readonly ResourceRecordSet[]): LiveRecords {
  const own = records.map((raw) => ({
    name: canonicalName(raw.Name ?? ''),
    type: raw.Type ?? '',
    setIdentifier: raw.SetIdentifier,
    raw,
  }));
  return { own, foreign: [] };
}

function readBack(record: ResourceRecordSet): fc.Arbitrary<ResourceRecordSet> {
  return fc
    .record({
      name: anyCase(record.AliasTarget?.DNSName ?? ''),
      dot: fc.constantFrom('', '.'),
      zone: fc.constantFrom('', '/hostedzone/'),
      lists: fc.constantFrom<object>({}, { ResourceRecords: [] }),
    })
    .map(({ name, dot, zone, lists }) => ({
      ...record,
      ...lists,
      Name: `${record.Name}.`,
      AliasTarget: {
        HostedZoneId: `${zone}${record.AliasTarget?.HostedZoneId}`,
        DNSName: `${name}${dot}`,
        EvaluateTargetHealth: false,
      },
    }));
}

const lives = fc.tuple(...desired.records.map(readBack)).chain(anyOrder);

describe('the difference between DNS records and what is wanted', () => {
  it('is nothing, with or without trailing dots, in any letters and order', () => {
    fc.assert(
      fc.property(lives, (records) => {
        expect(diffRecords(desired, live(records))).toEqual([]);
      }),
    );
  });

  it('looks at every member that a record can have besides its key', () => {
    const members = ResourceRecordSet$[4].filter((member) => !['Name', 'Type', 'SetIdentifier'].includes(member));
    fc.assert(
      fc.property(lives, fc.constantFrom(...members), ([first = {}, ...others], member) => {
        const found = diffRecords(desired, live([{ ...first, [member]: ['other'] } as ResourceRecordSet, ...others]));
        expect(found.map(({ field }) => field)).toEqual([member]);
      }),
    );
  });

  it('takes dualstack for what it is: without it AAAA does not resolve', () => {
    const plain = desired.records.map((record) => ({
      ...record,
      AliasTarget: {
        HostedZoneId: '',
        EvaluateTargetHealth: false,
        ...record.AliasTarget,
        DNSName: context.group.dnsName,
      },
    }));
    expect(diffRecords(desired, live(plain)).map(({ field }) => field)).toEqual(['AliasTarget', 'AliasTarget']);
  });

  it('names what is not there, and what should not be', () => {
    const [a] = desired.records;
    const cname = { Name: 'acme.example.test.', Type: 'CNAME', SetIdentifier: context.dns.setIdentifier } as const;
    expect(diffRecords(desired, live([a ?? cname, cname]))).toEqual([
      { field: '_missing', before: null, after: 'AAAA' },
      { field: '_extra', before: 'CNAME', after: null },
    ]);
  });

  it('wants no AAAA behind a load balancer without IPv6, and nothing where the name is withdrawn', () => {
    const dns = { ...context.dns, want: 'publish' as const, group: { ...context.group, dualstack: false } };
    expect(known(desiredRecords({ dns })).records.map(({ Type }) => Type)).toEqual(['A']);
    expect(desiredRecords({ dns: { ...dns, want: 'withdraw' } })).toEqual({ state: 'none' });
  });
});
