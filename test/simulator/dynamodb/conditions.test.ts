import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, key, N, refusal, S, type Wire } from './fixture.ts';

const stored: Wire = {
  ...key('one'),
  txt: S('hello'),
  num: N(5),
  nine: N(9),
  flag: { BOOL: true },
  nothing: { NULL: true },
  bytes: { B: Uint8Array.from([1, 2, 3]) },
  tags: { SS: ['a', 'b'] },
  nums: { NS: ['1', '2'] },
  lst: { L: [S('x'), N(2), { M: { deep: S('y') } }] },
  doc: { M: { 'in-side': N(1), other: S('z') } },
};

const names: Record<string, string> = { '#in': 'in-side', '#num': 'num', '#o': 'other' };
const values: Wire = {
  ':hello': S('hello'),
  ':he': S('he'),
  ':ell': S('ell'),
  ':S': S('S'),
  ':M': S('M'),
  ':x': S('x'),
  ':a': S('a'),
  ':z': S('z'),
  ':1': N(1),
  ':2': N('2.0'),
  ':5': N(5),
  ':9': N(9),
  ':t': { BOOL: true },
  ':null': { NULL: true },
  ':b': { B: Uint8Array.from([1, 2]) },
  ':ba': { SS: ['b', 'a'] },
};

function check(fixture: Fixture, ConditionExpression: string): string {
  const usedNames = Object.entries(names).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression));
  const usedValues = Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression));
  return refusal(() =>
    fixture.call('UpdateItem', {
      TableName: 'things',
      Key: key('one'),
      ConditionExpression,
      ...(usedNames.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(usedNames) }),
      ...(usedValues.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(usedValues) }),
    }),
  );
}

function withItem(): Fixture {
  const fixture = createFixture();
  fixture.table('things', { keys: 'S' });
  fixture.put('things', stored);
  return fixture;
}

const failed = 'ConditionalCheckFailedException: The conditional request failed';

describe('conditions', () => {
  const fixture = withItem();

  it.each([
    'txt = :hello',
    ':hello = txt',
    'num < :9 AND num > :1',
    'num BETWEEN :5 AND nine',
    'NOT num BETWEEN :9 AND :9',
    'num IN (:1, :5)',
    'tags = :ba',
    'flag = :t',
    'nothing = :null',
    'absent <> :1',
    'txt <> :5',
    'attribute_exists(doc.#in) and attribute_not_exists(doc.gone)',
    'attribute_exists(lst[2].deep) AND attribute_not_exists(lst[3])',
    'attribute_type(txt, :S) AND attribute_type(doc, :M)',
    'begins_with(txt, :he) AND begins_with(bytes, :b)',
    'contains(txt, :ell)',
    'contains(tags, :a)',
    'contains(nums, :2)',
    'contains(lst, :x) AND contains(lst, :2)',
    'size(txt) = :5',
    'size(lst) > :2 AND size(doc) = :2 AND size(nums) <= :2',
    'size(#num) = :5 OR (NOT (txt = :he)) AND num >= nine OR doc.#o = :z',
    '(txt) = (:hello)',
    'lst[1] = :2',
    '  txt=:hello  ',
  ])('hold: %s', (expression) => {
    expect(check(fixture, expression)).toBe('accepted');
  });

  it.each([
    'txt = :he',
    'txt < :5',
    'absent = :1',
    'absent < :1',
    'size(num) = :1',
    'num BETWEEN :9 AND :9',
    'contains(txt, :1)',
    'contains(num, :5)',
    'NOT attribute_exists(txt)',
    'txt = :hello AND NOT (num = :5 OR flag = :t)',
    'doc.#o.deeper = :z',
    'lst[0].deep = :x',
    'txt IN (:he, :ell)',
  ])('do not hold: %s', (expression) => {
    expect(check(fixture, expression)).toBe(failed);
  });

  it.each([
    ['', 'The expression can not be empty;'],
    ['txt =', 'Syntax error; token: "<EOF>", near: "="'],
    ['attribute_exists(', 'Syntax error; token: "<EOF>", near: "("'],
    ['txt == :he', 'Syntax error; token: "=", near: "== :he"'],
    ['txt', 'Syntax error; token: "<EOF>", near: "txt"'],
    ['txt = :he num', 'Syntax error; token: "num", near: ":he num"'],
    ['txt = :he AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['((txt = :he))', 'The expression has redundant parentheses;'],
    ['name = :he', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['doc.Status = :he', 'Attribute name is a reserved keyword; reserved keyword: Status'],
    ['#gone = :he', 'An expression attribute name used in the document path is not defined; attribute name: #gone'],
    ['txt = :gone', 'An expression attribute value used in expression is not defined; attribute value: :gone'],
    ['is_good(txt)', 'Invalid function name; function: is_good'],
    [
      'attribute_exists(txt, num)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    ['attribute_exists(:he)', 'Operator or function requires a document path; operator or function: attribute_exists'],
    [
      'begins_with(txt, :5)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    ['num < :t', 'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'],
    [
      'attribute_type(txt, :he)',
      'Invalid attribute type name found; type: he, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'num BETWEEN :9 AND :1',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:1}',
    ],
    [
      'contains(txt, txt)',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [txt]',
    ],
    [
      'attribute_exists(txt) = :t',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    ['size(txt)', 'The function is not allowed to be used this way in an expression; function: size'],
  ])('are refused: %s', (expression, message) => {
    expect(check(fixture, expression)).toBe(
      `ValidationException: 1 validation error detected: Invalid ConditionExpression: ${message}`,
    );
  });

  it('leave no name and no value unused', () => {
    const send = (more: object): string =>
      refusal(() => fixture.call('DeleteItem', { TableName: 'things', Key: key('two'), ...more }));
    const prefix = 'ValidationException: 1 validation error detected: ';
    const ConditionExpression = 'attribute_not_exists(pk)';
    expect(send({ ConditionExpression, ExpressionAttributeNames: { '#a': 'b', '#c': 'd' } })).toBe(
      `${prefix}Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}`,
    );
    expect(send({ ConditionExpression, ExpressionAttributeValues: { ':v': N(1) } })).toBe(
      `${prefix}Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}`,
    );
    expect(send({ ExpressionAttributeValues: { ':v': N(1) } })).toBe(
      `${prefix}ExpressionAttributeValues can only be specified when using expressions`,
    );
    expect(send({ ConditionExpression, ExpressionAttributeNames: { a: 'b' } })).toBe(
      `${prefix}ExpressionAttributeNames contains invalid key: Syntax error; key: "a"`,
    );
    expect(send({ ConditionExpression, ExpressionAttributeNames: {} })).toBe(
      `${prefix}ExpressionAttributeNames must not be empty`,
    );
  });

  it('see an item that does not exist as empty', () => {
    const update = (ConditionExpression: string): string =>
      refusal(() => fixture.call('UpdateItem', { TableName: 'things', Key: key('nobody'), ConditionExpression }));
    expect(update('attribute_exists(pk)')).toBe(failed);
    expect(update('attribute_not_exists(pk)')).toBe('accepted');
  });

  it('combine as logic has it, whatever the parentheses', () => {
    interface Node {
      readonly txt: string;
      readonly truth: boolean;
    }
    const atoms: readonly Node[] = [
      { txt: 'num = :5', truth: true },
      { txt: 'num = :1', truth: false },
      { txt: 'attribute_exists(txt)', truth: true },
      { txt: 'contains(tags, :hello)', truth: false },
    ];
    const trees = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5, depthIdentifier: 'condition' },
        fc.constantFrom(...atoms),
        tie('node').map((node) => ({ txt: `NOT ${group(node)}`, truth: !node.truth })),
        fc
          .tuple(tie('node'), tie('node'))
          .map(([a, b]) => ({ txt: `${group(a)} AND ${group(b)}`, truth: a.truth && b.truth })),
        fc
          .tuple(tie('node'), tie('node'))
          .map(([a, b]) => ({ txt: `${group(a)} OR ${group(b)}`, truth: a.truth || b.truth })),
        // Without parentheses AND binds more tightly than OR, and NOT more tightly than both.
        fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...atoms), fc.constantFrom(...atoms)).map(([a, b, c]) => ({
          txt: `NOT ${a.txt} AND ${b.txt} OR ${c.txt}`,
          truth: (!a.truth && b.truth) || c.truth,
        })),
      ),
    })).node;
    const group = (node: Node): string => `(${node.txt})`;
    fc.assert(
      fc.property(trees, ({ txt, truth }) => {
        fc.pre(txt.length < 4000);
        expect(check(fixture, txt)).toBe(truth ? 'accepted' : failed);
      }),
    );
  });

  it('order txt by its UTF-8 bytes and binaries by unsigned bytes', () => {
    const compare = (a: AttributeValue, b: AttributeValue): string =>
      refusal(() =>
        fixture.call('UpdateItem', {
          TableName: 'things',
          Key: key('nobody'),
          ConditionExpression: ':a < :b',
          ExpressionAttributeValues: { ':a': a, ':b': b },
        }),
      );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 ? 'accepted' : failed;
        expect(compare(S(a), S(b))).toBe(expected);
        expect(compare({ B: Buffer.from(a) }, { B: Buffer.from(b) })).toBe(expected);
      }),
    );
    expect(compare(S('\uffff'), S('\u{1f600}'))).toBe('accepted');
  });
});
