import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const streams = 'test/simulator/dynamodb/streams.test.ts';
const life = 'test/simulator/dynamodb/stream-life.test.ts';
const faults = 'test/simulator/dynamodb/stream-faults.test.ts';

/** What DynamoDB Streams does. */
export const streamsBehaviours: readonly Behaviour[] = [
  {
    what: 'ListStreams is limited to 5 calls a second and DescribeStream to 10, for each account and Region.',
    kind: 'documented',
    source: s.streamsModel,
    test: [life, 'is listed 5 times a second and described 10 times'],
  },
  {
    what: 'More than two readers of a shard are throttled with LimitExceededException.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [streams, 'throttle more than two readers of a shard'],
  },
  {
    what: 'A reader is somebody who asks five times a second: DynamoDB gives no rate, and Kinesis has this one.',
    kind: 'assumed',
    source: s.dynamodbStreams,
    test: [streams, 'throttle more than two readers of a shard'],
  },
  {
    what: 'Records are kept for 24 hours; a position before that is a TrimmedDataAccessException.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [streams, 'trim records after 24 hours, and shards with nothing left'],
  },
  {
    what: 'Shards are closed and succeeded by themselves every four hours, whether anything is written or not.',
    kind: 'observed',
    source: s.dynamodbShardLife,
    test: [streams, 'go on in a child shard every four hours; the parent ends and stays readable'],
  },
  {
    what: 'Any shard can split in two by itself.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [life, 'roll over and split by themselves, though nobody writes or looks'],
  },
  {
    what: 'A shard splits at one in eight of its roll-overs, as long as fewer than four are open.',
    kind: 'assumed',
    source: s.dynamodbStreams,
    test: [life, 'roll over and split by themselves, though nobody writes or looks'],
  },
  {
    what: 'A closed shard has an EndingSequenceNumber, and its last answer no NextShardIterator; a child names its parent.',
    kind: 'documented',
    source: s.streamsModel,
    test: [streams, 'go on in a child shard every four hours; the parent ends and stays readable'],
  },
  {
    what: 'Whoever reads parents before their children meets the changes of each item in order, each once.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [streams, 'lose nothing over rolls and splits, and keep the order of each item'],
  },
  {
    what: 'A shard iterator lives for 15 minutes, then it is an ExpiredIteratorException.',
    kind: 'documented',
    source: s.streamsModel,
    test: [streams, 'end iterators after fifteen minutes'],
  },
  {
    what: 'GetRecords may answer with no records while there are more to come.',
    kind: 'documented',
    source: s.streamsGetRecords,
    test: [streams, 'show records a little after the write, and now and then nothing at all'],
  },
  {
    what: 'One answer of GetRecords in twenty is empty without reason, and records appear 100 to 500 ms after the write.',
    kind: 'assumed',
    source: s.streamsGetRecords,
    test: [streams, 'show records a little after the write, and now and then nothing at all'],
  },
  {
    what: 'GetRecords gives 1,000 records or 1 MB at most; asked for more than 1,000 it answers LimitExceededException.',
    kind: 'documented',
    source: s.streamsModel,
    test: [life, 'gives 1,000 records or 1 MB in one answer, and refuses to be asked for more'],
  },
  {
    what: 'DescribeStream and ListStreams give 100 shards or streams at most.',
    kind: 'documented',
    source: s.streamsModel,
    test: [life, 'are told a hundred at a time'],
  },
  {
    what: 'DescribeStream with the ShardFilter CHILD_SHARDS gives the children of one shard.',
    kind: 'documented',
    source: s.streamsModel,
    test: [streams, 'list shards in pages, and the children of one shard'],
  },
  {
    what: 'A write that changes nothing leaves no record.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [streams, 'tell every change, and no write that changed nothing'],
  },
  {
    what: 'A stream that is switched off and on has another ARN; the old one can be read for a day.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [streams, 'get another ARN when they are switched off and on; the old one stays readable for a day'],
  },
  {
    what: 'The StreamViewType of a stream cannot be changed: enabling one that is enabled is a ValidationException.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [life, 'keeps its view: another one takes another stream'],
  },
  {
    what: 'A stream can be read for a day after its table was deleted.',
    kind: 'documented',
    source: s.dynamodbStreams,
    test: [life, 'can be read for a day after its table is gone'],
  },
  {
    what: 'A stream is ENABLING or DISABLING as long as its table is on the way.',
    kind: 'assumed',
    source: s.streamsModel,
    test: [life, 'is ENABLING and DISABLING as long as its table is on the way'],
  },
  {
    what: 'Records carry the images that the view type says.',
    kind: 'documented',
    source: s.streamsModel,
    test: [streams, 'show with view %s only what it says'],
  },
  {
    what: 'Sequence numbers grow, also in digits: whoever compares them as text goes wrong.',
    kind: 'assumed',
    source: s.streamsModel,
    test: [streams, 'number records upwards, with more digits as time goes on'],
  },
  {
    what: 'TRIM_HORIZON, LATEST, AT_ and AFTER_SEQUENCE_NUMBER start where the reference says.',
    kind: 'documented',
    source: s.streamsModel,
    test: [streams, 'start where they are told to'],
  },
  {
    what: 'Stream ARNs, shard ids, sequence numbers and iterators have the lengths of the model.',
    kind: 'documented',
    source: s.streamsModel,
    test: [life, 'refuses lengths that the model does not have'],
  },
  {
    what: 'On request, records are handed out twice (in the next answer) or appear late: consumers must bear both.',
    kind: 'assumed',
    source: s.dynamodbStreams,
    test: [faults, 'hand records out twice, in the next answer and in order'],
  },
];
