import { CallError } from '../model/errors.ts';
import { canonicalJson } from '../model/records/canonical.ts';
import type { FieldChange } from '../model/resources.ts';

/**
 * The members of `desired` that differ in `live`, by canonical form. Only members that stand in `desired` are compared; one that is `undefined` there must
 * be absent, null or empty in `live`.
 */
export function fieldChanges(desired: object, live: object): FieldChange[] {
  const changes: FieldChange[] = [];
  const liveFields: Readonly<Record<string, unknown>> = { ...live };
  for (const [field, after] of Object.entries(desired)) {
    const before = liveFields[field];
    if (canonicalJson(prune(before)) !== canonicalJson(prune(after)))
      changes.push({ field, before: before ?? null, after: after ?? null });
  }
  return changes;
}

/**
 * A value without what says nothing: undefined and null members, empty lists and empty maps. AWS fills in and leaves out such members at will. The
 * whole value prunes to null when nothing is left.
 */
export function prune(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.map((item) => prune(item));
    return items.length === 0 ? null : items;
  }
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .map(([key, member]) => [key, prune(member)] as const)
      .filter(([, member]) => member !== null);
    return members.length === 0 ? null : Object.fromEntries(members);
  }
  return value;
}

/**
 * The ARN that an answer must hold. Throws a `CallError` of class `unknown_result` where it holds none: something may have been made, and only a read
 * can tell.
 */
export function answeredArn(service: string, operation: string, arn: string | undefined): string {
  if (arn !== undefined && arn !== '') return arn;
  const message = `${operation} was answered without an ARN: the next look at AWS shows what it made`;
  throw new CallError({ class: 'unknown_result', service, operation, code: 'EmptyAnswer', message });
}
