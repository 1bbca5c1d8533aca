/** Checks and completes a redirect. Pure. Source: "Redirect actions" of the ALB user guide, and the API model. */
import type { RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../kernel.ts';
import { constraintError, oneOf, validationError } from './errors.ts';

const at = 'actions.1.member.redirectConfig';
const maxLength = 128;
/** What a redirect leaves as it came. */
const unchanged = { Protocol: '#{protocol}', Port: '#{port}', Host: '#{host}', Path: '/#{path}', Query: '#{query}' };

/**
 * A redirect with all its parts. Throws ValidationError, and InvalidLoadBalancerAction for one that leads to where it came from, or from HTTPS
 * to HTTP.
 */
export function normaliseRedirect(
  config: RedirectActionConfig | undefined,
  from: { readonly protocol: string; readonly port: number },
): RedirectActionConfig {
  if (config === undefined) throw configNeeded('redirect', 'RedirectConfig');
  const StatusCode = oneOf(config.StatusCode ?? '', `${at}.statusCode`, ['HTTP_301', 'HTTP_302']);
  const to = { ...unchanged, ...config, StatusCode };
  checkProtocol(to.Protocol);
  if (to.Port !== unchanged.Port && !isPort(to.Port)) {
    throw validationError(`The redirect port '${to.Port}' must be #{port}, or a number between 1 and 65535`);
  }
  for (const [member, value] of [
    ['host', to.Host],
    ['path', to.Path],
    ['query', to.Query],
  ] as const) {
    if (value.length > maxLength) {
      throw constraintError(value, `${at}.${member}`, `Member must have length less than or equal to ${maxLength}`);
    }
  }
  if (to.Host === '') throw constraintError('', `${at}.host`, 'Member must have length greater than or equal to 1');
  if (!to.Path.startsWith('/')) throw validationError(`The redirect path '${to.Path}' must begin with '/'`);
  const same = { ...unchanged, Protocol: from.protocol, Port: String(from.port) };
  if (
    (['Protocol', 'Port', 'Host', 'Path'] as const).every((part) => [unchanged[part], same[part]].includes(to[part]))
  ) {
    throw invalidAction('The redirect configuration is not valid because it creates a loop.');
  }
  if (from.protocol === 'HTTPS' && to.Protocol === 'HTTP') throw invalidAction('You cannot redirect HTTPS to HTTP');
  return to;
}

function checkProtocol(protocol: string): void {
  const pattern = '^(HTTPS?|#\\{protocol\\})$';
  if (new RegExp(pattern).test(protocol)) return;
  throw constraintError(protocol, `${at}.protocol`, `Member must satisfy regular expression pattern: ${pattern}`);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** Refuses an action whose parts do not fit together. */
export function invalidAction(message: string): AwsError {
  return new AwsError('InvalidLoadBalancerActionException', message);
}

/** Refuses an action without its configuration (observed: https://github.com/aws/aws-sdk-js/issues/2204). */
export function configNeeded(type: string, config: string): AwsError {
  return invalidAction(`For actions of type '${type}', you must specify the following fields: '${config}'`);
}
