import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixture, key, N, refusal, S, type Wire } from './fixture.ts';

function updater(item: Wire = key('one')): {
  update: (expression: string, values?: Wire, more?: object) => { Attributes?: Wire };
  item: () => Wire | undefined;
} {
  const { call, table, put, get } = createFixture();
  table('things', { keys: 'S' });
  put('things', item);
  return {
    update: (UpdateExpression, values, more = {}) =>
      call('UpdateItem', {
        TableName: 'things',
        Key: key('one'),
        UpdateExpression,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        ...more,
      }),
    item: () => get('things', key('one')),
  };
}

const numbers = (...lst: number[]): { L: { N: string }[] } => ({ L: lst.map((value) => ({ N: String(value) })) });
const enveloped = 'ValidationException: 1 validation error detected: Invalid UpdateExpression: ';

describe('updates', () => {
  it('make an item that does not exist, also without an expression', () => {
    const { call, table, get } = createFixture();
    table('things', { keys: 'S' });
    call('UpdateItem', { TableName: 'things', Key: key('new') });
    expect(get('things', key('new'))).toEqual(key('new'));
  });

  it('set, compute and default', () => {
    const { update, item } = updater({ ...key('one'), n: N('1.5'), lst: numbers(1), m: { M: { c: N(1) } } });
    update('SET n = n + :i, o = if_not_exists(o, :zero) - :i, lst = list_append(lst, :l), m.c = m.c + :i, dup = n', {
      ':i': N('0.5'),
      ':zero': N(0),
      ':l': numbers(2, 3),
    });
    expect(item()).toEqual({
      ...key('one'),
      n: N(2),
      o: N('-0.5'),
      lst: numbers(1, 2, 3),
      m: { M: { c: N('1.5') } },
      dup: N('1.5'),
    });
    update('set head = list_append(if_not_exists(gone, :l), lst)', { ':l': numbers(0) });
    expect(item()?.['head']).toEqual(numbers(0, 1, 2, 3));
  });

  it('read every operand from the item as it was', () => {
    const { update, item } = updater({ ...key('one'), a: S('A'), b: S('B') });
    update('SET a = b, b = a REMOVE gone');
    expect(item()).toEqual({ ...key('one'), a: S('B'), b: S('A') });
  });

  it('count list indexes in the list as it was', () => {
    const { update, item } = updater({ ...key('one'), lst: numbers(0, 1, 2, 3) });
    update('SET lst[9] = :nine, lst[7] = :seven, lst[3] = :three REMOVE lst[0], lst[2], lst[20]', {
      ':nine': N(9),
      ':seven': N(7),
      ':three': N(33),
    });
    expect(item()?.['lst']).toEqual(numbers(1, 33, 7, 9));
  });

  it('add to numbers and sets, and take from sets', () => {
    const { update, item } = updater({ ...key('one'), tags: { SS: ['a', 'b'] } });
    update('ADD hits :one, tags :tags, fresh :nums', {
      ':one': N(1),
      ':tags': { SS: ['b', 'c'] },
      ':nums': { NS: ['1'] },
    });
    expect(item()).toEqual({ ...key('one'), hits: N(1), tags: { SS: ['a', 'b', 'c'] }, fresh: { NS: ['1'] } });
    update('DELETE tags :tags, fresh :nums, gone :tags ADD hits :one', {
      ':tags': { SS: ['a', 'x'] },
      ':nums': { NS: ['1.0'] },
      ':one': N(-3),
    });
    expect(item()).toEqual({ ...key('one'), hits: N(-2), tags: { SS: ['b', 'c'] } });
  });

  it.each<[string, Wire | undefined, string]>([
    ['SET a = gone', undefined, 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET txt = txt + :n', { ':n': N(1) }, 'An operand in the update expression has an incorrect data type'],
    [
      'SET l = list_append(txt, :l)',
      { ':l': { L: [] } },
      'An operand in the update expression has an incorrect data type',
    ],
    ['ADD txt :n', { ':n': N(1) }, 'An operand in the update expression has an incorrect data type'],
    ['DELETE txt :s', { ':s': { SS: ['a'] } }, 'An operand in the update expression has an incorrect data type'],
    ['SET gone.a = :n', { ':n': N(1) }, 'The document path provided in the update expression is invalid for update'],
    ['SET txt[0] = :n', { ':n': N(1) }, 'The document path provided in the update expression is invalid for update'],
    ['REMOVE gone.a', undefined, 'The document path provided in the update expression is invalid for update'],
    [
      'SET pk = :s',
      { ':s': S('x') },
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
    ],
  ])('fail on the item: %s', (expression, values, message) => {
    const { update, item } = updater({ ...key('one'), txt: S('t') });
    expect(refusal(() => update(expression, values))).toBe(`ValidationException: ${message}`);
    expect(item()).toEqual({ ...key('one'), txt: S('t') });
  });

  it.each<[string, Wire | undefined, string]>([
    ['INVALID SYNTAX HERE', undefined, 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['SET a = :n SET b = :n', { ':n': N(1) }, 'The "SET" section can only be used once in an update expression;'],
    [
      'SET a.b = :n REMOVE a',
      { ':n': N(1) },
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
    ],
    [
      'SET a.b = :n REMOVE a[1]',
      { ':n': N(1) },
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
    ],
    ['SET a = size(b)', undefined, 'Invalid function name; function: size'],
    [
      'SET a = if_not_exists(b)',
      undefined,
      'Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1',
    ],
    [
      'SET a = b + :s',
      { ':s': S('x') },
      'Incorrect operand type for operator or function; operator or function: +, operand type: S',
    ],
    [
      'ADD a :s',
      { ':s': S('x') },
      'Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
    ],
    ['SET a = b + c + d', undefined, 'Syntax error; token: "+", near: "c + d"'],
    ['SET comment = :n', { ':n': N(1) }, 'Attribute name is a reserved keyword; reserved keyword: comment'],
  ])('are refused: %s', (expression, values, message) => {
    const { update } = updater();
    expect(refusal(() => update(expression, values))).toBe(enveloped + message);
  });

  it('return the attributes that were asked for', () => {
    const before: Wire = { ...key('one'), a: N(1), m: { M: { x: N(1), y: N(2) } }, z: S('same') };
    const after: Wire = { ...key('one'), a: N(2), m: { M: { x: N(9), y: N(2) } }, z: S('same'), fresh: S('f') };
    const returned = (ReturnValues: string): Wire | undefined =>
      updater(before).update(
        'SET a = a + :one, m.x = :nine, fresh = :f',
        { ':one': N(1), ':nine': N(9), ':f': S('f') },
        { ReturnValues },
      ).Attributes;
    expect(returned('NONE')).toBeUndefined();
    expect(returned('ALL_OLD')).toEqual(before);
    expect(returned('ALL_NEW')).toEqual(after);
    expect(returned('UPDATED_OLD')).toEqual({ a: N(1), m: { M: { x: N(1) } } });
    expect(returned('UPDATED_NEW')).toEqual({ a: N(2), m: { M: { x: N(9) } }, fresh: S('f') });
  });

  it('agree with a plain model over random sequences', () => {
    const actions = fc.record({
      attribute: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('set', 'increment', 'remove', 'append'),
      value: fc.integer({ min: -5, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 12 }), (steps) => {
        const { update, item } = updater();
        const counts = new Map<string, number>();
        let log: number[] = [];
        for (const { attribute, kind, value } of steps) {
          if (kind === 'set') {
            update(`SET ${attribute} = :v`, { ':v': N(value) });
            counts.set(attribute, value);
          } else if (kind === 'increment') {
            update(`SET ${attribute} = if_not_exists(${attribute}, :zero) + :v`, { ':v': N(value), ':zero': N(0) });
            counts.set(attribute, (counts.get(attribute) ?? 0) + value);
          } else if (kind === 'remove') {
            update(`REMOVE ${attribute}`);
            counts.delete(attribute);
          } else {
            update('SET entries = list_append(if_not_exists(entries, :none), :v)', {
              ':v': numbers(value),
              ':none': numbers(),
            });
            log = [...log, value];
          }
        }
        const expected: Wire = { ...key('one'), ...(log.length === 0 ? {} : { entries: numbers(...log) }) };
        for (const [attribute, value] of counts) expected[attribute] = N(value);
        expect(item()).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
