import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseConditions } from '../../../src/simulator/elbv2/conditions.ts';
import { matchingRule } from '../../../src/simulator/elbv2/matching.ts';
import { globMatches, normalisePath } from '../../../src/simulator/elbv2/patterns.ts';

describe('patterns', () => {
  test('match as the regular expression that they stand for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(globMatches(pattern, text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a path is normalised first', () => {
  test.each([
    ['/acme/x', '/acme/x'],
    ['/%61cme/%7Ex', '/acme/~x'],
    ['/a%2fb%c3%a4', '/a%2Fb%C3%A4'],
    ['/a/./b/../c', '/a/c'],
    ['/a/b/..', '/a/'],
    ['/../a', '/a'],
    ['/%2e%2e/a', '/a'],
    ['/.well-known/..a', '/.well-known/..a'],
    ['/', '/'],
    ['//a', '//a'],
  ])('%s is %s', (path, expected) => {
    expect(normalisePath(path)).toBe(expected);
  });
});

describe('rules', () => {
  const rule = (arn: string, conditions: Parameters<typeof normaliseConditions>[0]) => ({
    arn,
    conditions: normaliseConditions(conditions, { values: 5, wildcards: 5 }),
    actions: [],
  });
  const match = (conditions: Parameters<typeof normaliseConditions>[0], request: object) =>
    matchingRule([rule('hit', conditions)], { host: 'a.example.com', path: '/', headers: {}, ...request })?.arn ===
    'hit';

  test('hosts in any letter case, paths exactly, without query', () => {
    const host = [{ Field: 'host-header', Values: ['A.Example.com'] }];
    expect(match(host, { host: 'a.eXample.com:443' })).toBe(true);
    expect(match(host, { host: 'b.example.com' })).toBe(false);
    const path = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/acme', '/acme/*'] } }];
    expect(match(path, { path: '/acme' })).toBe(true);
    expect(match(path, { path: '/acme/x?y=/z' })).toBe(true);
    expect(match(path, { path: '/acme?y' })).toBe(true);
    expect(match(path, { path: '/acmes' })).toBe(false);
    expect(match(path, { path: '/Acme' })).toBe(false);
    expect(match(path, { path: '/%61cme' })).toBe(true);
    expect(match(path, { path: '/x/../acme' })).toBe(true);
  });

  test('`*` is any number of characters and `?` exactly one, a name without its first label included', () => {
    const wild = [{ Field: 'host-header', Values: ['*.example.com'] }];
    expect(match(wild, { host: 'a.b.example.com' })).toBe(true);
    expect(match(wild, { host: 'example.com' })).toBe(false);
    const one = [{ Field: 'path-pattern', Values: ['/a?'] }];
    expect(['/ab', '/a', '/abc'].map((path) => match(one, { path }))).toEqual([true, false, false]);
  });

  test('regular expressions: hosts and headers in any letter case, paths exactly', () => {
    const host = [{ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^(a|b)\\.example\\.com$'] } }];
    expect(match(host, { host: 'B.example.com' })).toBe(true);
    expect(match(host, { host: 'c.example.com' })).toBe(false);
    const path = [{ Field: 'path-pattern', RegexValues: ['^/api/v[12]/'] }];
    expect(match(path, { path: '/api/v2/x' })).toBe(true);
    expect(match(path, { path: '/API/v2/x' })).toBe(false);
    const header = [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-a', RegexValues: ['^on$'] } }];
    expect(match(header, { headers: { 'X-A': 'ON' } })).toBe(true);
  });

  test('headers, query strings, methods and source addresses', () => {
    const header = [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant-Id', Values: ['acme'] } }];
    expect(match(header, { headers: { 'x-tenant-id': 'ACME' } })).toBe(true);
    expect(match(header, { headers: { 'x-tenant-id': 'acme2' } })).toBe(false);
    expect(match(header, {})).toBe(false);
    const query = [
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1*' }, { Value: 'x' }] } },
    ];
    expect(match(query, { path: '/?v=12' })).toBe(true);
    expect(match(query, { path: '/?any=x' })).toBe(true);
    expect(match(query, { path: '/?v=2' })).toBe(false);
    const star = [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'Q', Value: '\\*x' }] } }];
    expect(match(star, { path: '/?q=*X' })).toBe(true);
    expect(match(star, { path: '/?q=yx' })).toBe(false);
    const method = (value: string) => [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: [value] } }];
    expect(match(method('GET'), {})).toBe(true);
    expect(match(method('POST'), {})).toBe(false);
    const source = (value: string) => [{ Field: 'source-ip', SourceIpConfig: { Values: [value] } }];
    expect(match(source('203.0.113.0/24'), {})).toBe(true);
    expect(match(source('203.0.114.0/24'), {})).toBe(false);
    expect(match(source('0.0.0.0/0'), {})).toBe(true);
  });

  test('all conditions must hold', () => {
    const both = [
      { Field: 'host-header', Values: ['a.example.com'] },
      { Field: 'path-pattern', Values: ['/a'] },
    ];
    expect(match(both, { path: '/a' })).toBe(true);
    expect(match(both, { path: '/b' })).toBe(false);
  });
});
