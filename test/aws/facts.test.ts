import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCellFacts } from '../../src/aws/cell-facts.ts';
import { readInfraGroup } from '../../src/aws/infra.ts';
import { readCellQuotas } from '../../src/aws/quotas.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { account, listenerArn, loadBalancerArn, region, type Simulated, simulated, vpcId } from './simulated.ts';

let sim: Simulated;
beforeEach(async () => {
  sim = await simulated();
});
const denyAll = (service: string, operation?: string): void => {
  sim.world.faults = {
    before: (call) =>
      call.service === service && (operation === undefined || call.operation === operation)
        ? { kind: 'error', error: new AwsError('AccessDeniedException', 'not authorized', { status: 400 }) }
        : undefined,
  };
};

describe('quotas of a cell', () => {
  it('are read as applied, and once an hour', async () => {
    sim.world.quotas.set({ account, region }, 'fargateVcpu', 4_000);
    const quotas = await sim.finish(readCellQuotas(sim.cell));
    expect(quotas.fargateVcpu).toEqual({ value: 4_000 });
    expect(quotas.rulesPerLoadBalancer).toEqual({ value: 100 });
    sim.world.quotas.set({ account, region }, 'fargateVcpu', 5_000);
    const since = sim.world.log.last;
    await sim.clock.advance(50 * 60_000);
    expect((await sim.finish(readCellQuotas(sim.cell))).fargateVcpu).toEqual({ value: 4_000 });
    expect(sim.calls('service-quotas', since)).toEqual([]);
    await sim.clock.advance(11 * 60_000);
    expect((await sim.finish(readCellQuotas(sim.cell))).fargateVcpu).toEqual({ value: 5_000 });
  });

  it('of load balancing are read where the load balancer itself tells them, if Service Quotas may not be asked', async () => {
    denyAll('service-quotas');
    sim.world.quotas.set({ account, region }, 'rulesPerLoadBalancer', 150);
    const since = sim.world.log.last;
    const quotas = await sim.finish(readCellQuotas(sim.cell));
    expect(quotas.rulesPerLoadBalancer).toEqual({ value: 150 });
    expect(quotas.targetGroupsPerRegion).toEqual({ value: 3_000 });
    expect(quotas.fargateVcpu).toEqual({ unreadable: expect.stringContaining('getServiceQuota') as string });
    expect(sim.calls('elbv2', since)).toEqual(['DescribeAccountLimits']);
  });

  it('that cannot be read anywhere say so, and are tried again', async () => {
    sim.world.faults = {
      before: (call) =>
        call.service === 'service-quotas' || call.operation === 'DescribeAccountLimits'
          ? { kind: 'error', error: new AwsError('AccessDeniedException', 'not authorized', { status: 400 }) }
          : undefined,
    };
    const quotas = await sim.finish(readCellQuotas(sim.cell));
    for (const quota of Object.values(quotas)) {
      expect(quota).toEqual({ unreadable: expect.stringContaining('AccessDeniedException') as string });
    }
    sim.world.faults = undefined;
    expect((await sim.finish(readCellQuotas(sim.cell))).fargateVcpu).toEqual({ value: 6 });
  });
});

describe('use of a cell', () => {
  const scope = { name: 'g1', loadBalancerArn, subnetIds: ['subnet-a', 'subnet-b'] };
  const isOurs = (tags: Readonly<Record<string, string>>): boolean => tags['owner'] === 'us';
  const populate = async (): Promise<void> => {
    const { elb } = sim.cell;
    for (const [index, owner] of ['us', 'us', 'them'].entries()) {
      const made = await sim.finish(
        elb.createTargetGroup({
          Name: `tg-${index}`,
          Protocol: 'HTTP',
          Port: 80,
          VpcId: vpcId,
          TargetType: 'ip',
          Tags: [{ Key: 'owner', Value: owner }],
        }),
      );
      const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? '';
      if (owner === 'them') {
        await sim.finish(elb.registerTargets({ TargetGroupArn, Targets: [{ Id: '10.0.0.9', Port: 80 }] }));
      }
      await sim.finish(
        elb.createRule({
          ListenerArn: listenerArn,
          Priority: index + 1,
          Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`h${index}.example.test`] } }],
          Actions: [{ Type: 'forward', TargetGroupArn }],
          Tags: [{ Key: 'owner', Value: owner }],
        }),
      );
    }
    await sim.finish(
      elb.createTargetGroup({ Name: 'loose', Protocol: 'HTTP', Port: 80, VpcId: vpcId, TargetType: 'ip' }),
    );
    await sim.finish(sim.cell.ecs.createCluster({ clusterName: 'c' }));
  };

  it('tells what is there, and what of it is not ours', async () => {
    await populate();
    const use = await sim.finish(readCellFacts(sim.cell, [scope], isOurs));
    expect(use).toMatchObject({
      targetGroups: { value: 4 },
      foreignTargetGroups: { value: 2 },
      clusters: { value: 1 },
      groups: {
        g1: {
          rules: { value: 3 },
          foreignRules: { value: 1 },
          targetGroups: { value: 3 },
          foreignTargetGroups: { value: 1 },
          foreignTargets: { value: 1 },
        },
      },
    });
    const free = use.groups['g1']?.freeAddresses ?? {};
    expect(Object.keys(free)).toEqual(['subnet-a', 'subnet-b']);
    for (const one of Object.values(free)) expect('value' in one && one.value).toBeGreaterThan(1_000);
  });

  it('says of each number alone why it could not be read', async () => {
    await populate();
    denyAll('elbv2', 'DescribeTags');
    const use = await sim.finish(readCellFacts(sim.cell, [scope], isOurs));
    expect(use.groups['g1']?.rules).toEqual({ value: 3 });
    expect(use.groups['g1']?.foreignRules).toEqual({ unreadable: expect.stringContaining('describeTags') as string });
    expect(use.clusters).toEqual({ value: 1 });
  });
});

describe('an infra group', () => {
  const group = {
    name: 'g1',
    vpcId,
    subnetIds: ['subnet-a', 'subnet-b'],
    taskSecurityGroupIds: ['sg-tasks'],
    endpointSecurityGroupIds: ['sg-tasks'],
    loadBalancerArn,
    listenerArn,
  };
  const read = (over: Partial<typeof group> = {}): Promise<Awaited<ReturnType<typeof readInfraGroup>>> =>
    sim.finish(readInfraGroup(sim.cell, { ...group, ...over }, { maxAgeMs: 0 }));

  it('tells what DNS needs to know, and the zones of its subnets', async () => {
    const reading = await read();
    expect(reading).toMatchObject({ facts: { ...group, dualstack: false }, network: [], loadBalancer: undefined });
    expect(reading.facts?.dnsName).toMatch(/^[a-z0-9.-]+\.elb\.amazonaws\.com$/);
    expect(reading.facts?.canonicalHostedZoneId).toMatch(/^Z/);
    expect(new Set(Object.values(reading.zones)).size).toBe(2);
    expect(reading.listener).toMatchObject({ protocol: 'HTTPS', otherDefault: undefined });
  });

  const missing = 'sg-0123456789abcdef0';
  it.each([
    ['SubnetMissing', { subnetIds: ['subnet-a', 'subnet-0123456789abcdef0'] }],
    ['SecurityGroupMissing', { taskSecurityGroupIds: [missing] }],
    ['SecurityGroupMissing', { endpointSecurityGroupIds: ['sg-tasks', missing] }],
  ])('says of its network: %s, and can be worked on all the same', async (reason, over) => {
    const reading = await read(over);
    expect(reading.network).toMatchObject([{ reason, message: expect.stringContaining('does not exist') as string }]);
    expect(reading.facts).toBeDefined();
  });

  it('says everything that is amiss at once', async () => {
    const reading = await read({ subnetIds: ['subnet-0123456789abcdef0'], taskSecurityGroupIds: [missing] });
    expect(reading.network.map(({ reason }) => reason)).toEqual(['SubnetMissing', 'SecurityGroupMissing']);
  });

  it.each([
    ['LoadBalancerMissing', { loadBalancerArn: loadBalancerArn.replace(/.$/, '0') }],
    ['LoadBalancerUnsuitable', { vpcId: 'vpc-0123456789abcdef0' }],
  ])('cannot be worked on: %s', async (reason, over) => {
    const reading = await read(over);
    expect(reading.loadBalancer).toMatchObject({ reason });
    expect(reading.facts).toBeUndefined();
  });

  it('cannot be worked on without its listener', async () => {
    const reading = await read({ listenerArn: listenerArn.replace(/.$/, '1') });
    expect(reading).toMatchObject({ facts: undefined, listener: { reason: 'ListenerMissing' } });
  });

  it('tells what a listener does with what no rule takes', async () => {
    const credentials = { accessKeyId: account, secretAccessKey: 'secret' };
    const hand = new ElasticLoadBalancingV2({ region, requestHandler: sim.handler, credentials });
    await sim.finish(
      hand.modifyListener({
        ListenerArn: listenerArn,
        DefaultActions: [
          {
            Type: 'redirect',
            RedirectConfig: { Protocol: 'HTTPS', Host: 'other.example.net', StatusCode: 'HTTP_301' },
          },
        ],
      }),
    );
    expect((await read()).listener).toMatchObject({ otherDefault: 'redirect' });
    const fixed = { StatusCode: '503', ContentType: 'text/plain' };
    const DefaultActions = [{ Type: 'fixed-response' as const, FixedResponseConfig: fixed }];
    await sim.finish(hand.modifyListener({ ListenerArn: listenerArn, DefaultActions }));
    expect((await read()).listener).toMatchObject({ otherDefault: 'the fixed answer 503' });
  });

  it('is unknown, not missing, when AWS does not tell', async () => {
    denyAll('ec2', 'DescribeVpcs');
    await expect(read()).rejects.toMatchObject({ class: 'denied' });
  });
});
