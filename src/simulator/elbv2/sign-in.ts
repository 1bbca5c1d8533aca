/** Checks and completes an action that signs users in. Pure. Source: "Authenticate users", ALB user guide, and the API model. */
import type { Action, AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';
import { constraintError, oneOf, validationError } from './errors.ts';
import { configNeeded, invalidAction } from './redirects.ts';

/** The members of its configuration that are simulated. */
export const signInMembers = [
  ...['Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint', 'ClientId', 'ClientSecret'],
  ...['SessionCookieName', 'Scope', 'SessionTimeout', 'OnUnauthenticatedRequest'],
];

const at = 'actions.1.member.authenticateOidcConfig';
const maxSessionSeconds = 604_800;
const behaviours = ['deny', 'allow', 'authenticate'] as const;
const urls = ['Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint'] as const;

/** The action with all its parts but the secret, which is never described. Throws ValidationError or InvalidLoadBalancerAction. */
export function normaliseSignIn(action: Action, protocol: string): Action {
  if (protocol !== 'HTTPS') throw invalidAction(`Actions of type '${action.Type ?? ''}' need an HTTPS listener`);
  const { AuthenticateOidcConfig: config } = action;
  if (config === undefined) throw configNeeded('authenticate-oidc', 'AuthenticateOidcConfig');
  for (const member of urls) {
    const url = config[member] ?? '';
    if (!/^https:\/\/[^/?#]+/.test(url)) throw invalidAction(`The ${member} '${url}' must be a full HTTPS URL`);
  }
  if ((config.ClientId ?? '') === '') throw validationError('A client ID must be specified');
  if ((config.ClientSecret ?? '') === '') throw validationError('A client secret must be specified');
  return { ...action, AuthenticateOidcConfig: complete(config) };
}

function complete(config: AuthenticateOidcActionConfig): AuthenticateOidcActionConfig {
  const { ClientSecret: _secret, ...shown } = config;
  const seconds = Number(config.SessionTimeout ?? maxSessionSeconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxSessionSeconds) {
    throw constraintError(seconds, `${at}.sessionTimeout`, `Member must have value between 1 and ${maxSessionSeconds}`);
  }
  return {
    ...shown,
    SessionCookieName: config.SessionCookieName ?? 'AWSELBAuthSessionCookie',
    Scope: config.Scope ?? 'openid',
    SessionTimeout: config.SessionTimeout ?? maxSessionSeconds,
    OnUnauthenticatedRequest: oneOf(
      config.OnUnauthenticatedRequest ?? 'authenticate',
      `${at}.onUnauthenticatedRequest`,
      behaviours,
    ),
  };
}

/** What a request without a session gets of such an action: a redirect to the provider, a refusal, or (undefined) the next action. */
export function signInStatus(action: Action): number | undefined {
  switch (action.AuthenticateOidcConfig?.OnUnauthenticatedRequest) {
    case 'authenticate':
      return 302;
    case 'deny':
      return 401;
    default:
      return undefined;
  }
}
