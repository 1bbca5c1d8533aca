import { marks } from '../model/names.ts';
import type { FieldChange } from '../model/resources.ts';
import type { Adoptable, Observation, PlacementContext } from './contract.ts';
import { ourTags, tagChanges } from './marks.ts';

type Tags = Readonly<Record<string, string>>;

/** The ARN that an observation holds back for want of our mark, where the operator named it. */
export function heldBack(observation: Observation<unknown>, arns: readonly string[]): string | undefined {
  if (observation.state !== 'unmarked' && observation.state !== 'stranger') return undefined;
  return arns.includes(observation.arn) ? observation.arn : undefined;
}

/**
 * What becomes of a resource that stands where ours must be. A mark that names somebody else is never overwritten: another installation, or another placement of ours, may drive it.
 */
export function adoptable(
  context: PlacementContext,
  found: { readonly arn: string; readonly words: string; readonly tags: Tags },
  field: string,
  changes: readonly FieldChange[] | undefined,
): Adoptable {
  const { arn, words, tags } = found;
  const base = { arn, found: words, becomes: 'current' } as const;
  const refusal = othersMark(context, tags);
  if (refusal !== undefined) return { ...base, fields: [], refusal };
  return { ...base, fields: changes ?? tagChanges(field, tags, ourTags(context)) };
}

/** Whose a resource is by its mark, where that is not this placement's, and what to do. */
export function othersMark(context: PlacementContext, tags: Tags): string | undefined {
  const wanted = ourTags(context);
  return strangersMark(tags, wanted, [marks.installation, marks.placement]);
}

/** The same by the tags that make up the mark, `keys`, and the values that ours has. */
export function strangersMark(tags: Tags, wanted: Tags, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = tags[key];
    if (value === undefined || value === wanted[key]) continue;
    return `its tag ${key} says ${value}: whoever that is may drive it. Make sure that nothing does, take its cellwright: tags off by hand, and adopt it then`;
  }
  return undefined;
}
