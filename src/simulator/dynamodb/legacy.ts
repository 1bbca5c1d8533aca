/**
 * The parameters that expressions replaced. The simulator has expressions only; operations take these all the same, so that AWS's own error for a request with both is told.
 */
import { invalidParameter, validation } from './errors.ts';

const legacyNames = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
] as const;
const expressionNames = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const;

/** Throws `ValidationException` when a request uses a parameter that expressions replaced. */
export function refuseLegacy(input: object): void {
  const isGiven = (name: string): boolean => Reflect.get(input, name) !== undefined;
  const legacy = legacyNames.filter(isGiven);
  if (legacy.length === 0) return;
  const expressions = expressionNames.filter(isGiven);
  if (expressions.length > 0) {
    throw validation(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${legacy.join(', ')}} Expression parameters: {${expressions.join(', ')}}`,
    );
  }
  throw invalidParameter(`Legacy parameters {${legacy.join(', ')}} are not supported: use expression parameters`);
}
