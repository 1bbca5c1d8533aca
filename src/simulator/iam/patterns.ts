/** Patterns of IAM: `*` stands for any text, `?` for one character (IAM user guide, Resource element, StringLike, ArnLike). */

const compiled = new Map<string, RegExp>();

/** Whether `text` matches `pattern`. Case counts unless `ignoreCase` is set. */
export function isLike(pattern: string, text: string, ignoreCase = false): boolean {
  const key = `${ignoreCase ? 'i' : 'c'}${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const body = pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    expression = new RegExp(`^${body}$`, ignoreCase ? 'is' : 's');
    compiled.set(key, expression);
  }
  return expression.test(text);
}

/** Whether an ARN matches a pattern part by part: each of the first five is matched by itself, the sixth is all that is left (IAM user guide, ARN condition operators). */
export function isArnLike(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  const found = partsOf(arn);
  if (wanted === undefined || found === undefined) return false;
  return wanted.every((part, index) => isLike(part, found[index] ?? ''));
}

function partsOf(arn: string): readonly string[] | undefined {
  const parts = arn.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
