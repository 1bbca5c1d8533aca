import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** The shortest token that is taken, in characters. */
const shortestToken = 16;

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
 * Reads the bearer token that requests must bear, or answers with undefined where none is needed.
 * @throws WebConfigError when the address is not loopback and no token file is named, and when the file cannot be read or holds no fit token.
 */
export async function loadToken(host: string, tokenFile: string | undefined): Promise<string | undefined> {
  if (tokenFile === undefined) {
    if (isLoopback(host)) return undefined;
    throw new WebConfigError(
      `CELLWRIGHT_HTTP listens on ${host}, which other machines can reach, and CELLWRIGHT_HTTP_TOKEN_FILE is not set: name a file that holds a bearer token of at least ${shortestToken} characters, or listen on 127.0.0.1`,
    );
  }
  const token = (await readToken(tokenFile)).trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= shortestToken) return token;
  throw new WebConfigError(
    `CELLWRIGHT_HTTP_TOKEN_FILE ${tokenFile} holds ${token.length} characters; expected one line of at least ${shortestToken} printable ASCII characters without spaces`,
  );
}

async function readToken(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WebConfigError(`CELLWRIGHT_HTTP_TOKEN_FILE ${file} cannot be read: ${why}`, { cause: error });
  }
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
