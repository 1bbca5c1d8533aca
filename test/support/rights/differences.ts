import { needs } from '../../../deploy/policies/needs.ts';

/** Where declarations and calls differ, in words. `called`: `<role> <action>` each. What AWS asks for within other calls was called where one of these was. */
export function differences(called: ReadonlySet<string>): readonly string[] {
  const declared = new Set(needs.map(({ role, action }) => `${role} ${action}`));
  const missing = [...called].filter((one) => !declared.has(one));
  const unused = needs.filter(
    ({ role, action, within = [] }) => ![action, ...within].some((one) => called.has(`${role} ${one}`)),
  );
  return [
    ...missing.map((one) => `${one}: called, and no declaration has it`),
    ...unused.map(({ role, action }) => `${role} ${action}: declared, and no test has it called`),
  ].sort();
}
