/** Checks the values of a record set. Pure. Source: "Supported DNS record types", Route 53 developer guide. */
import { isIPv4, isIPv6 } from 'node:net';
import { normaliseName } from './names.ts';

const maxValues = 400;

/** The record types that the API takes. */
export const recordTypes: ReadonlySet<string> = new Set([
  ...['A', 'AAAA', 'CAA', 'CNAME', 'DS', 'HTTPS', 'MX', 'NAPTR', 'NS'],
  ...['PTR', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT'],
]);

/** What is wrong with the values of a record set of this type, in the words of the service; empty when nothing is. */
export function valueProblems(type: string, values: readonly string[]): string[] {
  if (values.length > maxValues) return [`Cannot have more than ${maxValues} records in a RRSet.`];
  if (type === 'CNAME' && values.length !== 1)
    return [`A record set of type CNAME must have one value; found ${values.length}.`];
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) return [`Duplicate Resource Record: '${repeated}'`];
  return values.flatMap((value) => {
    const problem = valueProblem(type, value);
    return problem === undefined ? [] : [`Invalid Resource Record: '${problem}'`];
  });
}

function valueProblem(type: string, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value)
        ? undefined
        : `FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '${value}'`;
    case 'AAAA':
      return isIPv6(value)
        ? undefined
        : `FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '${value}'`;
    case 'CNAME':
    case 'NS':
    case 'PTR': {
      const result = normaliseName(value);
      return 'problem' in result ? result.problem : undefined;
    }
    case 'TXT':
    case 'SPF':
      return textProblem(value);
    default:
      return partsProblem(type, value);
  }
}

/** Values of several parts. Types that are not listed are kept as they come. */
const formats: Readonly<Record<string, RegExp>> = {
  MX: /^\d{1,5}\s+\S+$/,
  SRV: /^\d{1,5}\s+\d{1,5}\s+\d{1,5}\s+\S+$/,
  CAA: /^\d{1,3}\s+[a-zA-Z0-9]+\s+"[^"]*"$/,
  SOA: /^\S+\s+\S+(?:\s+\d{1,10}){5}$/,
};

function partsProblem(type: string, value: string): string | undefined {
  if (formats[type]?.test(value) ?? value.length > 0) return undefined;
  return `FATAL problem: ${type}RRDATAInvalid (Value is not valid for the type) encountered with '${value}'`;
}

/** One or more quoted strings of at most 255 characters each. */
function textProblem(value: string): string | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)) {
    return `FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with '${value}'`;
  }
  const strings = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const long = strings.find((text) => text.slice(1, -1).replace(/\\(\d{3}|.)/g, 'x').length > 255);
  return long === undefined
    ? undefined
    : `FATAL problem: CharacterStringTooLong (Value is too long) encountered with '${long}'`;
}
