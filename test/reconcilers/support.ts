/** What the pure tests of the reconcilers share: a context, and ways to say the same thing otherwise. */
import fc from 'fast-check';
import type { PlacementInventory, ResourceKind } from '../../src/model/resources.ts';
import type { Desired } from '../../src/reconcilers/contract.ts';
import { reserved } from '../contract/facts.ts';

/** A placement of which these resources exist. */
export function placementWith(arns: Partial<Record<ResourceKind, string>>): PlacementInventory {
  const entries = Object.entries(arns).map(([kind, arn]) => [kind, { kind, n: 1, name: `${kind}-1`, arn }]);
  return { ...reserved, resources: Object.fromEntries(entries) };
}

/** The value of what is to stand. Throws where it is not known. */
export function known<D>(desired: Desired<D>): D {
  if (desired.state !== 'known') throw new Error(`expected a known value, found ${desired.state}`);
  return desired.value;
}

/** The same list in any order. */
export function anyOrder<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

/** The same text in any mixture of cases. */
export function anyCase(text: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((letter, at) => (upper[at] === true ? letter.toUpperCase() : letter)).join(''));
}

/** A member that AWS may as well leave out. */
export function orAbsent<T extends object>(member: T): fc.Arbitrary<T | Record<string, never>> {
  return fc.constantFrom<T | Record<string, never>>(member, {});
}

/** Tags that are none of ours. */
export const foreignTags = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.string({ maxLength: 8 }).filter((text) => !text.includes('cellwright')),
);
