import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createCallBudgets } from '../../src/aws/budget.ts';
import { createCellAccess } from '../../src/aws/cells.ts';
import { createAwsClients } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/model/clock.ts';
import { assumedRole, baseCredentials, healthyLease } from './support.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it("goes where the SDK's own environment says, over sockets of its own, and lets go of them in the end", async () => {
  const roleArn = 'arn:aws:iam::111111111111:role/apply';
  const seen: string[] = [];
  let connections = 0;
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on('end', () => {
      if (body.includes('Action=AssumeRole')) {
        seen.push('AssumeRole');
        outgoing.setHeader('content-type', 'text/xml');
        outgoing.end(Buffer.from(assumedRole(roleArn).body as Uint8Array));
        return;
      }
      seen.push(String(incoming.headers['x-amz-target']).split('.')[1] ?? '');
      outgoing.setHeader('content-type', 'application/x-amz-json-1.1');
      outgoing.end(JSON.stringify({ clusters: [{ clusterName: 'c' }], failures: [] }));
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const clients = await createAwsClients({
    identity: 'controller-1',
    region: 'us-east-1',
    credentials: baseCredentials,
    clock: systemClock,
    random: () => 0.5,
    fence: healthyLease,
    budgets: createCallBudgets({ clock: systemClock }),
  });
  const cell = createCellAccess({
    cell: { name: 'a', accountId: '111111111111', region: 'us-east-1', roles: { apply: roleArn } },
    clients,
    clock: systemClock,
  });
  for (let n = 0; n < 5; n++) expect((await cell.ecs.describeClusters({})).clusters?.[0]?.clusterName).toBe('c');
  await Promise.all(Array.from({ length: 5 }, () => cell.ecs.createCluster({ clusterName: 'c' })));
  expect(seen.filter((operation) => operation === 'AssumeRole')).toHaveLength(1);
  expect(seen.filter((operation) => operation === 'CreateCluster')).toHaveLength(5);
  expect(connections).toBeLessThanOrEqual(6);
  clients.close();
  await expect(cell.ecs.describeClusters({})).rejects.toMatchObject({ class: 'fenced' });
  // Ends only when no connection is left open.
  await new Promise((resolve) => server.close(resolve));
});
