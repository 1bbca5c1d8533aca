import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { sweepConfig } from './healing.ts';
import { allReady, type Chain, chainOf, condition, controllerWrites, handsOf, settled, Watch } from './outside.ts';
import { accountOf, smallFleet } from './small-fleet.ts';

const tenants = { bolt: { tier: 'standard' }, crane: { tier: 'standard' }, dune: { tier: 'standard' } } as const;
let run: Installation;
let watch: Watch;
beforeAll(async () => {
  run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
  watch = new Watch(run, Object.keys(tenants));
});
afterAll(() => run.stop());

const mark = 'cellwright:placement';

interface Loss {
  readonly what: string;
  readonly arn: (chain: Chain) => string;
  /** Breaks a field too: it is not put right while the mark is gone. */
  readonly hurt: (chain: Chain) => Promise<unknown>;
}

const untagged: readonly Loss[] = [
  {
    what: 'service',
    arn: (chain) => chain.service,
    hurt: ({ hands, cluster, service }) =>
      hands.ecs.updateService({ cluster, service, healthCheckGracePeriodSeconds: 5 }),
  },
  {
    what: 'cluster',
    arn: (chain) => chain.cluster,
    hurt: ({ hands, cluster }) =>
      hands.ecs.updateCluster({ cluster, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
  },
  {
    what: 'target group',
    arn: (chain) => chain.targetGroup,
    hurt: ({ hands, targetGroup }) =>
      hands.elb.modifyTargetGroup({ TargetGroupArn: targetGroup, UnhealthyThresholdCount: 7 }),
  },
  {
    what: 'rule',
    arn: (chain) => chain.rule,
    hurt: ({ hands, rule: RuleArn }) =>
      hands.elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 45_000 }] }),
  },
  { what: 'task definition', arn: (chain) => chain.definition, hurt: () => Promise.resolve() },
];

async function retag(chain: Chain, arn: string, value: string | undefined): Promise<void> {
  const { ecs, elb } = chain.hands;
  if (arn.includes(':ecs:')) {
    if (value === undefined) await ecs.untagResource({ resourceArn: arn, tagKeys: [mark] });
    else await ecs.tagResource({ resourceArn: arn, tags: [{ key: mark, value }] });
    return;
  }
  if (value === undefined) await elb.removeTags({ ResourceArns: [arn], TagKeys: [mark] });
  else await elb.addTags({ ResourceArns: [arn], Tags: [{ Key: mark, Value: value }] });
}

describe('a resource that lost its mark', () => {
  it.each(untagged)('is held as it is, serving, and is ours again with its mark: $what', async ({ arn: of, hurt }) => {
    const chain = chainOf(run, 'bolt');
    const arn = of(chain);
    await run.clock.drive(retag(chain, arn, undefined).then(() => hurt(chain)));
    const since = run.aws.log.last;
    await watch.until('held', () => condition(run, 'bolt', 'Synced') === 'False OwnershipLost', undefined, 150);
    await watch.advance(60);
    expect(condition(run, 'bolt', 'Synced')).toBe('False OwnershipLost');
    expect(run.phase('bolt')).toBe('Degraded');
    expect(run.told.held.at(-1)).toMatchObject({ tenant: 'bolt' });
    expect(run.told.held.at(-1)?.message).toContain(`${arn} is in the inventory but lacks the tag ${mark}`);
    expect(controllerWrites(run, since)).toEqual([]);
    await run.clock.drive(retag(chain, arn, chain.placement.id));
    await watch.until('Ready again', () => allReady(run), undefined, 300);
    expect(of(chainOf(run, 'bolt'))).toBe(arn);
    expect(watch.complaints()).toEqual([]);
  });
});

describe('what was never ours', () => {
  it('is reported and left alone when a rule of it takes precedence', async () => {
    const chain = chainOf(run, 'crane');
    const { elb } = chain.hands;
    const listener = run.leader?.term?.view.spec('InfraGroup', chain.placement.infraGroup)?.listenerArn ?? '';
    const made = await run.clock.drive(
      elb.createRule({
        ListenerArn: listener,
        Priority: 7,
        Conditions: [{ Field: 'host-header', Values: ['CRANE.*.example.com'] }],
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      }),
    );
    const RuleArn = made.Rules?.[0]?.RuleArn ?? '';
    const since = run.aws.log.last;
    const others = watch.tenants.filter((tenant) => tenant !== 'crane');
    await watch.until('told', () => condition(run, 'crane', 'RuleReady') === 'False Shadowed', others, 150);
    await watch.advance(60, others);
    const strangers = () => {
      const reading = run.leader?.term?.book.groups.get(chain.placement.infraGroup);
      return reading?.ok === true ? reading.value.strangers.listener_rule : undefined;
    };
    expect(strangers()).toBe(1);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(Object.keys(tenants).filter((tenant) => !condition(run, tenant, 'Ready').startsWith('True'))).toEqual([
      'crane',
    ]);
    await run.clock.drive(elb.deleteRule({ RuleArn }));
    await watch.until('Ready again', () => allReady(run), others, 300);
    await watch.until('no longer counted', () => strangers() === 0, others, 100);
    expect(watch.complaints()).toEqual([]);
  });

  it('is reported and left alone when a record of it stands under the name of a tenant', async () => {
    const { dns } = handsOf(run, '999999999999');
    const HostedZoneId = 'Z0STANDARD00000000001';
    const record = {
      Name: 'dune.standard.example.com.',
      Type: 'A' as const,
      SetIdentifier: 'somebody',
      Weight: 0,
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.7' }],
    };
    const change = (Action: 'CREATE' | 'DELETE') =>
      run.clock.drive(
        dns.changeResourceRecordSets({
          HostedZoneId,
          ChangeBatch: { Changes: [{ Action, ResourceRecordSet: record }] },
        }),
      );
    await change('CREATE');
    const since = run.aws.log.last;
    await watch.until('told', () => condition(run, 'dune', 'DnsReady') === 'False ForeignRecord', undefined, 150);
    await watch.advance(60);
    expect(controllerWrites(run, since)).toEqual([]);
    await change('DELETE');
    await watch.until('Ready again', () => allReady(run), undefined, 300);
    expect(watch.complaints()).toEqual([]);
  });

  it('keeps a new tenant out of DNS while it holds the name, and nothing else', async () => {
    const { dns } = handsOf(run, '999999999999');
    const HostedZoneId = 'Z0STANDARD00000000001';
    const record = {
      Name: 'gale.standard.example.com.',
      Type: 'CNAME' as const,
      TTL: 60,
      ResourceRecords: [{ Value: 'elsewhere.example.net.' }],
    };
    const change = (Action: 'CREATE' | 'DELETE') =>
      run.clock.drive(
        dns.changeResourceRecordSets({
          HostedZoneId,
          ChangeBatch: { Changes: [{ Action, ResourceRecordSet: record }] },
        }),
      );
    await change('CREATE');
    await run.put('Tenant', 'gale', { tier: 'standard' });
    await watch.until('told', () => condition(run, 'gale', 'DnsReady') === 'False ForeignRecord', undefined, 600);
    await watch.until('healthy', () => condition(run, 'gale', 'TargetsHealthy').startsWith('True'));
    expect(run.phase('gale')).toBe('Provisioning');
    await watch.advance(80);
    await change('DELETE');
    await watch.until('Ready', () => run.phase('gale') === 'Ready', undefined, 400);
    expect(watch.complaints()).toEqual([]);
  });

  it('counts as use of others, and stays, when it is a target group in the same account', async () => {
    const chain = chainOf(run, 'bolt');
    const { elb } = chain.hands;
    const made = await run.clock.drive(
      elb.createTargetGroup({
        Name: 'somebody-else',
        Protocol: 'HTTP',
        Port: 80,
        TargetType: 'ip',
        VpcId: run.leader?.term?.view.spec('InfraGroup', chain.placement.infraGroup)?.vpcId,
      }),
    );
    const since = run.aws.log.last;
    await watch.advance(100);
    const reading = run.leader?.term?.book.cells.get(chain.placement.cell);
    expect(reading?.ok === true ? reading.value.foreign.targetGroups : undefined).toBe(1);
    expect(accountOf(chain.placement.infraGroup)).toBe(chain.account);
    expect(controllerWrites(run, since)).toEqual([]);
    const { TargetGroups } = await run.clock.drive(elb.describeTargetGroups({ Names: ['somebody-else'] }));
    expect(TargetGroups?.[0]?.TargetGroupArn).toBe(made.TargetGroups?.[0]?.TargetGroupArn);
  });
});
