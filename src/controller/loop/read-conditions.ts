import type { ConditionUpdate } from '../../model/conditions.ts';
import type { Reading } from '../capacity/readings.ts';

/** Whether something could be read, as a condition; `words` says what was found. */
export function readCondition<T>(
  type: string,
  reading: Reading<T> | undefined,
  words: (value: T) => string,
): ConditionUpdate {
  if (reading?.ok === true) return { type, status: 'True', reason: 'Read', message: words(reading.value) };
  const { reason = 'NotRead', message = 'not read yet' } = reading ?? {};
  return { type, status: 'False', reason, message };
}

/** Whether every quota of a place is known. What its record states need not be read: it wins in any case. Nothing is said of a place that could not be read at all. */
export function quotasRead(
  reading: Reading<{ readonly unreadable: Readonly<Record<string, string>> }> | undefined,
  stated: object = {},
): readonly ConditionUpdate[] {
  if (reading?.ok !== true) return [];
  const type = 'QuotasRead';
  const missing = Object.entries(reading.value.unreadable).filter(([name]) => !Object.hasOwn(stated, name));
  if (missing.length === 0) return [{ type, status: 'True', reason: 'Read', message: 'every quota is known' }];
  const message = `closed for new placements: ${missing.map(([name, why]) => `${name}: ${why}`).join('; ')}`;
  return [{ type, status: 'False', reason: 'Unreadable', message }];
}
