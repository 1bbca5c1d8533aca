import { describe, expect, it } from 'vitest';
import { isConsistentRead } from '../../../src/simulator/dynamodb/consistency.ts';
import { createFixture } from './fixture.ts';

const strong = { ConsistentRead: true };

describe('a consistent read', () => {
  it.each<[string, object, boolean]>([
    ['GetItem', strong, true],
    ['GetItem', { ConsistentRead: false }, false],
    ['GetItem', {}, false],
    ['Query', strong, true],
    ['Query', { ...strong, IndexName: 'by-owner' }, false],
    ['Query', {}, false],
    ['Scan', strong, true],
    ['Scan', { ...strong, IndexName: 'by-owner' }, false],
    ['BatchGetItem', { RequestItems: { one: { Keys: [] }, two: { Keys: [], ...strong } } }, true],
    ['BatchGetItem', { RequestItems: { one: { Keys: [] } } }, false],
    ['BatchGetItem', {}, false],
    ['TransactGetItems', {}, true],
    ['DescribeTable', strong, false],
    ['ListTables', {}, false],
    ['GetRecords', {}, false],
    ['DescribeStream', {}, false],
  ])('%s %j: %s', (operation, input, expected) => {
    expect(isConsistentRead(operation, input)).toBe(expected);
  });

  it('is told to the world by the operation itself', () => {
    const { db } = createFixture();
    for (const name of ['GetItem', 'Query', 'Scan', 'TransactGetItems']) {
      expect(db.dynamodb.operations.get(name)?.consistent?.(strong as never), name).toBe(true);
    }
    expect(db.dynamodb.operations.get('DescribeTable')?.consistent?.(strong as never)).toBe(false);
    expect(db.streams.operations.get('GetRecords')).not.toHaveProperty('consistent');
  });
});
