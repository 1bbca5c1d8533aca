/** Regular expressions as rules may have them. Source: "Condition types for listener rules", ALB user guide. */
import { validationError } from './errors.ts';

/** What ELB does not take of what JavaScript, or PCRE, would. */
const unsupported: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['lookaheads', /\(\?[=!]/],
  ['lookbehinds', /\(\?<[=!]/],
  ['backreferences', /\\[1-9]|\\k</],
  ['atomic groups', /\(\?>/],
  ['possessive quantifiers', /[*+?}]\+/],
  ['subroutines or recursion', /\(\?(?:R|&|P>|[+-]?\d)/],
  ['Unicode character classes', /\\[pP]\{/],
];

/** Checks a regular expression. Throws ValidationError. */
export function checkRegex(where: string, value: string): void {
  // An escaped backslash or bracket begins nothing.
  const bare = value.replace(/\\[\\([*+?}]/g, '');
  const found = unsupported.find(([, pattern]) => pattern.test(bare));
  if (found !== undefined) {
    throw validationError(`The '${where}' regular expression '${value}' is not valid: ${found[0]} are not supported`);
  }
  try {
    new RegExp(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw validationError(`The '${where}' regular expression '${value}' is not valid`);
  }
}
