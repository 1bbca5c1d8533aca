/** Which calls, tasks and tables a rule is for. */
import type { Call } from '../kernel.ts';
import type { FaultRule } from './rules.ts';

type Texts = string | readonly string[];

/** Whether a text is meant by one of the patterns, in which `*` stands for anything; no pattern means every text. */
export function meansText(patterns: Texts | undefined, text: string): boolean {
  if (patterns === undefined) return true;
  const all = typeof patterns === 'string' ? [patterns] : patterns;
  return all.some((pattern) => expressionOf(pattern).test(text));
}

const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    const literals = pattern.split('*').map((literal) => literal.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    expression = new RegExp(`^${literals.join('.*')}$`, 's');
    expressions.set(pattern, expression);
  }
  return expression;
}

/** Whether a rule is for this call. An unreachable account's roles cannot be assumed from elsewhere either. */
export function meansCall(rule: FaultRule, call: Call, input: object): boolean {
  const { service, operation, account, region, principal, resource } = rule.on;
  return (
    (service === undefined ||
      (typeof service === 'string' ? service === call.service : service.includes(call.service))) &&
    meansText(operation, call.operation) &&
    (meansText(account, call.account) || (rule.fault === 'unreachable' && meansText(account, accountOfRole(input)))) &&
    meansText(region, call.region) &&
    meansText(principal, call.principal) &&
    (resource === undefined || holdsText(input, resource))
  );
}

function accountOfRole(input: object): string {
  const role = 'RoleArn' in input && typeof input.RoleArn === 'string' ? input.RoleArn : '';
  return role.split(':')[4] ?? '';
}

function holdsText(value: unknown, patterns: Texts): boolean {
  if (typeof value === 'string') return meansText(patterns, value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => holdsText(inner, patterns));
}
