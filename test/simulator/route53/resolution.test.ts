import type { CreateHostedZoneResponse, ListResourceRecordSetsResponse } from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBalancerArn, makeGroup, makeRule, ruleInput } from '../elbv2/fixture.ts';
import { create, createRoutes, createZone, loadBalancers, record, remove, text, upsert } from './fixture.ts';

describe('weights', () => {
  const shares = (weights: [number, number], evaluate: boolean, healthy: [boolean, boolean]) => {
    const { start, groups, alias, change, shares } = createRoutes();
    start(groups[0], '10.0.0.1', healthy[0]);
    start(groups[1], '10.0.1.1', healthy[1]);
    change(create(alias(0, weights[0], { evaluate })), create(alias(1, weights[1], { evaluate })));
    return shares();
  };

  test.each<[string, [number, number], boolean, [boolean, boolean], number[]]>([
    ['a single 0 is never served', [0, 5], false, [true, true], [0, 1]],
    ['all 0 are equally likely', [0, 0], false, [true, true], [0.5, 0.5]],
    ['an unhealthy set is served all the same where health is not evaluated', [1, 1], false, [true, false], [0.5, 0.5]],
    ['an unhealthy set is left out where health is evaluated', [1, 1], true, [true, false], [1, 0]],
    ['weight 0 serves when all others are unhealthy', [0, 5], true, [true, false], [1, 0]],
    ['weight 0 does not serve beside a healthy set', [0, 5], true, [true, true], [0, 1]],
    ['all unhealthy count as all healthy', [1, 3], true, [false, false], [0.25, 0.75]],
    ['all unhealthy: a 0 among others is still not served', [0, 3], true, [false, false], [0, 1]],
  ])('%s', (_what, weights, evaluate, healthy, expected) => {
    expect(shares(weights, evaluate, healthy)).toEqual(expected);
  });

  test('shares add to 1 whatever the weights and health', () => {
    const weight = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
    const half = fc.record({
      weight,
      evaluate: fc.boolean(),
      healthy: fc.boolean(),
      tasks: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(half, half, (...halves) => {
        const { start, groups, alias, change, ask } = createRoutes();
        for (const [n, { weight, evaluate, healthy, tasks }] of halves.entries()) {
          for (let i = 0; i < tasks; i++) start(groups[n] ?? '', `10.0.${n}.${i + 1}`, healthy);
          change(create(alias(n === 0 ? 0 : 1, weight, { evaluate })));
        }
        expect(ask().reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
        expect(ask().every(({ share }) => share > 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('with evaluated health, one dead group takes the whole load balancer out of DNS', () => {
    const { fixture, world, start, groups, alias, change, shares } = createRoutes();
    start(groups[0], '10.0.0.1');
    start(groups[1], '10.0.1.1');
    change(create(alias(0, 1, { evaluate: true })), create(alias(1, 1, { evaluate: true })));
    expect(shares()).toEqual([0.5, 0.5]);
    const dead = makeGroup(fixture, 'cw-dead');
    makeRule(fixture, ruleInput('dead.example.com', 9, dead));
    world.advance(0);
    expect(shares(), 'an empty group beside others does not count').toEqual([0.5, 0.5]);
    world.elb.register(dead, { ip: '10.0.0.66', port: 8080 }, false);
    world.advance(0);
    expect(shares()).toEqual([0, 1]);
  });

  test('with evaluated health, a load balancer with nothing but empty groups is out of DNS, and so is one that is gone', () => {
    const { fixture, start, groups, alias, change, shares, ask } = createRoutes();
    start(groups[1], '10.0.1.1');
    change(create(alias(0, 5, { evaluate: true })), create(alias(1, 1, { evaluate: true })));
    expect(shares()).toEqual([0, 1]);
    start(groups[0], '10.0.0.1');
    expect(shares()).toEqual([5 / 6, 1 / 6]);
    fixture.elb('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: loadBalancers[1] }]);
  });

  test('an alias of other records has their health: one healthy set is enough', () => {
    const { start, groups, alias, change, shares } = createRoutes();
    start(groups[0], '10.0.0.1', false);
    start(groups[1], '10.0.1.1');
    const inZone = (n: 0 | 1, target: string) =>
      alias(n, 1, {
        AliasTarget: { HostedZoneId: 'Z0000000000000000001', DNSName: target, EvaluateTargetHealth: true },
      });
    change(
      create(alias(0, 1, { Name: 'one.example.com', evaluate: true })),
      create(alias(1, 1, { Name: 'two.example.com', evaluate: true })),
      create(inZone(0, 'one.example.com')),
      create(inZone(1, 'two.example.com')),
    );
    expect(shares()).toEqual([0, 1]);
    change(create(alias(1, 1, { Name: 'one.example.com', evaluate: true })));
    expect(shares()).toEqual([0, 1]);
  });

  test('of a failover pair the secondary answers only while the primary is unhealthy; multivalue sets answer alike', () => {
    const { start, groups, alias, change, shares, world } = createRoutes();
    start(groups[0], '10.0.0.1');
    start(groups[1], '10.0.1.1');
    const pair = (n: 0 | 1, Failover: 'PRIMARY' | 'SECONDARY') => {
      const { Weight: _weight, ...set } = alias(n, 1, { evaluate: true });
      return create({ ...set, Failover });
    };
    change(pair(0, 'PRIMARY'), pair(1, 'SECONDARY'));
    expect(shares()).toEqual([1, 0]);
    world.elb.setAnswering(groups[0], { ip: '10.0.0.1', port: 8080 }, false);
    world.advance(300);
    expect(shares()).toEqual([0, 1]);
    const value = (id: string) => ({ SetIdentifier: id, MultiValueAnswer: true });
    change(...['10.0.0.1', '10.0.0.2'].map((ip) => create(record('A', 'many.example.com', [ip], value(ip)))));
    expect(world.route53.resolve('many.example.com', { cached: false }).map(({ share }) => share)).toEqual([0.5, 0.5]);
  });
});

describe('names', () => {
  test('wildcards, CNAMEs and aliases within the zone lead on; an address that is no load balancer says so', () => {
    const { start, groups, alias, change, ask } = createRoutes();
    start(groups[0], '10.0.0.1');
    change(
      create(alias(0, 1)),
      create(record('CNAME', 'www.example.com', ['acme.example.com'])),
      create(record('CNAME', '*.wild.example.com', ['www.example.com'])),
      create(record('A', 'plain.example.com', ['192.0.2.1'])),
    );
    expect(ask(false, 'WWW.example.com')).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(false, 'a.b.wild.example.com')).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(false, 'plain.example.com')).toEqual([
      { share: 1, account: '', loadBalancer: '192.0.2.1', rule: '', tenant: null, task: null, status: 503 },
    ]);
  });

  test('a wildcard answers only for names that do not exist, be it as the parent of others', () => {
    const { fixture, change } = createZone();
    change(
      create(record('A', '*.example.com', ['192.0.2.1'])),
      create(record('A', 'deep.parent.example.com', ['192.0.2.2'])),
      create(text('text.example.com')),
    );
    fixture.world.advance(0);
    const ask = (host: string) =>
      fixture.world.route53.resolve(host, { cached: false }).map((answer) => answer.dnsName);
    expect(ask('any.example.com')).toEqual(['192.0.2.1']);
    expect(ask('any.thing.example.com')).toEqual(['192.0.2.1']);
    expect(ask('parent.example.com')).toEqual([]);
    expect(ask('other.parent.example.com')).toEqual([]);
    expect(ask('text.example.com')).toEqual([]);
    expect(ask('example.com')).toEqual([]);
    expect(ask('not a name')).toEqual([]);
  });

  test('a CNAME is followed into other zones, and out of them to a load balancer by its own name', () => {
    const { fixture, start, groups, alias, dnsNames, change, changeIn, ask } = createRoutes();
    start(groups[0], '10.0.0.1');
    fixture.world.route53.seedZone({ id: 'Z0ORG', name: 'example.org', account: '111111111111' });
    change(create(alias(0, 1)));
    changeIn('Z0ORG', create(record('CNAME', 'shop.example.org', ['acme.example.com'])));
    changeIn('Z0ORG', create(record('CNAME', 'direct.example.org', [dnsNames[1] ?? ''])));
    fixture.world.advance(0);
    // The request keeps the name that was asked for: no rule of the load balancer knows it.
    expect(ask(false, 'shop.example.org')).toMatchObject([{ loadBalancer: loadBalancerArn, status: 404 }]);
    expect(ask(false, 'direct.example.org')).toMatchObject([{ loadBalancer: loadBalancers[1] }]);
    expect(ask(false, dnsNames[1])).toMatchObject([{ loadBalancer: loadBalancers[1] }]);
  });

  test('where a part of a group leads nowhere, its share says so; a name that leads nowhere at all does not resolve', () => {
    const { world, change } = createRoutes();
    const cname = (id: string, target: string, Weight: number) =>
      create(record('CNAME', 'mixed.example.com', [target], { SetIdentifier: id, Weight }));
    change(cname('a', 'nobody.example.com', 3), cname('b', 'plain.example.com', 1));
    change(create(record('CNAME', 'loop.example.com', ['loop2.example.com'])));
    change(create(record('CNAME', 'loop2.example.com', ['loop.example.com'])));
    expect(world.route53.resolve('mixed.example.com', { cached: false })).toEqual([]);
    expect(world.route53.resolve('loop.example.com', { cached: false })).toEqual([]);
    change(create(record('A', 'plain.example.com', ['192.0.2.1'])));
    expect(world.route53.resolve('mixed.example.com', { cached: false })).toEqual([
      { dnsName: 'nobody.example.com', share: 0.75 },
      { dnsName: '192.0.2.1', share: 0.25 },
    ]);
  });

  test('AAAA counts half where the load balancer has IPv6 and the name its dualstack. prefix, and not at all elsewhere', () => {
    const { alias, aliasTo, dnsNames, change, shares } = createRoutes({ secondIpAddressType: 'dualstack' });
    const v6 = (n: 0 | 1, id: string, more = {}) => create(alias(n, 1, { Type: 'AAAA', SetIdentifier: id, ...more }));
    change(create(alias(0, 1)));
    expect(shares()).toEqual([1, 0]);
    change(v6(0, 'one'));
    expect(shares(), 'the first load balancer has IPv4 only').toEqual([1, 0]);
    change(v6(1, 'two'));
    expect(shares()).toEqual([0.75, 0.25]);
    change(upsert(alias(1, 1, { Type: 'AAAA', SetIdentifier: 'two', AliasTarget: aliasTo(dnsNames[1] ?? '') })));
    expect(shares(), 'without the prefix there is no IPv6').toEqual([1, 0]);
    change(v6(1, 'only', { Name: 'six.example.com' }));
    expect(shares('six.example.com')).toEqual([0, 1]);
  });
});

describe('zones', () => {
  const createDelegation = () => {
    const { fixture, change, changeIn } = createZone();
    const make = (Name: string, account: string) =>
      fixture.dns<CreateHostedZoneResponse>('CreateHostedZone', { Name, CallerReference: Name + account }, { account });
    const ask = (host: string) =>
      fixture.world.route53.resolve(host, { cached: false }).map((answer) => answer.dnsName);
    return { fixture, change, changeIn, make, ask };
  };

  test('a zone beneath another one answers only where NS records of the parent name its servers', () => {
    const { fixture, change, changeIn, make, ask } = createDelegation();
    const child = make('sub.example.com', '111111111111');
    const id = child.HostedZone?.Id ?? '';
    changeIn(id, create(record('A', 'a.sub.example.com', ['192.0.2.9'])));
    change(create(record('A', 'a.sub.example.com', ['192.0.2.1'])));
    fixture.world.advance(0);
    expect(ask('a.sub.example.com')).toEqual(['192.0.2.1']);
    const servers = child.DelegationSet?.NameServers ?? [];
    change(create(record('NS', 'sub.example.com', servers)));
    fixture.world.advance(0);
    expect(ask('a.sub.example.com')).toEqual(['192.0.2.9']);
    change(upsert(record('NS', 'sub.example.com', ['ns1.elsewhere.example'])));
    fixture.world.advance(0);
    expect(ask('a.sub.example.com')).toEqual([]);
  });

  test('zones of a fleet file are delegated; of two zones with one name the older answers; private zones never do', () => {
    const { fixture, change, changeIn, make, ask } = createDelegation();
    fixture.world.route53.seedZone({ id: 'Z0SUB', name: 'sub.example.com', account: '222222222222' });
    const callAs = { account: '222222222222' };
    const set = record('A', 'a.sub.example.com', ['192.0.2.9']);
    const batch = { HostedZoneId: 'Z0SUB', ChangeBatch: { Changes: [create(set)] } };
    fixture.dns('ChangeResourceRecordSets', batch, callAs);
    change(create(record('A', 'a.sub.example.com', ['192.0.2.1'])));
    fixture.world.advance(0);
    expect(ask('a.sub.example.com')).toEqual(['192.0.2.9']);
    const twin = make('example.com', '111111111111').HostedZone?.Id ?? '';
    changeIn(twin, create(record('A', 'twin.example.com', ['192.0.2.8'])));
    const hidden = fixture.dns<CreateHostedZoneResponse>('CreateHostedZone', {
      Name: 'corp.internal',
      CallerReference: 'private',
      VPC: { VPCId: 'vpc-1', VPCRegion: 'us-east-1' },
    });
    changeIn(hidden.HostedZone?.Id ?? '', create(record('A', 'a.corp.internal', ['10.0.0.1'])));
    fixture.world.advance(0);
    expect(ask('twin.example.com')).toEqual([]);
    expect(ask('a.corp.internal')).toEqual([]);
  });

  test('a zone of its own answers once it is in sync, and until its deletion is', () => {
    const { fixture, changeIn } = createZone({ latencyFactor: 1 });
    const { world } = fixture;
    const made = fixture.dns<CreateHostedZoneResponse>('CreateHostedZone', {
      Name: 'shop.example',
      CallerReference: 'x',
    });
    const Id = made.HostedZone?.Id ?? '';
    const set = record('A', 'a.shop.example', ['192.0.2.1']);
    const ask = () => world.route53.resolve('a.shop.example', { cached: false }).length;
    changeIn(Id, create(set));
    expect(ask()).toBe(0);
    world.advance(120);
    expect(ask()).toBe(1);
    changeIn(Id, remove(set));
    world.advance(1);
    fixture.dns('DeleteHostedZone', { Id });
    expect(ask()).toBe(1);
    world.advance(120);
    expect(ask()).toBe(0);
    const { ResourceRecordSets } = fixture.dns<ListResourceRecordSetsResponse>('ListResourceRecordSets', {
      HostedZoneId: 'Z0000000000000000001',
    });
    expect(ResourceRecordSets).toHaveLength(2);
  });
});

describe('resolver caches', () => {
  test('only changes in sync are answered with; a withdrawn record is held by resolvers for 60 s', () => {
    const { world, start, groups, alias, change, ask } = createRoutes({ latencyFactor: 1 });
    world.advance(10);
    start(groups[0], '10.0.0.1');
    start(groups[1], '10.0.1.1');
    world.advance(60);
    change(create(alias(0, 1)), create(alias(1, 1)));
    expect(ask()).toEqual([]);
    world.advance(120);
    expect(ask()).toHaveLength(2);
    change(remove(alias(1, 1)));
    expect(ask()).toHaveLength(2);
    let waited = 0;
    for (; ask().length === 2; waited++) world.advance(1);
    expect(waited).toBeGreaterThanOrEqual(15);
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: loadBalancerArn }]);
    expect(ask(true)).toMatchObject([
      { share: 1, loadBalancer: loadBalancerArn, status: 200 },
      { share: 0, loadBalancer: loadBalancers[1], status: 200, tenant: 'acme' },
    ]);
    world.advance(58.5);
    expect(ask(true)).toHaveLength(2);
    world.advance(1.5);
    expect(ask(true)).toHaveLength(1);
  });

  test('hold a record for its own time to live, also behind a CNAME and behind an alias of other records', () => {
    const { fixture, change } = createZone({ latencyFactor: 1 });
    const { world } = fixture;
    const AliasTarget = { HostedZoneId: 'Z0000000000000000001', DNSName: 'a.example.com', EvaluateTargetHealth: false };
    change(
      create(record('A', 'a.example.com', ['192.0.2.1'], { TTL: 300 })),
      create(record('CNAME', 'www.example.com', ['a.example.com'], { TTL: 5 })),
      create({ Name: 'alias.example.com', Type: 'A', AliasTarget }),
    );
    world.advance(120);
    const held = (host: string) =>
      world.route53.resolve(host, { cached: true }).map(({ dnsName, share }) => [dnsName, share]);
    change(
      remove({ Name: 'alias.example.com', Type: 'A', AliasTarget }),
      upsert(record('A', 'a.example.com', ['192.0.2.2'], { TTL: 300 })),
      upsert(record('CNAME', 'www.example.com', ['a.example.com'], { TTL: 6 })),
    );
    for (let i = 0; i < 120 && held('a.example.com')[0]?.[0] === '192.0.2.1'; i++) world.advance(1);
    const both = [
      ['192.0.2.2', 1],
      ['192.0.2.1', 0],
    ];
    for (const host of ['a.example.com', 'www.example.com']) expect(held(host)).toEqual(both);
    expect(held('alias.example.com').map(([dnsName]) => dnsName)).toContain('192.0.2.1');
    world.advance(298);
    expect(held('a.example.com')).toEqual(both);
    expect(held('alias.example.com')).not.toEqual([]);
    world.advance(2);
    expect(held('a.example.com')).toEqual([['192.0.2.2', 1]]);
    expect(held('alias.example.com')).toEqual([]);
  });

  test('a set whose weight falls to 0 is held too, and one that never served is not', () => {
    const { world, alias, change } = createRoutes({ latencyFactor: 1 });
    change(create(alias(0, 1)), create(alias(1, 0)));
    world.advance(120);
    change(upsert(alias(0, 0)), upsert(alias(1, 1)));
    const names = (cached: boolean) => world.route53.resolve('acme.example.com', { cached });
    for (let i = 0; i < 120 && names(false)[0]?.dnsName.startsWith('shared-1') === true; i++) world.advance(1);
    expect(names(true).map(({ share }) => share)).toEqual([1, 0]);
    world.advance(60);
    expect(names(true)).toHaveLength(1);
    change(upsert(alias(1, 2)));
    world.advance(121);
    expect(names(true)).toHaveLength(1);
  });

  test('changes of one zone come in sync in their order', () => {
    const { world, alias, change, ask } = createRoutes({ latencyFactor: 1 });
    for (let i = 0; i < 20; i++) {
      change(upsert(alias(0, i % 2 === 0 ? 1 : 0)), upsert(alias(1, i % 2 === 0 ? 0 : 1)));
      world.advance(1);
    }
    world.advance(120);
    expect(ask()).toMatchObject([{ share: 1, loadBalancer: loadBalancers[1] }]);
  });
});
