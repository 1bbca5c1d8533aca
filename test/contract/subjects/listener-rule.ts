import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { marks, rulePriority } from '../../../src/model/names.ts';
import { group, reserved } from '../facts.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import type { Hands } from '../world.ts';

const priority = rulePriority(reserved.slot);
const host = { Field: 'host-header', HostHeaderConfig: { Values: ['acme.example.test'] } };
const refusal: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } };

function modified(change: object): (chain: Chain) => Promise<unknown> {
  return ({ hands, arn }) => hands.elb.modifyRule({ RuleArn: arn('listener_rule'), ...change });
}

function forwarded(config: object): (chain: Chain) => Promise<unknown> {
  return (chain) => {
    const TargetGroups = [{ TargetGroupArn: chain.arn('target_group'), Weight: 1 }];
    return modified({ Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups, ...config } }] })(chain);
  };
}

async function otherGroup({ hands }: Chain): Promise<string> {
  const settings = { Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: group.vpcId } as const;
  const { TargetGroups = [] } = await hands.elb.createTargetGroup({ Name: 'other', ...settings });
  return TargetGroups[0]?.TargetGroupArn ?? '';
}

const drifts: readonly Drift[] = [
  {
    what: 'another host',
    fields: ['Conditions'],
    hurt: modified({ Conditions: [{ Field: 'host-header', Values: ['other.example.test'] }] }),
  },
  {
    what: 'a second host',
    fields: ['Conditions'],
    hurt: modified({
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['acme.example.test', 'b.example.test'] } }],
    }),
  },
  {
    what: 'a condition more',
    fields: ['Conditions'],
    hurt: modified({ Conditions: [host, { Field: 'path-pattern', PathPatternConfig: { Values: ['/only'] } }] }),
  },
  {
    what: 'a condition on the source more',
    fields: ['Conditions'],
    hurt: modified({ Conditions: [host, { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }] }),
  },
  {
    what: 'a condition on the query more',
    fields: ['Conditions'],
    hurt: modified({
      Conditions: [host, { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a', Value: 'b' }] } }],
    }),
  },
  {
    what: 'the host as a regular expression',
    fields: ['Conditions'],
    hurt: modified({ Conditions: [{ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^acme'] } }] }),
  },
  { what: 'answering by itself', fields: ['Actions'], hurt: modified({ Actions: [refusal] }) },
  {
    what: 'sharing its requests with another group',
    fields: ['Actions'],
    hurt: async (chain) => {
      const TargetGroups = [
        { TargetGroupArn: chain.arn('target_group'), Weight: 1 },
        { TargetGroupArn: await otherGroup(chain), Weight: 1 },
      ];
      await forwarded({ TargetGroups })(chain);
    },
    undo: async (chain) => chain.hands.elb.deleteTargetGroup({ TargetGroupArn: await otherGroup(chain) }),
  },
  {
    what: 'sticky',
    fields: ['Actions'],
    hurt: forwarded({ TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } }),
  },
  {
    what: 'forwarding with weight 0',
    fields: ['Actions'],
    hurt: (chain) => forwarded({ TargetGroups: [{ TargetGroupArn: chain.arn('target_group'), Weight: 0 }] })(chain),
  },
  {
    what: 'asking for a login first',
    fields: ['Actions'],
    hurt: (chain) =>
      modified({
        Actions: [
          {
            Type: 'authenticate-oidc',
            Order: 1,
            AuthenticateOidcConfig: {
              Issuer: 'https://login.example.test',
              AuthorizationEndpoint: 'https://login.example.test/a',
              TokenEndpoint: 'https://login.example.test/t',
              UserInfoEndpoint: 'https://login.example.test/u',
              ClientId: 'id',
              ClientSecret: 'secret',
            },
          },
          { Type: 'forward', Order: 2, TargetGroupArn: chain.arn('target_group') },
        ],
      })(chain),
  },
  {
    what: 'rewriting paths',
    fields: ['Transforms'],
    hurt: modified({
      Transforms: [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/a', Replace: '/b' }] } }],
    }),
  },
  {
    what: 'moved to another priority',
    fields: ['RulePriorities'],
    hurt: ({ hands, arn }) =>
      hands.elb.setRulePriorities({ RulePriorities: [{ RuleArn: arn('listener_rule'), Priority: 40_000 }] }),
  },
  {
    what: 'said to be of another tenant',
    fields: ['Tags'],
    hurt: ({ hands, arn }) =>
      hands.elb.addTags({ ResourceArns: [arn('listener_rule')], Tags: [{ Key: marks.tenant, Value: 'other' }] }),
  },
  {
    what: 'without the tag of its infra group',
    fields: ['Tags'],
    hurt: ({ hands, arn }) =>
      hands.elb.removeTags({ ResourceArns: [arn('listener_rule')], TagKeys: [marks.infraGroup] }),
  },
];

async function look({ elb }: Hands): Promise<unknown> {
  const { Rules = [] } = await elb.describeRules({ ListenerArn: group.listenerArn });
  const rule = Rules.find(({ Priority }) => Priority === String(priority));
  const { TagDescriptions } = await elb.describeTags({ ResourceArns: [rule?.RuleArn ?? ''] });
  return { rule, TagDescriptions };
}

const strangers: readonly Stranger[] = [
  {
    what: 'at the priority of our slot',
    outcome: 'held',
    plant: ({ hands }) =>
      hands.elb.createRule({
        ListenerArn: group.listenerArn,
        Priority: priority,
        Conditions: [host],
        Actions: [refusal],
        Tags: [{ Key: marks.installation, Value: 'zyxwvutsrq' }],
      }),
    look,
  },
];

export const listenerRuleSubject: Subject = {
  kind: 'listener_rule',
  drifts,
  strangers,
  unmark: ({ hands, arn }) =>
    hands.elb.removeTags({ ResourceArns: [arn('listener_rule')], TagKeys: [marks.placement] }),
  vanish: ({ hands, arn }) => hands.elb.deleteRule({ RuleArn: arn('listener_rule') }),
  change: { routing: { scope: 'tenant', by: 'path', host: 'acme.example.test', pathPrefix: '/acme' } },
  elsewhere: {},
};
