import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, key, N, refusal, refused } from './fixture.ts';

/** A world in which callers wait for their answers: a transaction takes 15 ms. */
function slow(): Fixture {
  const fixture = createFixture({ answerDelays: true, latencyFactor: 1 });
  fixture.table('things', { keys: 'S' });
  return fixture;
}

const write = ({ call }: Fixture, pk: string, more: object = {}): unknown =>
  call('TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'things', Item: { ...key(pk), v: N(1) } } }],
    ...more,
  });
const ongoing = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };

describe('a transaction that is still going on', () => {
  it('keeps single writes from its items, and nothing from others', () => {
    const fixture = slow();
    write(fixture, 'a');
    const put = (pk: string): string => refusal(() => fixture.put('things', key(pk)));
    expect(put('a')).toBe('TransactionConflictException: Transaction is ongoing for the item');
    expect(put('b')).toBe('accepted');
    expect(fixture.get('things', key('a'))).toEqual({ ...key('a'), v: N(1) });
    fixture.advance(0.015);
    expect(put('a')).toBe('accepted');
  });

  it('cancels other transactions on its items, which say where', () => {
    const fixture = slow();
    write(fixture, 'a');
    const put = (pk: string): object => ({ Put: { TableName: 'things', Item: key(pk) } });
    const error = refused(() => fixture.call('TransactWriteItems', { TransactItems: [put('b'), put('a')] }));
    expect([error.code, error.details.fields]).toEqual([
      'TransactionCanceledException',
      { CancellationReasons: [{ Code: 'None' }, ongoing] },
    ]);
    const read = refused(() =>
      fixture.call('TransactGetItems', {
        TransactItems: [
          { Get: { TableName: 'things', Key: key('a') } },
          { Get: { TableName: 'things', Key: key('b') } },
        ],
      }),
    );
    expect(read.details.fields).toEqual({ CancellationReasons: [ongoing, { Code: 'None' }] });
    expect(fixture.get('things', key('b'))).toBeUndefined();
  });

  it('is in progress for whoever asks again with its token', () => {
    const fixture = slow();
    const again = { ClientRequestToken: 'token-1' };
    write(fixture, 'a', again);
    fixture.advance(0.014);
    expect(refusal(() => write(fixture, 'a', again))).toBe(
      'TransactionInProgressException: The transaction with the given request token is already in progress.',
    );
    fixture.advance(0.001);
    expect(refusal(() => write(fixture, 'a', again))).toBe('accepted');
  });

  it('is none where answers come at once', () => {
    const fixture = createFixture({ latencyFactor: 1 });
    fixture.table('things', { keys: 'S' });
    write(fixture, 'a', { ClientRequestToken: 'token-1' });
    expect(refusal(() => write(fixture, 'a', { ClientRequestToken: 'token-1' }))).toBe('accepted');
    expect(refusal(() => fixture.put('things', key('a')))).toBe('accepted');
  });
});
