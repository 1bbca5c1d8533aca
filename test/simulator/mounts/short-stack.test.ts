import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { ChangeResourceRecordSetsCommand, GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { HandlerExecutionContext, InitializeMiddleware } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { ShortStack } from '../../../src/simulator/mounts/short-stack.ts';

const config = { region: 'us-east-1', credentials: { accessKeyId: '111111111111', secretAccessKey: 'secret' } };

/** A client that answers with the input that reached its end. */
function echoing<C extends { middlewareStack: object }>(client: C): C {
  const terminal = (_context: HandlerExecutionContext) => (input: object) => Promise.resolve({ reached: input });
  client.middlewareStack = new ShortStack(terminal);
  return client;
}

describe('the short stack', () => {
  it('takes a command’s input to the end, without an endpoint', async () => {
    const client = echoing(
      new ECSClient({ ...config, endpoint: async (): Promise<never> => Promise.reject(new Error('looked up')) }),
    );
    const answer = await client.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(answer).toEqual({ reached: { clusters: ['a'] } });
  });

  it('runs the steps that commands bring along, in their order', async () => {
    const client = echoing(new Route53Client(config));
    expect(await client.send(new GetHostedZoneCommand({ Id: '/hostedzone/Z1' }))).toEqual({ reached: { Id: 'Z1' } });
    const AliasTarget = { HostedZoneId: '/hostedzone/Z2', DNSName: 'a.', EvaluateTargetHealth: false };
    const ResourceRecordSet = { Name: 'b.', Type: 'A' as const, AliasTarget };
    const answer = await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: '/hostedzone/Z1',
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      }),
    );
    expect(answer).toMatchObject({
      reached: {
        HostedZoneId: 'Z1',
        ChangeBatch: { Changes: [{ ResourceRecordSet: { AliasTarget: { HostedZoneId: 'Z2' } } }] },
      },
    });
  });

  it('becomes the SDK’s own stack for whatever else is added', async () => {
    const client = echoing(new ECSClient(config));
    const seen: string[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        seen.push('late');
        return next(args);
      },
      { step: 'initialize', priority: 'low', name: 'late' },
    );
    client.middlewareStack.add((next) => (args) => {
      seen.push('early');
      return next({ ...args, input: { clusters: ['changed'] } });
    });
    const beside: InitializeMiddleware<object, object> = (next) => (args) => {
      seen.push('beside the serialiser');
      return next(args);
    };
    const options = { relation: 'before', toMiddleware: 'serializerMiddleware', name: 'beside' } as const;
    client.middlewareStack.addRelativeTo(beside as Parameters<typeof client.middlewareStack.addRelativeTo>[0], options);
    const answer = await client.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(answer).toEqual({ reached: { clusters: ['changed'] } });
    expect(seen).toEqual(['early', 'late', 'beside the serialiser']);
    expect(client.middlewareStack.remove('late')).toBe(true);
    expect(client.middlewareStack.identify()).not.toContain('late - initialize');
  });

  it('takes a step only once under one name', () => {
    const stack = new ShortStack(() => () => Promise.resolve({}));
    const pass: InitializeMiddleware<object, object> = (next) => next;
    stack.add(pass, { name: 'twice' });
    expect(() => stack.add(pass, { name: 'twice' })).toThrow(/Duplicate middleware name/);
  });
});
