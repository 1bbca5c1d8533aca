import type { Elb } from '../../aws/ports.ts';
import type { RuleContent } from './desired.ts';
import { canonicalConditions } from './diff.ts';

/** Whether a rule that comes first would take requests meant for the tenant: it has no condition that ours contradicts. */
export function shadows(first: Elb.Rule, desired: RuleContent): boolean {
  const conditions = first.Conditions ?? [];
  if (conditions.length === 0) return true;
  const own = new Map(desired.conditions.map((condition) => [condition.Field, condition]));
  return conditions.every((condition) => {
    const ours = own.get(condition.Field);
    if (ours === undefined) return true;
    if (canonicalConditions([condition])[0] === canonicalConditions([ours])[0]) return true;
    return overlaps(patternsOf(condition), patternsOf(ours), condition.Field === 'host-header');
  });
}

function patternsOf(condition: Elb.RuleCondition): readonly string[] | undefined {
  const { HostHeaderConfig, PathPatternConfig, HttpHeaderConfig } = condition;
  if (
    (HostHeaderConfig?.RegexValues ?? PathPatternConfig?.RegexValues ?? HttpHeaderConfig?.RegexValues ?? []).length > 0
  )
    return undefined;
  return HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? HttpHeaderConfig?.Values ?? condition.Values ?? [];
}

/** Regular expressions are not analysed: they count as overlapping. */
function overlaps(
  theirs: readonly string[] | undefined,
  ours: readonly string[] | undefined,
  caseless: boolean,
): boolean {
  if (theirs === undefined || ours === undefined) return true;
  return theirs.some((a) =>
    ours.some((b) => intersects(caseless ? a.toLowerCase() : a, caseless ? b.toLowerCase() : b)),
  );
}

/** Whether two patterns with `*` (any text) and `?` (any one character) have a common match. Quadratic in lengths of at most 128. */
export function intersects(a: string, b: string): boolean {
  const memo = new Map<number, boolean>();
  const match = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const known = memo.get(key);
    if (known !== undefined) return known;
    memo.set(key, step(i, j, match));
    return memo.get(key) === true;
  };
  const step = (i: number, j: number, next: (i: number, j: number) => boolean): boolean => {
    const x = a[i];
    const y = b[j];
    if (x === undefined && y === undefined) return true;
    if (x === '*') return next(i + 1, j) || (y !== undefined && next(i, j + 1));
    if (y === '*') return next(i, j + 1) || (x !== undefined && next(i + 1, j));
    if (x === undefined || y === undefined) return false;
    return (x === '?' || y === '?' || x === y) && next(i + 1, j + 1);
  };
  return match(0, 0);
}
