import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** A server that may not start as it is configured; the message names setting, finding and remedy. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';
}

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const address = unbracketed(host).toLowerCase();
  if (address === 'localhost' || address === '::1' || address === '::ffff:127.0.0.1') return true;
  return isIP(address) === 4 && address.startsWith('127.');
}

/**
 * The bearer token that requests must bear; undefined on loopback, where none is asked for.
 * @throws WebConfigError when other machines can reach the address and there is no token.
 */
export function neededToken(host: string, token: string | undefined): string | undefined {
  if (isLoopback(host)) return undefined;
  if (token !== undefined) return token;
  throw new WebConfigError(
    `CELLWRIGHT_HTTP listens on ${host}, which other machines can reach, and neither CELLWRIGHT_HTTP_TOKEN_FILE nor CELLWRIGHT_HTTP_TOKEN is set: name a file that holds a bearer token of at least 16 characters, or give the token itself, or listen on 127.0.0.1`,
  );
}

/** Whether an `Authorization` header bears the token. Takes the same time whatever the header holds. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

/**
 * Whether a `Host` header names this machine. A page of somebody else's, whose name was made to resolve to 127.0.0.1, sends its own name here: such
 * requests are refused (DNS rebinding).
 */
export function isLocalHostHeader(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host)?.[1];
  return name !== undefined && isLoopback(name);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
