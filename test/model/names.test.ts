import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fenceName,
  isInstallationId,
  isPlacementId,
  marks,
  newInstallationId,
  newPlacementId,
  parsePlacementName,
  parseSetIdentifier,
  pathPatterns,
  placementName,
  placementTags,
  rulePriority,
  serviceName,
  setIdentifier,
  slotMax,
  slotOfPriority,
  targetGroupName,
} from '../../src/model/names.ts';

const longest = 'x'.repeat(40);
const name = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,10}$/);
const id = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 12, maxLength: 12 });

function cycle(values: readonly number[]): () => number {
  let next = 0;
  return () => values[next++ % values.length] ?? 0;
}

const identity = fc.tuple(id, id, name, name, name, name).map(([one, other, tier, cell, infraGroup, tenant]) => ({
  installation: newInstallationId(cycle(one)),
  tier,
  cell,
  infraGroup,
  tenant,
  placement: newPlacementId(cycle(other)),
}));

describe('ids', () => {
  it('are what their validators take, whatever the random numbers', () => {
    fc.assert(
      fc.property(
        id,
        (numbers) =>
          isInstallationId(newInstallationId(cycle(numbers))) && isPlacementId(newPlacementId(cycle(numbers))),
      ),
    );
  });
  it('are not taken in another form', () => {
    for (const text of ['', 'ABCDEFGHIJ', 'abcde/ghij', 'abc--def', 'abc-', 'a'.repeat(21)])
      expect(isInstallationId(text)).toBe(false);
    // What an operator may give it by `init --installation` is read back out of names too.
    for (const text of ['prod', 'prod-eu-1', 'a'.repeat(20)]) {
      expect(isInstallationId(text)).toBe(true);
      const one = {
        installation: text,
        tier: 't',
        cell: 'c',
        infraGroup: 'g',
        tenant: 'a-b',
        placement: 'abcdefghijkl',
      };
      expect(parsePlacementName(placementName(one))).toEqual(one);
    }
    expect(isPlacementId('abcdefghijk')).toBe(false);
  });
  it('differ with the random numbers', () => {
    expect(newPlacementId(cycle([0.1]))).not.toBe(newPlacementId(cycle([0.9])));
  });
});

describe('names of a placement', () => {
  it('fit AWS with the longest record names', () => {
    const worst = {
      installation: 'a'.repeat(10),
      tier: longest,
      cell: longest,
      infraGroup: longest,
      tenant: longest,
      placement: 'b'.repeat(12),
    };
    expect(placementName(worst)).toHaveLength(192);
    expect(setIdentifier(worst)).toHaveLength(75);
    expect(targetGroupName(worst.installation, worst.placement, 999_999_999)).toMatch(/^cw-[a-z2-7]{26}$/);
    expect(serviceName(3)).toBe('svc-3');
    for (const value of Object.values(placementTags(worst))) expect(value.length).toBeLessThanOrEqual(256);
  });
  it('are read apart again, and no two placements share one', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        expect(parsePlacementName(placementName(one))).toEqual(one);
        expect(parseSetIdentifier(setIdentifier(one))).toEqual({
          installation: one.installation,
          infraGroup: one.infraGroup,
          placement: one.placement,
        });
        if (JSON.stringify(one) !== JSON.stringify(other)) expect(placementName(one)).not.toBe(placementName(other));
      }),
    );
  });
  it('strangers are not taken for ours', () => {
    for (const text of ['', 'default', 'a--b--c--d--e--f', 'cellwright/x/y/z', 'cellwright/abcdefghij//abcdefghijkl']) {
      expect(parsePlacementName(text)).toBeUndefined();
      expect(parseSetIdentifier(text)).toBeUndefined();
    }
  });
  it('target groups differ by installation, placement and incarnation', () => {
    const all = [
      targetGroupName('a', 'b', 1),
      targetGroupName('a', 'b', 2),
      targetGroupName('a', 'b1', 1),
      targetGroupName('ab', '', 1),
    ];
    expect(new Set(all).size).toBe(4);
  });
  it('tags carry the mark', () => {
    const tags = placementTags({ installation: 'i', tenant: 't', infraGroup: 'g', placement: 'p' });
    expect(tags).toEqual({
      'cellwright:installation': 'i',
      'cellwright:tenant': 't',
      'cellwright:infra-group': 'g',
      'cellwright:placement': 'p',
    });
    expect(marks.spec).toBe('cellwright:spec');
  });
});

describe('rule priorities', () => {
  it('give every slot two of its own, and lead back to it', () => {
    const seen = new Set<number>();
    for (const slot of [0, 1, 2, 99, slotMax]) {
      for (const spare of [false, true]) {
        const priority = rulePriority(slot, spare);
        expect(slotOfPriority(priority)).toBe(slot);
        expect(priority).toBeLessThanOrEqual(50_000);
        seen.add(priority);
      }
    }
    expect(seen.size).toBe(10);
    expect(rulePriority(7)).toBe(1014);
  });
  it('exist for slots only', () => {
    for (const slot of [-1, 0.5, slotMax + 1, Number.NaN]) expect(() => rulePriority(slot)).toThrow(RangeError);
    for (const priority of [1, 999, 50_001, 1000.5]) expect(slotOfPriority(priority)).toBeUndefined();
  });
});

describe('routing', () => {
  /** An ALB's path pattern: `*` is any text, also with slashes; paths are case-sensitive. */
  function takes(pattern: string, path: string): boolean {
    return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
  }
  it('never lets two tenants take the same path', () => {
    const rest = fc.constantFrom('', '/', '/x', '/x/../y', '//', '-two', 'x', '/a/b');
    fc.assert(
      fc.property(name, name, rest, (a, b, tail) => {
        fc.pre(a !== b);
        const path = `/${a}${tail}`;
        const both = [a, b].filter((each) => pathPatterns(`/${each}`).some((pattern) => takes(pattern, path)));
        expect(both.length).toBeLessThanOrEqual(1);
      }),
    );
    expect(pathPatterns('/acme')).toEqual(['/acme', '/acme/*']);
  });
  it('the fence meets no host', () => {
    expect(fenceName('abc', 'example.com.')).toBe('_cellwright-abc.example.com');
    expect(fenceName('abc', 'example.com')).toBe('_cellwright-abc.example.com');
  });
});
