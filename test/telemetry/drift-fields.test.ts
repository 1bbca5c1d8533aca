import { describe, expect, it } from 'vitest';
import type { PlacementInventory } from '../../src/model/resources.ts';
import { effectiveTenant } from '../../src/model/records/effective.ts';
import { specSchemas } from '../../src/model/records/kinds.ts';
import type { PlacementContext, Reconciler } from '../../src/reconcilers/contract.ts';
import { reconcilers } from '../../src/reconcilers/registry.ts';
import { driftFields, wholeFields } from '../../src/telemetry/drift-fields.ts';

const tier = specSchemas.Tier.parse({
  domain: 'std.example.net',
  zone: { id: 'Z0123456789' },
  service: {
    image: 'registry.example/app:1',
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

/** A live resource on which nothing is as it should be: every member that is asked for is there, and wrong. */
function allWrong(depth = 0): unknown {
  return new Proxy(
    {},
    {
      get: (_target, key) => (typeof key === 'string' && key !== 'toJSON' ? wrongMember(key, depth) : undefined),
      has: () => true,
    },
  );
}

const lists = /s$|Strategy$|^own$|^targets$|^tasks$/;
const notLists = /^(?:status|tags|attributes|dns)$|Seconds$|awsvpcConfiguration/;

function wrongMember(key: string, depth: number): unknown {
  if (key === 'status') return 'INACTIVE';
  if (key === 'own') return [{ type: 'A', raw: allWrong(depth + 1) }];
  if (key === 'tags') return {};
  if (key === 'attributes') return new Proxy({}, { get: () => 'wrong', has: () => true });
  if (key === 'targets') return [{ Target: { Id: '10.9.9.9', Port: 1 }, TargetHealth: { State: 'healthy' } }];
  if (key === 'tasks') return [];
  if (depth < 1 && (key === 'definition' || key === 'group' || key === 'rule')) return allWrong(depth + 1);
  if (lists.test(key) && !notLists.test(key)) return [];
  return undefined;
}

/** Fields that a reconciler reports when live is as wrong as can be. */
function fieldsOf(reconciler: Reconciler): readonly string[] {
  const desired = reconciler.desired(context);
  if (desired.state !== 'known') throw new Error(`${reconciler.kind} is ${desired.state}`);
  return reconciler.diff(desired.value, allWrong(), context).map((change) => change.field);
}

describe('fields of drift', () => {
  it.each(reconcilers.map((reconciler) => [reconciler.kind, reconciler] as const))(
    'that %s reports are all known beforehand',
    (kind, reconciler) => {
      const fields = fieldsOf(reconciler);
      expect(fields.length).toBeGreaterThan(1);
      const known = new Set([...driftFields[kind], ...wholeFields]);
      expect(fields.filter((field) => !known.has(field))).toEqual([]);
    },
  );
});
