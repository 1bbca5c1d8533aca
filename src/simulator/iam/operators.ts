/** Condition operators of IAM: what each means, for one value of a request (IAM user guide, "Condition operators" and "Set operators for multivalued keys"). */
import { isArnLike, isLike } from './patterns.ts';

/** Values of a condition key in a request: one text, or, of a multivalued key, a list. A key that the request does not have is not there at all. */
export type ContextValue = string | readonly string[];

interface Comparison {
  /** Whether the value of the request matches one of the policy's. */
  readonly matches: (wanted: string, found: string) => boolean;
  /** A negated operator holds where no value of the policy matches, and where the key is not there. */
  readonly negated: boolean;
  /** What a value of the policy must look like. */
  readonly form?: { readonly pattern: RegExp; readonly words: string };
}

const equal = (wanted: string, found: string): boolean => wanted === found;
const equalIgnoringCase = (wanted: string, found: string): boolean => wanted.toLowerCase() === found.toLowerCase();
const like = (wanted: string, found: string): boolean => isLike(wanted, found);
const arn = { pattern: /^(\*|[^:]*(:[^:]*){4}:.+)$/, words: 'an ARN of six parts' };
const truth = { pattern: /^(true|false)$/i, words: 'true or false' };

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: { matches: equal, negated: false },
  StringNotEquals: { matches: equal, negated: true },
  StringEqualsIgnoreCase: { matches: equalIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { matches: equalIgnoringCase, negated: true },
  StringLike: { matches: like, negated: false },
  StringNotLike: { matches: like, negated: true },
  // ArnEquals and ArnLike are the same (documented).
  ArnEquals: { matches: isArnLike, negated: false, form: arn },
  ArnLike: { matches: isArnLike, negated: false, form: arn },
  ArnNotEquals: { matches: isArnLike, negated: true, form: arn },
  ArnNotLike: { matches: isArnLike, negated: true, form: arn },
  Bool: { matches: equalIgnoringCase, negated: false, form: truth },
};

type SetOperator = 'ForAllValues' | 'ForAnyValue';

/** An operator as a policy names it: `ForAllValues:StringLikeIfExists`. */
export interface Operator {
  readonly name: string;
  /** Whether a request passes. */
  holds(wanted: readonly string[], found: ContextValue | undefined): boolean;
  readonly form: Comparison['form'];
}

/** The operator of this name; undefined for one that is not known. */
export function operatorOf(name: string): Operator | undefined {
  if (name === 'Null') return { name, holds: isNull, form: truth };
  const [, set, base = '', optional] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const comparison = Object.hasOwn(comparisons, base) ? comparisons[base] : undefined;
  if (comparison === undefined) return undefined;
  return {
    name,
    form: comparison.form,
    holds: (wanted, found) => {
      if (found === undefined && optional !== undefined) return true;
      return holds(comparison, set as SetOperator | undefined, wanted, found);
    },
  };
}

/** `Null: true` holds where the key is not there, `false` where it is. A key with an empty list is not there. */
function isNull(wanted: readonly string[], found: ContextValue | undefined): boolean {
  const absent = found === undefined || (typeof found !== 'string' && found.length === 0);
  return wanted.some((value) => (value.toLowerCase() === 'true') === absent);
}

function holds(
  { matches, negated }: Comparison,
  set: SetOperator | undefined,
  wanted: readonly string[],
  found: ContextValue | undefined,
): boolean {
  const passes = (value: string): boolean => wanted.some((one) => matches(one, value)) !== negated;
  const values = found === undefined ? [] : [found].flat();
  // ForAllValues is true of a request without the key, ForAnyValue is not, whatever the operator (documented).
  if (set === 'ForAllValues') return values.every(passes);
  if (set === 'ForAnyValue') return values.some(passes);
  if (values.length === 0) return negated;
  return negated ? values.every(passes) : values.some(passes);
}
