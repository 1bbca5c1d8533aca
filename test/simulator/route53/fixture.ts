import type {
  Change,
  ChangeResourceRecordSetsResponse,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { answerRoute } from '../../../src/simulator/route53/data-plane.ts';
import {
  account,
  createFixture,
  type Fixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeRule,
  region,
  ruleInput,
} from '../elbv2/fixture.ts';

export const zoneId = 'Z0000000000000000001';
export const here = { account, region };

/** A world with one zone, example.com, and calls that change it. */
export function createZone(options: Parameters<typeof createFixture>[0] = {}) {
  const fixture = createFixture({ latencyFactor: 0, ...options });
  fixture.world.route53.seedZone({ id: zoneId, name: 'example.com', account });
  const changeIn = (HostedZoneId: string, ...Changes: Change[]) =>
    fixture.dns<ChangeResourceRecordSetsResponse>('ChangeResourceRecordSets', {
      HostedZoneId,
      ChangeBatch: { Changes },
    });
  const change = (...changes: Change[]) => changeIn(zoneId, ...changes);
  return { fixture, change, changeIn };
}

export function list(fixture: Fixture, more: object = {}) {
  return fixture.dns<ListResourceRecordSetsResponse>('ListResourceRecordSets', { HostedZoneId: zoneId, ...more });
}

export function text(name: string, value = 'v', more: Partial<ResourceRecordSet> = {}): ResourceRecordSet {
  return { Name: name, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: `"${value}"` }], ...more };
}

export function record(
  Type: NonNullable<ResourceRecordSet['Type']>,
  Name: string,
  values: readonly string[],
  more: Partial<ResourceRecordSet> = {},
): ResourceRecordSet {
  return { Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })), ...more };
}

export function weighted(name: string, id: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet {
  return record('A', name, ['10.0.0.1'], { SetIdentifier: id, Weight: 1, ...more });
}

export const create = (set: ResourceRecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet: set });
export const upsert = (set: ResourceRecordSet): Change => ({ Action: 'UPSERT', ResourceRecordSet: set });
export const remove = (set: ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet: set });

const second = {
  loadBalancerArn: loadBalancerArn.replaceAll('shared-1', 'shared-2'),
  listenerArn: listenerArn.replaceAll('shared-1', 'shared-2'),
};
export const loadBalancers = [loadBalancerArn, second.loadBalancerArn] as const;

/** Two load balancers, each with a rule and a group for acme.example.com, and a zone without records for it yet. */
export function createRoutes(options: { latencyFactor?: number; secondIpAddressType?: 'ipv4' | 'dualstack' } = {}) {
  const { secondIpAddressType = 'ipv4', latencyFactor = 0 } = options;
  const { fixture, change: changeRecords, changeIn } = createZone({ latencyFactor });
  const { world, tasks } = fixture;
  const place = { vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] };
  world.elb.seedLoadBalancer({ arn: second.loadBalancerArn, ...place, ipAddressType: secondIpAddressType });
  world.elb.seedListener({ arn: second.listenerArn, loadBalancerArn: second.loadBalancerArn });
  const groups = [makeGroup(fixture, 'cw-1'), makeGroup(fixture, 'cw-2')] as const;
  const rules = [
    makeRule(fixture, ruleInput('acme.example.com', 1, groups[0])),
    makeRule(fixture, { ...ruleInput('acme.example.com', 1, groups[1]), ListenerArn: second.listenerArn }),
  ] as const;
  const start = (group: string, ip: string, answers = true) => {
    tasks.set(`vpc-1/${ip}`, { taskArn: `task-${ip}`, environment: { TENANT_ID: 'acme' } });
    world.elb.register(group, { ip, port: 8080 }, answers);
    world.advance(0);
  };
  const dnsNames = loadBalancers.map((arn) => {
    const output = fixture.elb<{ LoadBalancers: { DNSName: string }[] }>('DescribeLoadBalancers', {
      LoadBalancerArns: [arn],
    });
    return output.LoadBalancers[0]?.DNSName ?? '';
  });
  const aliasTo = (dnsName: string, evaluate = false): ResourceRecordSet['AliasTarget'] => ({
    HostedZoneId: 'Z35SXDOTRQ7X7K',
    DNSName: dnsName,
    EvaluateTargetHealth: evaluate,
  });
  /** A weighted alias of one of the two load balancers. */
  const alias = (n: 0 | 1, weight: number, more: Partial<ResourceRecordSet> & { evaluate?: boolean } = {}) => {
    const { evaluate = false, ...rest } = more;
    const AliasTarget = aliasTo(`dualstack.${dnsNames[n] ?? ''}`, evaluate);
    const base = { Name: 'acme.example.com', Type: 'A' as const, SetIdentifier: `set-${n}`, Weight: weight };
    return { ...base, AliasTarget, ...rest };
  };
  const change = (...changes: Change[]) => {
    changeRecords(...changes);
    world.advance(0);
  };
  const ask = (cached = false, host = 'acme.example.com') =>
    answerRoute(world, { host, path: '/', headers: {} }, cached).answers;
  /** The share of each of the two load balancers. */
  const shares = (host = 'acme.example.com') =>
    loadBalancers.map((arn) =>
      ask(false, host)
        .filter(({ loadBalancer }) => loadBalancer === arn)
        .reduce((sum, { share }) => sum + share, 0),
    );
  return { fixture, world, tasks, groups, rules, dnsNames, start, aliasTo, alias, change, changeIn, ask, shares };
}
