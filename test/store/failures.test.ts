import { describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.ts';
import { createCaller } from '../../src/store/client.ts';
import { cancellationReasons, classifyFailure, toCallError } from '../../src/store/failures.ts';
import { VirtualClock } from './virtual-clock.ts';

function sdkError(name: string, status = 400, more: object = {}): Error {
  return Object.assign(new Error('from AWS'), {
    name,
    $metadata: { httpStatusCode: status, requestId: 'r-1' },
    ...more,
  });
}

function cancelled(...codes: string[]): Error {
  return sdkError('TransactionCanceledException', 400, { CancellationReasons: codes.map((Code) => ({ Code })) });
}

describe('classes of failures', () => {
  test.each([
    [sdkError('ConditionalCheckFailedException'), 'conflict', 'conflict'],
    [sdkError('ProvisionedThroughputExceededException'), 'throttled', 'throttled'],
    [sdkError('ThrottlingException'), 'throttled', 'throttled'],
    [sdkError('ResourceNotFoundException'), 'not_found', 'not_found'],
    [sdkError('ValidationException'), 'invalid', 'invalid'],
    [sdkError('AccessDeniedException'), 'denied', 'denied'],
    [Object.assign(new Error('no keys'), { name: 'CredentialsProviderError' }), 'denied', 'denied'],
    [sdkError('InternalServerError', 500), 'transient', 'unknown_result'],
    [sdkError('ServiceUnavailable', 503), 'transient', 'unknown_result'],
    [Object.assign(new Error('late'), { name: 'TimeoutError' }), 'transient', 'unknown_result'],
    [Object.assign(new Error('cut'), { code: 'ECONNRESET' }), 'transient', 'unknown_result'],
    [Object.assign(new Error('nobody'), { code: 'ECONNREFUSED' }), 'transient', 'transient'],
    [new SyntaxError('Unexpected token < in JSON'), 'transient', 'unknown_result'],
    [sdkError('SomethingNew'), 'invalid', 'invalid'],
    [new TypeError('undefined is not a function'), 'bug', 'bug'],
    ['a string', 'bug', 'bug'],
    [cancelled('None', 'ConditionalCheckFailed', 'TransactionConflict'), 'conflict', 'conflict'],
    [cancelled('None', 'TransactionConflict'), 'conflict', 'conflict'],
    [cancelled('ThrottlingError', 'TransactionConflict'), 'throttled', 'throttled'],
    [cancelled('ValidationError'), 'invalid', 'invalid'],
  ])('%s: %s for a read, %s for a write', (error, read, write) => {
    expect([classifyFailure(error, false), classifyFailure(error, true)]).toEqual([read, write]);
  });

  test('the error names operation, table, code and request', () => {
    const error = toCallError(sdkError('ValidationException'), {
      operation: 'PutItem',
      mutating: true,
      about: 'desired',
    });
    expect(error).toMatchObject({ class: 'invalid', code: 'ValidationException', requestId: 'r-1' });
    expect(error.message).toBe('DynamoDB PutItem on desired: ValidationException: from AWS');
  });

  test('reasons of a cancelled transaction survive the classification', () => {
    const error = toCallError(cancelled('None', 'ConditionalCheckFailed'), {
      operation: 'X',
      mutating: true,
      about: 't',
    });
    expect(cancellationReasons(error).map(({ Code }) => Code)).toEqual(['None', 'ConditionalCheckFailed']);
    expect(cancellationReasons(new Error('other'))).toEqual([]);
  });
});

describe('calls', () => {
  const call = { operation: 'GetItem', about: 'state' };

  function failing(times: number, error: Error): { count: () => number; send: () => Promise<string> } {
    let count = 0;
    const send = async (): Promise<string> => {
      count += 1;
      if (count <= times) throw error;
      return 'done';
    };
    return { count: () => count, send };
  }

  test('a throttled call is repeated, with waits on the passed clock', async () => {
    const clock = new VirtualClock();
    const caller = createCaller({ clock, random: () => 1 });
    const { send, count } = failing(3, sdkError('ThrottlingException'));
    expect(await clock.drive(caller.call({ ...call, mutating: true, repeatable: false }, send))).toBe('done');
    expect(count()).toBe(4);
    expect(clock.monotonic()).toBe(100 + 200 + 400);
  });

  test('a write whose answer was lost is not repeated, a repeatable one is', async () => {
    const clock = new VirtualClock();
    const caller = createCaller({ clock, random: () => 1 });
    const lost = sdkError('InternalServerError', 500);
    const once = failing(1, lost);
    const write = caller.call({ ...call, mutating: true, repeatable: false }, once.send);
    await expect(clock.drive(write)).rejects.toMatchObject({ class: 'unknown_result' });
    expect(once.count()).toBe(1);
    const again = failing(1, lost);
    expect(await clock.drive(caller.call({ ...call, mutating: true, repeatable: true }, again.send))).toBe('done');
  });

  test('gives up after four attempts, and at once on what cannot get better', async () => {
    const clock = new VirtualClock();
    const caller = createCaller({ clock, random: () => 1 });
    const slow = failing(9, sdkError('ThrottlingException'));
    const read = { ...call, mutating: false, repeatable: true };
    await expect(clock.drive(caller.call(read, slow.send))).rejects.toMatchObject({ class: 'throttled' });
    expect(slow.count()).toBe(4);
    const denied = failing(9, sdkError('AccessDeniedException'));
    await expect(clock.drive(caller.call(read, denied.send))).rejects.toMatchObject({ class: 'denied' });
    expect(denied.count()).toBe(1);
  });

  test('an attempt without an answer is aborted when its time is over', async () => {
    const clock = new VirtualClock();
    const caller = createCaller({ clock, random: () => 1, attemptTimeoutMs: 700 });
    let aborted: unknown;
    const hang = (signal: AbortSignal): Promise<never> =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          aborted = signal.reason;
        });
      });
    const write = caller.call({ ...call, mutating: true, repeatable: false }, hang);
    await expect(clock.drive(write)).rejects.toMatchObject({ class: 'unknown_result', code: 'TimeoutError' });
    expect(clock.monotonic()).toBe(700);
    expect(aborted).toBeInstanceOf(Error);
  });

  test('the guard stands before every attempt, and its word is final', async () => {
    const clock = new VirtualClock();
    const caller = createCaller({ clock, random: () => 1 });
    const { send, count } = failing(9, sdkError('ThrottlingException'));
    let asked = 0;
    const guard = (): void => {
      asked += 1;
      if (asked === 3)
        throw new CallError({ class: 'fenced', service: 's', operation: 'o', code: 'c', message: 'gone' });
    };
    const write = caller.call({ ...call, mutating: true, repeatable: true, guard }, send);
    await expect(clock.drive(write)).rejects.toMatchObject({ class: 'fenced' });
    expect([asked, count()]).toEqual([3, 2]);
  });
});
