import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adoptReport } from '../../src/controller/adopt/report.ts';
import type { Installation } from '../support/installation.ts';
import { sweepConfig } from './healing.ts';
import { allReady, type Chain, chainOf, condition, controllerWrites, handsOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

const tenants = { bolt: { tier: 'standard' }, crane: { tier: 'standard' }, dune: { tier: 'standard' } } as const;
let run: Installation;
let watch: Watch;
beforeAll(async () => {
  run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig, rights: { adoption: true } });
  watch = new Watch(run, Object.keys(tenants));
});
afterAll(() => run.stop());

const [mark, ours] = ['cellwright:placement', 'cellwright:installation'];
const zone = 'Z0STANDARD00000000001';

async function order(tenant: string, arns: readonly string[], minutes = 60): Promise<void> {
  const until = new Date(run.clock.now() + minutes * 60_000).toISOString();
  await run.put('Tenant', tenant, { tier: 'standard', adopt: arns.map((arn) => ({ arn, until })) });
}

function report(tenant: string, arn: string) {
  const engine = run.leader?.term?.engine;
  if (engine === undefined) throw new Error('no term');
  return run.clock.drive(adoptReport(engine, { tenant, arn }));
}

function untag(chain: Chain, arn: string, keys: readonly string[]): Promise<unknown> {
  const { ecs, elb } = chain.hands;
  return arn.includes(':ecs:')
    ? ecs.untagResource({ resourceArn: arn, tagKeys: [...keys] })
    : elb.removeTags({ ResourceArns: [arn], TagKeys: [...keys] });
}

const lost: readonly {
  what: string;
  arn: (chain: Chain) => string;
  keys: string[];
  hurt: (chain: Chain) => Promise<unknown>;
  field: string;
}[] = [
  {
    what: 'cluster',
    arn: (chain) => chain.cluster,
    keys: [mark],
    hurt: ({ hands, cluster }) =>
      hands.ecs.updateCluster({ cluster, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    field: 'settings',
  },
  {
    what: 'service',
    arn: (chain) => chain.service,
    keys: [mark, ours],
    hurt: ({ hands, cluster, service }) =>
      hands.ecs.updateService({ cluster, service, healthCheckGracePeriodSeconds: 5 }),
    field: 'healthCheckGracePeriodSeconds',
  },
  {
    what: 'target group',
    arn: (chain) => chain.targetGroup,
    keys: [ours],
    hurt: ({ hands, targetGroup }) =>
      hands.elb.modifyTargetGroup({ TargetGroupArn: targetGroup, UnhealthyThresholdCount: 7 }),
    field: 'UnhealthyThresholdCount',
  },
  {
    what: 'rule',
    arn: (chain) => chain.rule,
    keys: [mark],
    hurt: ({ hands, rule: RuleArn }) =>
      hands.elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 45_000 }] }),
    field: 'RulePriorities',
  },
  {
    what: 'task definition',
    arn: (chain) => chain.definition,
    keys: [mark],
    hurt: () => Promise.resolve(),
    field: 'tags',
  },
];

describe('a resource that lost its mark', () => {
  it.each(lost)('is adopted, and heals then: $what', async ({ arn: of, keys, hurt, field }) => {
    const chain = chainOf(run, 'bolt');
    const arn = of(chain);
    await run.clock.drive(untag(chain, arn, keys).then(() => hurt(chain)));
    await watch.until('held', () => condition(run, 'bolt', 'Synced') === 'False OwnershipLost', undefined, 150);
    const shown = await report('bolt', arn);
    expect(shown).toMatchObject({ tenant: 'bolt', arn, placement: chain.placement.id });
    expect(shown.refusal).toBeUndefined();
    expect(shown.fields.map((change) => change.field)).toContain(field);
    const since = run.aws.log.last;
    // One whose time is over is no error and no order.
    await order('bolt', [arn], -1);
    await watch.advance(40);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(condition(run, 'bolt', 'Synced')).toBe('False OwnershipLost');
    await order('bolt', [arn]);
    await watch.until('Ready again', () => allReady(run), undefined, 300);
    expect(of(chainOf(run, 'bolt'))).toBe(arn);
    const told = run.told.events.filter(({ reason }) => reason === 'Adopted');
    expect(told.at(-1)).toMatchObject({ key: 'Tenant/bolt' });
    expect(told.at(-1)?.message).toContain(arn);
    expect(watch.complaints()).toEqual([]);
    await order('bolt', []);
  });

  it('is not adopted where its mark names somebody else', async () => {
    const chain = chainOf(run, 'bolt');
    const tag = (value: string) =>
      run.clock.drive(chain.hands.ecs.tagResource({ resourceArn: chain.cluster, tags: [{ key: ours, value }] }));
    await tag('another12');
    await order('bolt', [chain.cluster]);
    const since = run.aws.log.last;
    await watch.until('held', () => condition(run, 'bolt', 'Synced') === 'False OwnershipLost', undefined, 150);
    await watch.advance(60);
    expect(controllerWrites(run, since)).toEqual([]);
    expect((await report('bolt', chain.cluster)).refusal).toContain('cellwright:installation says another12');
    await tag(run.installation);
    await watch.until('Ready again', () => allReady(run), undefined, 300);
    await order('bolt', []);
  });
});

describe("somebody else's rule that takes the tenant's requests", () => {
  it('goes once adopted, as ours stands and serves', async () => {
    const chain = chainOf(run, 'crane');
    const { elb } = chain.hands;
    const listener = run.leader?.term?.view.spec('InfraGroup', chain.placement.infraGroup)?.listenerArn ?? '';
    const make = (Priority: number, host: string) =>
      run.clock.drive(
        elb.createRule({
          ListenerArn: listener,
          Priority,
          Conditions: [{ Field: 'host-header', Values: [host] }],
          Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
        }),
      );
    const taking = (await make(7, 'crane.standard.example.com')).Rules?.[0]?.RuleArn ?? '';
    const other = (await make(8, 'unrelated.example.net')).Rules?.[0]?.RuleArn ?? '';
    const others = ['bolt', 'dune'];
    await watch.until('told', () => condition(run, 'crane', 'RuleReady') === 'False Shadowed', others, 150);
    expect(await report('crane', taking)).toMatchObject({
      kind: 'listener_rule',
      then: expect.stringContaining('deleted once ours serves'),
    });
    expect((await report('crane', other)).refusal).toContain("takes no request of this tenant's");
    await order('crane', [taking, other]);
    await watch.until('Ready again', () => allReady(run), others, 300);
    await watch.until('answered again', () => watch.isAnswered('crane'), others, 30);
    const { Rules = [] } = await run.clock.drive(elb.describeRules({ ListenerArn: listener }));
    expect(Rules.some(({ RuleArn }) => RuleArn === taking)).toBe(false);
    expect(Rules.some(({ RuleArn }) => RuleArn === other)).toBe(true);
    await run.clock.drive(elb.deleteRule({ RuleArn: other }));
    expect(chainOf(run, 'crane').rule).toBe(chain.rule);
    expect(watch.complaints()).toEqual([]);
  });
});

describe('records of others under a tenant’s name', () => {
  const change = (Action: 'CREATE' | 'DELETE', record: object) =>
    run.clock.drive(
      handsOf(run, '999999999999').dns.changeResourceRecordSets({
        HostedZoneId: zone,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet: record as never }] },
      }),
    );

  it('are taken out beside ours', async () => {
    const record = {
      Type: 'A',
      SetIdentifier: 'somebody',
      Weight: 0,
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.7' }],
    };
    await change('CREATE', { Name: 'dune.standard.example.com.', ...record });
    await watch.until('told', () => condition(run, 'dune', 'DnsReady') === 'False ForeignRecord', undefined, 150);
    await order('dune', [`${zone}/dune.standard.example.com/A/somebody`]);
    await watch.until('Ready again', () => allReady(run), undefined, 300);
    expect(watch.complaints()).toEqual([]);
  });

  it('are replaced by ours in one batch, once a request would be answered', async () => {
    const record = {
      Name: 'gale.standard.example.com.',
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value: 'elsewhere.example.net.' }],
    };
    await change('CREATE', record);
    await run.put('Tenant', 'hale', { tier: 'standard' });
    const arn = `${zone}/gale.standard.example.com/CNAME/`;
    await order('gale', [arn]);
    const since = run.aws.log.last;
    const replaced = () =>
      controllerWrites(run, since).some(
        (call) => call.operation === 'ChangeResourceRecordSets' && call.resources.join().includes('gale.standard'),
      );
    for (let second = 0; !replaced(); second += 1) {
      await watch.advance(1);
      if (second > 600) throw new Error(run.describe());
    }
    const { hands, targetGroup } = chainOf(run, 'gale');
    const { TargetHealthDescriptions = [] } = await run.clock.drive(
      hands.elb.describeTargetHealth({ TargetGroupArn: targetGroup }),
    );
    expect(TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State)).toContain('healthy');
    await watch.until('Ready', () => run.phase('gale') === 'Ready' && run.phase('hale') === 'Ready', undefined, 600);
    expect(run.route('gale.standard.example.com', '/').answers.every(({ tenant }) => tenant === 'gale')).toBe(true);
    // Never without the entry.
    await change('CREATE', {
      Name: 'hale.standard.example.com.',
      Type: 'A',
      SetIdentifier: 'x',
      Weight: 0,
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.7' }],
    });
    await watch.until('told', () => condition(run, 'hale', 'DnsReady') === 'False ForeignRecord', undefined, 150);
    await watch.advance(60);
    expect(condition(run, 'hale', 'DnsReady')).toBe('False ForeignRecord');
    expect(watch.complaints()).toEqual([]);
  });
});
