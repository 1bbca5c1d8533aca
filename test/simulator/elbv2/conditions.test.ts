import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { normaliseConditions } from '../../../src/simulator/elbv2/conditions.ts';
import { refusal } from './fixture.ts';

const limits = { values: 5, wildcards: 5 };
const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const method = (...Values: string[]): RuleCondition => {
  return { Field: 'http-request-method', HttpRequestMethodConfig: { Values } };
};
const source = (...Values: string[]): RuleCondition => ({ Field: 'source-ip', SourceIpConfig: { Values } });
const query = (...Values: { Key?: string; Value?: string }[]): RuleCondition => {
  return { Field: 'query-string', QueryStringConfig: { Values } };
};
const named = (HttpHeaderName: string, ...Values: string[]): RuleCondition => {
  return { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values } };
};
const header = (...Values: string[]): RuleCondition => named('x-tenant-id', ...Values);
const regex = (...RegexValues: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { RegexValues },
});

describe('the conditions of a rule', () => {
  test.each<[string, RuleCondition[]]>([
    ['none', []],
    ['one without a field', [{ Values: ['a.example.com'] }]],
    ['one of an unknown field', [{ Field: 'cookie', Values: ['a'] }]],
    ['two of hosts', [host('a.example.com'), host('b.example.com')]],
    ['two of paths', [path('/a'), path('/b')]],
    ['two of methods', [method('GET'), method('PUT')]],
    ['two of source addresses', [source('10.0.0.0/8'), source('11.0.0.0/8')]],
    ['six values', [host('a.b', 'c.d', 'e.f'), path('/1', '/2', '/3')]],
    ['four values in one condition', [path('/1', '/2', '/3', '/4')]],
    ['six wildcards', [path('/*/*', '/*/*', '/*/*')]],
    ['the configuration of another field', [{ ...path('/a'), HostHeaderConfig: { Values: ['a.example.com'] } }]],
    ['plain values for a header', [{ Field: 'http-header', Values: ['a'] }]],
    ['both forms of values', [{ ...host('a.example.com'), Values: ['b.example.com'] }]],
    ['two plain values', [{ Field: 'path-pattern', Values: ['/a', '/b'] }]],
    ['values and regular expressions', [{ ...host('a.example.com'), RegexValues: ['a'] }]],
  ])('are not %s', (_what, conditions) => {
    expect(refusal(() => normaliseConditions(conditions, limits)).code).toBe('ValidationError');
  });

  test.each<[string, RuleCondition]>([
    ['a host without a dot', host('localhost')],
    ['a host that ends with a digit', host('a.example.c0m')],
    ['a host that ends with a dot', host('a.example.com.')],
    ['a host with an underscore', host('a_b.example.com')],
    ['a host of 129 characters', host(`${'a'.repeat(125)}.com`)],
    ['an empty host', host('')],
    ['a path with a backslash', path('/a\\b')],
    ['a path with a space', path('/a b')],
    ['a path with a number sign', path('/a#b')],
    ['a path of 129 characters', path(`/${'a'.repeat(128)}`)],
    ['a header named Host', named('Host', 'a')],
    ['a header with a colon in its name', named('x:y', 'a')],
    ['a header with a name of 41 characters', named('h'.repeat(41), 'a')],
    ['a header without values', header()],
    ['a header value with a control character', header('a\u0001')],
    ['a header value of 129 characters', header('a'.repeat(129))],
    ['a method in small letters', method('get')],
    ['a method with a wildcard', method('G*')],
    ['a method of 41 characters', method('A'.repeat(41))],
    ['a source address without a length', source('10.0.0.1')],
    ['a source block of 33 bits', source('10.0.0.0/33')],
    ['the broadcast address', source('255.255.255.255/32')],
    ['six source blocks', source(...[1, 2, 3, 4, 5, 6].map((n) => `10.0.${n}.0/24`))],
    ['a query pair without a value', query({ Key: 'k' })],
    ['a query value of 129 characters', query({ Value: 'v'.repeat(129) })],
  ])('have not %s', (_what, condition) => {
    expect(refusal(() => normaliseConditions([condition], limits)).code).toBe('ValidationError');
  });

  test('may be five values with five wildcards, and several of headers and of query strings', () => {
    const conditions = [path('/*/*', '/*'), header('a*'), header('b*'), host('a.example.com')];
    expect(normaliseConditions(conditions, limits)).toHaveLength(4);
    expect(normaliseConditions([query({ Value: 'a' }), query({ Key: 'k', Value: 'b' })], limits)).toHaveLength(2);
    expect(normaliseConditions([source(...[1, 2, 3, 4, 5].map((n) => `10.0.${n}.0/24`))], limits)).toHaveLength(1);
    expect(normaliseConditions([source('2001:db8::/32')], limits)).toHaveLength(1);
  });

  test('count a wildcard behind a backslash as a character, in query strings', () => {
    const six = query({ Key: '\\*\\*', Value: '\\*\\?*?' });
    expect(normaliseConditions([six], { values: 5, wildcards: 2 })).toHaveLength(1);
    expect(refusal(() => normaliseConditions([six], { values: 5, wildcards: 1 })).code).toBe('ValidationError');
  });

  test('of hosts and paths come back in both forms', () => {
    const values = ['*.Example.com', 'a-b.example.com'];
    expect(normaliseConditions([host(...values)], limits)).toEqual([
      { Field: 'host-header', Values: values, HostHeaderConfig: { Values: values } },
    ]);
    expect(normaliseConditions([{ Field: 'path-pattern', Values: [`/a_-.$/~"'@:+&*?`] }], limits)).toEqual([
      {
        Field: 'path-pattern',
        Values: [`/a_-.$/~"'@:+&*?`],
        PathPatternConfig: { Values: [`/a_-.$/~"'@:+&*?`] },
      },
    ]);
    expect(normaliseConditions([regex('^/a')], limits)).toEqual([
      { Field: 'path-pattern', RegexValues: ['^/a'], PathPatternConfig: { RegexValues: ['^/a'] } },
    ]);
  });
});

describe('regular expressions', () => {
  test.each([
    ['that are none', '('],
    ['with a lookahead', 'a(?=b)'],
    ['with a negative lookahead', 'a(?!b)'],
    ['with a lookbehind', '(?<=a)b'],
    ['with a backreference', '(a)\\1'],
    ['with an atomic group', '(?>a)b'],
    ['with a possessive quantifier', 'a++b'],
    ['with a recursion', 'a(?R)?b'],
    ['with a Unicode class', '\\p{L}'],
    ['of 129 characters', 'a'.repeat(129)],
  ])('are not taken %s', (_what, text) => {
    expect(refusal(() => normaliseConditions([regex(text)], limits)).code).toBe('ValidationError');
  });

  test('are taken with groups, classes and escapes; their characters are no wildcards', () => {
    const texts = ['^\\/api\\/(v1|v2)\\/(.*)$', 'a\\++[*?]{0,3}', '.*.*.*.*.*.*'];
    expect(normaliseConditions([regex(...texts)], limits)).toHaveLength(1);
  });
});
