import { createHash } from 'node:crypto';

/**
 * The version of the canonical form, which prefixes every hash. It changes when the form does, so that an upgrade that hashes
 * differently is told from a record that changed.
 */
export const hashVersion = 'v1';

/**
 * JSON with sorted keys and nothing left to taste: equal values give equal texts. Fields that are undefined are left out; lists keep their
 * order. Throws a TypeError for what JSON cannot say exactly (NaN, bigint, functions, class instances): that is a fault of the caller.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${String(value)}`);
    return JSON.stringify(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON has no ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('canonical JSON has no class instances');
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    // By UTF-16 code unit, as RFC 8785 sorts; a locale's order would differ between machines.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`);
  return `{${entries.join(',')}}`;
}

/** `v1:` and the SHA-256 of the canonical JSON, in 64 hex digits: 67 characters, which fits a tag value. */
export function canonicalHash(value: unknown): string {
  return `${hashVersion}:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}

/** RFC 4648 base32 in lower case: fit for DNS labels, ECS names and target group names alike. */
export const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lower-case base32 of bytes, without padding: 8 characters for 5 bytes. */
export function base32(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += base32Alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? out : out + base32Alphabet.charAt((held << (5 - bits)) & 31);
}

/** The first `length` base32 characters (5 bits each, at most 51) of the SHA-256 of a text. */
export function base32Hash(text: string, length: number): string {
  return base32(createHash('sha256').update(text).digest()).slice(0, length);
}
