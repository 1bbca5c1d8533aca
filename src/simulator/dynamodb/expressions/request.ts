/** The expressions of one request together: parsed once per text, checked against the request's names and values, nothing left unused. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validation } from '../errors.ts';
import type { Value } from '../values.ts';
import { checkNesting, readValue } from '../wire-values.ts';
import type { Condition, Path, UpdateAction } from './ast.ts';
import { parseCondition } from './condition-parser.ts';
import type { Names, Parsed, Values } from './parser.ts';
import { parseProjection } from './projection-parser.ts';
import { parseUpdate } from './update-parser.ts';

export interface ExpressionInput {
  readonly ConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export interface Expressions {
  readonly condition?: Condition;
  readonly filter?: Condition;
  readonly key?: Condition;
  readonly projection?: readonly Path[];
  readonly update?: readonly UpdateAction[];
  readonly values: Values;
}

const none: Expressions = { values: new Map() };
const cacheLimit = 5_000;

/** Parsed expressions by parameter, text and names. Cleared when full: a program uses a handful of texts. */
export class ExpressionCache {
  readonly #parsed = new Map<string, Parsed<unknown>>();

  get<T>(key: string, parse: () => Parsed<T>, isRoot: (root: unknown) => root is T): Parsed<T> {
    const cached = this.#parsed.get(key);
    if (cached !== undefined && isRoot(cached.root)) return { ...cached, root: cached.root };
    const parsed = parse();
    if (this.#parsed.size >= cacheLimit) this.#parsed.clear();
    this.#parsed.set(key, parsed);
    return parsed;
  }
}

/**
 * Parses and checks all expressions of a request. Throws `ValidationException` with AWS's texts: syntax, reserved words, undefined
 * and unused names and values, operand types.
 */
export function readExpressions(input: ExpressionInput, cache: ExpressionCache): Expressions {
  const { ExpressionAttributeNames: givenNames, ExpressionAttributeValues: givenValues } = input;
  const texts = [
    input.UpdateExpression,
    input.ConditionExpression,
    input.KeyConditionExpression,
    input.FilterExpression,
    input.ProjectionExpression,
  ];
  if (texts.every((text) => text === undefined)) {
    refuseLoneReferences(givenNames, givenValues);
    return none;
  }
  if (givenValues !== undefined && texts.slice(0, 4).every((text) => text === undefined)) {
    throw validation('ExpressionAttributeValues can only be specified when using expressions');
  }
  const names = readNames(givenNames);
  const request = new RequestExpressions(names, readValues(givenValues), cache, JSON.stringify([...names]));
  const update = request.parse('UpdateExpression', input.UpdateExpression, parseUpdateText, isUpdate);
  const condition = request.condition('ConditionExpression', input.ConditionExpression);
  const key = request.condition('KeyConditionExpression', input.KeyConditionExpression);
  const filter = request.condition('FilterExpression', input.FilterExpression);
  const projection = request.parse('ProjectionExpression', input.ProjectionExpression, parseProjectionText, isPaths);
  request.refuseUnused();
  return {
    values: request.values,
    ...(update === undefined ? {} : { update }),
    ...(condition === undefined ? {} : { condition }),
    ...(key === undefined ? {} : { key }),
    ...(filter === undefined ? {} : { filter }),
    ...(projection === undefined ? {} : { projection }),
  };
}

type Parse<T> = (parameter: string, text: string, names: Names) => Parsed<T>;
const parseUpdateText: Parse<readonly UpdateAction[]> = (_parameter, text, names) => parseUpdate(text, names);
const parseProjectionText: Parse<readonly Path[]> = (_parameter, text, names) => parseProjection(text, names);
// The cache key begins with the parameter, so that a root of another shape cannot be found under it.
const isUpdate = (root: unknown): root is readonly UpdateAction[] => Array.isArray(root);
const isPaths = (root: unknown): root is readonly Path[] => Array.isArray(root);
const isCondition = (root: unknown): root is Condition => typeof root === 'object' && !Array.isArray(root);

class RequestExpressions {
  readonly values: Values;
  readonly #names: Names;
  readonly #cache: ExpressionCache;
  readonly #namesKey: string;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  constructor(names: Names, values: Values, cache: ExpressionCache, namesKey: string) {
    this.#names = names;
    this.values = values;
    this.#cache = cache;
    this.#namesKey = namesKey;
  }

  condition(parameter: string, text: string | undefined): Condition | undefined {
    return this.parse(parameter, text, parseCondition, isCondition);
  }

  parse<T>(
    parameter: string,
    text: string | undefined,
    parse: Parse<T>,
    isRoot: (root: unknown) => root is T,
  ): T | undefined {
    if (text === undefined) return undefined;
    const key = `${parameter}\n${text}\n${this.#namesKey}`;
    const parsed = this.#cache.get(key, () => parse(parameter, text, this.#names), isRoot);
    for (const check of parsed.checks) {
      const complaint = check(this.values);
      if (complaint !== undefined) throw validation(`Invalid ${parameter}: ${complaint}`);
    }
    for (const name of parsed.usedNames) this.#usedNames.add(name);
    for (const name of parsed.usedValues) this.#usedValues.add(name);
    return parsed.root;
  }

  refuseUnused(): void {
    refuseUnused('ExpressionAttributeNames', this.#names.keys(), this.#usedNames);
    refuseUnused('ExpressionAttributeValues', this.values.keys(), this.#usedValues);
  }
}

function refuseUnused(parameter: string, given: Iterable<string>, used: ReadonlySet<string>): void {
  const unused = [...given].filter((name) => !used.has(name));
  if (unused.length === 0) return;
  throw validation(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
}

function refuseLoneReferences(names: object | undefined, values: object | undefined): void {
  if (names !== undefined) {
    throw validation('ExpressionAttributeNames can only be specified when using expressions');
  }
  if (values !== undefined) {
    throw validation('ExpressionAttributeValues can only be specified when using expressions');
  }
}

function readNames(given: Record<string, string> | undefined): Names {
  const names = new Map<string, string>();
  if (given === undefined) return names;
  for (const [key, name] of Object.entries(given)) {
    if (!/^#[A-Za-z0-9_]+$/.test(key)) {
      throw validation(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    }
    names.set(key, name);
  }
  if (names.size === 0) throw validation('ExpressionAttributeNames must not be empty');
  return names;
}

function readValues(given: Record<string, AttributeValue> | undefined): Values {
  const values = new Map<string, Value>();
  if (given === undefined) return values;
  for (const [key, wire] of Object.entries(given)) {
    if (!/^:[A-Za-z0-9_]+$/.test(key)) {
      throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    }
    values.set(key, readValue(wire));
  }
  if (values.size === 0) throw validation('ExpressionAttributeValues must not be empty');
  checkNesting(values.values());
  return values;
}
