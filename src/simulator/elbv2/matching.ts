/** Which rule of a listener a request meets. Pure. Source: "Condition types for listener rules", ALB user guide. */
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RouteRequest } from '../kernel.ts';
import { globMatches, normalisePath } from './patterns.ts';

interface AppliedRule {
  readonly arn: string;
  readonly conditions: readonly RuleCondition[];
  readonly actions: readonly Action[];
}

export interface AppliedListener {
  readonly arn: string;
  readonly port: number;
  /** Ascending priority, the default rule last. */
  readonly rules: readonly AppliedRule[];
}

/** A request as the matcher sees it. Requests have the method and source that a probe from outside would have. */
interface Seen {
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: ReadonlyMap<string, string>;
}

const method = 'GET';
/** Documentation address (RFC 5737): the request comes from somewhere on the internet. */
const sourceIp = '203.0.113.1';

/** The first rule in order of priority whose conditions all hold; the default rule has none and so always holds. */
export function matchingRule(rules: readonly AppliedRule[], request: RouteRequest): AppliedRule | undefined {
  const seen = see(request);
  return rules.find((rule) => rule.conditions.every((condition) => holds(condition, seen)));
}

function see(request: RouteRequest): Seen {
  const at = request.path.indexOf('?');
  const query = at < 0 ? '' : request.path.slice(at + 1);
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    host: request.host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, ''),
    path: normalisePath(at < 0 ? request.path : request.path.slice(0, at)),
    query: [...new URLSearchParams(query)],
    headers: new Map(headers),
  };
}

function holds(condition: RuleCondition, seen: Seen): boolean {
  switch (condition.Field) {
    case 'host-header':
      return someMatches(condition.HostHeaderConfig, seen.host, 'any-case');
    case 'path-pattern':
      return someMatches(condition.PathPatternConfig, seen.path, 'as-is');
    case 'http-header':
      return hasHeader(condition, seen);
    case 'http-request-method':
      return (condition.HttpRequestMethodConfig?.Values ?? []).includes(method);
    case 'query-string':
      return hasParameter(condition, seen);
    case 'source-ip':
      return (condition.SourceIpConfig?.Values ?? []).some((cidr) => inCidr(sourceIp, cidr));
    default:
      return false;
  }
}

function hasHeader({ HttpHeaderConfig: config }: RuleCondition, seen: Seen): boolean {
  const value = seen.headers.get(config?.HttpHeaderName?.toLowerCase() ?? '');
  return value !== undefined && someMatches(config, value, 'any-case');
}

function hasParameter({ QueryStringConfig: config }: RuleCondition, seen: Seen): boolean {
  return (config?.Values ?? []).some((wanted) =>
    seen.query.some(
      ([key, value]) =>
        (wanted.Key === undefined || queryMatches(wanted.Key, key)) && queryMatches(wanted.Value ?? '', value),
    ),
  );
}

/** In query strings alone a backslash makes a wildcard stand for itself. */
function queryMatches(pattern: string, text: string): boolean {
  return globMatches(pattern.toLowerCase(), text.toLowerCase(), 'escapes');
}

function someMatches(
  config: { Values?: string[] | undefined; RegexValues?: string[] | undefined } | undefined,
  text: string,
  letters: 'any-case' | 'as-is',
): boolean {
  const fold = (value: string): string => (letters === 'any-case' ? value.toLowerCase() : value);
  const flags = letters === 'any-case' ? 'i' : '';
  return (
    (config?.Values ?? []).some((value) => globMatches(fold(value), fold(text))) ||
    (config?.RegexValues ?? []).some((value) => new RegExp(value, flags).test(text))
  );
}

/** Whether an IPv4 address lies in a CIDR block; never for a block of IPv6. */
function inCidr(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  if (base.includes(':')) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(ipv4Number(ip) / size) === Math.floor(ipv4Number(base) / size);
}

function ipv4Number(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
