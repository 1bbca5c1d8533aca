import { expect } from 'vitest';

/** A behaviour in which moto and the simulator differ, and the document that says which of the two is as AWS. */
export interface Difference {
  readonly right: 'the simulator' | 'moto';
  readonly source: string;
  /** What each of them answers, as far as they differ. */
  readonly simulator: object;
  readonly moto: object;
}

const api = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference';
const guide = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';
/** A suite that its authors run against AWS itself too. */
const recorded = 'https://github.com/architect/dynalite/tree/master/test';

const ours = (differing: Omit<Difference, 'right'>): Difference => ({ right: 'the simulator', ...differing });
const refused = (message: string, error = 'ValidationException') => ({
  error,
  message: expect.stringContaining(message),
});
/** moto's own failure: a page of HTML, or of XML, with status 500. */
const crashed = { error: 'no JSON' };
const anything: unknown = expect.anything();
const wrongType = 'An operand in the update expression has an incorrect data type';
const wrongTypeOfOwn = refused('Incorrect operand type for operator or function; operator or function: +');

export const differences: Readonly<Record<string, Difference>> = {
  'update: SET n = s + :v': ours({
    source: `${api}/API_TransactWriteItems.html (the messages of ValidationError)`,
    simulator: [refused(wrongType), anything],
    moto: [wrongTypeOfOwn, anything],
  }),
  'update: SET #n = :v': ours({
    source: `${guide}/Expressions.ExpressionAttributeNames.html; the message: https://github.com/neoeinstein/modyne/issues/3`,
    simulator: [refused('attribute name: #n'), anything],
    moto: [crashed, anything],
  }),
  'condition: n < :text': ours({
    source: `${guide}/Expressions.OperatorsAndFunctions.html: values of different types do not compare, which is no error`,
    simulator: { error: 'ConditionalCheckFailedException' },
    moto: crashed,
  }),
  'condition: n = :five AND': ours({
    source: `${guide}/Expressions.OperatorsAndFunctions.html (the syntax); the message: ${recorded}`,
    simulator: refused('Syntax error; token: "<EOF>"'),
    moto: crashed,
  }),
  'condition: no_function(n)': ours({
    source: `${guide}/Expressions.OperatorsAndFunctions.html (the functions); the message: ${recorded}`,
    simulator: refused('Invalid function name; function: no_function'),
    moto: crashed,
  }),
  'condition: n BETWEEN :high AND :low': ours({
    source: recorded,
    simulator: refused('The BETWEEN operator requires upper bound to be greater than or equal to lower bound'),
    moto: { error: 'ConditionalCheckFailedException' },
  }),
  'value: a number is kept to 38 digits, and in plain form': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html: leading and trailing zeroes are trimmed`,
    simulator: [{}, { Item: { v: { N: '12345678901234567890123456789050' } } }],
    moto: [{}, { Item: { v: { N: '00123456789012345678901234567890.5e2' } } }],
  }),
  'value: a number of 39 digits': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html: more than 38 digits are refused`,
    simulator: [refused('more than 38 significant digits'), {}],
    moto: [{}, { Item: anything }],
  }),
  'value: a number out of range': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html: the range ends at 9.9999999999999999999999999999999999999E+125`,
    simulator: [refused('Number overflow'), {}],
    moto: [{}, { Item: { v: { N: '1e126' } } }],
  }),
  'value: a set with something twice': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html: each value in a set is unique; the message: ${recorded}`,
    simulator: [refused('contains duplicates'), {}],
    moto: [{}, { Item: { v: { SS: ['a', 'a'] } } }],
  }),
  'value: an empty key': ours({
    source: 'https://github.com/architect/dynalite/issues/164',
    simulator: refused('cannot contain an empty string value. Key: pk'),
    moto: refused('may not contain an empty string. Key: pk'),
  }),
  'query: refuses the key condition pk = :p AND contains(sk, :p)': ours({
    source: 'https://github.com/ServiceStack/Issues/issues/613',
    simulator: refused('Invalid operator used in KeyConditionExpression: contains'),
    moto: refused('Invalid function name; function: contains'),
  }),
  'query: refuses the key condition pk = :p OR sk = :p': ours({
    source: 'https://github.com/awslabs/aws-athena-query-federation/issues/746',
    simulator: refused('Invalid operator used in KeyConditionExpression: OR'),
    moto: crashed,
  }),
  'query: refuses a filter on the key': ours({
    source: `${api}/API_Query.html (FilterExpression)`,
    simulator: refused('Filter Expression can only contain non-primary key attributes'),
    moto: { Count: 0 },
  }),
  'scan: a page, the rest, counts': ours({
    source: `${api}/API_Scan.html (Select=COUNT has no items; Limit is at least 1)`,
    simulator: [anything, anything, { Count: 2, ScannedCount: 5 }, refused('greater than or equal to 1')],
    moto: [anything, anything, { Count: 2, ScannedCount: 5, Items: anything }, crashed],
  }),
  'transaction: an update that cannot be made cancels it': ours({
    source: `${api}/API_TransactWriteItems.html (ValidationError among the cancellation reasons)`,
    simulator: [
      {
        error: 'TransactionCanceledException',
        reasons: [{ Code: 'None' }, { Code: 'ValidationError', Message: wrongType }],
      },
      {},
    ],
    moto: [wrongTypeOfOwn, {}],
  }),
  'transaction: the same token does nothing again, with other contents it is refused': ours({
    source: `${api}/API_TransactWriteItems.html (ClientRequestToken)`,
    simulator: [{ error: 'IdempotentParameterMismatchException' }, { Item: { n: { N: '1' } } }],
    moto: [{}, { Item: { n: { N: '2' } } }],
  }),
  'transaction: reading': ours({
    source: `${api}/API_Get.html (ProjectionExpression)`,
    simulator: { Responses: [{ Item: { n: { N: '0' } } }, {}, { Item: { n: { N: '4' } } }] },
    moto: { Responses: [{ Item: { pk: { S: 'p' } } }, {}, { Item: { pk: { S: 'p' } } }] },
  }),
  'batch: one item twice': ours({
    source: `${api}/API_BatchWriteItem.html (several operations on one item are refused)`,
    simulator: refused('Provided list of item keys contains duplicates'),
    moto: { UnprocessedItems: {} },
  }),
  'stream: what was done, in order, with both images; what changed nothing is not told': ours({
    source: `${guide}/Streams.html: an operation that changes no data writes no record`,
    simulator: { records: [{ eventName: 'INSERT' }, { eventName: 'MODIFY' }, { eventName: 'REMOVE' }] },
    moto: {
      records: [{ eventName: 'INSERT' }, { eventName: 'MODIFY' }, { eventName: 'MODIFY' }, { eventName: 'REMOVE' }],
    },
  }),
  'stream: one that is not there': ours({
    source: 'https://github.com/SeanRoy/lambda-maven-plugin/issues/121',
    simulator: refused('Requested resource not found: Stream: arn:', 'ResourceNotFoundException'),
    moto: { error: 'ResourceNotFoundException', message: 'Requested resource not found' },
  }),
  'stream: a shard that is not there': ours({
    source: `${api}/API_streams_GetShardIterator.html (ResourceNotFoundException)`,
    simulator: refused('Requested resource not found: Shard: ', 'ResourceNotFoundException'),
    moto: crashed,
  }),
};
