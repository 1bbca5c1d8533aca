import { describe, expect, it } from 'vitest';
import { bearsToken, isLocalHostHeader, isLoopback, neededToken } from '../../src/web/access.ts';

describe('the token', () => {
  const token = '0123456789abcdef';

  it.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1', '[::1]'])('is not asked for on %s', (host) => {
    expect(neededToken(host, undefined)).toBeUndefined();
    expect(neededToken(host, token)).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.net', '127.0.0.1.example.net', 'localhost.example.net', ''])(
    'is a must on %j',
    (host) => {
      expect(() => neededToken(host, undefined)).toThrow(
        /neither CELLWRIGHT_HTTP_TOKEN_FILE nor CELLWRIGHT_HTTP_TOKEN is set/,
      );
      expect(neededToken(host, token)).toBe(token);
    },
  );
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
