import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand, GetChangeCommand } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../crash/processes.ts';
import { type CallerOptions, clientsOf } from '../simulator/support/clients.ts';

// The simulator's own door as scripts see it: a process of its own, plain fetch, the example fleet.

const root = fileURLToPath(new URL('../..', import.meta.url));
const zone = 'Z0STANDARD00000000001';
const host = 'by-hand.standard.example.com';

let sim: Program;
let url: string;
beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  sim = new Program(['sim', '--fleet', `${root}examples/fleet.yaml`, '--port', '0'], { AWS_REGION: 'us-east-1' });
  await sim.says('listens on', 20_000);
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(sim.output)?.[0] ?? '';
});
afterAll(async () => {
  await sim.end('SIGTERM');
});

const ask = async (path: string, method = 'GET'): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${url}${path}`, { method });
  return { status: response.status, body: await response.json() };
};
const as = (options: CallerOptions) => clientsOf(undefined, { endpoint: url, ...options });
const callsAfter = async (since: number): Promise<readonly { n: number }[]> =>
  (await ask(`/_sim/calls?since=${since}`)).body as { n: number }[];
const lastCall = async (): Promise<number> => (await callsAfter(0)).at(-1)?.n ?? 0;

describe('the door of `cellwright sim --fleet`', () => {
  test('says that it is well', async () => {
    expect(await ask('/_sim/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('lists each call with its caller, its account and what it was about', async () => {
    const since = await lastCall();
    await as({ accessKeyId: '222222222222', appId: 'me' }).ecs.send(new CreateClusterCommand({ clusterName: 'mine' }));
    const home = as({ accessKeyId: '000000000000' });
    const Key = { kind: { S: 'Tenant' }, name: { S: 'acme' } };
    await home.dynamodb.send(new GetItemCommand({ TableName: 'cellwright-desired', Key }));
    const { Credentials } = await home.sts.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111111111111:role/cellwright/apply',
        RoleSessionName: 'somebody',
        ExternalId: 'cellwright-example',
      }),
    );
    const session = as({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      appId: 'me',
    });
    await session.ecs.send(new CreateClusterCommand({ clusterName: 'theirs' }));
    const found = { region: 'us-east-1', error: null, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) };
    const create = { ...found, service: 'ecs', operation: 'CreateCluster', mutating: true };
    expect(await callsAfter(since)).toEqual([
      {
        ...create,
        ...{ n: since + 1, principal: '222222222222/me', account: '222222222222' },
        resources: ['arn:aws:ecs:us-east-1:222222222222:cluster/mine'],
      },
      {
        ...{ ...found, n: since + 2, principal: '000000000000', account: '000000000000' },
        ...{ service: 'dynamodb', operation: 'GetItem', mutating: false },
        resources: ['cellwright-desired/Tenant/acme'],
      },
      expect.objectContaining({ n: since + 3, service: 'sts', operation: 'AssumeRole', principal: '000000000000' }),
      {
        ...create,
        ...{ n: since + 4, principal: 'somebody/me', account: '111111111111' },
        resources: ['arn:aws:ecs:us-east-1:111111111111:cluster/theirs'],
      },
    ]);
  });

  test('moves time on, and tells where a name leads once the change is INSYNC', async () => {
    const { elbv2 } = as({ accessKeyId: '111111111111' });
    const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({ Names: ['standard-a1'] }));
    const [balancer] = LoadBalancers ?? [];
    const { route53 } = as({ accessKeyId: '999999999999' });
    const since = await lastCall();
    const AliasTarget = {
      HostedZoneId: balancer?.CanonicalHostedZoneId,
      DNSName: balancer?.DNSName,
      EvaluateTargetHealth: false,
    };
    const ResourceRecordSet = { Name: host, Type: 'A' as const, SetIdentifier: 'one', Weight: 1, AliasTarget };
    const { ChangeInfo } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
      }),
    );
    expect(await callsAfter(since)).toMatchObject([{ resources: [`${zone}/${host}/A/one`], mutating: true }]);
    expect(await ask(`/_sim/route?host=${host}`)).toEqual({ status: 200, body: { name: host, answers: [] } });
    const before = Date.now();
    const { body } = await ask('/_sim/advance?seconds=120', 'POST');
    expect(Date.parse((body as { now: string }).now)).toBeGreaterThanOrEqual(before + 119_000);
    const change = await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
    expect(change.ChangeInfo?.Status).toBe('INSYNC');
    expect(await ask(`/_sim/route?host=${host}&path=/any&header=X-Any:thing&cached=true`)).toMatchObject({
      body: {
        name: host,
        answers: [{ share: 1, account: '111111111111', loadBalancer: balancer?.LoadBalancerArn, status: 404 }],
      },
    });
  });

  test('refuses what it does not have, by name', async () => {
    expect(await ask('/_sim/calls?since=soon')).toMatchObject({ status: 400 });
    expect(await ask('/_sim/advance?seconds=1')).toMatchObject({ status: 405 });
    expect(await ask('/_sim/nothing')).toMatchObject({ status: 404 });
  });
});
