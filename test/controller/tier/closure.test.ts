import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closureCovers,
  closureHolds,
  type Serving,
  type SharedName,
  serves,
} from '../../../src/controller/tier/closure.ts';

const groupNames = ['g1', 'g2', 'g3', 'g4'] as const;
const tenantNames = ['acme', 'bolt', 'crane', 'dune', 'echo'] as const;

/** What a tenant has behind an infra group: nothing known, or a rule and targets that are there or not. */
const known: fc.Arbitrary<Serving | undefined> = fc.option(fc.record({ rule: fc.boolean(), healthy: fc.boolean() }), {
  nil: undefined,
  freq: 6,
});

const names = fc
  .record({
    seen: fc.subarray([...tenantNames], { minLength: 0 }),
    tenants: fc.subarray([...tenantNames]),
    reached: fc.subarray([...tenantNames]),
    standing: fc.subarray([...groupNames]),
    serving: fc.array(fc.array(known, { minLength: 4, maxLength: 4 }), { minLength: 5, maxLength: 5 }),
    everybodySeen: fc.boolean(),
  })
  .map(({ seen, tenants, reached, standing, serving, everybodySeen }): SharedName => {
    const table = new Map<string, Map<string, Serving>>();
    for (const [index, tenant] of tenantNames.entries()) {
      if (!everybodySeen && !seen.includes(tenant)) continue;
      const rows = groupNames.flatMap((group, column) => {
        const found = serving[index]?.[column];
        return found === undefined ? [] : [[group, found] as const];
      });
      table.set(tenant, new Map(rows));
    }
    return { serving: table, tenants, reached: new Set(reached), standing: new Set(standing) };
  });
const group = fc.constantFrom(...groupNames);

function runs(name: fc.Arbitrary<SharedName>, check: (name: SharedName, group: string) => void): void {
  fc.assert(fc.property(name, group, check), { numRuns: 2_000 });
}

function downEverywhere(name: SharedName, tenant: string): boolean {
  const found = name.serving.get(tenant);
  return [...name.standing].every((one) => found?.has(one) === true && !serves(name.serving, tenant, one));
}

describe('route closure', () => {
  it('lets nothing in without a tenant that would be served there', () => {
    runs(names, (name, to) => {
      if (name.tenants.some((tenant) => serves(name.serving, tenant, to))) return;
      expect(closureHolds(name, to)).toBeDefined();
    });
  });

  it('lets nothing in while a tenant of the name has not been looked at, and says how many', () => {
    runs(names, (name, to) => {
      const unseen = name.tenants.filter((tenant) => !name.serving.has(tenant));
      if (unseen.length === 0) return;
      expect(closureHolds(name, to)).toContain(`${unseen.length} tenants have not been looked at`);
    });
  });

  it('lets in only what serves every tenant that was reached by the name and is not known to be down everywhere', () => {
    runs(names, (name, to) => {
      if (closureHolds(name, to) !== undefined) return;
      for (const tenant of name.tenants.filter((one) => name.reached.has(one))) {
        if (!downEverywhere(name, tenant)) expect(serves(name.serving, tenant, to), tenant).toBe(true);
      }
      for (const tenant of name.tenants) {
        const servedByAll =
          name.standing.size > 0 && [...name.standing].every((one) => serves(name.serving, tenant, one));
        if (servedByAll) expect(serves(name.serving, tenant, to), tenant).toBe(true);
      }
    });
  });

  it('is held up by no tenant that was never reached or is known to be down everywhere', () => {
    runs(names, (name, to) => {
      const refused = closureHolds(name, to);
      if (refused === undefined || name.tenants.some((tenant) => !name.serving.has(tenant))) return;
      const mattering = name.tenants.filter((tenant) => {
        const served = [...name.standing].some((one) => serves(name.serving, tenant, one));
        return name.reached.has(tenant) || served;
      });
      const bystanders = mattering.filter((tenant) => !downEverywhere(name, tenant));
      const publishable = name.tenants.some((tenant) => serves(name.serving, tenant, to));
      // Refused: either nobody could be served there, or somebody who matters would not be.
      const somebodyLeftOut = bystanders.some((tenant) => !serves(name.serving, tenant, to));
      expect(!publishable || somebodyLeftOut, refused).toBe(true);
    });
  });

  it('refuses no more once a tenant less is to be reached, unless it was the only one served there', () => {
    runs(names, (name, to) => {
      if (closureHolds(name, to) !== undefined) return;
      for (const gone of name.tenants) {
        const tenants = name.tenants.filter((tenant) => tenant !== gone);
        if (!tenants.some((tenant) => serves(name.serving, tenant, to))) continue;
        expect(closureHolds({ ...name, tenants }, to)).toBeUndefined();
      }
    });
  });

  const up: Serving = { rule: true, healthy: true };
  const ill: Serving = { rule: true, healthy: false };
  const name = (serving: Record<string, Record<string, Serving>>, reached: readonly string[], standing: string[]) => ({
    serving: new Map(Object.entries(serving).map(([tenant, groups]) => [tenant, new Map(Object.entries(groups))])),
    tenants: Object.keys(serving),
    reached: new Set(reached),
    standing: new Set(standing),
  });

  it('starts a name with the first tenant that serves anywhere', () => {
    expect(closureHolds(name({ acme: { g1: up }, bolt: {} }, [], []), 'g1')).toBeUndefined();
    expect(closureHolds(name({ acme: { g1: up }, bolt: {} }, [], []), 'g2')).toBe('no tenant serves behind g2 yet');
  });

  it('keeps a load balancer out that does not know a tenant whose tasks are ill behind one of those that stand', () => {
    const half = name({ acme: { g1: up, g2: ill }, bolt: { g1: up, g2: up, g3: up } }, ['acme', 'bolt'], ['g1', 'g2']);
    expect(closureHolds(half, 'g3')).toContain('among them acme');
  });

  it('counts a tenant that cannot be read now as one that is in use', () => {
    const dark = name({ acme: {}, bolt: { g1: up, g2: up } }, ['acme', 'bolt'], ['g1']);
    expect(closureHolds(dark, 'g2')).toContain('among them acme');
  });

  it('does not wait for a tenant that is down behind all that stand', () => {
    const down = name({ acme: { g1: ill }, bolt: { g1: up, g2: up } }, ['acme', 'bolt'], ['g1']);
    expect(closureHolds(down, 'g2')).toBeUndefined();
  });
});

describe('a record may be withdrawn for those that remain', () => {
  const well = { rule: true, healthy: true };
  const name = (
    rows: Readonly<Record<string, Readonly<Record<string, Serving>>>>,
    reached: readonly string[] = [],
  ) => ({
    serving: new Map(Object.entries(rows).map(([tenant, row]) => [tenant, new Map(Object.entries(row))])),
    tenants: Object.keys(rows),
    reached: new Set(reached),
    standing: new Set(['g1', 'g2']),
  });
  const remain = new Set(['g2']);

  it('when everybody who is reached by the name serves behind all of them', () => {
    expect(closureCovers(name({ acme: { g1: well, g2: well } }), remain)).toBeUndefined();
    const behind = closureCovers(name({ acme: { g1: well } }, ['acme']), remain);
    expect(behind).toContain('among them acme');
    // Never reached by the name yet: it is reached once it serves behind what is left.
    expect(closureCovers(name({ acme: { g1: well } }), remain)).toBeUndefined();
  });

  it('never the last one, and not while a tenant has not been looked at', () => {
    expect(closureCovers(name({ acme: { g1: well, g2: well } }), new Set())).toContain('the last one stays');
    const unseen = { ...name({ acme: { g1: well, g2: well } }), tenants: ['acme', 'bolt'] };
    expect(closureCovers(unseen, remain)).toContain('not been looked at');
  });

  it('whatever a tenant does that is known to serve nowhere', () => {
    const sick = { rule: true, healthy: false };
    expect(closureCovers(name({ acme: { g1: sick, g2: sick } }, ['acme']), remain)).toBeUndefined();
  });
});
