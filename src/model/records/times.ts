import { z } from 'zod';

const untilExpected = 'a time as RFC 3339 has it, such as 2027-01-31T12:00:00Z';
const rfc3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))$/;

/** Whether a text is a time of RFC 3339 that exists in the calendar (31 February does not, nor does hour 24). */
function isRfc3339(value: string): boolean {
  const match = rfc3339.exec(value);
  if (match === null) return false;
  const parts = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  // Highest values of month, hour, minute, second and of the offset's hour and minute; the day's follows from the month.
  const highest = [9999, 12, 31, 23, 59, 59, 23, 59];
  if (parts.some((part, index) => part > (highest[index] ?? 0))) return false;
  const [year = 0, month = 0, day = 0] = parts;
  // Day 0 of the next month is the last day of this one. The calendar repeats every 400 years.
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && day >= 1 && day <= lastDay;
}

/** A time until which something holds. */
export function untilField(describe: string) {
  return z
    .string({ error: untilExpected })
    .max(40, { error: untilExpected })
    .refine(isRfc3339, { error: untilExpected })
    .meta({ format: 'date-time' })
    .describe(describe);
}
