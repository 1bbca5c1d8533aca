import type {
  Action,
  ModifyRuleCommandInput,
  ModifyTargetGroupCommandInput,
  Rule,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { type Damage, seeHealed, sweepConfig } from './healing.ts';
import { type Chain, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

async function group({ hands, targetGroup }: Chain): Promise<TargetGroup | undefined> {
  const { TargetGroups = [] } = await hands.elb.describeTargetGroups({ TargetGroupArns: [targetGroup] });
  return TargetGroups[0];
}

async function rule({ hands, rule: arn }: Chain): Promise<Rule | undefined> {
  const { Rules = [] } = await hands.elb.describeRules({ RuleArns: [arn] });
  return Rules[0];
}

async function attributes({ hands, targetGroup }: Chain): Promise<Record<string, string>> {
  const answer = await hands.elb.describeTargetGroupAttributes({ TargetGroupArn: targetGroup });
  return Object.fromEntries((answer.Attributes ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

async function targets({ hands, targetGroup }: Chain): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await hands.elb.describeTargetHealth({ TargetGroupArn: targetGroup });
  const standing = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State !== 'draining');
  return standing.map(({ Target }) => `${Target?.Id}:${Target?.Port}`).sort();
}

async function tags({ hands }: Chain, arn: string): Promise<string[]> {
  const { TagDescriptions = [] } = await hands.elb.describeTags({ ResourceArns: [arn] });
  return (TagDescriptions[0]?.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`);
}

const onGroup = { tenant: 'bolt', kind: 'target_group', whole: true } as const;
const onRule = { tenant: 'crane', kind: 'listener_rule', whole: false } as const;

function groupChanged(change: Partial<ModifyTargetGroupCommandInput>): Damage['hurt'] {
  return ({ hands, targetGroup }) => hands.elb.modifyTargetGroup({ TargetGroupArn: targetGroup, ...change });
}

function healthField(field: keyof ModifyTargetGroupCommandInput, wrong: string | number, good: unknown): Damage {
  return {
    ...onGroup,
    what: `given another ${field}`,
    fields: [field],
    hurt: groupChanged({ [field]: wrong }),
    right: async (chain) => expect(await group(chain)).toMatchObject({ [field]: good }),
  };
}

function attribute(Key: string, Value: string, good: string): Damage {
  return {
    ...onGroup,
    what: `given another ${Key}`,
    fields: [Key],
    hurt: ({ hands, targetGroup }) =>
      hands.elb.modifyTargetGroupAttributes({ TargetGroupArn: targetGroup, Attributes: [{ Key, Value }] }),
    right: async (chain) => expect(await attributes(chain)).toMatchObject({ [Key]: good }),
  };
}

const groupDamages: readonly Damage[] = [
  healthField('HealthCheckPath', '/other', '/healthz'),
  healthField('HealthCheckIntervalSeconds', 30, 10),
  healthField('HealthCheckTimeoutSeconds', 5, 3),
  healthField('HealthyThresholdCount', 9, 5),
  healthField('UnhealthyThresholdCount', 9, 2),
  healthField('HealthCheckPort', '8081', 'traffic-port'),
  healthField('HealthCheckProtocol', 'HTTPS', 'HTTP'),
  {
    ...onGroup,
    what: 'given another matcher',
    fields: ['Matcher'],
    hurt: groupChanged({ Matcher: { HttpCode: '200-404' } }),
    right: async (chain) => expect(await group(chain)).toMatchObject({ Matcher: { HttpCode: '200' } }),
  },
  attribute('deregistration_delay.timeout_seconds', '300', '20'),
  attribute('slow_start.duration_seconds', '120', '0'),
  attribute('load_balancing.algorithm.type', 'least_outstanding_requests', 'round_robin'),
  attribute('load_balancing.cross_zone.enabled', 'true', 'use_load_balancer_configuration'),
  {
    ...onGroup,
    what: 'made sticky',
    fields: ['stickiness.enabled', 'stickiness.lb_cookie.duration_seconds'],
    hurt: ({ hands, targetGroup }) =>
      hands.elb.modifyTargetGroupAttributes({
        TargetGroupArn: targetGroup,
        Attributes: [
          { Key: 'stickiness.enabled', Value: 'true' },
          { Key: 'stickiness.lb_cookie.duration_seconds', Value: '60' },
        ],
      }),
    right: async (chain) =>
      expect(await attributes(chain)).toMatchObject({
        'stickiness.enabled': 'false',
        'stickiness.lb_cookie.duration_seconds': '86400',
      }),
  },
  {
    ...onGroup,
    what: 'given a target that is no task of ours',
    fields: ['Targets'],
    hurt: ({ hands, targetGroup }) =>
      hands.elb.registerTargets({ TargetGroupArn: targetGroup, Targets: [{ Id: '10.0.0.250', Port: 8080 }] }),
    right: async (chain) => {
      const found = await targets(chain);
      expect(found).toHaveLength(2);
      expect(found).not.toContain('10.0.0.250:8080');
    },
  },
  {
    ...onGroup,
    what: 'robbed of the target of a running task',
    fields: ['Targets'],
    hurt: async (chain) => {
      const [Id = '', Port = ''] = (await targets(chain))[0]?.split(':') ?? [];
      const Targets = [{ Id, Port: Number(Port) }];
      await chain.hands.elb.deregisterTargets({ TargetGroupArn: chain.targetGroup, Targets });
    },
    right: async (chain) => expect(await targets(chain)).toHaveLength(2),
  },
  {
    ...onGroup,
    what: 'robbed of tags that are not the mark, and given one of theirs',
    fields: ['Tags'],
    hurt: async ({ hands, targetGroup }) => {
      await hands.elb.removeTags({ ResourceArns: [targetGroup], TagKeys: ['cellwright:tenant'] });
      await hands.elb.addTags({ ResourceArns: [targetGroup], Tags: [{ Key: 'cost-centre', Value: '42' }] });
    },
    right: async (chain) =>
      expect(await tags(chain, chain.targetGroup)).toEqual(
        expect.arrayContaining(['cellwright:tenant=bolt', 'cost-centre=42']),
      ),
  },
  {
    ...onGroup,
    what: 'deleted, its rule first',
    fields: ['_missing'],
    whole: false,
    hurt: async ({ hands, targetGroup, rule }) => {
      const ListenerArn = rule.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');
      for (let tries = 0; tries < 20; tries += 1) {
        // The controller may put the rule back in between: it goes as often as that happens.
        const { Rules = [] } = await hands.elb.describeRules({ ListenerArn });
        const leading = Rules.filter(({ Actions }) => JSON.stringify(Actions).includes(targetGroup));
        for (const { RuleArn } of leading) await hands.elb.deleteRule({ RuleArn });
        try {
          await hands.elb.deleteTargetGroup({ TargetGroupArn: targetGroup });
          return;
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
        }
        await run.clock.sleep(1_000);
      }
      throw new Error(`${targetGroup} could not be deleted`);
    },
    right: wired,
  },
];

/** The rule leads to the group, the service fills it, and its targets pass. */
async function wired(chain: Chain, before: Chain): Promise<void> {
  expect(chain.targetGroup).not.toBe(before.targetGroup);
  const { hands, cluster, service } = chain;
  const { services = [] } = await hands.ecs.describeServices({ cluster, services: [service] });
  expect(services[0]?.loadBalancers?.map((one) => one.targetGroupArn)).toEqual([chain.targetGroup]);
  expect((await rule(chain))?.Actions?.map((action) => action.TargetGroupArn)).toEqual([chain.targetGroup]);
}

function ruleChanged(change: Partial<ModifyRuleCommandInput>): Damage['hurt'] {
  return ({ hands, rule: RuleArn }) => hands.elb.modifyRule({ RuleArn, ...change });
}

const closed: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } };
const hosts = async (chain: Chain): Promise<unknown> =>
  (await rule(chain))?.Conditions?.map((condition) => condition.HostHeaderConfig?.Values);

const ruleDamages: readonly Damage[] = [
  {
    ...onRule,
    what: 'given another host',
    fields: ['Conditions'],
    hurt: ruleChanged({ Conditions: [{ Field: 'host-header', Values: ['other.example.com'] }] }),
    right: async (chain) => expect(await hosts(chain)).toEqual([['crane.standard.example.com']]),
  },
  {
    ...onRule,
    what: 'closed with a fixed answer',
    fields: ['Actions'],
    hurt: ruleChanged({ Actions: [closed] }),
    right: async (chain) =>
      expect((await rule(chain))?.Actions?.map((action) => action.TargetGroupArn)).toEqual([chain.targetGroup]),
  },
  {
    ...onRule,
    what: 'moved to another priority',
    whole: true,
    fields: ['RulePriorities'],
    hurt: ({ hands, rule: RuleArn }) =>
      hands.elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 40_000 }] }),
    right: async (chain) => expect((await rule(chain))?.Priority).toBe(String(1_000 + 2 * chain.placement.slot)),
  },
  {
    ...onRule,
    what: 'robbed of tags that are not the mark',
    whole: true,
    fields: ['Tags'],
    hurt: ({ hands, rule: arn }) =>
      hands.elb.removeTags({ ResourceArns: [arn], TagKeys: ['cellwright:tenant', 'cellwright:infra-group'] }),
    right: async (chain) => expect(await tags(chain, chain.rule)).toContain('cellwright:tenant=crane'),
  },
  {
    ...onRule,
    what: 'deleted',
    fields: ['_missing'],
    hurt: ({ hands, rule: RuleArn }) => hands.elb.deleteRule({ RuleArn }),
    right: async (chain, before) => {
      expect(chain.rule).not.toBe(before.rule);
      expect(await hosts(chain)).toEqual([['crane.standard.example.com']]);
    },
  },
  {
    ...onRule,
    tenant: 'echo',
    what: 'deleted, behind a shared name',
    fields: ['_missing'],
    hurt: ({ hands, rule: RuleArn }) => hands.elb.deleteRule({ RuleArn }),
    right: async (chain, before) => {
      expect(chain.rule).not.toBe(before.rule);
      const paths = (await rule(chain))?.Conditions?.flatMap((one) => one.PathPatternConfig?.Values ?? []);
      expect(paths).toEqual(['/echo', '/echo/*']);
    },
  },
  {
    ...onRule,
    tenant: 'fern',
    what: 'widened to the paths of all, behind a shared name',
    fields: ['Conditions'],
    whole: true,
    hurt: ruleChanged({ Conditions: [{ Field: 'path-pattern', Values: ['/fern*'] }] }),
    right: async (chain) => {
      const paths = (await rule(chain))?.Conditions?.flatMap((one) => one.PathPatternConfig?.Values ?? []);
      expect(paths).toEqual(['/fern', '/fern/*']);
    },
  },
];

const tenants = {
  bolt: { tier: 'standard' },
  crane: { tier: 'standard' },
  echo: { tier: 'shared' },
  fern: { tier: 'shared' },
} as const;
let run: Installation;
let watch: Watch;
beforeAll(async () => {
  run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
  watch = new Watch(run, Object.keys(tenants));
});
afterAll(() => run.stop());

describe('a target group that somebody', () => {
  it.each(groupDamages)('has $what', async (damage) => {
    await seeHealed(run, watch, damage);
  });
});

describe('a rule that somebody', () => {
  it.each(ruleDamages)('has $what', async (damage) => {
    await seeHealed(run, watch, damage);
  });
});
