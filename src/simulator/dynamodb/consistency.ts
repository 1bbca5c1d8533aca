/** Which reads see every write that was acknowledged before them; all others may lag behind. */

/**
 * Whether an input asks for a consistent read (API references: ConsistentRead). Transactions always read so; reads of a secondary index,
 * descriptions of tables and streams never do. A batch counts as consistent when any of its tables asks for it.
 */
export function isConsistentRead(operation: string, input: object): boolean {
  switch (operation) {
    case 'TransactGetItems':
      return true;
    case 'GetItem':
      return asksForIt(input);
    case 'Query':
    case 'Scan':
      return asksForIt(input) && !('IndexName' in input && input.IndexName !== undefined);
    case 'BatchGetItem':
      return (
        'RequestItems' in input && isObject(input.RequestItems) && Object.values(input.RequestItems).some(asksForIt)
      );
    default:
      return false;
  }
}

function asksForIt(request: unknown): boolean {
  return isObject(request) && 'ConsistentRead' in request && request.ConsistentRead === true;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
