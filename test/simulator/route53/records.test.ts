import type {
  ChangeResourceRecordSetsResponse,
  GetHostedZoneLimitResponse,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseName } from '../../../src/simulator/route53/names.ts';
import { refusal } from '../elbv2/fixture.ts';
import { create, createZone, here, list, record, remove, text, upsert, weighted, zoneId } from './fixture.ts';

const alb = 'dualstack.Shared-1.us-east-1.elb.amazonaws.com';
const addresses = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ Value: `10.0.${Math.floor(i / 256)}.${i % 256}` }));

describe('names', () => {
  test('are stored in lower case, with a trailing dot and octal escapes, and stay as they are when read again', () => {
    expect(normaliseName('*.Example.com')).toEqual({ name: '\\052.example.com.' });
    expect(normaliseName('\\052.example.com.')).toEqual({ name: '\\052.example.com.' });
    expect(normaliseName('_dmarc.a-b.example.com')).toEqual({ name: '_dmarc.a-b.example.com.' });
    expect(normaliseName('a@b.example.com')).toEqual({ name: 'a\\100b.example.com.' });
    const labels = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '-', '_', '*', '@', '/'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 5 }), (parts) => {
        const first = normaliseName(parts.join('.'));
        expect('name' in first && normaliseName(first.name)).toEqual(first);
      }),
    );
  });

  test.each([
    ['an empty label', 'a..example.com', /DomainLabelEmpty/],
    ['a label of 64 characters', `${'a'.repeat(64)}.example.com`, /DomainLabelTooLong/],
    ['more than 255 characters', `${'a.'.repeat(125)}example.com`, /DomainTooLong/],
    ['a character that is not ASCII', 'ä.example.com', /UnsupportedCharacter/],
    ['a zone of somebody else', 'a.example.org', /not permitted in zone example\.com\./],
  ])('with %s are refused', (_what, name, message) => {
    const { change } = createZone();
    const error = refusal(() => change(create(text(name))));
    expect(error.code).toBe('InvalidChangeBatch');
    expect(error.message).toMatch(message);
  });
});

describe('a change batch', () => {
  test('is all or nothing, and every message comes back', () => {
    const { fixture, change } = createZone();
    change(create(text('a.example.com')));
    const error = refusal(() =>
      change(create(text('b.example.com')), create(text('a.example.com')), remove(text('c.example.com'))),
    );
    expect(error.code).toBe('InvalidChangeBatch');
    expect(error.details.fields?.['messages']).toEqual([
      "Tried to create resource record set [name='a.example.com.', type='TXT'] but it already exists",
      "Tried to delete resource record set [name='c.example.com.', type='TXT'] but it was not found",
    ]);
    expect(list(fixture).ResourceRecordSets?.map((set) => set.Name)).not.toContain('b.example.com.');
  });

  test('DELETE must carry every value', () => {
    const { change } = createZone();
    const set = weighted('a.example.com', 'one', { Weight: 10 });
    change(create(set));
    for (const other of [{ Weight: 11 }, { TTL: 61 }, { ResourceRecords: [{ Value: '10.0.0.2' }] }]) {
      expect(refusal(() => change(remove({ ...set, ...other }))).message).toContain(
        "[name='a.example.com.', type='A', set-identifier='one'] but the values provided do not match the current values",
      );
    }
    expect(refusal(() => change(remove({ ...set, SetIdentifier: 'two' }))).message).toContain('but it was not found');
    expect(() => change(remove({ ...set, Name: 'A.EXAMPLE.com.' }))).not.toThrow();
  });

  test('an UPSERT replaces, and a DELETE may name the values in any order', () => {
    const { fixture, change } = createZone();
    const set = (...values: string[]) =>
      text('a.example.com', 'v', { ResourceRecords: values.map((value) => ({ Value: `"${value}"` })) });
    change(upsert(set('x')));
    change(upsert(set('x', 'y')));
    expect(list(fixture).ResourceRecordSets?.slice(2)).toEqual([{ ...set('x', 'y'), Name: 'a.example.com.' }]);
    expect(() => change(remove(set('y', 'x')))).not.toThrow();
    expect(list(fixture).ResourceRecordSets).toHaveLength(2);
  });

  test('a DELETE followed by a CREATE replaces; the same batch again fails whole: a fence', () => {
    const { fixture, change } = createZone();
    const fence = (value: string) => text('_fence.example.com', value);
    change(create(fence('1')));
    const batch = [remove(fence('1')), create(fence('2')), create(text('a.example.com'))];
    change(...batch);
    const before = list(fixture);
    expect(refusal(() => change(...batch)).code).toBe('InvalidChangeBatch');
    expect(list(fixture)).toEqual(before);
    expect(before.ResourceRecordSets?.find((set) => set.Name === '_fence.example.com.')?.ResourceRecords).toEqual([
      { Value: '"2"' },
    ]);
  });

  test('two DELETEs of one set are refused', () => {
    const { change } = createZone();
    change(create(text('a.example.com')));
    const twice = [remove(text('a.example.com')), create(text('a.example.com')), remove(text('a.example.com'))];
    expect(refusal(() => change(...twice)).message).toContain('invalid set of changes');
  });

  test('1,000 elements and 32,000 characters at most, UPSERTs counted twice', () => {
    const { change } = createZone();
    const sets = (count: number, value = 'v') =>
      Array.from({ length: count }, (_, i) => text(`t${i}.example.com`, value));
    expect(refusal(() => change(...sets(1_001).map(create))).message).toBe(
      '[Number of records limit of 1000 exceeded.]',
    );
    expect(refusal(() => change(...sets(501).map(upsert))).message).toBe('[Number of records limit of 1000 exceeded.]');
    expect(refusal(() => change(...sets(161, 'x'.repeat(198)).map(create))).message).toBe(
      '[RDATA character limit of 32000 exceeded.]',
    );
    expect(refusal(() => change(...sets(81, 'x'.repeat(198)).map(upsert))).message).toBe(
      '[RDATA character limit of 32000 exceeded.]',
    );
    expect(() => change(...sets(160, 'x'.repeat(198)).map(create))).not.toThrow();
    expect(() => change(...sets(500).map(upsert))).not.toThrow();
  });

  test('stops at the limit of the zone, which GetHostedZoneLimit tells', () => {
    const { fixture, change } = createZone();
    fixture.world.quotas.set(here, 'recordsPerZone', 4);
    change(create(text('a.example.com')), create(text('b.example.com')));
    expect(refusal(() => change(create(text('c.example.com')))).message).toBe(
      `[Exceeded limit MAX_RRSETS_BY_ZONE for zone: ${zoneId}]`,
    );
    expect(() => change(remove(text('a.example.com')), create(text('c.example.com')))).not.toThrow();
    const limit = fixture.dns<GetHostedZoneLimitResponse>('GetHostedZoneLimit', {
      HostedZoneId: zoneId,
      Type: 'MAX_RRSETS_BY_ZONE',
    });
    expect(limit).toEqual({ Limit: { Type: 'MAX_RRSETS_BY_ZONE', Value: 4 }, Count: 4 });
  });

  test.each<[string, Partial<ResourceRecordSet>, string]>([
    ['neither values nor alias', { ResourceRecords: undefined, TTL: undefined }, 'InvalidInput'],
    ['a set identifier without a policy', { SetIdentifier: 'x' }, 'InvalidInput'],
    ['a weight without a set identifier', { Weight: 1 }, 'InvalidInput'],
    ['a weight of 256', { Weight: 256, SetIdentifier: 'x' }, 'InvalidInput'],
    ['a set identifier of 129 characters', { Weight: 1, SetIdentifier: 'x'.repeat(129) }, 'InvalidInput'],
    ['text without quotes', { ResourceRecords: [{ Value: 'v' }] }, 'InvalidChangeBatch'],
    ['a text of 256 characters', { ResourceRecords: [{ Value: `"${'v'.repeat(256)}"` }] }, 'InvalidChangeBatch'],
    ['the same value twice', { ResourceRecords: [{ Value: '"v"' }, { Value: '"v"' }] }, 'InvalidChangeBatch'],
    ['401 values', { Type: 'A', ResourceRecords: addresses(401) }, 'InvalidChangeBatch'],
    ['an MX value without a priority', { Type: 'MX', ResourceRecords: [{ Value: 'mail.' }] }, 'InvalidChangeBatch'],
    ['an SRV value of three parts', { Type: 'SRV', ResourceRecords: [{ Value: '1 2 3' }] }, 'InvalidChangeBatch'],
    ['an empty set identifier', { Weight: 1, SetIdentifier: '' }, 'InvalidInput'],
    ['a weight of 1.5', { Weight: 1.5, SetIdentifier: 'x' }, 'InvalidInput'],
    ['two policies at once', { Weight: 1, Failover: 'PRIMARY', SetIdentifier: 'x' }, 'InvalidInput'],
    ['a failover role that is none', { Failover: 'THIRD' as 'PRIMARY', SetIdentifier: 'x' }, 'InvalidInput'],
    ['a type that is none', { Type: 'B' as 'A' }, 'InvalidInput'],
    ['an address that is none', { Type: 'A', ResourceRecords: [{ Value: '10.0.0' }] }, 'InvalidChangeBatch'],
  ])('refuses %s', (_what, more, code) => {
    const { change } = createZone();
    expect(refusal(() => change(create(text('a.example.com', 'v', more)))).code).toBe(code);
  });
});

describe('what a set may hold', () => {
  test('400 values, texts of several strings, and weights of 0 to 255', () => {
    const { change } = createZone();
    const set = text('t.example.com', 'v', { ResourceRecords: [{ Value: '"one" "two \\"quoted\\""' }] });
    expect(() => change(create(set))).not.toThrow();
    expect(() => change(create(record('A', 'a.example.com', [], { ResourceRecords: addresses(400) })))).not.toThrow();
    for (const Weight of [0, 255])
      expect(() => change(upsert(weighted('w.example.com', 'x', { Weight })))).not.toThrow();
  });

  test('a weighted set has one value only', () => {
    const { change } = createZone();
    const two = weighted('w.example.com', 'x', { ResourceRecords: addresses(2) });
    expect(refusal(() => change(create(two))).message).toContain('Only one resource record');
  });

  test('an alias has neither a time to live nor values, and says whether it evaluates health', () => {
    const { change } = createZone();
    const AliasTarget = { HostedZoneId: 'Z35SXDOTRQ7X7K', DNSName: alb, EvaluateTargetHealth: false };
    const set = { Name: 'a.example.com', Type: 'A' as const, AliasTarget };
    for (const more of [{ TTL: 60 }, { ResourceRecords: addresses(1) }]) {
      expect(refusal(() => change(create({ ...set, ...more }))).message).toContain('found more than one');
    }
    const silent = { ...AliasTarget, EvaluateTargetHealth: undefined } as unknown as typeof AliasTarget;
    expect(refusal(() => change(create({ ...set, AliasTarget: silent }))).code).toBe('InvalidInput');
    expect(refusal(() => change(create({ ...set, Type: 'TXT' }))).message).toContain('target was not found');
    const prefixed = { ...AliasTarget, HostedZoneId: '/hostedzone/Z35SXDOTRQ7X7K' };
    expect(() => change(create(set), create({ ...set, Type: 'AAAA', AliasTarget: prefixed }))).not.toThrow();
  });

  test('a comment of 256 characters', () => {
    const { fixture } = createZone();
    const batch = (Comment: string) => ({
      HostedZoneId: zoneId,
      ChangeBatch: { Comment, Changes: [upsert(text('a.example.com'))] },
    });
    const made = fixture.dns<ChangeResourceRecordSetsResponse>('ChangeResourceRecordSets', batch('c'.repeat(256)));
    expect(made.ChangeInfo?.Comment).toHaveLength(256);
    expect(refusal(() => fixture.dns('ChangeResourceRecordSets', batch('c'.repeat(257)))).code).toBe('InvalidInput');
  });
});

describe('record groups', () => {
  test('the policy or the set identifier of a group changes only with all its sets in one batch', () => {
    const { fixture, change } = createZone();
    const [one, two] = [weighted('a.example.com', 'one'), weighted('a.example.com', 'two')];
    change(create(one), create(two));
    const simple = record('A', 'a.example.com', ['10.0.0.9']);
    expect(refusal(() => change(remove(one), create(simple))).message).toBe(
      '[RRSet with DNS name a.example.com., type A cannot be created as other RRSets exist with the same name and type.]',
    );
    expect(() => change(remove(one), remove(two), create(simple))).not.toThrow();
    expect(refusal(() => change(create(one))).message).toBe(
      '[RRSet with DNS name a.example.com., type A, SetIdentifier one cannot be created as a non-weighted set exists with the same name and type.]',
    );
    expect(() => change(remove(simple), create(one))).not.toThrow();
    change(remove(one), create({ ...one, SetIdentifier: 'renamed' }));
    expect(list(fixture).ResourceRecordSets?.map((set) => set.SetIdentifier)).toContain('renamed');
  });

  test('a failover group has one primary and one secondary', () => {
    const { change } = createZone();
    const set = (id: string, Failover: 'PRIMARY' | 'SECONDARY') => {
      return create(record('A', 'f.example.com', ['10.0.0.1'], { SetIdentifier: id, Failover }));
    };
    change(set('a', 'PRIMARY'), set('b', 'SECONDARY'));
    expect(refusal(() => change(set('c', 'PRIMARY'))).message).toContain('a primary set exists');
  });

  test('one routing policy and one TTL for each name and type, 100 sets at most', () => {
    const { change } = createZone();
    change(create(weighted('a.example.com', 'one')));
    const simple: ResourceRecordSet = {
      Name: 'a.example.com',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '10.0.0.1' }],
    };
    expect(refusal(() => change(create(simple))).message).toContain('other RRSets exist');
    const failover = { ...weighted('a.example.com', 'two', { Weight: undefined }), Failover: 'PRIMARY' as const };
    expect(refusal(() => change(create(failover))).code).toBe('InvalidChangeBatch');
    expect(refusal(() => change(create(weighted('a.example.com', 'two', { TTL: 30 })))).message).toContain('same TTL');
    const rewrite = ['one', 'two'].map((id) => upsert(weighted('a.example.com', id, { TTL: 30 })));
    expect(() => change(...rewrite)).not.toThrow();
    const many = Array.from({ length: 98 }, (_, i) => create(weighted('a.example.com', `n${i}`, { TTL: 30 })));
    expect(() => change(...many)).not.toThrow();
    expect(refusal(() => change(create(weighted('a.example.com', 'more', { TTL: 30 })))).message).toBe(
      '[Exceeded limit on number of weighted RRSets for a.example.com., type A in this zone.]',
    );
    expect(() =>
      change(create(weighted('a.example.com', 'aaaa', { Type: 'AAAA', ResourceRecords: [{ Value: '::1' }] }))),
    ).not.toThrow();
  });

  test('a CNAME stands alone, and never at the apex', () => {
    const { change } = createZone();
    const cname = (name: string): ResourceRecordSet => ({
      ...text(name),
      Type: 'CNAME',
      ResourceRecords: [{ Value: 'x.example.org' }],
    });
    change(create(text('a.example.com')));
    expect(refusal(() => change(create(cname('a.example.com')))).message).toContain('conflicts with other records');
    expect(refusal(() => change(create(cname('example.com')))).message).toContain('apex');
    expect(() => change(remove(text('a.example.com')), create(cname('a.example.com')))).not.toThrow();
    expect(refusal(() => change(create(text('a.example.com')))).message).toContain('conflicts with other records');
  });

  test('an alias needs the zone of the load balancer, and its own zone only for names that exist', () => {
    const { fixture, change } = createZone();
    const alias = (DNSName: string, HostedZoneId: string): ResourceRecordSet => ({
      Name: 'a.example.com',
      Type: 'A',
      AliasTarget: { DNSName, HostedZoneId, EvaluateTargetHealth: false },
    });
    const outside = 'but the alias target name does not lie within the target zone';
    expect(refusal(() => change(create(alias(alb, 'Z32O12XQLNTSW2')))).message).toContain(
      `Tried to create an alias that targets dualstack.shared-1.us-east-1.elb.amazonaws.com., type A in zone Z32O12XQLNTSW2, ${outside}`,
    );
    expect(refusal(() => change(create(alias('x.example.org', zoneId)))).message).toContain(outside);
    expect(refusal(() => change(create(alias('x.example.com', zoneId)))).message).toContain(
      'that target was not found',
    );
    change(create(alias(alb, 'Z35SXDOTRQ7X7K')));
    const stored = list(fixture).ResourceRecordSets?.find((set) => set.Type === 'A');
    expect(stored).toEqual({
      Name: 'a.example.com.',
      Type: 'A',
      AliasTarget: {
        HostedZoneId: 'Z35SXDOTRQ7X7K',
        DNSName: 'dualstack.shared-1.us-east-1.elb.amazonaws.com.',
        EvaluateTargetHealth: false,
      },
    });
    const other = alias(alb, 'Z35SXDOTRQ7X7K');
    const changed = { ...other, AliasTarget: { ...other.AliasTarget, EvaluateTargetHealth: true } as never };
    expect(refusal(() => change(remove(changed))).message).toContain('do not match the current values');
    expect(() => change(remove(other))).not.toThrow();
  });

  test('the apex keeps its SOA and NS', () => {
    const { fixture, change } = createZone();
    const apex = list(fixture).ResourceRecordSets ?? [];
    expect(apex.map((set) => set.Type)).toEqual(['NS', 'SOA']);
    for (const set of apex) expect(refusal(() => change(remove(set))).message).toMatch(/HostedZone must contain/);
  });
});

describe('ListResourceRecordSets', () => {
  test('orders by reversed labels, type and set identifier, and pages with a cursor of all three', () => {
    const { fixture, change } = createZone();
    const names = [
      '0.example.com',
      'b.example.com',
      'x.a.example.com',
      'a.example.com',
      'a-b.example.com',
      '*.example.com',
    ];
    change(...names.map((name) => create(text(name))));
    change(...['two', 'one'].map((id) => create(weighted('b.example.com', id))));
    const all = list(fixture).ResourceRecordSets ?? [];
    expect(all.map((set) => [set.Name, set.Type, set.SetIdentifier].join(' ').trim())).toEqual([
      'example.com. NS',
      'example.com. SOA',
      '\\052.example.com. TXT',
      '0.example.com. TXT',
      'a.example.com. TXT',
      'x.a.example.com. TXT',
      'a-b.example.com. TXT',
      'b.example.com. A one',
      'b.example.com. A two',
      'b.example.com. TXT',
    ]);
    const paged: ResourceRecordSet[] = [];
    let cursor: object | undefined = {};
    while (cursor !== undefined) {
      const page = list(fixture, { ...cursor, MaxItems: 2 });
      paged.push(...(page.ResourceRecordSets ?? []));
      cursor = page.IsTruncated
        ? {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
    }
    expect(paged).toEqual(all);
    expect(list(fixture, { StartRecordName: 'b.example.com' }).ResourceRecordSets).toHaveLength(3);
    expect(refusal(() => list(fixture, { StartRecordType: 'A' })).code).toBe('InvalidInput');
  });

  test('pages have 300 sets at most, and random changes leave the order intact', () => {
    const { fixture, change } = createZone();
    change(...Array.from({ length: 400 }, (_, i) => create(text(`t${i}.example.com`))));
    change(...Array.from({ length: 100 }, (_, i) => remove(text(`t${i * 3}.example.com`))));
    const first = list(fixture, { MaxItems: 1_000 });
    expect(first).toMatchObject({ IsTruncated: true, MaxItems: 300 });
    expect(first.ResourceRecordSets).toHaveLength(300);
    const rest = list(fixture, { StartRecordName: first.NextRecordName, StartRecordType: first.NextRecordType });
    expect(rest.ResourceRecordSets).toHaveLength(2);
    const names = [...(first.ResourceRecordSets ?? []), ...(rest.ResourceRecordSets ?? [])]
      .slice(2)
      .map((set) => set.Name);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(300);
  });
});
