/** Domain names as Route 53 stores and orders them. Pure. Source: "DNS domain name format", Route 53 developer guide. */

const plain = /[a-z0-9_.-]/;

type NameResult = { readonly name: string } | { readonly problem: string };

/**
 * A name as Route 53 stores it: lower-case, with a trailing dot, and everything but letters, digits, `-` and `_` as a three-digit octal escape,
 * also where it was sent plain. Or the problem, in the words of the service.
 */
export function normaliseName(raw: string): NameResult {
  let name = '';
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? '';
    const escape = /^\\([0-3][0-7]{2})/.exec(raw.slice(i, i + 4));
    if (escape !== null) {
      name += escaped(Number.parseInt(escape[1] ?? '0', 8));
      i += 3;
    } else if (plain.test(char.toLowerCase())) {
      name += char.toLowerCase();
    } else {
      const code = char.charCodeAt(0);
      if (code < 33 || code > 126 || char === '\\') {
        return {
          problem: `FATAL problem: UnsupportedCharacter (Value contains unsupported characters) encountered with '${char}'`,
        };
      }
      name += escaped(code);
    }
  }
  const dotted = name.endsWith('.') ? name : `${name}.`;
  const problem = lengthProblem(dotted, raw);
  return problem === undefined ? { name: dotted } : { problem };
}

function escaped(code: number): string {
  const char = String.fromCharCode(code).toLowerCase();
  return char !== '.' && plain.test(char) ? char : `\\${code.toString(8).padStart(3, '0')}`;
}

function lengthProblem(name: string, raw: string): string | undefined {
  const labels = name.slice(0, -1).split('.');
  if (labels.some((label) => label.length === 0)) {
    return `FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '${raw}'`;
  }
  const bytes = (text: string): number => text.replace(/\\\d{3}/g, 'x').length;
  const long = labels.find((label) => bytes(label) > 63);
  if (long !== undefined)
    return `FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '${long}'`;
  if (bytes(name) > 255) return `FATAL problem: DomainTooLong (Domain name is too long) encountered with '${raw}'`;
  return undefined;
}

/** Whether a stored name is that of the zone or lies beneath it. */
export function isWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** The name itself and all that it lies beneath, the nearest first: `a.b.`, `b.`. */
export function ancestors(name: string): string[] {
  const labels = name.slice(0, -1).split('.');
  return labels.map((_, index) => `${labels.slice(index).join('.')}.`);
}

/**
 * A key that sorts names as Route 53 lists them: by their labels from the right, a parent before its children. Characters sort by their codes,
 * also those that are shown as escapes (assumed).
 */
export function nameOrder(name: string): string {
  const labels = name.replace(/\.$/, '').split('.');
  const plainly = (label: string): string =>
    label.replace(/\\(\d{3})/g, (escape, digits: string) => {
      const code = Number.parseInt(digits, 8);
      return code > 1 ? String.fromCharCode(code) : escape;
    });
  return labels.map(plainly).reverse().join('\u0001');
}

/** A name without its trailing dot. */
export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
