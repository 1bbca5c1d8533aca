/** The parameters that expressions replaced. The simulator has expressions only. */
import { validation } from './errors.ts';

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
  throw validation(
    `The simulated DynamoDB does not know the legacy parameters {${legacy.join(', ')}}: use expression parameters`,
  );
}
