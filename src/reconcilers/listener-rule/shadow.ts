import type { Elb } from '../../aws/ports.ts';
import type { RuleContent } from './desired.ts';

/**
 * Whether a rule that comes first would take requests meant for the tenant: it has no condition that ours contradicts. Conditions on methods, queries and
 * source addresses contradict nothing of ours. Two of its conditions that contradict each other are not noticed: it then counts as taking requests.
 */
export function shadows(first: Elb.Rule, desired: RuleContent): boolean {
  const own = new Map(desired.conditions.map((condition) => [subjectOf(condition), condition]));
  return (first.Conditions ?? []).every((condition) => {
    const ours = own.get(subjectOf(condition));
    return ours === undefined || overlaps(condition, ours);
  });
}

/** What of a request a condition looks at. Header names have no case. */
function subjectOf(condition: Elb.RuleCondition): string {
  return `${condition.Field ?? ''} ${condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() ?? ''}`;
}

function patternsOf(condition: Elb.RuleCondition): readonly string[] | undefined {
  const config = condition.HostHeaderConfig ?? condition.PathPatternConfig ?? condition.HttpHeaderConfig;
  if ((config?.RegexValues ?? condition.RegexValues ?? []).length > 0) return undefined;
  return config?.Values ?? condition.Values ?? [];
}

/** Regular expressions are not analysed: they count as overlapping. Only paths are compared with case (source: condition types, ALB user guide). */
function overlaps(first: Elb.RuleCondition, second: Elb.RuleCondition): boolean {
  const [theirs, ours] = [patternsOf(first), patternsOf(second)];
  if (theirs === undefined || ours === undefined) return true;
  const cased = first.Field === 'path-pattern';
  return theirs.some((a) => ours.some((b) => intersects(cased ? a : a.toLowerCase(), cased ? b : b.toLowerCase())));
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
