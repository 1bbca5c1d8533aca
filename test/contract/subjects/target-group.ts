import { marks, targetGroupName } from '../../../src/model/names.ts';
import { desiredTargetGroup } from '../../../src/reconcilers/target-group/desired.ts';
import { group, installation, reserved } from '../facts.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import { contextOf, type Hands } from '../world.ts';

const name = targetGroupName(installation, reserved.id, 1);

/** Each member of ModifyTargetGroup, with another value. HealthCheckEnabled cannot be false for targets of type ip. */
const otherHealth = {
  HealthCheckProtocol: 'HTTPS',
  HealthCheckPort: '9000',
  HealthCheckPath: '/other',
  HealthCheckIntervalSeconds: 40,
  HealthCheckTimeoutSeconds: 4,
  HealthyThresholdCount: 7,
  UnhealthyThresholdCount: 8,
  Matcher: { HttpCode: '200-499' },
} as const;

/** Each attribute, with another value. */
const otherAttributes: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'true',
  'stickiness.type': 'app_cookie',
  'stickiness.lb_cookie.duration_seconds': '60',
  'stickiness.app_cookie.cookie_name': 'session',
  'stickiness.app_cookie.duration_seconds': '60',
  'slow_start.duration_seconds': '30',
  'load_balancing.algorithm.type': 'weighted_random',
  'load_balancing.algorithm.anomaly_mitigation': 'on',
  'load_balancing.cross_zone.enabled': 'false',
  'target_group_health.dns_failover.minimum_healthy_targets.count': 'off',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': '50',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '2',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': '50',
};

/** What AWS takes some of them only with. */
const companions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'load_balancing.algorithm.anomaly_mitigation': { 'load_balancing.algorithm.type': 'weighted_random' },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    'target_group_health.dns_failover.minimum_healthy_targets.count': '2',
  },
};

async function targets({ hands, arn }: Chain): Promise<{ Id: string; Port: number }[]> {
  const answer = await hands.elb.describeTargetHealth({ TargetGroupArn: arn('target_group') });
  return (answer.TargetHealthDescriptions ?? [])
    .filter(({ TargetHealth }) => TargetHealth?.State === 'healthy')
    .map(({ Target }) => ({ Id: Target?.Id ?? '', Port: Target?.Port ?? 0 }));
}

const drifts: readonly Drift[] = [
  ...Object.entries(otherHealth).map(([field, value]) => ({
    what: `${field} changed`,
    fields: [field],
    hurt: ({ hands, arn }: Chain) =>
      hands.elb.modifyTargetGroup({ TargetGroupArn: arn('target_group'), [field]: value }),
  })),
  {
    what: 'all of its health check changed at once',
    fields: Object.keys(otherHealth),
    hurt: ({ hands, arn }) => hands.elb.modifyTargetGroup({ TargetGroupArn: arn('target_group'), ...otherHealth }),
  },
  ...Object.entries(otherAttributes).map(([Key, Value]) => ({
    what: `attribute ${Key} changed`,
    fields: [Key, ...Object.keys(companions[Key] ?? {})],
    hurt: ({ hands, arn }: Chain) =>
      hands.elb.modifyTargetGroupAttributes({
        TargetGroupArn: arn('target_group'),
        Attributes: Object.entries({ [Key]: Value, ...companions[Key] }).map(([Key, Value]) => ({ Key, Value })),
      }),
  })),
  {
    what: 'given a target that ECS did not register',
    fields: ['Targets'],
    hurt: ({ hands, arn }) =>
      hands.elb.registerTargets({ TargetGroupArn: arn('target_group'), Targets: [{ Id: '10.0.0.200', Port: 8080 }] }),
  },
  {
    what: 'given another port of a task of ours',
    fields: ['Targets'],
    hurt: async (chain) => {
      const [target] = await targets(chain);
      const Targets = [{ Id: target?.Id, Port: 22 }];
      await chain.hands.elb.registerTargets({ TargetGroupArn: chain.arn('target_group'), Targets });
    },
  },
  {
    what: 'without the target of a task of ours',
    fields: ['Targets'],
    slow: true,
    hurt: async (chain) => {
      const Targets = (await targets(chain)).slice(0, 1);
      await chain.hands.elb.deregisterTargets({ TargetGroupArn: chain.arn('target_group'), Targets });
    },
  },
  {
    what: 'said to be of another tenant',
    fields: ['Tags'],
    hurt: ({ hands, arn }) =>
      hands.elb.addTags({ ResourceArns: [arn('target_group')], Tags: [{ Key: marks.tenant, Value: 'other' }] }),
  },
  {
    what: 'without the tag of its infra group',
    fields: ['Tags'],
    hurt: ({ hands, arn }) =>
      hands.elb.removeTags({ ResourceArns: [arn('target_group')], TagKeys: [marks.infraGroup] }),
  },
];

async function look({ elb }: Hands): Promise<unknown> {
  const { TargetGroups = [] } = await elb.describeTargetGroups({ Names: [name] });
  const arn = TargetGroups[0]?.TargetGroupArn ?? '';
  const { Attributes } = await elb.describeTargetGroupAttributes({ TargetGroupArn: arn });
  const { TargetHealthDescriptions } = await elb.describeTargetHealth({ TargetGroupArn: arn });
  const { TagDescriptions } = await elb.describeTags({ ResourceArns: [arn] });
  return { TargetGroups, Attributes, TargetHealthDescriptions, TagDescriptions };
}

function wanted() {
  const desired = desiredTargetGroup(contextOf());
  if (desired.state !== 'known') throw new Error('the desired target group is known without anything else');
  return desired.value;
}

const strangers: readonly Stranger[] = [
  {
    what: 'with just our settings, which CreateTargetGroup answers with',
    outcome: 'passes',
    plant: ({ hands }) => hands.elb.createTargetGroup({ Name: name, ...wanted().fixed, ...wanted().health }),
    look,
  },
  {
    what: 'with other settings',
    outcome: 'passes',
    plant: ({ hands }) =>
      hands.elb.createTargetGroup({
        Name: name,
        Protocol: 'HTTP',
        Port: 8080,
        TargetType: 'ip',
        VpcId: group.vpcId,
        Tags: [{ Key: marks.installation, Value: 'zyxwvutsrq' }],
      }),
    look,
  },
];

export const targetGroupSubject: Subject = {
  kind: 'target_group',
  drifts,
  strangers,
  unmark: ({ hands, arn }) =>
    hands.elb.removeTags({ ResourceArns: [arn('target_group')], TagKeys: [marks.installation] }),
  vanish: async ({ hands, arn }) => {
    await hands.elb.deleteRule({ RuleArn: arn('listener_rule') });
    await hands.elb.deleteTargetGroup({ TargetGroupArn: arn('target_group') });
  },
  change: {
    service: { drainSeconds: 99, healthCheck: { ...contextOf().effective.service.healthCheck, path: '/new' } },
  },
  elsewhere: {},
};
