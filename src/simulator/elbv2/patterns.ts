/** Patterns with wildcards, and the form of a path that they are compared with. Pure. */

const any = Symbol('any number of characters');
const one = Symbol('exactly one character');
type Token = string | typeof any | typeof one;

/**
 * Whether a text matches a pattern of literal characters, `*` (any number of characters) and `?` (exactly one); where it has escapes, `\*` and
 * `\?` are those characters themselves. Runs in time proportional to the product of the two lengths, whatever the pattern.
 */
export function globMatches(pattern: string, text: string, backslashes: 'escapes' | 'plain' = 'plain'): boolean {
  if (!/[*?\\]/.test(pattern)) return pattern === text;
  const tokens = tokensOf(pattern, backslashes === 'escapes');
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const token = tokens[p];
    if (token === any) {
      star = p++;
      resume = t;
    } else if (token === one || (token !== undefined && token === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (tokens[p] === any) p++;
  return p === tokens.length;
}

function tokensOf(pattern: string, escapes: boolean): readonly Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    const next = pattern[i + 1];
    if (escapes && char === '\\' && (next === '*' || next === '?')) {
      tokens.push(next);
      i++;
    } else {
      tokens.push(char === '*' ? any : char === '?' ? one : char);
    }
  }
  return tokens;
}

/**
 * The normalised path: rules are evaluated only after that (ALB user guide). What AWS's normalisation does is not written down; assumed is that of
 * RFC 3986, section 6.2.2: encoded letters, digits, `-`, `.`, `_` and `~` stand for themselves, other encodings are upper-case, dot segments go.
 */
export function normalisePath(path: string): string {
  const decoded = path.replace(/%[0-9a-fA-F]{2}/g, (code) => {
    const char = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(char) ? char : code.toUpperCase();
  });
  return decoded.includes('/.') ? withoutDots(decoded) : decoded;
}

/** RFC 3986, section 5.2.4. */
function withoutDots(path: string): string {
  const segments = path.split('/');
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..' && kept.length > 1) kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (last) kept.push('');
  }
  return kept.join('/');
}
