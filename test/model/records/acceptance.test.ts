import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Acceptance, Accepted } from '../../../src/model/records/acceptance.ts';
import { acceptRecord, claimsOf } from '../../../src/model/records/acceptance.ts';
import { ClaimRegistry, ownerKey } from '../../../src/model/records/claims.ts';
import type { Kind } from '../../../src/model/records/kinds.ts';
import { parseRecord } from '../../../src/model/records/parse.ts';
import { smallest } from './fixtures.ts';

/** A small world that accepts records as a controller does: one after the other, keeping what was accepted. */
class World {
  readonly accepted = new Map<string, Accepted>();
  readonly claims = new ClaimRegistry();

  write(kind: Kind, name: string, spec: unknown, serving?: Accepted): Acceptance {
    const key = ownerKey(kind, name);
    const outcome = acceptRecord({
      kind,
      name,
      parsed: parseRecord({ kind, name, spec }),
      lastGood: this.accepted.get(key),
      serving: serving?.effective,
      context: {
        tier: (each) => this.specOf('Tier', each),
        tierOf: (_tenant, each) => {
          const spec = this.specOf('Tier', each);
          return spec === undefined ? undefined : { revision: 'only', spec };
        },
        cell: (each) => this.specOf('Cell', each),
        claims: this.claims,
      },
    });
    if (outcome.accepted !== undefined) this.accepted.set(key, outcome.accepted);
    expect(this.claims.hold(key, outcome.claims)).toEqual([]);
    return outcome;
  }

  private specOf<K extends 'Tier' | 'Cell'>(kind: K, name: string) {
    const record = this.accepted.get(ownerKey(kind, name))?.record;
    return record?.kind === kind ? (record.spec as Extract<typeof record, { kind: K }>['spec']) : undefined;
  }
}

function world(): World {
  const made = new World();
  made.write('Tier', 'standard', smallest.Tier);
  made.write('Cell', 'eu-1', smallest.Cell);
  made.write('InfraGroup', 'eu-1-a', smallest.InfraGroup);
  return made;
}

function reasonOf(outcome: Acceptance): string {
  return `${outcome.condition.status} ${outcome.condition.reason}`;
}

describe('generations', () => {
  it('start at 1 and go up when the effective spec changes, not when its words do', () => {
    const made = world();
    expect(made.write('Tenant', 'acme', { tier: 'standard' }).accepted?.generation).toBe(1);
    const same = made.write('Tenant', 'acme', { tier: 'standard', placements: 1, ring: 7 });
    expect([same.changed, same.accepted?.generation]).toEqual([false, 1]);
    expect(same.accepted?.effective?.ring).toBe(7);
    const next = made.write('Tenant', 'acme', { tier: 'standard', placements: 2 });
    expect([next.changed, next.accepted?.generation]).toEqual([true, 2]);
  });

  it('of tenants follow their tier', () => {
    const made = world();
    made.write('Tenant', 'acme', { tier: 'standard' });
    made.write('Tier', 'standard', { ...smallest.Tier, service: { image: 'app:2' } });
    const outcome = made.write('Tenant', 'acme', { tier: 'standard' });
    expect([outcome.changed, outcome.accepted?.generation]).toEqual([true, 2]);
    expect(outcome.accepted?.effective?.service.image).toBe('app:2');
  });

  it('do not jump when only the way to hash has changed', () => {
    const made = world();
    const first = made.write('Tenant', 'acme', { tier: 'standard' });
    if (first.accepted !== undefined) made.accepted.set('Tenant/acme', { ...first.accepted, hash: 'v0:other' });
    const outcome = made.write('Tenant', 'acme', { tier: 'standard' });
    expect([outcome.changed, outcome.accepted?.generation]).toEqual([false, 1]);
    expect(outcome.accepted?.hash).toBe(first.accepted?.hash);
  });
});

describe('last good', () => {
  it('stays in force when a record becomes invalid, and says so', () => {
    const made = world();
    const good = made.write('Tenant', 'acme', { tier: 'standard' });
    const bad = made.write('Tenant', 'acme', { tier: 'standard', placements: 'many' });
    expect(reasonOf(bad)).toBe('False Invalid');
    expect(bad.accepted).toBe(good.accepted);
    expect(bad.claims).toEqual(['host:acme.standard.example.com']);
    expect(bad.condition.message).toContain('spec.placements: found string "many", expected a whole number');
    expect(bad.condition.message).toContain('generation 1) stays in force');
    expect(reasonOf(made.write('Tenant', 'acme', { tier: 'standard' }))).toBe('True Valid');
  });

  it('stays in force when the merge with a changed tier is invalid', () => {
    const made = world();
    made.write('Tenant', 'acme', { tier: 'standard', service: { image: 'own:1' } });
    made.write('Tier', 'standard', { ...smallest.Tier, overridable: [] });
    const outcome = made.write('Tenant', 'acme', { tier: 'standard', service: { image: 'own:1' } });
    expect(reasonOf(outcome)).toBe('False Invalid');
    expect(outcome.accepted?.effective?.service.image).toBe('own:1');
    expect(outcome.problems.map(({ field }) => field)).toEqual(['spec.service.image']);
  });

  it('is nothing where nothing was ever accepted', () => {
    const outcome = world().write('Tenant', 'acme', {});
    expect(outcome.accepted).toBeUndefined();
    expect(outcome.claims).toEqual([]);
    expect(outcome.condition.message).toContain('Nothing is done');
  });
});

describe('references', () => {
  it('wait for what they name, and are accepted once it is there', () => {
    const made = new World();
    expect(reasonOf(made.write('Tenant', 'acme', { tier: 'standard' }))).toBe('False UnknownReference');
    expect(reasonOf(made.write('Cell', 'eu-1', smallest.Cell))).toBe('False UnknownReference');
    expect(reasonOf(made.write('InfraGroup', 'eu-1-a', smallest.InfraGroup))).toBe('False UnknownReference');
    made.write('Tier', 'standard', smallest.Tier);
    expect(reasonOf(made.write('Tenant', 'acme', { tier: 'standard' }))).toBe('True Valid');
    expect(reasonOf(made.write('Cell', 'eu-1', smallest.Cell))).toBe('True Valid');
    expect(reasonOf(made.write('InfraGroup', 'eu-1-a', smallest.InfraGroup))).toBe('True Valid');
  });

  it('a group’s load balancer must be in the cell’s account and Region', () => {
    const made = world();
    made.write('Cell', 'eu-2', { ...smallest.Cell, region: 'eu-west-1' });
    const outcome = made.write('InfraGroup', 'eu-2-a', { ...smallest.InfraGroup, cell: 'eu-2' });
    expect(reasonOf(outcome)).toBe('False Invalid');
    expect(outcome.problems[0]?.field).toBe('spec.loadBalancerArn');
    expect(outcome.problems[0]?.expected).toContain('111122223333 in eu-west-1');
  });
});

describe('what cannot change', () => {
  it.each<[Kind, string, string, unknown]>([
    ['Tier', 'standard', 'spec.domain', { ...smallest.Tier, domain: 'other.example.com' }],
    ['Tier', 'standard', 'spec.zone.id', { ...smallest.Tier, zone: { id: 'Z9' } }],
    ['Tier', 'standard', 'spec.routing.by', { ...smallest.Tier, routing: { by: 'path' } }],
    ['Cell', 'eu-1', 'spec.region', { ...smallest.Cell, region: 'eu-west-1' }],
    ['InfraGroup', 'eu-1-a', 'spec.vpcId', { ...smallest.InfraGroup, vpcId: 'vpc-0f' }],
  ])('%s %s: %s', (kind, name, field, spec) => {
    const made = world();
    const before = made.accepted.get(ownerKey(kind, name));
    const outcome = made.write(kind, name, spec);
    expect(reasonOf(outcome)).toBe('False Immutable');
    expect(outcome.problems.map((each) => each.field)).toEqual([field]);
    expect(outcome.condition.message).toContain('cannot change');
    expect(outcome.accepted).toBe(before);
  });

  it('everything else can', () => {
    const made = world();
    const changed = { ...smallest.Cell, weight: 5, roles: { apply: 'arn:aws:iam::111122223333:role/new' } };
    expect(reasonOf(made.write('Cell', 'eu-1', changed))).toBe('True Valid');
    expect(reasonOf(made.write('Tier', 'standard', { ...smallest.Tier, retentionDays: 1 }))).toBe('True Valid');
  });
});

describe('uniqueness: the first accepted wins', () => {
  it('account and Region, load balancer and listener', () => {
    const made = world();
    const second = made.write('Cell', 'eu-9', smallest.Cell);
    expect(reasonOf(second)).toBe('False Conflict');
    expect(second.condition.message).toContain('Cell/eu-1');
    const group = made.write('InfraGroup', 'eu-1-b', smallest.InfraGroup);
    expect(group.problems.map(({ field }) => field)).toEqual(['spec.loadBalancerArn', 'spec.listenerArn']);
    expect(reasonOf(made.write('Cell', 'eu-1', smallest.Cell))).toBe('True Valid');
  });

  it('a domain belongs to one tier', () => {
    const outcome = world().write('Tier', 'premium', smallest.Tier);
    expect([reasonOf(outcome), outcome.problems[0]?.field]).toEqual(['False Conflict', 'spec.domain']);
  });

  it('a tenant’s host against a tier’s domain, both ways', () => {
    const made = world();
    made.write('Tenant', 'eu', { tier: 'standard' });
    const spec = { ...smallest.Tier, domain: 'eu.standard.example.com' };
    expect(reasonOf(made.write('Tier', 'europe', spec))).toBe('False Conflict');

    const other = world();
    other.write('Tier', 'europe', spec);
    const outcome = other.write('Tenant', 'eu', { tier: 'standard' });
    expect([reasonOf(outcome), outcome.problems[0]?.field]).toEqual(['False Conflict', 'name']);
    expect(outcome.condition.message).not.toContain('europe');
  });

  it('tenants of a shared name claim nothing and do not meet', () => {
    const made = world();
    made.write('Tier', 'shared', {
      ...smallest.Tier,
      domain: 'shared.example.com',
      routing: { scope: 'tier', by: 'path' },
    });
    expect(made.write('Tenant', 'a', { tier: 'shared' }).claims).toEqual([]);
    expect(reasonOf(made.write('Tenant', 'b', { tier: 'shared' }))).toBe('True Valid');
  });
});

describe('another tier', () => {
  it('is accepted, marked as a move, and keeps the old host claimed while the old placements serve', () => {
    const made = world();
    made.write('Tier', 'premium', { ...smallest.Tier, domain: 'premium.example.com' });
    const before = made.write('Tenant', 'acme', { tier: 'standard' }).accepted;
    for (let pass = 0; pass < 2; pass += 1) {
      const outcome = made.write('Tenant', 'acme', { tier: 'premium' }, before);
      expect([reasonOf(outcome), outcome.tierChanged]).toEqual(['True Valid', true]);
      expect([...outcome.claims].sort()).toEqual(['host:acme.premium.example.com', 'host:acme.standard.example.com']);
    }
    const settled = made.write('Tenant', 'acme', { tier: 'premium' });
    expect([settled.tierChanged, settled.claims]).toEqual([false, ['host:acme.premium.example.com']]);
    expect(made.claims.ownerOf('host:acme.standard.example.com')).toBeUndefined();
  });
});

describe('a restart', () => {
  it('gives every owner the claims of its last good spec', () => {
    const made = world();
    made.write('Tenant', 'acme', { tier: 'standard' });
    const again = new ClaimRegistry();
    for (const [key, { record, effective }] of made.accepted)
      expect(again.hold(key, claimsOf(record, effective))).toEqual([]);
    expect(again.size).toBe(made.claims.size);
    expect(again.ownerOf('host:acme.standard.example.com')).toBe('Tenant/acme');
  });
});

describe('the registry', () => {
  it('never has two owners for a claim, whatever is held and released', () => {
    const owner = fc.constantFrom('Tenant/a', 'Tenant/b', 'Tier/c');
    const claim = fc.constantFrom('host:x', 'host:y', 'listener:z', 'account:1');
    const step = fc.oneof(
      fc.record({ do: fc.constant('hold' as const), owner, claims: fc.array(claim, { maxLength: 3 }) }),
      fc.record({ do: fc.constant('release' as const), owner, claims: fc.constant<string[]>([]) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const registry = new ClaimRegistry();
        const model = new Map<string, string>();
        for (const each of steps) {
          const taken = each.claims.some((one) => model.has(one) && model.get(one) !== each.owner);
          if (each.do === 'release') registry.release(each.owner);
          else expect(registry.hold(each.owner, each.claims).length > 0).toBe(taken);
          if (taken) continue;
          for (const [held, by] of [...model]) if (by === each.owner) model.delete(held);
          for (const one of each.claims) model.set(one, each.owner);
        }
        expect(registry.size).toBe(model.size);
        for (const [held, by] of model) expect(registry.ownerOf(held)).toBe(by);
      }),
    );
  });
});
