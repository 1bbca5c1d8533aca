import { isIPv6 } from 'node:net';

/** An IPv6 range in the canonical form that AWS stores (`2001:db8::/32`, host bits cleared); undefined when it is none. */
export function canonicalIpv6Range(text: string): string | undefined {
  const [address = '', length = ''] = text.split('/');
  const bits = Number(length);
  if (!/^\d{1,3}$/.test(length) || bits > 128 || !isIPv6(address) || address.includes('%')) return undefined;
  const words = wordsOf(address).map((word, index) => {
    const kept = Math.min(16, Math.max(0, bits - index * 16));
    return word & (0xffff << (16 - kept)) & 0xffff;
  });
  // The URL standard writes IPv6 hosts as RFC 5952 does.
  const { hostname } = new URL(`http://[${words.map((word) => word.toString(16)).join(':')}]/`);
  return `${hostname.slice(1, -1)}/${bits}`;
}

function wordsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address}]/`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const read = (part: string): number[] =>
    part.split(':').flatMap((word) => (word === '' ? [] : [Number.parseInt(word, 16)]));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
