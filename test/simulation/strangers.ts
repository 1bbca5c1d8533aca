import type { Strangers } from './invariants/hands-off.ts';
import type { SimulatedInstallation } from './world.ts';

/** What strangers take of each capacity item's dimensions. */
export const foreignUse: Readonly<Record<string, Record<string, number>>> = {
  'InfraGroup/solo-a1': { targetGroups: 1, rules: 1 },
  'Cell/solo-a': { targetGroups: 1, clusters: 2 },
};

const account = '111111111111';

/** Puts into the world what is not ours: near names, our tag keys with other values, a rule on a priority of ours, records beside the tenants' own. */
export function seedStrangers(run: SimulatedInstallation): Strangers {
  const tags = { 'cellwright:installation': 'otherinsta', 'cellwright:placement': 'abcdefghijkl' };
  const ecsTags = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const elbTags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  for (const clusterName of ['ann', 'otherinsta--solo--solo-a--solo-a1--ann--abcdefghijkl'])
    run.call(account, 'ecs', 'CreateCluster', { clusterName, tags: ecsTags });
  const { truth } = run.aws;
  const listener = [...truth.elb.listeners.values()].find((one) => one.loadBalancer.name === 'solo-a1');
  if (listener === undefined) throw new Error('solo-a1 has no listener');
  const made = run.call(account, 'elbv2', 'CreateTargetGroup', {
    Name: 'cw-aaaaaaaaaaaaaaaaaaaaaaaaaa',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: listener.loadBalancer.description.VpcId,
    TargetType: 'ip',
    Tags: elbTags,
  }) as { TargetGroups: { TargetGroupArn: string }[] };
  const TargetGroupArn = made.TargetGroups[0]?.TargetGroupArn ?? '';
  run.call(account, 'elbv2', 'CreateRule', {
    ListenerArn: listener.arn,
    Priority: 1004,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['elsewhere.example.org'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn }],
    Tags: elbTags,
  });
  seedRecords(run);
  return watched(run, TargetGroupArn);
}

function seedRecords(run: SimulatedInstallation): void {
  const weighted = (id: string) => ({ SetIdentifier: id, Weight: 1 });
  const set = (Name: string, more: object) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }], ...more },
  });
  run.call('999999999999', 'route53', 'ChangeResourceRecordSets', {
    HostedZoneId: 'Z0SOLO0000000000000',
    ChangeBatch: {
      Changes: [
        set('www.solo.example.com', {}),
        set('anna.solo.example.com', weighted('cellwright/otherinsta/solo-a1/abcdefghijkl')),
        set('ann.ann.solo.example.com', weighted('cellwright')),
      ],
    },
  });
}

function watched(run: SimulatedInstallation, targetGroup: string): Strangers {
  const { ecs, elb, dns } = run.aws.truth;
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, one: unknown) =>
      one instanceof Map ? [...(one as ReadonlyMap<string, unknown>)] : one,
    );
  const cluster = (name: string) => () => {
    const found = ecs.regions.get(`${account}/us-east-1`)?.clusters.get(name);
    return text([found?.status, found?.settings, found?.tags, found?.services.size]);
  };
  const record = (name: string) => () => text(dns.zones.get('Z0SOLO0000000000000')?.records.group(`${name}.`, 'A'));
  return new Map([
    ['cluster ann', cluster('ann')],
    ['the cluster of another installation', cluster('otherinsta--solo--solo-a--solo-a1--ann--abcdefghijkl')],
    [
      'the target group of another installation',
      () => {
        const group = elb.targetGroups.get(targetGroup);
        return text([group?.description, group?.tags, group?.attributes, group?.targets.size]);
      },
    ],
    [
      'the rule of another installation',
      () => {
        const rule = [...elb.rules.values()].find((one) => one.tags.get('cellwright:installation') === 'otherinsta');
        return text([rule?.priority, rule?.conditions, rule?.actions, rule?.tags]);
      },
    ],
    ...['www', 'anna', 'ann.ann'].map(
      (name) => [`record ${name}`, record(`${name}.solo.example.com`)] as [string, () => string],
    ),
  ]);
}
