import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EffectiveTenant } from '../../../src/model/records/effective.ts';
import {
  asEffective,
  effectiveHash,
  effectiveTenant,
  endpointOf,
  leastTasks,
} from '../../../src/model/records/effective.ts';
import { problemLine } from '../../../src/model/records/problems.ts';
import { derivedHost } from '../../../src/model/records/routing.ts';
import { domainPattern } from '../../../src/model/records/schema-tier.ts';
import { namePattern } from '../../../src/model/records/shapes.ts';
import { smallest, tenant, tier } from './fixtures.ts';

type Spec = Record<string, unknown>;

function merge(tenantSpec: Spec, tierSpec: Spec = {}, name = 'acme') {
  return effectiveTenant(tenant(tenantSpec, name).spec, name, tier(tierSpec).spec, 'standard');
}

function merged(tenantSpec: Spec, tierSpec: Spec = {}, name = 'acme'): EffectiveTenant {
  const result = merge(tenantSpec, tierSpec, name);
  if (!result.ok) throw new Error(result.problems.map(problemLine).join('; '));
  return result.effective;
}

function refusedFields(tenantSpec: Spec, tierSpec: Spec = {}): string[] {
  const result = merge(tenantSpec, tierSpec);
  return result.ok ? [] : result.problems.map(({ field, found }) => `${field} = ${found}`);
}

function service(more: Spec): Spec {
  return { service: { image: 'app:1', executionRoleName: 'exec', ...more } };
}

describe('the merge', () => {
  it('gives the smallest tenant everything of its tier', () => {
    const effective = merged({});
    expect(effective).toMatchObject({
      tenant: 'acme',
      tier: 'standard',
      state: 'active',
      routing: { scope: 'tenant', by: 'host', host: 'acme.standard.example.com' },
      zone: { id: 'Z123' },
      placements: 1,
      pin: [],
      retentionDays: 7,
      strategy: 'pack',
      reservePercent: 10,
    });
    expect(effective.service).toMatchObject({ cpu: 512, memoryMiB: 1024, tasks: 2, scaling: { mode: 'fixed' } });
    expect(effective.routing).not.toHaveProperty('header');
    expect(Object.isFrozen(effective.service.healthCheck)).toBe(true);
  });

  it('merges environment and secrets by name and the health check by field; the tenant wins', () => {
    const base = service({
      environment: { A: 'tier', B: 'tier' },
      secrets: { KEY: { name: 'key' }, DB: { from: 'secretsmanager', name: 'db/password' } },
      healthCheck: { path: '/up', intervalSeconds: 20 },
    });
    const own = {
      environment: { B: 'own', C: 'own' },
      secrets: { DB: { name: '/cellwright/acme/own-db' } },
      healthCheck: { timeoutSeconds: 10 },
    };
    const effective = merged({ service: own }, base);
    expect(effective.service.environment).toEqual({ A: 'tier', B: 'own', C: 'own' });
    expect(effective.service.secrets).toEqual({
      KEY: { from: 'ssm', name: '/cellwright/acme/key' },
      DB: { from: 'ssm', name: '/cellwright/acme/own-db' },
    });
    expect(effective.service.healthCheck).toMatchObject({ path: '/up', intervalSeconds: 20, timeoutSeconds: 10 });
  });

  it('replaces scaling as a whole, and completes it', () => {
    const base = service({ tasks: 3, scaling: { mode: 'external', max: 9 } });
    expect(merged({}, base).service.scaling).toEqual({ mode: 'external', max: 9 });
    expect(merged({ service: { scaling: { mode: 'external' } } }, base).service.scaling).toEqual({
      mode: 'external',
      max: 3,
    });
    expect(merged({ service: { scaling: {} } }, base).service.scaling).toEqual({ mode: 'fixed' });
  });

  it('starts a tenant that a metric scales with at least its minimum', () => {
    const scaling = { mode: 'target-tracking', min: 4, metric: 'requests', target: 900 };
    const effective = merged({ service: { scaling } }, service({ tasks: 2 }));
    expect(effective.service).toMatchObject({ tasks: 4, scaling: { ...scaling, max: 4 } });
    expect(merged({ service: { tasks: 6 } }, service({ scaling: { ...scaling, max: 8 } })).service.tasks).toBe(6);
    const [fixed, external] = [{ mode: 'fixed' }, { mode: 'external', max: 9 }] as const;
    expect(leastTasks(effective.service)).toBe(4);
    expect([fixed, external].map((one) => leastTasks({ tasks: 5, scaling: one }))).toEqual([5, 1]);
  });

  it('tells tenants apart as the tier says', () => {
    const byPath = merged({}, { routing: { scope: 'tenant', by: 'path' } });
    expect(byPath.routing).toEqual({
      scope: 'tenant',
      by: 'path',
      host: 'acme.standard.example.com',
      pathPrefix: '/acme',
    });
    expect(endpointOf(byPath)).toBe('acme.standard.example.com/acme');
    const shared = merged({}, { routing: { scope: 'tier', by: 'header', header: 'X-Customer' } });
    expect(shared.routing).toEqual({ scope: 'tier', by: 'header', host: 'standard.example.com', header: 'x-customer' });
    expect(endpointOf(shared)).toBe('standard.example.com');
  });
});

describe('what does not merge is refused by name', () => {
  it('fields that the tier does not let be overridden', () => {
    const base = { overridable: ['image'] };
    expect(refusedFields({ service: { image: 'own:1' } }, base)).toEqual([]);
    expect(refusedFields({ service: { cpu: 256, memoryMiB: 512, environment: { A: 'x' } } }, base)).toEqual([
      'spec.service.cpu = 256',
      'spec.service.memoryMiB = 512',
      'spec.service.environment = map of 1 fields',
    ]);
    expect(refusedFields({ service: { image: 'own:1' } }, { overridable: [] })).toEqual(['spec.service.image = own:1']);
  });

  it('placements and pin in tier scope', () => {
    const base = { routing: { scope: 'tier', by: 'path' } };
    expect(refusedFields({ placements: 1, pin: ['a'] }, base)).toEqual([
      'spec.placements = 1',
      'spec.pin = list of 1 elements',
    ]);
    expect(refusedFields({}, base)).toEqual([]);
  });

  it('what only the merge makes wrong', () => {
    expect(refusedFields({ service: { cpu: 4096 } })).toEqual(['spec.service.memoryMiB = 1024']);
    expect(refusedFields({ service: { healthCheck: { intervalSeconds: 5 } } })).toEqual([
      'spec.service.healthCheck.timeoutSeconds = 5',
    ]);
    const base = service({ environment: { DB: 'x' } });
    expect(refusedFields({ service: { secrets: { DB: { name: 'db' } } } }, base)).toEqual([
      'spec.service.secrets.DB = map of 2 fields',
    ]);
    expect(refusedFields({ service: { secrets: { DB: { name: 'db' } } } })).toEqual([
      'spec.service.executionRoleName = nothing',
    ]);
    const external = service({ scaling: { mode: 'external', max: 2 } });
    expect(refusedFields({ service: { tasks: 5 } }, external)).toEqual(['spec.service.scaling.max = 2']);
  });

  it('more environment than a task definition takes', () => {
    const full = (from: string): Spec =>
      Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`${from}${n}`, 'x'.repeat(4000)]));
    expect(refusedFields({ service: { environment: full('A') } }, service({ environment: full('B') }))).toEqual([
      'spec.service.environment = map of 14 fields',
    ]);
  });
});

describe('the hash', () => {
  const base = effectiveHash(merged({}));

  it('does not change when a tenant repeats its tier, nor with the order of a pin', () => {
    expect(
      effectiveHash(
        merged({ placements: 1, state: 'active', service: { cpu: 512, tasks: 2, healthCheck: { path: '/healthz' } } }),
      ),
    ).toBe(base);
    expect(effectiveHash(merged({ pin: ['b', 'a'] }))).toBe(effectiveHash(merged({ pin: ['a', 'b'] })));
  });

  it.each<[string, Spec]>([
    ['state', { state: 'suspended' }],
    ['placements', { placements: 2 }],
    ['pin', { pin: ['eu-1-a'] }],
    ['antiAffinity', { antiAffinity: 'x' }],
    ['isolation', { isolation: 'dedicated' }],
    ['expectedRps', { expectedRps: 5 }],
    ['image', { service: { image: 'app:2' } }],
    ['environment', { service: { environment: { A: '1' } } }],
    ['drainSeconds', { service: { drainSeconds: 5 } }],
    ['healthCheck', { service: { healthCheck: { matcher: '204' } } }],
  ])('changes with %s', (_field, spec) => {
    expect(effectiveHash(merged(spec))).not.toBe(base);
  });

  it.each<[string, Spec, Spec]>([
    ['ring and movable', { ring: 5, movable: true }, {}],
    ['mode', { mode: 'paused' }, { mode: 'observe' }],
    ['the placement policy', {}, { placement: { strategy: 'spread', reservePercent: 50 } }],
    [
      'credentials of the zone',
      {},
      { zone: { id: 'Z123', roleArn: 'arn:aws:iam::111122223333:role/dns', externalId: 'secret' } },
    ],
    ['rollout and dependencies', {}, { rollout: { bakeSeconds: 1 }, dependencies: [{ name: 'x', serviceName: 'y' }] }],
  ])('does not change with %s', (_field, own, tierSpec) => {
    expect(effectiveHash(merged(own, tierSpec))).toBe(base);
  });

  it('survives the way through JSON, as the state table keeps it', () => {
    const stored = asEffective(JSON.parse(JSON.stringify(merged({ pin: ['a'] }))));
    expect(stored === undefined ? '' : effectiveHash(stored)).toBe(effectiveHash(merged({ pin: ['a'] })));
    expect(asEffective({ tenant: 'acme' })).toBeUndefined();
    expect(asEffective(null)).toBeUndefined();
  });
});

describe('for random tenants and tiers', () => {
  const environment = fc.dictionary(fc.stringMatching(/^[A-Z]{1,3}$/), fc.stringMatching(/^[a-z ]{0,5}$/), {
    maxKeys: 4,
  });
  const own = fc.record(
    {
      image: fc.constantFrom('a:1', 'b/c@sha256:'.concat('0'.repeat(64))),
      tasks: fc.integer({ min: 1, max: 1000 }),
      environment,
      startupSeconds: fc.integer({ min: 0, max: 1000 }),
      healthCheck: fc.record(
        { intervalSeconds: fc.integer({ min: 130, max: 300 }), path: fc.constantFrom('/a', '/b') },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );

  it('merging again what was merged changes nothing', () => {
    fc.assert(
      fc.property(own, environment, (mine, theirs) => {
        const base = service({ environment: theirs });
        const once = merged({ service: mine }, base);
        const { image, tasks, environment: all, startupSeconds, healthCheck } = once.service;
        const twice = merged({ service: { image, tasks, environment: all, startupSeconds, healthCheck } }, base);
        expect(twice).toEqual(once);
        expect(effectiveHash(twice)).toBe(effectiveHash(once));
      }),
      { numRuns: 200 },
    );
  });

  it('no two tenants share a host, whatever their names and domains, unless the texts of both are equal', () => {
    const name = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,12}$/).filter((text) => namePattern.test(text));
    const domain = fc.stringMatching(/^([a-z0-9]{1,6}\.){1,3}[a-z]{2,4}$/).filter((text) => domainPattern.test(text));
    const routing = { scope: 'tenant', by: 'host', header: 'x-tenant-id' } as const;
    fc.assert(
      fc.property(name, name, domain, (a, b, where) => {
        const one = derivedHost(a, { domain: where, routing });
        const other = derivedHost(b, { domain: where, routing });
        expect(one === other).toBe(a === b);
        expect(one).toBe(one.toLowerCase());
        expect(one.length).toBeLessThanOrEqual(128);
      }),
    );
  });

  it('needs no more than an ALB allows in the worst case', () => {
    const domain = `${'d'.repeat(61)}.${'e'.repeat(21)}.com`;
    expect(domain).toHaveLength(87);
    const spec = tier({ ...smallest.Tier, domain }).spec;
    expect(derivedHost('t'.repeat(40), spec)).toHaveLength(128);
  });
});
