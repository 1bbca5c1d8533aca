import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearsToken, isLocalHostHeader, isLoopback, loadToken } from '../../src/web/access.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cellwright-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'token');
  await writeFile(path, text);
  return path;
}

describe('the token', () => {
  it.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]'])('is not needed on %s', async (host) => {
    expect(await loadToken(host, undefined)).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.net', '127.0.0.1.example.net', 'localhost.example.net', ''])(
    'is a must on %j',
    async (host) => {
      await expect(loadToken(host, undefined)).rejects.toThrow(/CELLWRIGHT_HTTP_TOKEN_FILE is not set/);
    },
  );

  it('is read without the newline at its end', async () => {
    expect(await loadToken('0.0.0.0', await file('0123456789abcdef\n'))).toBe('0123456789abcdef');
  });

  it.each([
    '',
    '\n',
    'short',
    'two words that are long enough',
    'line one is long\nline two is long',
    'ünicode-ünicode-ünicode',
  ])('is refused when it is %j', async (text) => {
    await expect(loadToken('127.0.0.1', await file(text))).rejects.toThrow(/expected one line of at least 16/);
  });

  it('that cannot be read stops the start, with the name of the file', async () => {
    await expect(loadToken('0.0.0.0', join(folder, 'nowhere'))).rejects.toThrow(/nowhere cannot be read: .*ENOENT/);
  });
});

describe('a request', () => {
  const token = '0123456789abcdef';

  it.each(['Bearer 0123456789abcdef', 'bearer  0123456789abcdef'])('with %j bears the token', (header) => {
    expect(bearsToken(header, token)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer 0123456789abcdeX',
    'Bearer 0123456789abcdef0',
    'Basic 0123456789abcdef',
    '0123456789abcdef',
    'Bearer 0123456789abcdef x',
  ])('with %j does not', (header) => {
    expect(bearsToken(header, token)).toBe(false);
  });

  it.each(['localhost', 'localhost:9400', '127.0.0.1', '127.0.0.1:9400', '[::1]', '[::1]:9400', 'LOCALHOST:1'])(
    'for %s is for this machine',
    (host) => {
      expect(isLocalHostHeader(host)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:9400',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:evil',
    'localhost@evil.example',
    '127.1:80',
    '[::2]',
    '10.0.0.1',
  ])('for %s is not', (host) => {
    expect(isLocalHostHeader(host)).toBe(false);
  });

  it('address is loopback only in the forms that are listed', () => {
    expect(['127.0.0.1', '::1', '[::1]', 'Localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '128.0.0.1', '127.evil'].map(isLoopback)).toEqual([false, false, false, false]);
  });
});
