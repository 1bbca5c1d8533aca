import { marks, placementTags } from '../model/names.ts';
import type { PlacementContext } from './contract.ts';

/** The tags that everything of one placement bears. */
export function ourTags(context: PlacementContext): Readonly<Record<string, string>> {
  return placementTags({
    installation: context.installation,
    tenant: context.tenant,
    infraGroup: context.group.name,
    placement: context.placement.id,
  });
}

/**
 * What is wrong with the mark (installation and placement), in words that follow "but"; undefined when it is ours. Our other tags do not decide
 * about ownership: they heal.
 */
export function markFault(tags: Readonly<Record<string, string>>, context: PlacementContext): string | undefined {
  const wanted = ourTags(context);
  for (const key of [marks.installation, marks.placement]) {
    const found = tags[key];
    if (found === undefined) return `lacks the tag ${key}`;
    if (found !== wanted[key]) return `bears another ${key} (${found})`;
  }
  return undefined;
}

/** Our tags that are missing or differ, as the change of one field; tags with other keys are nobody's business here. */
export function tagChanges(
  field: string,
  tags: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): readonly { field: string; before: unknown; after: unknown }[] {
  const off = Object.entries(wanted).filter(([key, value]) => tags[key] !== value);
  if (off.length === 0) return [];
  const before = Object.fromEntries(off.map(([key]) => [key, tags[key] ?? null]));
  return [{ field, before, after: Object.fromEntries(off) }];
}

/** ECS's tag list as a map. */
export function ecsTagMap(tags: readonly { key?: string | undefined; value?: string | undefined }[] | undefined) {
  return Object.fromEntries((tags ?? []).map((tag) => [tag.key ?? '', tag.value ?? '']));
}

/** A map as ECS's tag list, sorted by key. */
export function ecsTagList(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
}

/** A map as ELBv2's tag list, sorted by key. */
export function elbTagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return ecsTagList(tags).map(({ key, value }) => ({ Key: key, Value: value }));
}
