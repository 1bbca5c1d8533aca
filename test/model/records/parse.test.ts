import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardRaw, recordMaxBytes } from '../../../src/model/records/guard.ts';
import { kinds } from '../../../src/model/records/kinds.ts';
import { parseRecord } from '../../../src/model/records/parse.ts';
import { smallest } from './fixtures.ts';

/** A number as lib-dynamodb hands it over when told not to round. */
class NumberValue {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

function problems(raw: unknown) {
  const result = parseRecord(raw);
  return result.ok ? [] : result.problems;
}

function tenantWith(spec: Record<string, unknown>): unknown {
  return { kind: 'Tenant', name: 'acme', spec: { tier: 'standard', ...spec } };
}

/** A fingerprint of the prototypes that hostile keys aim at. */
function prototypes(): string {
  const names = [Object.prototype, Array.prototype, String.prototype, Function.prototype].map((prototype) =>
    Reflect.ownKeys(prototype).map(String).sort(),
  );
  return createHash('sha256').update(JSON.stringify(names)).digest('hex');
}

describe('the envelope', () => {
  it.each([
    [undefined, 'record'],
    [null, 'record'],
    [5, 'record'],
    ['text', 'record'],
    [[], 'record'],
  ])('%j is refused', (raw, field) => {
    expect(problems(raw).length).toBeGreaterThan(0);
    expect(problems(raw).every((each) => each.field === field)).toBe(true);
  });

  it('refuses an unknown kind by its value, and unknown attributes by their names', () => {
    const found = problems({ kind: 'Pod', name: 'acme', spec: {}, ttl: 17 });
    expect(found).toContainEqual({
      kind: 'Pod',
      name: 'acme',
      field: 'kind',
      found: 'Pod',
      expected: 'one of Fleet, Tier, Cell, InfraGroup, Tenant',
    });
    expect(found.map((each) => [each.field, each.found])).toContainEqual(['ttl', 'number']);
  });

  it('escapes and cuts what it shows', () => {
    const name = `\u202eevil\u0000<b>${'x'.repeat(400)}`;
    const [first] = problems({ kind: 'Tenant', name, spec: { tier: 'a' } });
    expect(first?.name).toMatch(/^\\u\{202e\}evil\\u\{0\}<b>x+\.\.\.$/);
    expect(first?.name.length).toBe(80);
  });
});

describe('numbers', () => {
  it('takes those that are exact, however they were read', () => {
    for (const placements of [2, 2n, new NumberValue('2'), new NumberValue('2.0'), new NumberValue('0.2E1')]) {
      const result = parseRecord(tenantWith({ placements }));
      expect(result.ok && result.record.kind === 'Tenant' ? result.record.spec.placements : 'refused').toBe(2);
    }
  });

  it.each([
    [new NumberValue('9007199254740993'), '9007199254740993'],
    [9007199254740993n, '9007199254740993'],
    [new NumberValue('1E126'), '1E126'],
    [new NumberValue('1E-130'), '1e-130'],
    [new NumberValue('2.00000000000000000001'), '2.00000000000000000001'],
    [2 ** 60, '1152921504606847000'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('refuses what it cannot hold and shows it: %o is %s', (placements, found) => {
    expect(problems(tenantWith({ placements })).map((each) => [each.field, each.found])).toEqual([
      ['spec.placements', found],
    ]);
  });

  it('does not take a map for a number', () => {
    expect(problems(tenantWith({ placements: { value: '2' } }))[0]?.found).toBe('map of 1 fields');
  });
});

describe('values that records do not have', () => {
  it.each([
    [new Uint8Array(10), 'binary of 10 bytes'],
    [new Set(['a']), 'set of 1 elements'],
    [new Map(), 'value of a type that records do not have'],
    [new Date(0), 'value of a type that records do not have'],
    [() => 1, 'function'],
    [Symbol('x'), 'symbol'],
    [null, 'NULL'],
  ])('%s', (value, found) => {
    expect(problems(tenantWith({ antiAffinity: value })).map((each) => each.found)).toEqual([found]);
  });

  it('never shows what is in environment, secrets and unknown fields', () => {
    const canary = 'hunter2-canary';
    const raws = [
      { service: { environment: { [`A ${canary.length}`]: canary, B: [canary], C: 12345678 } } },
      { service: { environment: canary, secrets: canary } },
      { service: { secrets: { A: { name: `arn:${canary}`, from: canary }, B: canary } } },
      { unknown: canary, other: { deep: [null, canary] } },
    ];
    for (const spec of raws) {
      const found = problems(tenantWith(spec));
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toContain(canary);
      expect(JSON.stringify(found)).not.toContain('12345678');
    }
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s anywhere, and changes no prototype', (key) => {
    const before = prototypes();
    const hostile: unknown = JSON.parse(
      `{"kind":"Tenant","name":"acme","spec":{"tier":"a","service":{"environment":{"${key}":"x"}}}}`,
    );
    expect(problems(hostile).map((each) => each.field)).toEqual([`spec.service.environment.${key}`]);
    const top: unknown = JSON.parse(`{"kind":"Tenant","name":"acme","${key}":{"polluted":true},"spec":{"tier":"a"}}`);
    expect(problems(top).map((each) => each.field)).toEqual([key]);
    expect(prototypes()).toBe(before);
  });

  it('runs no code of the value: accessors are refused, not called', () => {
    const raw = tenantWith({}) as Record<string, unknown>;
    Object.defineProperty(raw, 'spec', {
      enumerable: true,
      get: () => {
        throw new Error('called');
      },
    });
    expect(problems(raw).map((each) => each.field)).toEqual(['spec']);
  });
});

describe('limits', () => {
  it('refuses 400 KB in one string, in many fields and in a long list, at once', () => {
    const raws = [
      { service: { image: 'x'.repeat(400_000) } },
      Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, 1])),
      { pin: Array.from({ length: 400_000 }, () => 'a') },
    ];
    for (const spec of raws) {
      const found = problems(tenantWith(spec));
      expect(found.map((each) => each.found)).toContain('more than 32768 bytes');
      expect(found.length).toBeLessThanOrEqual(20);
    }
  });

  it('counts UTF-8, not characters', () => {
    const value = '\u{1f600}'.repeat(recordMaxBytes / 4 - 100);
    expect(guardRaw(value).ok).toBe(true);
    expect(guardRaw(`${value}${'x'.repeat(401)}`).ok).toBe(false);
  });

  it('refuses endless depth', () => {
    const loop: Record<string, unknown> = {};
    loop['inner'] = loop;
    expect(problems(tenantWith({ loop }))[0]?.expected).toContain('12 levels');
  });

  it('refuses half of a surrogate pair, in values and names', () => {
    expect(problems(tenantWith({ antiAffinity: '\ud800' }))[0]?.expected).toContain('Unicode');
    expect(problems(tenantWith({ '\udc00': 1 }))[0]?.field).toBe('spec.\\u{dc00}');
  });

  it('stays linear on what makes a backtracking expression explode', () => {
    const long = 30_000;
    const texts = [
      'a-'.repeat(long / 2),
      'a.'.repeat(long / 2),
      '/a'.repeat(long / 2),
      'a'.repeat(long),
      '200,'.repeat(long / 4),
      `${'a'.repeat(long)}!`,
    ];
    const started = performance.now();
    for (const text of texts) {
      const service = { image: text, taskRoleName: text, logGroup: text, healthCheck: { path: text, matcher: text } };
      problems({ kind: 'Tier', name: 'a', spec: { domain: text, zone: { id: text, roleArn: text }, service } });
      problems({
        kind: 'Cell',
        name: text,
        spec: { ...smallest.Cell, region: text, roles: { apply: `arn:aws:iam::111122223333:role/${text}` } },
      });
      problems({ kind: 'InfraGroup', name: 'a', spec: { ...smallest.InfraGroup, loadBalancerArn: text, vpcId: text } });
      problems(tenantWith({ service: { secrets: { [text]: { name: text } }, environment: { [text]: text } } }));
    }
    // Linear work takes milliseconds; an exponential or cubic expression would take minutes.
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('whatever comes in', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc.boolean(),
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(
      'active',
      'standard',
      'acme',
      '/cellwright/acme/x',
      'arn:aws:iam::111122223333:role/x',
      '\u202e',
      'Tenant',
    ),
    fc.bigInt().map((n) => new NumberValue(n.toString())),
    fc.string().map((text) => new NumberValue(text)),
    fc.array(fc.string()).map((list) => new Set(list)),
  );
  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'tier',
      'service',
      'environment',
      'secrets',
      'scaling',
      'pin',
      'domain',
      'zone',
      'routing',
      'roles',
      'quotas',
      'healthCheck',
      'name',
      'from',
    ),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 8 }),
    ),
  }));
  const damaged = fc.tuple(fc.constantFrom(...kinds), fc.dictionary(key, tree, { maxKeys: 4 })).map(([kind, more]) => ({
    kind,
    name: kind === 'Fleet' ? 'default' : 'acme',
    spec: { ...smallest[kind], ...more },
  }));
  const raw = fc.oneof(
    tree,
    fc.record({
      kind: fc.oneof(fc.constantFrom(...kinds), leaf),
      name: fc.oneof(fc.constant('acme'), leaf),
      spec: tree,
    }),
    damaged,
  );

  it('is a record or fully explained, and no prototype changes', () => {
    const before = prototypes();
    fc.assert(
      fc.property(raw, (value) => {
        const result = parseRecord(value);
        if (result.ok) return Object.isFrozen(result.record.spec);
        return (
          result.problems.length > 0 &&
          result.problems.every(
            (problem) =>
              [problem.kind, problem.name, problem.field, problem.found].every((text) => /^[ -~]{0,80}$/.test(text)) &&
              problem.field !== '' &&
              problem.found !== '' &&
              problem.expected !== '',
          )
        );
      }),
      { numRuns: 3000 },
    );
    expect(prototypes()).toBe(before);
  });

  it('is read the same way twice', () => {
    fc.assert(
      fc.property(damaged, (value) => {
        expect(parseRecord(value)).toEqual(parseRecord(value));
      }),
      { numRuns: 500 },
    );
  });
});
