/** Checks and completes the conditions of a rule. Pure. Source: "Condition types for listener rules", ALB user guide. */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError } from './errors.ts';

const maxValuesPerRule = 5;
/** The quota page says 6 and the rule guide 5; the stricter one is enforced. */
const maxWildcardsPerRule = 5;
const maxEvaluationsPerCondition = 3;
const maxLength = 128;

const hostPattern = /^[A-Za-z0-9\-.*?]+$/;
const pathPattern = /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/;
const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

interface Checked {
  readonly condition: RuleCondition;
  readonly values: readonly string[];
}

/**
 * The conditions as ELB keeps and describes them: a host or path condition has both `Values` and its own configuration, whichever was sent.
 * Throws ValidationError.
 */
export function normaliseConditions(conditions: readonly RuleCondition[]): readonly RuleCondition[] {
  if (conditions.length === 0) throw validationError('A condition must be specified');
  const checked = conditions.map(normaliseCondition);
  for (const field of ['host-header', 'path-pattern', 'http-request-method', 'source-ip']) {
    const count = checked.filter((one) => one.condition.Field === field).length;
    if (count > 1) throw validationError(`Rule can contain only one '${field}' condition; found ${count}`);
  }
  const values = checked.flatMap((one) => one.values);
  if (values.length > maxValuesPerRule) {
    throw validationError(
      `A rule can only have '${maxValuesPerRule}' condition values; found ${values.length}. Split them over several rules`,
    );
  }
  const wildcards = checked
    .filter((one) => one.condition.Field !== 'source-ip')
    .flatMap((one) => one.values)
    .reduce((sum, value) => sum + value.replace(/[^*?]/g, '').length, 0);
  if (wildcards > maxWildcardsPerRule) {
    throw validationError(`A rule can only have '${maxWildcardsPerRule}' condition wildcards; found ${wildcards}`);
  }
  return checked.map((one) => one.condition);
}

function normaliseCondition(condition: RuleCondition): Checked {
  switch (condition.Field) {
    case 'host-header':
      return hostOrPath(condition, 'HostHeaderConfig');
    case 'path-pattern':
      return hostOrPath(condition, 'PathPatternConfig');
    case 'http-header':
      return httpHeader(condition);
    case 'http-request-method':
      return method(condition);
    case 'query-string':
      return queryString(condition);
    case 'source-ip':
      return sourceIp(condition);
    default:
      throw validationError(
        `Condition field '${condition.Field ?? ''}' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'`,
      );
  }
}

function method(condition: RuleCondition): Checked {
  const values = own(condition, condition.HttpRequestMethodConfig?.Values);
  for (const value of values) {
    if (!/^[A-Z\-_]{1,40}$/.test(value)) throw invalid('http-request-method', value, 'upper-case letters, - and _');
  }
  return { condition: { Field: 'http-request-method', HttpRequestMethodConfig: { Values: values } }, values };
}

function queryString(condition: RuleCondition): Checked {
  const pairs = structuredClone(condition.QueryStringConfig?.Values ?? []);
  const texts = pairs.map((pair) => `${pair.Key ?? ''}${pair.Value ?? ''}`);
  return { condition: { Field: 'query-string', QueryStringConfig: { Values: pairs } }, values: own(condition, texts) };
}

function sourceIp(condition: RuleCondition): Checked {
  const values = own(condition, condition.SourceIpConfig?.Values);
  for (const value of values) {
    if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(value)) throw invalid('source-ip', value, 'a CIDR block');
  }
  return { condition: { Field: 'source-ip', SourceIpConfig: { Values: values } }, values };
}

function hostOrPath(condition: RuleCondition, config: 'HostHeaderConfig' | 'PathPatternConfig'): Checked {
  const field = condition.Field ?? '';
  const configured = condition[config];
  if (condition.Values !== undefined && condition.Values.length > 0 && configured !== undefined) {
    throw validationError(`You cannot specify both 'Values' and '${config}' in a '${field}' condition`);
  }
  const regexes = condition.RegexValues ?? configured?.RegexValues;
  if (regexes !== undefined && regexes.length > 0) {
    for (const value of regexes) checkRegex(field, value);
    // How RegexValues are echoed is not documented: assumed to be like Values, in both places.
    return {
      condition: { Field: field, RegexValues: [...regexes], [config]: { RegexValues: [...regexes] } },
      values: regexes,
    };
  }
  const values = own(condition, configured?.Values ?? condition.Values);
  for (const value of values) checkPattern(field, value);
  return { condition: { Field: field, Values: [...values], [config]: { Values: [...values] } }, values };
}

function checkPattern(field: string, value: string): void {
  if (value.length === 0 || value.length > maxLength) {
    throw validationError(
      `The length of a '${field}' condition value must be 1 to ${maxLength}; found ${value.length}`,
    );
  }
  if (field === 'path-pattern') {
    if (!pathPattern.test(value)) throw invalid(field, value, 'a path of letters, digits and _-.$/~"\'@:+&*?');
    return;
  }
  if (!hostPattern.test(value)) throw invalid(field, value, 'letters, digits, - . * and ?');
  const last = value.slice(value.lastIndexOf('.') + 1);
  if (!value.includes('.') || !/^[A-Za-z*?]+$/.test(last)) {
    throw invalid(field, value, 'at least one dot, and only letters after the last dot');
  }
}

function httpHeader(condition: RuleCondition): Checked {
  const name = condition.HttpHeaderConfig?.HttpHeaderName ?? '';
  if (name.length > 40 || !headerName.test(name))
    throw invalid('http-header', name, 'a header name of 1 to 40 characters');
  if (name.toLowerCase() === 'host') {
    throw validationError("You cannot use 'Host' in an 'http-header' condition; use 'host-header'");
  }
  const regexes = condition.HttpHeaderConfig?.RegexValues;
  if (regexes !== undefined && regexes.length > 0) {
    for (const value of regexes) checkRegex('http-header', value);
    const config = { HttpHeaderName: name, RegexValues: [...regexes] };
    return { condition: { Field: 'http-header', HttpHeaderConfig: config }, values: regexes };
  }
  const values = own(condition, condition.HttpHeaderConfig?.Values);
  for (const value of values) {
    if (value.length === 0 || value.length > maxLength) throw invalid('http-header', value, '1 to 128 characters');
  }
  const config = { HttpHeaderName: name, Values: [...values] };
  return { condition: { Field: 'http-header', HttpHeaderConfig: config }, values };
}

function checkRegex(field: string, value: string): void {
  if (value.length === 0 || value.length > maxLength) throw invalid(field, value, '1 to 128 characters');
  try {
    new RegExp(value);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(field, value, 'a regular expression');
    throw error;
  }
}

function own(condition: RuleCondition, values: string[] | undefined): string[] {
  if (values === undefined || values.length === 0) {
    throw validationError(`A '${condition.Field ?? ''}' condition must have at least one value`);
  }
  if (values.length > maxEvaluationsPerCondition) {
    throw validationError(
      `A '${condition.Field ?? ''}' condition can have at most ${maxEvaluationsPerCondition} match evaluations; found ${values.length}`,
    );
  }
  return [...values];
}

function invalid(field: string, value: string, expected: string): Error {
  return validationError(`The '${field}' condition value '${value}' is not valid; expected ${expected}`);
}
