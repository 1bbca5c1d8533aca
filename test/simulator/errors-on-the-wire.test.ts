import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import type { AwsErrorDetails, ServiceId } from '../../src/simulator/kernel.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { loadModel } from '../../src/simulator/wire/models.ts';
import { decodeRequest } from '../../src/simulator/wire/request.ts';
import { encodeError } from '../../src/simulator/wire/response.ts';
import { SimulatedAws } from '../../src/simulator/world.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

async function bodyOf(service: ServiceId, code: string, details: AwsErrorDetails = {}) {
  return encodeError(await loadModel(service), new AwsError(code, 'what & why', details), 'request-1');
}

describe('errors on the wire', () => {
  it('of JSON services name their type and carry their members', async () => {
    expect(await bodyOf('ecs', 'ClusterNotFoundException')).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'request-1' },
      body: '{"__type":"ClusterNotFoundException","message":"what & why"}',
    });
    expect((await bodyOf('ecs', 'ServerException')).status).toBe(500);
    expect(await bodyOf('dynamodb', 'ResourceNotFoundException')).toMatchObject({
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"what & why"}',
    });
    expect((await bodyOf('dynamodb', 'ValidationException')).body).toBe(
      '{"__type":"com.amazon.coral.service#ValidationException","message":"what & why"}',
    );
  });

  it('of ELBv2 drop the suffix that the shape has', async () => {
    expect((await bodyOf('elbv2', 'TargetGroupNotFoundException')).body).toBe(
      '<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type>' +
        '<Code>TargetGroupNotFound</Code><Message>what &amp; why</Message></Error><RequestId>request-1</RequestId></ErrorResponse>',
    );
    expect((await bodyOf('elbv2', 'HealthUnavailableException')).status).toBe(500);
    expect((await bodyOf('elbv2', 'TargetGroupNotFound')).body).toContain('<Code>TargetGroupNotFound</Code>');
  });

  it('of EC2 are lists of one', async () => {
    const { status, body } = await bodyOf('ec2', 'InvalidSubnetID.NotFound');
    expect(status).toBe(400);
    expect(body).toContain(
      '<Response><Errors><Error><Code>InvalidSubnetID.NotFound</Code><Message>what &amp; why</Message></Error></Errors><RequestID>request-1</RequestID></Response>',
    );
  });

  it('of Route 53 have the status of the model; InvalidChangeBatch comes in two bodies', async () => {
    expect((await bodyOf('route53', 'NoSuchHostedZone')).status).toBe(404);
    expect((await bodyOf('route53', 'HostedZoneAlreadyExists')).status).toBe(409);
    const fields = { messages: ['one', 'two & three'] };
    expect((await bodyOf('route53', 'InvalidChangeBatch', { fields })).body).toContain(
      '<Error><Type>Sender</Type><Code>InvalidChangeBatch</Code><Message>what &amp; why</Message></Error>',
    );
    expect((await bodyOf('route53', 'InvalidChangeBatch', { fields, rootBody: true })).body).toContain(
      '<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages><Message>one</Message>' +
        '<Message>two &amp; three</Message></Messages><RequestId>request-1</RequestId></InvalidChangeBatch>',
    );
  });

  it('reach the client with their members', async () => {
    const world = new SimulatedAws({ clock: new HandClock() });
    const reasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Message: 'no', Item: { pk: { S: 'a' } } }];
    world.install([
      {
        id: 'dynamodb',
        throttled: () => new AwsError('ThrottlingException', 'slow'),
        untaken: () => new AwsError('ValidationException', 'not taken'),
        operations: new Map([
          [
            'TransactWriteItems',
            {
              mutating: true,
              takes: ['TransactItems', 'ClientRequestToken'],
              run: () => {
                throw new AwsError('TransactionCanceledException', 'cancelled', {
                  fields: { CancellationReasons: reasons },
                });
              },
            },
          ],
        ]),
      },
    ]);
    const { dynamodb } = clientsOf(world);
    const error: unknown = await dynamodb
      .send(new TransactWriteItemsCommand({ TransactItems: [] }))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error).toMatchObject({ message: 'cancelled', CancellationReasons: reasons });
  });

  it('InvalidChangeBatch with the root body reaches the client without its name: it has no Code element', async () => {
    const world = new SimulatedAws({ clock: new HandClock() });
    const { route53 } = clientsOf(world);
    const error = new AwsError('InvalidChangeBatch', '[one]', { rootBody: true, fields: { messages: ['one'] } });
    world.faults = { before: () => ({ kind: 'error', error }) };
    const input = { HostedZoneId: 'Z1', ChangeBatch: { Changes: [] } };
    await expect(route53.send(new ChangeResourceRecordSetsCommand(input))).rejects.toMatchObject({
      name: 'Unknown',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('requests that cannot be read', () => {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0';
  const decode = (message: { headers?: Record<string, string>; body?: string; method?: string; path?: string }) =>
    decodeRequest(
      {
        method: message.method ?? 'POST',
        path: message.path ?? '/',
        query: new Map(),
        headers: { authorization, ...message.headers },
        body: message.body ?? '',
      },
      'r',
    );
  const ecs = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.CreateCluster' };

  it.each([
    ['not JSON', '{', 'SerializationException'],
    ['a list', '[]', 'SerializationException'],
    ['a member of the wrong type', '{"clusterName":5}', 'SerializationException'],
    ['a list of the wrong type', '{"tags":{"a":1}}', 'SerializationException'],
  ])('are refused by ECS: %s', async (_what, body, code) => {
    const { request } = await decode({ headers: ecs, body });
    expect(request).toMatchObject({ service: 'ecs', operation: 'CreateCluster', region: 'eu-west-1' });
    expect(request.refused?.code).toBe(code);
  });

  it('are refused when they are nested beyond all reason', async () => {
    const deep = `${'{"M":{"a":'.repeat(5_000)}{"S":"x"}${'}}'.repeat(5_000)}`;
    const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem' };
    const { request } = await decode({ headers, body: `{"TableName":"t","Item":{"a":${deep}}}` });
    expect(request.refused?.code).toBe('SerializationException');
  });

  it('are refused by the query services', async () => {
    const form = (text: string) => decode({ body: `Version=2015-12-01&Action=CreateRule&${text}` });
    expect((await form('ListenerArn=x&Priority=soon')).request.refused?.code).toBe('MalformedInput');
    expect((await form('ListenerArn=%E0%A4')).request.refused?.code).toBe('MalformedInput');
    expect((await form('Priority=5')).request.refused?.code).toBe('ValidationError');
  });

  it('are refused by Route 53', async () => {
    const path = '/2013-04-01/hostedzone/Z1/rrset';
    for (const body of ['<a>', '<a></b>', 'text', '<!-- only -->', '<a/><b']) {
      expect((await decode({ path, body })).request.refused?.code, body).toBe('InvalidInput');
    }
  });

  it('keep names like __proto__ as data', async () => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem' };
    const body =
      '{"TableName":"t","Item":{"__proto__":{"S":"x"},"constructor":{"S":"y"}},"__proto__":{"polluted":true}}';
    const { request } = await decode({ headers, body });
    const item = (request.input as { Item: object }).Item;
    expect(Object.keys(item).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('of unknown operations name them for the world to refuse', async () => {
    const { request, operation } = await decode({
      headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.Fly' },
    });
    expect(operation).toBeUndefined();
    expect(request.operation).toBe('Fly');
  });

  it('of other clients are understood: XML with prefixes, comments and CDATA; a trailing slash; lists with gaps', async () => {
    const body = `<?xml version="1.0"?><!-- c --><r:ChangeResourceRecordSetsRequest xmlns:r="x"><ChangeBatch><Changes><Change>
      <Action>CREATE</Action><ResourceRecordSet><Name>a.&#101;xample.com</Name><Type>TXT</Type><TTL>60</TTL>
      <ResourceRecords><ResourceRecord><Value><![CDATA["<a> & b"]]></Value></ResourceRecord></ResourceRecords>
      </ResourceRecordSet></Change></Changes></ChangeBatch></r:ChangeResourceRecordSetsRequest>`;
    const { request } = await decode({ path: '/2013-04-01/hostedzone/Z1/rrset/', body });
    expect(request.input).toEqual({
      HostedZoneId: 'Z1',
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: 'a.example.com',
              Type: 'TXT',
              TTL: 60,
              ResourceRecords: [{ Value: '"<a> & b"' }],
            },
          },
        ],
      },
    });
    const form =
      'Action=DescribeSubnets&Version=2016-11-15&SubnetId.5=b&SubnetId.2=a&Filter.1.Name=vpc-id&Filter.1.Value.1=v+x';
    expect((await decode({ body: form })).request.input).toEqual({
      SubnetIds: ['a', 'b'],
      Filters: [{ Name: 'vpc-id', Values: ['v x'] }],
    });
  });
});
