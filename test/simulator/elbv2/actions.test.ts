import type { Action, RedirectActionConfig, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { normaliseActions } from '../../../src/simulator/elbv2/actions.ts';
import { normaliseTransforms } from '../../../src/simulator/elbv2/transforms.ts';
import { refusal } from './fixture.ts';

const limits = { groupsPerAction: 5, protocol: 'HTTP', port: 80 };
const forward = (...weights: (number | undefined)[]): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: weights.map((Weight, i) => ({
      TargetGroupArn: `g${i}`,
      ...(Weight === undefined ? {} : { Weight }),
    })),
  },
});
const redirect = (config: Partial<RedirectActionConfig>): Action => ({
  Type: 'redirect',
  RedirectConfig: { StatusCode: 'HTTP_301', ...config },
});
const fixed = (StatusCode: string, more: object = {}): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode, ...more },
});
const code = (actions: Action[], over = limits) => refusal(() => normaliseActions(actions, over)).code;

describe('the actions of a rule', () => {
  test('are one routing action; signing in with Cognito is not simulated', () => {
    expect(code([])).toBe('ValidationError');
    expect(code([{ Type: 'teleport' as Action['Type'] }])).toBe('ValidationError');
    expect(code([forward(1), fixed('404')])).toBe('TooManyActionsException');
    expect(code([{ Type: 'authenticate-cognito' }])).toBe('InvalidLoadBalancerActionException');
    expect(code([{ ...forward(1), Order: 50_001 }])).toBe('ValidationError');
  });

  const https = { ...limits, protocol: 'HTTPS', port: 443 };
  const oidc = {
    Issuer: 'https://login.example.com',
    AuthorizationEndpoint: 'https://login.example.com/a',
    TokenEndpoint: 'https://login.example.com/t',
    UserInfoEndpoint: 'https://login.example.com/u',
    ClientId: 'id',
    ClientSecret: 'secret',
  };
  const signIn = (change: object = {}, Order = 1): Action => ({
    Type: 'authenticate-oidc',
    Order,
    AuthenticateOidcConfig: { ...oidc, ...change },
  });
  const last = { ...fixed('404'), Order: 9 };

  test('may sign users in before that; the secret is never described', () => {
    const { ClientSecret: _secret, ...shown } = oidc;
    const [first, second] = normaliseActions([last, signIn()], https);
    expect(first).toEqual({
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: {
        ...shown,
        SessionCookieName: 'AWSELBAuthSessionCookie',
        Scope: 'openid',
        SessionTimeout: 604_800,
        OnUnauthenticatedRequest: 'authenticate',
      },
    });
    expect(second?.Type).toBe('fixed-response');
  });

  test.each<[string, Action[], string]>([
    ['as the last action', [signIn({}, 10), last], 'InvalidLoadBalancerActionException'],
    ['as the only action', [signIn()], 'InvalidLoadBalancerActionException'],
    ['twice', [signIn(), signIn({}, 2), last], 'TooManyActionsException'],
    ['in no order', [signIn(), fixed('404')], 'ValidationError'],
    ['at the same place', [signIn({}, 9), last], 'ValidationError'],
    ['without a configuration', [{ Type: 'authenticate-oidc', Order: 1 }, last], 'InvalidLoadBalancerActionException'],
    ['over plain HTTP', [signIn({ Issuer: 'http://login.example.com' }), last], 'InvalidLoadBalancerActionException'],
    ['without a secret', [signIn({ ClientSecret: undefined }), last], 'ValidationError'],
    ['without a client', [signIn({ ClientId: '' }), last], 'ValidationError'],
    ['for eight days', [signIn({ SessionTimeout: 691_200 }), last], 'ValidationError'],
    ['or do what there is not', [signIn({ OnUnauthenticatedRequest: 'ask' }), last], 'ValidationError'],
  ])('do not sign users in %s', (_what, wanted, expected) => {
    expect(code(wanted, https)).toBe(expected);
  });

  test('sign nobody in on HTTP listeners', () => {
    expect(code([signIn(), last])).toBe('InvalidLoadBalancerActionException');
  });

  test('a forward is described in full, whichever way it was sent', () => {
    const full = {
      Type: 'forward',
      TargetGroupArn: 'g0',
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: 'g0', Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    };
    expect(normaliseActions([{ Type: 'forward', TargetGroupArn: 'g0' }], limits)).toEqual([full]);
    expect(normaliseActions([forward(undefined)], limits)).toEqual([full]);
    expect(normaliseActions([{ ...forward(1), TargetGroupArn: 'g0', Order: 1 }], limits)).toEqual([
      { ...full, Order: 1 },
    ]);
    const [two] = normaliseActions([forward(0, 999)], limits);
    expect(two).not.toHaveProperty('TargetGroupArn');
    expect(two?.ForwardConfig?.TargetGroups).toEqual([
      { TargetGroupArn: 'g0', Weight: 0 },
      { TargetGroupArn: 'g1', Weight: 999 },
    ]);
  });

  test.each<[string, Action]>([
    ['no target group', { Type: 'forward' }],
    ['another group beside its configuration', { ...forward(1), TargetGroupArn: 'other' }],
    ['two groups of which one has no weight', forward(1, undefined)],
    ['a weight of 1,000', forward(1_000)],
    ['a weight of -1', forward(-1)],
    [
      'one group twice',
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: 'g', Weight: 1 },
            { TargetGroupArn: 'g', Weight: 1 },
          ],
        },
      },
    ],
    [
      'stickiness without a duration',
      { Type: 'forward', TargetGroupArn: 'g', ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true } } },
    ],
    [
      'stickiness of eight days',
      {
        Type: 'forward',
        TargetGroupArn: 'g',
        ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 691_200 } },
      },
    ],
  ])('a forward has not %s', (_what, action) => {
    expect(code([action])).toBe('ValidationError');
  });

  test('a forward has as many groups as the quota says', () => {
    expect(normaliseActions([forward(1, 1, 1, 1, 1)], limits)).toHaveLength(1);
    expect(code([forward(1, 1, 1, 1, 1, 1)])).toBe('TooManyTargetGroupsException');
  });

  test.each<[string, Action]>([
    ['a status of 302', fixed('302')],
    ['a body of 1,025 characters', fixed('404', { MessageBody: 'a'.repeat(1_025) })],
    ['a target group', { ...fixed('404'), TargetGroupArn: 'g' }],
    ['the configuration of a redirect', { ...fixed('404'), RedirectConfig: { StatusCode: 'HTTP_301' } }],
  ])('a fixed response has not %s', (_what, action) => {
    expect(code([action])).toBe('ValidationError');
  });

  test('a fixed response has one of five content types', () => {
    expect(normaliseActions([fixed('299', { ContentType: 'application/json' })], limits)).toHaveLength(1);
    expect(code([fixed('404', { ContentType: 'image/png' })])).toBe('InvalidLoadBalancerActionException');
    expect(code([{ Type: 'fixed-response' }])).toBe('InvalidLoadBalancerActionException');
  });

  test('a redirect keeps what it does not name', () => {
    expect(normaliseActions([redirect({ Protocol: 'HTTPS', Port: '443' })], limits)[0]?.RedirectConfig).toEqual({
      Protocol: 'HTTPS',
      Port: '443',
      Host: '#{host}',
      Path: '/#{path}',
      Query: '#{query}',
      StatusCode: 'HTTP_301',
    });
  });

  test.each<[string, Partial<RedirectActionConfig>]>([
    ['a status of 307', { Host: 'a.example.com', StatusCode: 'HTTP_307' as 'HTTP_301' }],
    ['a protocol that there is not', { Protocol: 'FTP' }],
    ['port 0', { Port: '0' }],
    ['a host of 129 characters', { Host: 'a'.repeat(129) }],
    ['a path without a slash', { Path: 'a' }],
    ['a query of 129 characters', { Host: 'a.example.com', Query: 'a'.repeat(129) }],
  ])('a redirect has not %s', (_what, config) => {
    expect(code([redirect(config)])).toBe('ValidationError');
  });

  test('a redirect leads elsewhere, and not out of HTTPS', () => {
    expect(code([redirect({})])).toBe('InvalidLoadBalancerActionException');
    expect(code([redirect({ Query: 'a=b' })])).toBe('InvalidLoadBalancerActionException');
    expect(code([{ Type: 'redirect' }])).toBe('InvalidLoadBalancerActionException');
    const secure = redirect({ Protocol: 'HTTPS', Port: '443', Host: '#{host}', Path: '/#{path}' });
    expect(code([secure], { ...limits, protocol: 'HTTPS', port: 443 })).toBe('InvalidLoadBalancerActionException');
    expect(normaliseActions([secure], { ...limits, protocol: 'HTTPS', port: 8443 })).toHaveLength(1);
    const plain = redirect({ Protocol: 'HTTP', Port: '8080' });
    expect(code([plain], { ...limits, protocol: 'HTTPS' })).toBe('InvalidLoadBalancerActionException');
    expect(normaliseActions([plain], limits)).toHaveLength(1);
  });
});

describe('the transforms of a rule', () => {
  const host = (Regex: string, Replace = 'b'): RuleTransform => ({
    Type: 'host-header-rewrite',
    HostHeaderRewriteConfig: { Rewrites: [{ Regex, Replace }] },
  });
  const url: RuleTransform = { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/a', Replace: '/b' }] } };

  test('are one of the host and one of the URL', () => {
    expect(normaliseTransforms([host('^a'), url])).toEqual([host('^a'), url]);
  });

  test.each<[string, RuleTransform[]]>([
    ['two of the host', [host('a'), host('b')]],
    ['without a rewrite', [{ Type: 'url-rewrite' }]],
    ['of an unknown type', [{ Type: 'body-rewrite' as RuleTransform['Type'] }]],
    ['with the configuration of the other type', [{ ...url, HostHeaderRewriteConfig: { Rewrites: [] } }]],
    ['with no regular expression', [host('')]],
    ['with a wrong regular expression', [host('(')]],
    ['with a replacement of 1,025 characters', [host('a', 'b'.repeat(1_025))]],
  ])('are not taken: %s', (_what, transforms) => {
    expect(refusal(() => normaliseTransforms(transforms)).code).toBe('ValidationError');
  });
});
