import type { Draw } from './draw.ts';

/** A record as a user writes it. */
export interface RawRecord {
  readonly kind: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Removals that a fleet of the simulation allows in ten minutes: few, so that the rail is met often. */
export const removalsPerTenMinutes = 3;

/** The tiers: every tenant of the first has a name of its own, and may move to the second, which is like it; those of the third share one. */
export const ownTier = 'solo';
export const otherTier = 'lone';
export const sharedTier = 'joint';
export const sharedDomain = 'joint.example.com';

/** The domains of tenants with a name of their own, by tier. */
export const ownDomains: Readonly<Record<string, string>> = { solo: 'solo.example.com', lone: 'lone.example.com' };

/** Infra groups that tenants of the first tier may be pinned to. */
export const ownGroups = ['solo-a1', 'solo-a2', 'solo-b1'] as const;

const zoneRole = 'arn:aws:iam::999999999999:role/dns';

/** The infrastructure of one seed: two cells of the first tier, one of the second, one of the third with one or two infra groups, all of them small. */
export function infrastructure(draw: Draw): readonly RawRecord[] {
  const groups = draw.chance(0.5) ? ['joint-c1', 'joint-c2'] : ['joint-c1'];
  return [
    { kind: 'Fleet', name: 'default', spec: { removals: { perTenMinutes: removalsPerTenMinutes } } },
    tier(otherTier, ownDomains.lone ?? '', 'Z0LONE', { scope: 'tenant', by: 'host' }),
    tier(ownTier, ownDomains.solo ?? '', 'Z0SOLO', { scope: 'tenant', by: draw.chance(0.5) ? 'host' : 'path' }),
    tier(sharedTier, sharedDomain, 'Z0JOINT', { scope: 'tier', by: 'path' }),
    cell('solo-a', ownTier, '111111111111', { fargateVcpu: 6, targetGroups: 8, clusters: 8 }),
    cell('solo-b', ownTier, '222222222222', { fargateVcpu: 6, targetGroups: 8, clusters: 8 }),
    cell('lone-d', otherTier, '444444444444', { fargateVcpu: 6, targetGroups: 8, clusters: 8 }),
    cell('joint-c', sharedTier, '333333333333', { fargateVcpu: 12, targetGroups: 20, clusters: 20 }),
    group('solo-a1', 'solo-a', '111111111111', { targetGroups: 6, rules: 6 }),
    group('solo-a2', 'solo-a', '111111111111', { targetGroups: 6, rules: 6 }),
    group('lone-d1', 'lone-d', '444444444444', { targetGroups: 6, rules: 6 }),
    group('solo-b1', 'solo-b', '222222222222', { targetGroups: 6, rules: 6 }),
    ...groups.map((name) => group(name, 'joint-c', '333333333333', { targetGroups: 8, rules: 8 })),
  ];
}

function tier(name: string, domain: string, zone: string, routing: object): RawRecord {
  return {
    kind: 'Tier',
    name,
    spec: {
      domain,
      zone: { id: `${zone}0000000000000`, roleArn: zoneRole },
      routing,
      service: {
        image: `registry.example.com/${name}:1`,
        cpu: 256,
        memoryMiB: 512,
        tasks: 1,
        healthCheck: { intervalSeconds: 5, timeoutSeconds: 2, healthyThreshold: 2 },
        startupSeconds: 30,
        drainSeconds: 5,
      },
      placement: { strategy: name === ownTier ? 'spread' : 'pack', reservePercent: 0 },
      // Most deployments of a seed are of the tier's making: they go out in short waves.
      rollout: { wavePercents: [40, 100], bakeSeconds: 5, maxUnavailable: 2, maxFailures: 100 },
      retentionDays: 0,
      moves: { stepSeconds: 5, graceSeconds: 30 },
    },
  };
}

function cell(name: string, of: string, accountId: string, quotas: object): RawRecord {
  const role = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
  const roles = { observe: role('observe'), apply: role('apply'), reap: role('reap') };
  return { kind: 'Cell', name, spec: { tier: of, accountId, region: 'us-east-1', roles, quotas } };
}

function group(name: string, of: string, accountId: string, quotas: object): RawRecord {
  const id = [...name]
    .map((letter) => letter.charCodeAt(0).toString(16).slice(-1))
    .join('')
    .padEnd(16, '0');
  const prefix = `arn:aws:elasticloadbalancing:us-east-1:${accountId}`;
  return {
    kind: 'InfraGroup',
    name,
    spec: {
      cell: of,
      vpcId: `vpc-${id}0`,
      subnetIds: [`subnet-${id}1`, `subnet-${id}2`],
      loadBalancerArn: `${prefix}:loadbalancer/app/${name}/${id}`,
      listenerArn: `${prefix}:listener/app/${name}/${id}/${id.replace(/.$/, 'f')}`,
      taskSecurityGroupIds: [`sg-${id}0`],
      quotas,
    },
  };
}
