import { describe, expect, it } from 'vitest';
import { createFixture, key, refusal, S } from './fixture.ts';

const large = S('x'.repeat(400_000));

describe('sizes', () => {
  it('a transaction writes 4 MB at most', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const write = (count: number): string =>
      refusal(() =>
        call('TransactWriteItems', {
          TransactItems: Array.from({ length: count }, (_, index) => ({
            Put: { TableName: 'things', Item: { ...key(`k${index}`), v: large } },
          })),
        }),
      );
    expect(write(10)).toBe('accepted');
    expect(write(11)).toBe(
      'ValidationException: The total size of the items in the transaction has exceeded the limit of 4 MB',
    );
  });

  it('a transaction reads 4 MB at most', () => {
    const { call, table, put } = createFixture();
    table('things', { keys: 'S' });
    for (let index = 0; index < 11; index += 1) put('things', { ...key(`k${index}`), v: large });
    const read = (count: number): string =>
      refusal(() =>
        call('TransactGetItems', {
          TransactItems: Array.from({ length: count }, (_, index) => ({
            Get: { TableName: 'things', Key: key(`k${index}`) },
          })),
        }),
      );
    expect(read(10)).toBe('accepted');
    expect(read(11)).toContain('limit of 4 MB');
  });

  it('a batch reads 1 MB of a partition at most, and leaves the rest unprocessed', () => {
    const { call, table, put } = createFixture();
    table('things');
    for (let index = 0; index < 5; index += 1) put('things', { ...key('one', `k${index}`), v: large });
    put('things', { ...key('other', 'a'), v: large });
    const Keys = [...Array.from({ length: 5 }, (_, index) => key('one', `k${index}`)), key('other', 'a')];
    const answer = call('BatchGetItem', { RequestItems: { things: { Keys } } });
    expect(answer.Responses.things).toHaveLength(3);
    expect(answer.UnprocessedKeys.things?.Keys).toEqual([2, 3, 4].map((index) => key('one', `k${index}`)));
  });
});
