import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredRule } from '../../../src/reconcilers/listener-rule/desired.ts';
import { intersects, shadows } from '../../../src/reconcilers/listener-rule/shadow.ts';
import { contextOf, type Variation } from '../../contract/world.ts';
import { known, placementWith } from '../support.ts';

const letters = ['a', 'b'];

/** All texts of up to `length` letters. */
function texts(length: number): string[] {
  if (length === 0) return [''];
  const shorter = texts(length - 1);
  return [
    ...shorter,
    ...shorter.filter((text) => text.length === length - 1).flatMap((text) => letters.map((l) => text + l)),
  ];
}

function matches(pattern: string, text: string): boolean {
  const source = [...pattern].map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char)).join('');
  return new RegExp(`^${source}$`).test(text);
}

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });

describe('whether two patterns have a common match', () => {
  const all = texts(8);

  it('agrees with trying every text', () => {
    // Patterns of up to four characters that have a common match have one of at most eight letters.
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(intersects(a, b)).toBe(all.some((text) => matches(a, text) && matches(b, text)));
      }),
      { numRuns: 400 },
    );
  });

  it('does not depend on the order, and is quick for the longest patterns', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '*', '?'), maxLength: 128 }),
        fc.string({ unit: fc.constantFrom('a', '*', '?'), maxLength: 128 }),
        (a, b) => {
          expect(intersects(a, b)).toBe(intersects(b, a));
        },
      ),
    );
  });
});

const placement = placementWith({ target_group: 'arn:tg' });

function wanted(routing: NonNullable<Variation['routing']>) {
  return known(desiredRule(contextOf(placement, { routing })));
}

const byHost = wanted({ scope: 'tenant', by: 'host', host: 'acme.example.test' });
const byPath = wanted({ scope: 'tier', by: 'path', host: 'example.test', pathPrefix: '/acme' });
const byHeader = wanted({ scope: 'tier', by: 'header', host: 'example.test', header: 'x-tenant-id' });

const hosts = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const paths = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', Values });
const header = (HttpHeaderName: string, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
});

describe('a rule that comes first', () => {
  it.each([
    ['without conditions', byHost, []],
    ['for every host', byHost, [hosts('*')]],
    ['for the host in other letters', byHost, [hosts('ACME.Example.test')]],
    ['for a part of the paths of the host', byHost, [hosts('acme.example.test'), paths('/admin/*')]],
    ['for some sources', byHost, [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }]],
    ['for a regular expression', byHost, [{ Field: 'host-header', HostHeaderConfig: { RegexValues: ['x'] } }]],
    ['for a regular expression in the old form', byHost, [{ Field: 'host-header', RegexValues: ['x'] }]],
    ['for a header that ours does not look at', byHeader, [header('x-beta', '1')]],
    ['for the header in other letters', byHeader, [header('X-Tenant-ID', 'ACME')]],
    ['for all paths below', byPath, [paths('/acme*')]],
  ])('%s takes requests of the tenant', (_what, desired, conditions) => {
    expect(shadows({ Conditions: conditions }, desired)).toBe(true);
  });

  it.each([
    ['for other hosts', byHost, [hosts('other.example.test', '*.other.test')]],
    ['for another path', byPath, [hosts('example.test'), paths('/other', '/other/*')]],
    ['for a longer name', byPath, [paths('/acme-two', '/acme-two/*')]],
    ['for the path in other letters', byPath, [paths('/ACME')]],
    ['for another tenant by header', byHeader, [hosts('example.test'), header('x-tenant-id', 'other')]],
  ])('%s leaves the tenant alone', (_what, desired, conditions) => {
    expect(shadows({ Conditions: conditions }, desired)).toBe(false);
  });
});
