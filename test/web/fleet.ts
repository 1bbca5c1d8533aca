import type { PlanReport } from '../../src/controller/plan.ts';
import { type Condition, conditionTypes, tenantPhases } from '../../src/model/conditions.ts';
import type { CapacityReport } from '../../src/model/reports.ts';
import type { RecentActivity } from '../../src/telemetry/activity.ts';
import type {
  CapacityLine,
  CellSnapshot,
  FleetSnapshot,
  InfraGroupSnapshot,
  TenantSnapshot,
} from '../../src/web/snapshot-types.ts';
import type { Health, WebSources } from '../../src/web/sources.ts';

/** When the made-up fleet is looked at. */
export const at = '2026-01-01T12:00:00.000Z';

/** A moment so many seconds before `at`. */
export function before(seconds: number): string {
  return new Date(Date.parse(at) - seconds * 1_000).toISOString();
}

export function condition(type: string, status: Condition['status'], reason: string, message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: before(400), observedGeneration: 1 };
}

/** Every condition True but those given. */
export function conditions(...off: readonly Condition[]): readonly Condition[] {
  return conditionTypes.map((type) => off.find((one) => one.type === type) ?? condition(type, 'True', 'Fine', 'fine'));
}

const tiers = ['standard', 'premium'] as const;
const names = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'stark', 'wayne', 'tyrell', 'cyberdyne', 'aperture'];

/** A tenant that serves, changed as given. */
export function tenant(name: string, changes: Partial<TenantSnapshot> = {}): TenantSnapshot {
  return {
    name,
    tier: 'standard',
    phase: 'Ready',
    wanted: 'active',
    mode: 'active',
    present: true,
    generation: 1,
    observedGeneration: 1,
    conditions: conditions(),
    placements: [
      { id: 'k3j5h2m9qa', cell: 'std-euw1-a', infraGroup: 'std-euw1-a1', slot: 3, phase: 'serving', records: [] },
    ],
    endpoint: `${name}.std.example.net`,
    service: { image: 'registry.example/app:1.4.2', cpu: 512, memoryMiB: 1024, tasks: 2 },
    message: '',
    ...changes,
  };
}

export function line(dimension: string, label: string, used: number, usable: number): CapacityLine {
  return { dimension, label, state: 'known', used, usable, quota: Math.ceil(usable * 1.12), foreign: 2 };
}

function cell(name: string, tier: string, region: string, fill: number): CellSnapshot {
  return {
    name,
    tier,
    accountId: '111122223333',
    region,
    state: 'active',
    phase: 'Ready',
    mode: 'active',
    present: true,
    generation: 1,
    observedGeneration: 1,
    conditions: [condition('Accepted', 'True', 'Valid'), condition('Reachable', 'True', 'Read')],
    placements: Math.round(40 * fill),
    capacity: [
      line('fargateVcpu', 'Fargate vCPU', 360 * fill, 360),
      line('targetGroups', 'target groups', Math.round(2700 * fill * 0.1), 2700),
      line('networkInterfaces', 'network interfaces', Math.round(4500 * fill * 0.4), 4500),
      line('clusters', 'clusters', Math.round(9000 * fill * 0.01), 9000),
    ],
  };
}

function group(name: string, owner: CellSnapshot, fill: number): InfraGroupSnapshot {
  return {
    ...owner,
    name,
    cell: owner.name,
    placements: Math.round(90 * fill),
    capacity: [
      line('targetGroups', 'target groups', Math.round(90 * fill), 90),
      line('rules', 'rules', Math.round(90 * fill), 90),
      line('targets', 'targets', Math.round(900 * fill * 0.7), 900),
      line('subnetAddresses', 'subnet addresses', Math.round(430 * fill * 0.8), 430),
      { dimension: 'rps', label: 'requests/s', state: 'unlimited', used: Math.round(1400 * fill) },
    ],
  };
}

/** A made-up fleet: mostly well, with one of each trouble in it. */
/** What the forecast says of the tier that fills up; nothing of the other. */
export const capacity: CapacityReport = {
  at,
  tiers: [
    {
      name: 'standard',
      state: 'active',
      room: 12,
      binding: 'rules',
      usedPercent: 88,
      daysToFull: 6.4,
      level: 'low',
      perDay: 1.9,
      whatIfs: [{ what: 'one more infra group in cell std-euw1-a', tenants: 90 }],
      lossOf: [
        { cell: 'std-euw1-a', carried: false, text: 'cell std-euw1-a: 40 of its 60 placements would find no room' },
        { cell: 'std-use1-a', carried: true, text: 'cell std-use1-a: the others could carry it' },
      ],
      cells: [
        {
          name: 'std-euw1-a',
          state: 'active',
          room: 12,
          binding: 'Fargate vCPU',
          usedPercent: 71,
          level: 'filling',
          groups: [
            { name: 'std-euw1-a1', state: 'active', room: 2, binding: 'rules', usedPercent: 97, level: 'critical' },
          ],
        },
      ],
    },
  ],
  warnings: [{ severity: 'warning', kind: 'Tier', name: 'standard', text: 'tier standard: 88 % of its rules used' }],
};

export function fleet(count: number): FleetSnapshot {
  const cells = [
    cell('std-euw1-a', 'standard', 'eu-west-1', 0.62),
    cell('std-use1-a', 'standard', 'us-east-1', 0.88),
    cell('prm-euw1-a', 'premium', 'eu-west-1', 0.34),
    {
      ...cell('prm-use1-a', 'premium', 'us-east-1', 0.1),
      phase: 'Degraded',
      state: 'cordoned',
      conditions: [
        condition('Accepted', 'True', 'Valid'),
        condition(
          'Reachable',
          'False',
          'AccessDenied',
          'sts assumeRole: AccessDenied: not authorized to perform sts:AssumeRole',
        ),
      ],
    },
  ] as const;
  const groups = [
    group('std-euw1-a1', cells[0], 0.97),
    group('std-euw1-a2', cells[0], 0.31),
    group('std-use1-a1', cells[1], 0.84),
    group('prm-euw1-a1', cells[2], 0.4),
    group('prm-use1-a1', cells[3], 0.12),
    {
      ...group('prm-use1-a2', cells[3], 0),
      capacity: [{ dimension: 'rules', label: 'rules', state: 'unknown', used: 0 } as const],
    },
  ];
  return {
    at,
    mode: 'active',
    tenants: Array.from({ length: count }, (_, index) => someTenant(index, groups)),
    tiers: tiers.map((name) => ({
      ...cells[0],
      name,
      domain: `${name === 'standard' ? 'std' : 'prm'}.example.net`,
      scope: name === 'standard' ? 'tenant' : 'tier',
      tenants: count / 2,
    })),
    cells,
    infraGroups: groups,
    orphans: [{ kind: 'Tenant', name: 'umbrella-3' }],
    refused: [
      {
        kind: 'Tenant',
        name: 'wayne-6',
        problems: [
          {
            kind: 'Tenant',
            name: 'wayne-6',
            field: 'spec.service.cpu',
            found: '300',
            expected: 'one of 256, 512, 1024, 2048, 4096',
          },
        ],
      },
    ],
    strangers: { listener_rule: 1, target_group: 0, dns_record: 0, endpoint: 0 },
    capacity,
    drains: [{ kind: 'InfraGroup', name: 'std-euw1-a2', moving: 10, leaving: 2, waiting: 20, held: 1 }],
  };
}

function someTenant(index: number, groups: readonly InfraGroupSnapshot[]): TenantSnapshot {
  const name = `${names[index % names.length] ?? 'acme'}-${index}`;
  const tier = tiers[index % 2] ?? 'standard';
  const own = groups.filter((one) => one.tier === tier);
  const placements = (tier === 'premium' ? own.slice(0, 2) : [own[index % own.length]]).map((one, n) => ({
    id: `p${index}x${n}k3j5h2`,
    cell: one?.cell ?? '',
    infraGroup: one?.name ?? '',
    slot: index + 1,
    phase: 'serving',
    records: [],
  }));
  const endpoint = tier === 'standard' ? `${name}.std.example.net` : `prm.example.net/${name}`;
  return tenant(name, { tier, placements, endpoint, ...troubles[index] });
}

const noHealthy = condition(
  'TargetsHealthy',
  'False',
  'NoHealthyTarget',
  '0 of 2 targets pass health checks: 2 answer 503',
);
const noRoom = condition(
  'Placed',
  'False',
  'Unplaceable',
  '3 of 3 infra groups refuse: Insufficient(rules) 2, QuotaUnknown 1. Nearest: std-euw1-a1 lacks 1 rule (needs 1, free 0). What would help: a quota of 101 rules for std-euw1-a1, or a smaller reserve.',
);

const troubles: Readonly<Record<number, Partial<TenantSnapshot>>> = {
  4: {
    phase: 'Degraded',
    unreadySince: before(340),
    message: 'TargetsHealthy: 0 of 2 targets pass health checks: 2 answer 503',
    conditions: conditions(
      noHealthy,
      condition('Ready', 'False', 'NoHealthyTarget', `TargetsHealthy: ${noHealthy.message}`),
    ),
  },
  3: { phase: 'Orphaned', present: false },
  6: {
    message: 'spec.service.cpu: found 300',
    conditions: conditions(
      condition('Accepted', 'False', 'Invalid', 'spec.service.cpu: found 300, expected one of 256, 512, 1024'),
    ),
  },
  8: {
    phase: 'Unplaceable',
    placements: [],
    refusal: 'Insufficient',
    unreadySince: before(7_500),
    message: noRoom.message,
    conditions: conditions(noRoom, condition('Ready', 'False', 'Unplaceable', `Placed: ${noRoom.message}`)),
  },
  11: {
    phase: 'Suspended',
    wanted: 'suspended',
    conditions: conditions(condition('Ready', 'False', 'Suspended', 'the record says state: suspended')),
  },
  12: {
    phase: 'Provisioning',
    unreadySince: before(40),
    conditions: conditions(
      condition('ServiceStable', 'False', 'TasksStarting', '1 of 2 tasks run'),
      noHealthy,
      condition('DnsReady', 'False', 'NotPublished', 'no record yet'),
    ),
  },
  14: {
    phase: 'Updating',
    unreadySince: before(70),
    conditions: conditions(
      condition('ServiceStable', 'False', 'Rolling', 'a deployment is under way: 1 of 2 tasks are new'),
    ),
  },
  17: {
    mode: 'paused',
    conditions: conditions(
      condition('Synced', 'Unknown', 'Paused', 'mode paused: nothing is read and nothing is changed'),
    ),
  },
  18: { conditions: conditions(condition('Synced', 'False', 'OwnershipLost', 'held: OwnershipLost')) },
};

export const activity: RecentActivity = {
  healing: [
    {
      what: 'healed',
      at: before(20),
      object: 'Tenant/acme-0',
      resource: 'listener_rule',
      name: '1007',
      fields: ['Conditions'],
      seconds: 0.4,
    },
    {
      what: 'drift',
      at: before(21),
      object: 'Tenant/acme-0',
      resource: 'listener_rule',
      name: '1007',
      fields: ['Conditions'],
    },
    {
      what: 'healed',
      at: before(130),
      object: 'Tenant/hooli-24',
      resource: 'service',
      name: 'svc-2',
      fields: ['_missing'],
      seconds: 3.21,
    },
    {
      what: 'drift',
      at: before(133),
      object: 'Tenant/hooli-24',
      resource: 'service',
      name: 'svc-1',
      fields: ['_missing'],
    },
    {
      what: 'healed',
      at: before(700),
      object: 'Tier/premium',
      resource: 'dns_record',
      name: 'prm.example.net',
      fields: ['Weight'],
      seconds: 1.5,
    },
  ],
  changes: [
    {
      what: 'event',
      at: before(4),
      object: 'Tenant/cyberdyne-8',
      reason: 'Unplaceable',
      message: 'Pending → Unplaceable. Placed: 3 of 3 infra groups refuse',
    },
    {
      what: 'held',
      at: before(15),
      object: 'Tenant/cyberdyne-18',
      reason: 'OwnershipLost',
      message: 'target_group cw-2k4j lacks the tag cellwright:placement',
    },
    {
      what: 'change',
      at: before(38),
      object: 'Tenant/initech-12',
      resource: 'service',
      name: 'svc-1',
      action: 'create',
      reason: 'asked',
      fields: ['_missing'],
    },
    {
      what: 'change',
      at: before(39),
      object: 'Tenant/initech-12',
      resource: 'listener_rule',
      name: '1025',
      action: 'create',
      reason: 'asked',
      fields: ['_missing'],
    },
    {
      what: 'failed',
      at: before(50),
      object: 'Cell/prm-use1-a',
      reason: 'AccessDenied',
      message: 'not authorized to perform sts:AssumeRole',
    },
  ],
};

const well: Health = { ok: true, state: 'leading', reasons: [] };

/** Sources that show the given fleet, changed as given. */
export function sources(snapshot: FleetSnapshot | undefined, changes: Partial<WebSources> = {}): WebSources {
  const none: PlanReport = { at, tenants: [] };
  return {
    health: () => well,
    ready: () => well,
    snapshot: () => snapshot,
    activity: () => activity,
    plan: () => Promise.resolve(none),
    answer: async () => ({}),
    rebuild: () => Promise.resolve({ at, tenants: [], findings: [], cells: [], epoch: { lease: 1 } }),
    adopt: (request) => Promise.resolve({ ...request, at, fields: [] }),
    metrics: () => Promise.resolve('# nothing\n'),
    ...changes,
  };
}

/** Every phase of the model, for tests that walk over them. */
export const phases = tenantPhases;
