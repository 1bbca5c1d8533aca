import { describe, expect, it } from 'vitest';
import { effectiveTenant } from '../../src/model/records/effective.ts';
import { specSchemas } from '../../src/model/records/kinds.ts';
import type { PlacementInventory, ResourceKind } from '../../src/model/resources.ts';
import type { EndpointContext, PlacementContext } from '../../src/reconcilers/contract.ts';
import { endpointReconciler, reconcilers } from '../../src/reconcilers/registry.ts';
import { driftFields, resourceLabel, resourceLabels } from '../../src/telemetry/drift-fields.ts';

const tier = specSchemas.Tier.parse({
  domain: 'std.example.net',
  zone: { id: 'Z0123456789' },
  service: {
    image: 'registry.example/app:1',
    scaling: { mode: 'target-tracking', max: 3, metric: 'cpu', target: 60 },
    taskRoleName: 'task',
    executionRoleName: 'execution',
    logGroup: '/apps',
    environment: { A: '1' },
  },
});
const merged = effectiveTenant(specSchemas.Tenant.parse({ tier: 'standard' }), 'acme', tier, 'standard');
if (!merged.ok) throw new Error(JSON.stringify(merged.problems));

const arn = (kind: string) => ({
  [kind]: { kind, n: 1, name: kind, arn: `arn:aws:x:eu-west-1:111122223333:${kind}/1` },
});
const group = {
  name: 'g1',
  vpcId: 'vpc-1',
  subnetIds: ['subnet-1'],
  taskSecurityGroupIds: ['sg-1'],
  loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/1',
  listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/a/1/2',
  dnsName: 'a.eu-west-1.elb.amazonaws.com',
  canonicalHostedZoneId: 'Z32O12XQLNTSW2',
  dualstack: false,
};
const placement: PlacementInventory = {
  id: 'k3j5h2m9qabc',
  tier: 'standard',
  cell: 'c1',
  infraGroup: 'g1',
  slot: 1,
  phase: 'serving',
  demand: { group: {}, cell: {}, zone: {} },
  why: '',
  reservedAt: '2026-01-01T00:00:00Z',
  resources: Object.assign(
    {},
    ...['cluster', 'task_definition', 'target_group', 'listener_rule', 'service'].map(arn),
  ) as PlacementInventory['resources'],
  retired: [],
};
const context: PlacementContext = {
  installation: 'abcdefghij',
  tenant: 'acme',
  effective: merged.effective,
  placement,
  cell: { name: 'c1', accountId: '111122223333', region: 'eu-west-1', weight: 100 },
  group,
  tasks: 2,
  dns: { want: 'publish', host: 'acme.std.example.net', setIdentifier: 'x', weight: 100, group },
};

const wrong = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, 'wrong']));
const attribute = (field: string) => field.includes('.');

/** Live resources on which every member that may be written is not as it should be. */
const live: Readonly<Record<ResourceKind, unknown>> = {
  task_definition: {
    definition: { ...wrong(driftFields.task_definition), containerDefinitions: [], status: 'INACTIVE' },
    tags: {},
  },
  cluster: {
    settings: [{ name: 'containerInsights', value: 'enabled' }],
    configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    serviceConnectDefaults: { namespace: 'x' },
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
    tags: [],
  },
  target_group: {
    group: { ...wrong(driftFields.target_group), Matcher: { HttpCode: '500' } },
    attributes: wrong(driftFields.target_group.filter(attribute)),
    tags: {},
    targets: [{ Target: { Id: '10.9.9.9', Port: 1 }, TargetHealth: { State: 'healthy' } }],
    tasks: [],
  },
  listener_rule: {
    rule: { Conditions: [], Actions: [], Transforms: [{ Type: 'url-rewrite' }], Priority: '9' },
    tags: {},
    before: [],
  },
  service: {
    ...wrong(driftFields.service),
    desiredCount: 99,
    networkConfiguration: {},
    loadBalancers: [],
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
    deployments: [
      {
        status: 'PRIMARY',
        serviceConnectConfiguration: { enabled: true },
        volumeConfigurations: [{ name: 'x' }],
        vpcLatticeConfigurations: [{ roleArn: 'x' }],
      },
    ],
    tags: [],
  },
  scaling: {
    target: { MinCapacity: 7, MaxCapacity: 7, SuspendedState: { DynamicScalingInSuspended: true } },
    policies: [{ PolicyName: 'other', PolicyType: 'TargetTrackingScaling' }],
    tags: {},
  },
  dns_record: {
    own: [{ type: 'A', raw: { ...wrong(driftFields.dns_record), AliasTarget: { DNSName: 'x' } } }],
    foreign: [],
  },
  endpoint: {
    endpoint: {
      ...wrong(driftFields.endpoint),
      SubnetIds: ['subnet-9'],
      Groups: [{ GroupId: 'sg-9' }],
      PrivateDnsEnabled: false,
      PolicyDocument: '{}',
      DnsOptions: { DnsRecordIpType: 'ipv6' },
    },
    state: 'available',
    tags: {},
    privateName: { can: 'now', name: 'api.example.net' },
  },
};
const endpointContext: EndpointContext = {
  installation: 'abcdefghij',
  infraGroup: 'g1',
  network: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
  dependency: { name: 'api', serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0', privateDns: true },
  retired: [],
};

describe('fields of drift', () => {
  const counted = resourceLabels.filter((label) => label !== 'endpoint');
  it.each(counted)('of %s are just those that its reconcilers report', (label) => {
    const reported = reconcilers
      .filter(({ kind }) => resourceLabel(kind) === label)
      .flatMap((reconciler) => {
        const desired = reconciler.desired(context);
        if (desired.state !== 'known') throw new Error(`${reconciler.kind} is ${desired.state}`);
        return reconciler.diff(desired.value, live[reconciler.kind], context).map((change) => change.field);
      });
    expect([...new Set(reported)].sort()).toEqual([...driftFields[label]].sort());
  });

  it('of endpoint are just those that its reconciler reports', () => {
    const desired = endpointReconciler.desired(endpointContext);
    if (desired.state !== 'known') throw new Error(`endpoint is ${desired.state}`);
    const reported = endpointReconciler.diff(desired.value, live.endpoint, endpointContext);
    expect([...new Set(reported.map(({ field }) => field))].sort()).toEqual([...driftFields.endpoint].sort());
  });
});
