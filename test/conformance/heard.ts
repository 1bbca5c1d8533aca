/** What a caller hears: the answer without the SDK's own metadata, or the error with its name, message and what it tells of the items. */
export async function heard(call: Promise<object>): Promise<unknown> {
  try {
    return plain(await call);
  } catch (error) {
    // A service that crashed answers with a page, which is none of its protocol.
    if (error instanceof SyntaxError) return { error: 'no JSON' };
    // Only what the service said is an answer: everything else, a connection among it, is a failure of the test.
    if (!(error instanceof Error) || !('$fault' in error)) throw error;
    const { name, message } = error;
    const reasons = 'CancellationReasons' in error ? { reasons: plain(error.CancellationReasons) } : {};
    const item = 'Item' in error && error.Item !== undefined ? { item: plain(error.Item) } : {};
    return { error: name, message: bare(message), ...reasons, ...item };
  }
}

/**
 * DynamoDB says what is wrong with a write inside "1 validation error detected: ", and has not always done so
 * (https://github.com/ministackorg/ministack/issues/1038 has it, https://github.com/getmoto/moto/issues/3972 of 2021 has not): the matter is the same.
 */
function bare(message: string): string {
  return message.replace(/^1 validation error detected: /, '');
}

/** The SDK's own, and what nobody asked for. */
const aside = ['$metadata', 'ConsumedCapacity', 'ItemCollectionMetrics'];

/** Sorted keys and sets, nothing beside the matter, no members that are undefined: two answers that mean the same are equal as text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([key, member]) => !aside.includes(key) && member !== undefined);
  return Object.fromEntries(
    entries
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, isSet(key, member) ? [...member].sort() : plain(member)]),
  );
}

function isSet(key: string, member: unknown): member is string[] {
  return (key === 'SS' || key === 'NS') && Array.isArray(member);
}
