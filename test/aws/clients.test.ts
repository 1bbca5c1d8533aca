import type { HttpHandler, HttpResponse } from '@smithy/core/protocols';
import { describe, expect, it } from 'vitest';
import { createCallBudgets } from '../../src/aws/budget.ts';
import { createCellAccess, releaseCell } from '../../src/aws/cells.ts';
import { type AwsClients, type AwsClientsDeps, type CallReport, createAwsClients } from '../../src/aws/clients.ts';
import { createRoleSessions, sessionNameOf } from '../../src/aws/credentials.ts';
import { CallError } from '../../src/model/errors.ts';
import {
  assumedRole,
  baseCredentials,
  bodyOf,
  finish,
  healthyLease,
  json,
  type Request,
  reply,
  stubHandler,
  virtualClock,
  xml,
} from './support.ts';

const account = '111111111111';
const role = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`;
const cell = {
  name: 'cell-a',
  accountId: account,
  region: 'eu-west-1',
  roles: { apply: role('apply'), observe: role('observe'), reap: role('reap') },
  externalId: 'ext-1',
};

interface World {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly clients: AwsClients;
  readonly handler: HttpHandler & { readonly seen: { request: Request }[] };
  readonly reports: CallReport[];
  readonly assumed: string[];
}

/** Clients on a stub; every assumed role gets a key of its own that names the role and the time. */
async function world(
  answer: (request: Request) => HttpResponse | Promise<HttpResponse>,
  options: Partial<AwsClientsDeps> & { assume?: (roleArn: string) => HttpResponse } = {},
): Promise<World> {
  const clock = virtualClock();
  const assumed: string[] = [];
  const reports: CallReport[] = [];
  const handler = stubHandler(({ request }) => {
    const parameters = new URLSearchParams(bodyOf(request));
    if (parameters.get('Action') !== 'AssumeRole') return answer(request);
    const roleArn = parameters.get('RoleArn') ?? '';
    assumed.push(bodyOf(request));
    return options.assume?.(roleArn) ?? assumedRole(roleArn, `KEY-${roleArn.split('/')[1] ?? ''}-${assumed.length}`);
  });
  const clients = await createAwsClients({
    identity: 'host-1:42',
    region: 'eu-west-1',
    credentials: baseCredentials,
    clock,
    random: () => 0.5,
    fence: healthyLease,
    budgets: createCallBudgets({ clock }),
    requestHandler: handler,
    onCall: (report) => reports.push(report),
    ...options,
  });
  return { clock, clients, handler, reports, assumed };
}

const keyOf = (request: Request): string =>
  /Credential=([^/]+)/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
const targetOf = (request: Request): string => (request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
const access = ({ clients, clock }: World): ReturnType<typeof createCellAccess> =>
  createCellAccess({ cell, clients, clock });
const classOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof CallError ? error.class : `not classified: ${String(error)}`),
  );

describe('calls into a cell', () => {
  it("go out under the role of their operation, in the cell's Region, with our identity", async () => {
    const w = await world(() => json(200, {}));
    const { ecs } = access(w);
    await finish(w.clock, ecs.describeClusters({}));
    await finish(w.clock, ecs.createCluster({ clusterName: 'c' }));
    await finish(w.clock, ecs.deleteCluster({ cluster: 'c' }));
    const calls = w.handler.seen.filter(({ request }) => targetOf(request) !== '');
    expect(calls.map(({ request }) => [targetOf(request), keyOf(request).split('-')[1]])).toEqual([
      ['DescribeClusters', 'observe'],
      ['CreateCluster', 'apply'],
      ['DeleteCluster', 'reap'],
    ]);
    expect(calls.every(({ request }) => request.hostname === 'ecs.eu-west-1.amazonaws.com')).toBe(true);
    expect(calls[0]?.request.headers['user-agent']).toContain('app/host-1');
    const parameters = new URLSearchParams(w.assumed[0]);
    expect(parameters.get('RoleSessionName')).toBe('host-1-42');
    expect(parameters.get('ExternalId')).toBe('ext-1');
    expect(parameters.get('DurationSeconds')).toBe('3600');
  });

  it('are reported once each, with what became of them', async () => {
    let calls = 0;
    const w = await world(() =>
      ++calls < 3 ? json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' }) : json(200, {}),
    );
    await finish(w.clock, access(w).ecs.describeClusters({}));
    expect(w.reports.filter(({ service }) => service === 'ecs')).toEqual([
      {
        service: 'ecs',
        operation: 'describeClusters',
        account,
        result: 'ok',
        code: '',
        attempts: 3,
        durationMs: expect.any(Number) as number,
      },
    ]);
    expect(w.reports.filter(({ service }) => service === 'sts')).toHaveLength(1);
  });

  it('repeat what is safe to repeat, and nothing else', async () => {
    const attempts = async (
      answer: () => HttpResponse,
      operation: 'describeClusters' | 'createCluster' | 'registerTaskDefinition',
    ): Promise<number> => {
      const w = await world(answer);
      await finish(
        w.clock,
        classOf(
          w.clients.call({
            target: { roleArn: role('apply'), externalId: undefined, accountId: account, region: 'eu-west-1' },
            service: 'ecs',
            operation,
            input: {},
            purpose: 'change',
          }),
        ),
      );
      return w.handler.seen.filter(({ request }) => targetOf(request) !== '').length;
    };
    const unavailable = (): HttpResponse => json(503, { __type: 'ServiceUnavailable' });
    expect(await attempts(unavailable, 'describeClusters')).toBe(3);
    expect(await attempts(unavailable, 'createCluster')).toBe(2);
    expect(await attempts(unavailable, 'registerTaskDefinition')).toBe(1);
    // A quota, though the SDK would take it for a throttle.
    expect(await attempts(() => json(400, { __type: 'LimitExceededException' }), 'createCluster')).toBe(1);
    expect(await attempts(() => json(400, { __type: 'AccessDeniedException' }), 'describeClusters')).toBe(1);
  });

  it('stay unknown when a repetition was refused after an attempt without answer', async () => {
    let calls = 0;
    const w = await world(() => {
      if (++calls === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    });
    expect(await finish(w.clock, classOf(access(w).ecs.createCluster({})))).toBe('unknown_result');
  });

  it('time out: unknown for a write that must not be repeated, transient for a read', async () => {
    const w = await world(() => new Promise<HttpResponse>(() => undefined));
    const { ecs } = access(w);
    expect(await finish(w.clock, classOf(ecs.registerTaskDefinition({ family: 'f', containerDefinitions: [] })))).toBe(
      'unknown_result',
    );
    expect(await finish(w.clock, classOf(ecs.describeClusters({})))).toBe('transient');
  });

  it('are fenced without the SDK repeating them, and nothing is sent', async () => {
    const w = await world(() => json(200, {}), { fence: { remainingMs: () => 4_900, epoch: 1 } });
    const { ecs } = access(w);
    expect(await finish(w.clock, classOf(ecs.createCluster({ clusterName: 'c' })))).toBe('fenced');
    expect(await finish(w.clock, classOf(ecs.describeClusters({})))).toBe('ok');
    expect(w.handler.seen.map(({ request }) => targetOf(request))).not.toContain('CreateCluster');
    expect(w.reports.find(({ operation }) => operation === 'createCluster')).toMatchObject({
      result: 'fenced',
      attempts: 1,
    });
  });

  it('wait for the budget per attempt, throttles slowing it down', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 1 });
    const w = await world(() => json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' }), {
      clock,
      budgets,
    });
    const call = classOf(createCellAccess({ cell, clients: w.clients, clock }).ecs.createCluster({}));
    expect(await finish(clock, call)).toBe('throttled');
    const bucket = budgets.levels().find((level) => level.bucket === 'ecs:clusterModify');
    expect(bucket?.refillPerSecond).toBeLessThan(1);
    // Emptied by the first throttle, so the second attempt had to wait for a whole token at half speed.
    expect(w.reports.at(-1)?.durationMs).toBeGreaterThanOrEqual(1_900);
  });

  it('end as fenced when the gate is closed while they wait', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 0.05 });
    const w = await world(() => json(200, {}), { clock, budgets });
    const { ecs } = createCellAccess({ cell, clients: w.clients, clock });
    await finish(clock, ecs.createCluster({}));
    const waiting = classOf(ecs.createCluster({}));
    await clock.advance(10);
    w.clients.close();
    expect(await waiting).toBe('fenced');
    expect(await finish(clock, classOf(ecs.describeClusters({})))).toBe('fenced');
  });

  it('refuse a role that turns out to be in another account, before anything is sent there', async () => {
    const w = await world(() => json(200, {}), { assume: () => assumedRole(role('apply', '999999999999')) });
    const refused: unknown = await finish(w.clock, access(w).ecs.describeClusters({})).catch((error: unknown) => error);
    expect(refused).toMatchObject({ class: 'denied', code: 'WrongAccount' });
    expect((refused as Error).message).toContain('999999999999');
    expect(w.handler.seen.every(({ request }) => targetOf(request) === '')).toBe(true);
  });

  it('fall back to the apply role where a record names no other', async () => {
    const w = await world(() => json(200, {}));
    const plain = createCellAccess({
      cell: { ...cell, roles: { apply: role('apply') } },
      clients: w.clients,
      clock: w.clock,
    });
    await finish(w.clock, plain.ecs.describeClusters({}));
    await finish(w.clock, plain.ecs.deleteCluster({ cluster: 'c' }));
    expect(w.assumed).toHaveLength(1);
  });
});

describe('role sessions', () => {
  it('are asked of us for each call, assumed once an hour, and renewed before they end', async () => {
    const w = await world(() => json(200, {}));
    const { ecs } = access(w);
    const key = async (): Promise<string> => {
      await finish(w.clock, ecs.describeClusters({}));
      return keyOf(w.handler.seen.at(-1)?.request as Request);
    };
    expect(await key()).toBe('KEY-observe-1');
    await w.clock.advance(50 * 60_000);
    expect(await key()).toBe('KEY-observe-1');
    await w.clock.advance(6 * 60_000);
    expect(await key()).toBe('KEY-observe-2');
  });

  it('are assumed anew when AWS calls them expired', async () => {
    const w = await world((request) =>
      keyOf(request) === 'KEY-observe-1'
        ? json(400, { __type: 'ExpiredTokenException', message: 'expired' })
        : json(200, {}),
    );
    expect(await finish(w.clock, classOf(access(w).ecs.describeClusters({})))).toBe('ok');
    expect(w.assumed).toHaveLength(2);
  });

  it('are assumed one at a time per role', async () => {
    const w = await world(() => json(200, {}));
    const { ecs } = access(w);
    await finish(w.clock, Promise.all(Array.from({ length: 10 }, () => ecs.describeClusters({}))));
    expect(w.assumed).toHaveLength(1);
  });

  it('that are refused are probed once a minute', async () => {
    let open = false;
    const denied = (): HttpResponse =>
      xml(
        403,
        '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
      );
    const w = await world(() => json(200, {}), { assume: (roleArn) => (open ? assumedRole(roleArn) : denied()) });
    const { ecs } = access(w);
    for (let n = 0; n < 5; n++) expect(await finish(w.clock, classOf(ecs.describeClusters({})))).toBe('denied');
    expect(w.assumed).toHaveLength(1);
    open = true;
    await w.clock.advance(60_000);
    expect(await finish(w.clock, classOf(ecs.describeClusters({})))).toBe('ok');
    expect(w.assumed).toHaveLength(2);
  });

  it('that STS cannot give now are no refusal', async () => {
    let calls = 0;
    const w = await world(() => json(200, {}), { assume: (arn) => (++calls <= 3 ? reply(503, '') : assumedRole(arn)) });
    expect(await finish(w.clock, classOf(access(w).ecs.createCluster({})))).toBe('ok');
  });

  it('keep serving from a session that is still good while STS is down', async () => {
    const clock = virtualClock();
    let down = false;
    const sessions = createRoleSessions({
      clock,
      identity: 'i',
      assumeRole: async () => {
        if (down)
          throw new CallError({ class: 'transient', service: 'sts', operation: 'assumeRole', code: 'x', message: 'x' });
        return {
          Credentials: { AccessKeyId: 'K', SecretAccessKey: 's', SessionToken: 't' },
          AssumedRoleUser: { Arn: 'arn:aws:sts::111111111111:assumed-role/r/s' },
        };
      },
    });
    const of = { roleArn: role('apply'), externalId: undefined };
    await sessions.session(of);
    down = true;
    await clock.advance(57 * 60_000);
    expect((await sessions.session(of)).accessKeyId).toBe('K');
    await clock.advance(4 * 60_000);
    await expect(sessions.session(of)).rejects.toMatchObject({ class: 'transient' });
  });

  it('are forgotten with their cell', async () => {
    const w = await world(() => json(200, {}));
    await finish(w.clock, access(w).ecs.describeClusters({}));
    releaseCell(w.clients, cell);
    await finish(w.clock, access(w).ecs.describeClusters({}));
    expect(w.assumed).toHaveLength(2);
  });

  it('have names that STS allows', () => {
    for (const identity of ['', 'a', 'host:1', 'ü/#?', 'x'.repeat(200), 'ok_+=,.@-1']) {
      expect(sessionNameOf(identity)).toMatch(/^[\w+=,.@-]{2,64}$/);
    }
  });
});
