import {
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import type { TenantInventory } from '../../src/model/resources.ts';
import { createDynamo } from '../../src/store/client.ts';
import { createStateReader, type StoredObject } from '../../src/store/state.ts';
import { randomFrom } from '../support/virtual-clock.ts';
import { Program, poll, realTime } from './processes.ts';

const seed = Number(process.env.CELLWRIGHT_SEED ?? Math.floor(Math.random() * 1e9));
const kills = Number(process.env.CELLWRIGHT_KILLS ?? 30);
const earlyKills = Number(process.env.CELLWRIGHT_EARLY_KILLS ?? 10);
const random = randomFrom(seed);
const cells = ['111111111111', '222222222222', '333333333333', '444444444444'];
const started: Program[] = [];

const base = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: '000000000000',
  AWS_SECRET_ACCESS_KEY: 'test',
  CELLWRIGHT_HTTP: '127.0.0.1:0',
};

function run(args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const program = new Program(args, env);
  started.push(program);
  return program;
}

afterAll(async () => {
  for (const program of started) await program.end('SIGKILL');
});

describe(`a controller that is killed again and again (CELLWRIGHT_SEED=${seed} npm run test:crash)`, () => {
  it(`ends in the same state after ${kills} kills while it leads and ${earlyKills} before`, async () => {
    const sim = run(['sim', '--fleet', 'examples/fleet.yaml', '--apply', '--port', '0'], base);
    await sim.says('listens on', 60_000);
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(sim.output)?.[0] ?? '';
    const env = { ...base, AWS_ENDPOINT_URL: endpoint };
    const early = new Set(
      Array.from({ length: kills + earlyKills }, (_, index) => index)
        .sort(() => random() - 0.5)
        .slice(0, earlyKills),
    );
    for (let round = 0; round < kills + earlyKills; round += 1) {
      const controller = run(['controller'], { ...env, CELLWRIGHT_IDENTITY: `round-${round}` });
      if (early.has(round)) {
        await controller.says('the controller runs', 60_000);
        await realTime(random() * 3_000);
      } else {
        await controller.says('"leading"', 60_000);
        await realTime(random() * 10_000);
      }
      await controller.end('SIGKILL');
    }
    const last = run(['controller'], { ...env, CELLWRIGHT_IDENTITY: 'last' });
    await last.says('"leading"', 60_000);
    const state = createStateReader(
      createDynamo(
        { region: 'us-east-1', endpoint, credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' } },
        { clock: systemClock, random },
      ),
      'cellwright-state',
    );
    const tenants = async (): Promise<StoredObject[]> =>
      [...(await state.loadAll()).values()].filter((object) => object.kind === 'Tenant');
    const deadline = Date.now() + 600_000;
    await poll(async () => {
      const phases = (await tenants()).map((object) => object.status?.value.phase);
      if (Date.now() > deadline) throw new Error(`not all Ready: ${JSON.stringify(phases)}`);
      await realTime(2_000);
      return phases.length === 60 && phases.every((phase) => phase === 'Ready');
    });
    await expectNothingDoubled(await tenants(), endpoint);
    await last.end('SIGTERM');
  });
});

/** What lives in the accounts is just what the inventories say: nothing twice, nothing that nobody knows. */
async function expectNothingDoubled(tenants: readonly StoredObject[], endpoint: string): Promise<void> {
  const placements = tenants.flatMap((object) =>
    Object.values((object.inventory?.value as TenantInventory).placements),
  );
  const of = (kind: 'cluster' | 'service' | 'target_group' | 'listener_rule' | 'task_definition'): string[] =>
    placements.map((placement) => placement.resources[kind]?.arn ?? 'missing').sort();
  const live = {
    clusters: [] as string[],
    services: [] as string[],
    definitions: [] as string[],
    groups: [] as string[],
    rules: [] as string[],
  };
  for (const account of cells) {
    const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: account, secretAccessKey: 'test' } };
    const ecs = new ECSClient(config);
    const elb = new ElasticLoadBalancingV2Client(config);
    const clusters = (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [];
    live.clusters.push(...clusters);
    const described = await ecs.send(new DescribeClustersCommand({ clusters }));
    expect((described.clusters ?? []).every((cluster) => cluster.activeServicesCount === 1)).toBe(true);
    for (const cluster of clusters)
      live.services.push(...((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns ?? []));
    live.definitions.push(
      ...((await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))).taskDefinitionArns ?? []),
    );
    live.groups.push(
      ...((await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? []).map(
        (group) => group.TargetGroupArn ?? '',
      ),
    );
    for (const balancer of (await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers ?? []) {
      for (const listener of (
        await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }))
      ).Listeners ?? []) {
        const rules = (await elb.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }))).Rules ?? [];
        live.rules.push(...rules.filter((rule) => rule.IsDefault !== true).map((rule) => rule.RuleArn ?? ''));
      }
    }
  }
  expect(live.clusters.sort()).toEqual(of('cluster'));
  expect(live.services.sort()).toEqual(of('service'));
  expect(live.groups.sort()).toEqual(of('target_group'));
  expect(live.rules.sort()).toEqual(of('listener_rule'));
  expect(live.definitions.sort()).toEqual(of('task_definition'));
}
