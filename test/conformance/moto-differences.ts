import { expect } from 'vitest';
import { type Difference, ours, refused } from './difference.ts';
import { stsDifferences } from './moto-sts-differences.ts';

const api = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference';
const guide = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';
/** A suite that its authors run against AWS itself too. */
const recorded = 'https://github.com/architect/dynalite/tree/master/test';

/** moto's own failure: a page of HTML, or of XML, with status 500. */
const crashed = { error: 'no JSON' };
const anything: unknown = expect.anything();
const wrongType = 'An operand in the update expression has an incorrect data type';
const wrongTypeOfOwn = refused('Incorrect operand type for operator or function; operator or function: +');

const tableDifferences: Readonly<Record<string, Difference>> = {
  'table: a name that is too short': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html (3 to 255 characters)`,
    simulator: refused('greater than or equal to 3'),
    moto: { TableDescription: anything },
  }),
  'table: a name with a space': ours({
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html (the characters)`,
    simulator: refused('regular expression pattern: [a-zA-Z0-9_.-]+'),
    moto: { TableDescription: anything },
  }),
  'table: one that is not there': ours({
    source: 'https://github.com/localstack/localstack/issues/9030: the message names the table',
    simulator: [anything, refused('Table: nobody not found', 'ResourceNotFoundException'), anything],
    moto: [anything, { message: 'Requested resource not found' }, anything],
  }),
  'table: protected against deletion': ours({
    source: 'https://github.com/nubo-db/dynoxide/issues/46',
    simulator: refused('Resource cannot be deleted as it is currently protected against deletion.'),
    moto: refused("can't be deleted while DeletionProtectionEnabled is set to True"),
  }),
  'table: a stream that is there already': ours({
    source: `${api}/API_UpdateTable.html (StreamSpecification: ValidationException)`,
    simulator: refused('Table already has an enabled stream'),
    moto: refused('Cannot enable stream', 'ResourceInUseException'),
  }),
  'table: how many are listed at once': ours({
    source: `${api}/API_ListTables.html (Limit: at most 100)`,
    simulator: [1, true, refused('less than or equal to 100')],
    moto: [1, true, { TableNames: anything }],
  }),
  'table: tags': ours({
    source: 'https://github.com/turbot/steampipe-plugin-aws/issues/1516',
    simulator: refused('Requested resource not found: ResourcArn: arn:', 'ResourceNotFoundException'),
    moto: { error: 'ResourceNotFoundException', message: 'Requested resource not found' },
  }),
  'table: time to live, twice the same': ours({
    source: 'https://github.com/cloudposse/terraform-aws-dynamodb/issues/94',
    simulator: [refused('already disabled'), anything, 'until', refused('already enabled')],
    moto: [{ TimeToLiveSpecification: anything }, anything, 'until', { TimeToLiveSpecification: anything }],
  }),
  'query: a starting key of another partition': ours({
    source: recorded,
    simulator: refused('outside query boundaries based on provided conditions'),
    moto: { Count: 0 },
  }),
  'query: an index that is not there': ours({
    source: recorded,
    simulator: refused('The table does not have the specified index: nobody'),
    moto: { error: 'ResourceNotFoundException' },
  }),
};

const batchDifferences: Readonly<Record<string, Difference>> = {
  'transaction: none, and more than a hundred': ours({
    source: `${api}/API_TransactWriteItems.html (TransactItems: 1 to 100); the message: ${recorded}`,
    simulator: [refused('greater than or equal to 1'), refused("Value '[...]' at 'transactItems'")],
    moto: [{}, refused("detected at 'transactItems'")],
  }),
  'transaction: a key of the wrong type is a reason': ours({
    source: `${api}/API_TransactWriteItems.html (ValidationError among the cancellation reasons)`,
    simulator: { error: 'TransactionCanceledException', reasons: [{ Code: 'None' }, { Code: 'ValidationError' }] },
    moto: refused('Type mismatch for key pk'),
  }),
  'transaction: reading one item twice, and a table that is not there': ours({
    source: `${guide}/transaction-apis.html (several operations on one item are refused)`,
    simulator: [refused('cannot include multiple operations on one item'), anything],
    moto: [{ Responses: anything }, anything],
  }),
  'batch: more than 25 writes': ours({
    source: `${api}/API_BatchWriteItem.html (at most 25 requests)`,
    simulator: refused('Member must have length less than or equal to 25'),
    moto: { UnprocessedItems: {} },
  }),
  'batch: no writes': ours({
    source: `${api}/API_BatchWriteItem.html (RequestItems: lists of 1 to 25)`,
    simulator: refused('Member must have length greater than or equal to 1'),
    moto: { UnprocessedItems: {} },
  }),
  'batch: more than a hundred reads': ours({
    source: `${api}/API_BatchGetItem.html: "Too many items requested for the BatchGetItem call"`,
    simulator: refused('Too many items requested for the BatchGetItem call'),
    moto: refused('Member must have length less than or equal to 100'),
  }),
  'batch: a key that does not fit the table': ours({
    source: `${recorded}; for reads moto gives the right code, and no matter`,
    simulator: [refused('The provided key element does not match the schema'), refused('does not match the schema')],
    moto: [refused('Missing the key sk in the item'), { message: 'Validation Exception' }],
  }),
  'stream: an iterator that is none': ours({
    source: `${api}/API_streams_GetRecords.html`,
    simulator: refused('Invalid ShardIterator'),
    moto: crashed,
  }),
  'stream: a sequence number of one digit': ours({
    source: `${api}/API_streams_GetShardIterator.html (SequenceNumber: 21 to 40 characters)`,
    simulator: refused('greater than or equal to 21'),
    moto: 'accepted',
  }),
  'stream: more than a thousand records at once, and more than a hundred shards': ours({
    source: `${api}/API_streams_GetRecords.html (LimitExceededException), ${api}/API_streams_DescribeStream.html (Limit)`,
    simulator: [{ error: 'LimitExceededException' }, refused('less than or equal to 100')],
    moto: ['accepted', 'accepted'],
  }),
};

/** All differences, by the name of the behaviour. */
export const differences: Readonly<Record<string, Difference>> = {
  ...stsDifferences,
  ...tableDifferences,
  ...batchDifferences,
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
