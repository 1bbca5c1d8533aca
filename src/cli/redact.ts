/** Environment values may be secret, whatever the manual says, so people see their hashes: enough to tell whether one changed. */
import { createHash } from 'node:crypto';

/** `#` and eight hex digits of the SHA-256 of a value's JSON. */
export function hashText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return `#${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** A copy in which the values of everything called `environment` are hashes: maps of variables, and lists of `{name, value}` as AWS has them. */
export function redactEnvironment(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactEnvironment);
  if (typeof value !== 'object' || value === null || value instanceof Set || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => [
    key,
    key === 'environment' ? redactVariables(inner) : redactEnvironment(inner),
  ]);
  return Object.fromEntries(entries);
}

function redactVariables(variables: unknown): unknown {
  if (Array.isArray(variables)) return variables.map(redactVariable);
  if (typeof variables !== 'object' || variables === null) return hashText(variables);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, hashIfPlain(value)]));
}

function redactVariable(variable: unknown): unknown {
  if (typeof variable !== 'object' || variable === null || !('value' in variable)) return variable;
  return { ...variable, value: hashIfPlain(variable.value) };
}

/** What is a hash already is not hashed again. */
function hashIfPlain(value: unknown): string {
  return typeof value === 'string' && /^#[0-9a-f]{8}$/.test(value) ? value : hashText(value);
}
