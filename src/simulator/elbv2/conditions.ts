/** Checks and completes the conditions of a rule. Pure. Source: "Condition types for listener rules", ALB user guide. */
import { isIP } from 'node:net';
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError } from './errors.ts';
import { checkRegex } from './regex.ts';

/** Quotas on the conditions of one rule. */
export interface ConditionLimits {
  readonly values: number;
  readonly wildcards: number;
}

/** Match evaluations per condition; a source-ip condition may have five values (API model). */
const maxEvaluations = 3;
const maxAddresses = 5;
const maxLength = 128;
const maxNameLength = 40;

const hostPattern = /^[A-Za-z0-9\-.*?]+$/;
const pathPattern = /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/;
const visible = /^[\x20-\x7e]+$/;
const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

const configs = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
} as const;
type Field = keyof typeof configs;

/** Conditions of which a rule may have one only. */
const single: readonly Field[] = ['host-header', 'path-pattern', 'http-request-method', 'source-ip'];

interface Checked {
  readonly condition: RuleCondition;
  readonly values: readonly string[];
  /** How many `*` and `?` of the values stand for other characters. */
  readonly wildcards: number;
}

/**
 * The conditions as ELB keeps and describes them: a host or path condition has both `Values` and its own configuration, whichever was sent.
 * Throws ValidationError.
 */
export function normaliseConditions(
  conditions: readonly RuleCondition[],
  limits: ConditionLimits,
): readonly RuleCondition[] {
  if (conditions.length === 0) throw validationError('A condition must be specified');
  const checked = conditions.map(normaliseCondition);
  for (const field of single) {
    const count = checked.filter((one) => one.condition.Field === field).length;
    if (count > 1) throw validationError(`A rule can only have one '${field}' condition; found ${count}`);
  }
  const values = checked.reduce((sum, one) => sum + one.values.length, 0);
  if (values > limits.values) throw validationError(`A rule can only have '${limits.values}' condition values`);
  const wildcards = checked.reduce((sum, one) => sum + one.wildcards, 0);
  if (wildcards > limits.wildcards) {
    throw validationError(`A rule can only have '${limits.wildcards}' condition wildcards`);
  }
  return checked.map((one) => one.condition);
}

function normaliseCondition(condition: RuleCondition): Checked {
  const field = fieldOf(condition);
  switch (field) {
    case 'host-header':
    case 'path-pattern':
      return hostOrPath(condition, field);
    case 'http-header':
      return httpHeader(condition);
    case 'http-request-method':
      return method(condition);
    case 'query-string':
      return queryString(condition);
    case 'source-ip':
      return sourceIp(condition);
  }
}

/** The condition's field. Whatever belongs to another one is refused: it would have no effect. */
function fieldOf(condition: RuleCondition): Field {
  const { Field: given } = condition;
  if (given === undefined || given === '') throw validationError('A condition field must be specified');
  const fields = Object.keys(configs) as Field[];
  const field = fields.find((one) => one === given);
  if (field === undefined) throw validationError(`Condition field '${given}' must be one of '[${fields.join(',')}]'`);
  const alien = Object.values(configs).find((one) => one !== configs[field] && condition[one] !== undefined);
  if (alien !== undefined) throw validationError(`The '${alien}' field is not compatible with '${field}'`);
  if (isGiven(condition.Values) && field !== 'host-header' && field !== 'path-pattern') {
    throw validationError(`The 'Values' field is not compatible with '${field}'`);
  }
  if (isGiven(condition.RegexValues) && !['host-header', 'path-pattern', 'http-header'].includes(field)) {
    throw validationError(`The 'RegexValues' field is not compatible with '${field}'`);
  }
  return field;
}

function hostOrPath(condition: RuleCondition, field: 'host-header' | 'path-pattern'): Checked {
  const config = configs[field];
  const configured = condition[config];
  if (isGiven(condition.Values) && configured !== undefined) {
    throw validationError(`You cannot provide both Values and '${config}' for a condition of type '${field}'`);
  }
  if ((condition.Values?.length ?? 0) > 1) {
    throw validationError(`The '${field}' field contains too many values; the limit is '1'`);
  }
  const regexes = regexesOf(condition, configured);
  if (regexes !== undefined) {
    // How RegexValues are echoed is not documented: assumed to be like Values, in both places.
    const normalised = { Field: field, RegexValues: [...regexes], [config]: { RegexValues: [...regexes] } };
    return { condition: normalised, values: regexes, wildcards: 0 };
  }
  const values = some(field, configured?.Values ?? condition.Values, maxEvaluations);
  for (const value of values) checkPattern(field, value);
  const normalised = { Field: field, Values: [...values], [config]: { Values: [...values] } };
  return { condition: normalised, values, wildcards: wildcardsIn(values) };
}

function checkPattern(field: 'host-header' | 'path-pattern', value: string): void {
  checkLength(field, value, maxLength);
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
  const config = condition.HttpHeaderConfig;
  if (config === undefined) throw configNeeded('http-header');
  const name = config.HttpHeaderName ?? '';
  if (name.length > maxNameLength) {
    throw validationError(`The 'HttpHeaderName' value is too long; the limit is '${maxNameLength}'`);
  }
  if (!headerName.test(name)) throw invalid('http-header', name, 'the name of a header (RFC 7230)');
  if (name.toLowerCase() === 'host') {
    throw validationError("You cannot use 'Host' in an 'http-header' condition; use 'host-header'");
  }
  const regexes = regexesOf(condition, config);
  if (regexes !== undefined) {
    const normalised = { HttpHeaderName: name, RegexValues: [...regexes] };
    return { condition: { Field: 'http-header', HttpHeaderConfig: normalised }, values: regexes, wildcards: 0 };
  }
  const values = some('http-header', config.Values, maxEvaluations);
  for (const value of values) checkVisible('http-header', value);
  const normalised = { HttpHeaderName: name, Values: [...values] };
  return {
    condition: { Field: 'http-header', HttpHeaderConfig: normalised },
    values,
    wildcards: wildcardsIn(values),
  };
}

function method(condition: RuleCondition): Checked {
  const config = condition.HttpRequestMethodConfig;
  if (config === undefined) throw configNeeded('http-request-method');
  const values = some('http-request-method', config.Values, maxEvaluations);
  for (const value of values) {
    checkLength('http-request-method', value, maxNameLength);
    if (!/^[A-Z\-_]+$/.test(value)) {
      throw validationError(
        "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore",
      );
    }
  }
  const normalised = { Values: [...values] };
  return { condition: { Field: 'http-request-method', HttpRequestMethodConfig: normalised }, values, wildcards: 0 };
}

function queryString(condition: RuleCondition): Checked {
  const config = condition.QueryStringConfig;
  if (config === undefined) throw configNeeded('query-string');
  const pairs = some('query-string', config.Values, maxEvaluations).map(({ Key: key, Value: value }) => {
    if (value === undefined || value === '') {
      throw validationError("A 'Value' must be specified in 'QueryStringKeyValuePair'");
    }
    checkVisible('query-string', value);
    if (key !== undefined) checkVisible('query-string', key);
    return { ...(key === undefined ? {} : { Key: key }), Value: value };
  });
  const texts = pairs.map((pair) => `${pair.Key ?? ''}${pair.Value}`);
  return {
    condition: { Field: 'query-string', QueryStringConfig: { Values: pairs } },
    values: texts,
    // A backslash makes a wildcard stand for itself, in query strings only.
    wildcards: wildcardsIn(texts.map((text) => text.replace(/\\[*?]/g, ''))),
  };
}

function sourceIp(condition: RuleCondition): Checked {
  const config = condition.SourceIpConfig;
  if (config === undefined) throw configNeeded('source-ip');
  const values = some('source-ip', config.Values, maxAddresses);
  for (const value of values) {
    const [address = '', bits = ''] = value.split('/');
    const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (!/^\d{1,3}$/.test(bits) || Number(bits) > most || value.split('/').length !== 2) {
      throw invalid('source-ip', value, 'a CIDR block');
    }
    if (value === '255.255.255.255/32') throw invalid('source-ip', value, 'another block than this one');
  }
  return { condition: { Field: 'source-ip', SourceIpConfig: { Values: [...values] } }, values, wildcards: 0 };
}

/** The regular expressions of a condition, where it matches by them rather than by values. */
function regexesOf(
  condition: RuleCondition,
  config: { Values?: string[] | undefined; RegexValues?: string[] | undefined } | undefined,
): readonly string[] | undefined {
  const field = condition.Field ?? '';
  const regexes = isGiven(condition.RegexValues) ? condition.RegexValues : config?.RegexValues;
  if (!isGiven(regexes)) return undefined;
  if (isGiven(condition.Values) || isGiven(config?.Values)) {
    throw validationError(`You cannot provide both values and regular expressions for a condition of type '${field}'`);
  }
  const wanted = some(field, regexes, maxEvaluations);
  for (const value of wanted) {
    checkLength(field, value, maxLength);
    checkRegex(field, value);
  }
  return wanted;
}

function some<T>(field: string, values: readonly T[] | undefined, most: number): readonly T[] {
  if (values === undefined || values.length === 0) throw validationError('A condition value must be specified');
  if (values.length > most) {
    throw validationError(`The '${field}' field contains too many values; the limit is '${most}' match evaluations`);
  }
  return values;
}

function checkVisible(field: string, value: string): void {
  checkLength(field, value, maxLength);
  if (!visible.test(value)) throw invalid(field, value, 'visible ASCII characters');
}

function checkLength(field: string, value: string, most: number): void {
  if (value.length === 0) throw validationError('A condition value must be specified');
  if (value.length > most) throw validationError(`The '${field}' value is too long; the limit is '${most}'`);
}

function wildcardsIn(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + value.replace(/[^*?]/g, '').length, 0);
}

function isGiven<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}

function configNeeded(field: Field): Error {
  return validationError(`A '${configs[field]}' must be specified with '${field}'`);
}

function invalid(field: string, value: string, expected: string): Error {
  return validationError(`The '${field}' value '${value}' is not valid; expected ${expected}`);
}
