import { canonicalHash } from './canonical.ts';
import type { Frozen } from './kinds.ts';
import { freezeDeep } from './kinds.ts';
import type { Finding, InvalidField } from './problems.ts';
import { invalidField, problemsMax } from './problems.ts';
import { derivedHost, derivedPathPrefix } from './routing.ts';
import type { OverridableField } from './schema-service.ts';
import { overridable } from './schema-service.ts';
import type { TenantSpec } from './schema-tenant.ts';
import type { TierSpec } from './schema-tier.ts';
import { fullSecretName, secretPrefix } from './secrets.ts';
import type { ServiceFinding } from './service-checks.ts';
import { checkService } from './service-checks.ts';

/** How the number of tasks is decided, with everything that the mode needs. */
export type EffectiveScaling =
  | { readonly mode: 'fixed' }
  | { readonly mode: 'external' /** Most tasks; capacity is kept for them. */; readonly max: number }
  | {
      readonly mode: 'target-tracking';
      readonly min: number;
      readonly max: number;
      readonly metric: 'cpu' | 'memory' | 'requests';
      readonly target: number;
    };

/** The load balancer's health check, complete. */
export interface EffectiveHealthCheck {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

/** A tenant's service, complete. */
export interface EffectiveService {
  readonly image: string;
  readonly containerPort: number;
  /** CPU units of a task; 1024 = 1 vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Tasks of each placement while the tenant is active; under target-tracking the count to start with, and never below `min`. */
  readonly tasks: number;
  readonly scaling: EffectiveScaling;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly healthCheck: EffectiveHealthCheck;
  readonly startupSeconds: number;
  readonly drainSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Variable name to the secret's full name, `/cellwright/<tenant>/...`. */
  readonly secrets: Readonly<Record<string, { readonly from: 'ssm' | 'secretsmanager'; readonly name: string }>>;
  /** A role of the cell's account, by name (see `roleArnOf`). */
  readonly taskRoleName?: string;
  readonly executionRoleName?: string;
  readonly logGroup?: string;
}

/**
 * The fewest tasks with which an active placement is as it should be: all of them where the record says how many, else what no other hand goes below. The other hand of `external`
 * says nothing of itself: there one will do.
 */
export function leastTasks({ tasks, scaling }: Pick<EffectiveService, 'tasks' | 'scaling'>): number {
  switch (scaling.mode) {
    case 'fixed':
      return tasks;
    case 'external':
      return 1;
    case 'target-tracking':
      return scaling.min;
    default:
      return scaling satisfies never;
  }
}

/** How requests find the tenant. */
export interface EffectiveRouting {
  readonly scope: 'tenant' | 'tier';
  readonly by: 'host' | 'path' | 'header';
  /** Lower-case; only where `by` is header. */
  readonly header?: string;
  /** The DNS name: the tenant's own, or in tier scope the one that all tenants of the tier share. */
  readonly host: string;
  /** `/<tenant>`; only where `by` is path. */
  readonly pathPrefix?: string;
}

/** Everything that is wanted of a tenant: its record with its tier merged in, complete and frozen. */
export interface EffectiveTenant {
  readonly tenant: string;
  readonly tier: string;
  readonly state: 'active' | 'suspended' | 'deleted';
  readonly service: EffectiveService;
  readonly routing: EffectiveRouting;
  readonly zone: { readonly id: string; readonly roleArn?: string; readonly externalId?: string };
  /** In how many cells. Means nothing in tier scope, where the tenant is in every active infra group; there it is 1. */
  readonly placements: number;
  readonly expectedRps: number;
  /** Sorted; empty: any infra group. */
  readonly pin: readonly string[];
  readonly antiAffinity?: string;
  readonly isolation: 'shared' | 'dedicated';
  readonly ring: number;
  readonly movable: boolean;
  readonly retentionDays: number;
  /** The tier's placement policy. */
  readonly strategy: 'pack' | 'spread';
  readonly reservePercent: number;
}

/** The outcome of a merge. */
export type EffectiveResult =
  | { readonly ok: true; readonly effective: EffectiveTenant }
  | { readonly ok: false; readonly problems: InvalidField[] };

/**
 * Merges a tenant over its tier, as far as the tier lets it: environment and secrets by name, the health check by field, everything
 * else as a whole. Pure: equal inputs give equal results, and a field that repeats what the tier says changes nothing. What does not
 * fit (a field that the tier does not let be overridden, a Fargate size that does not exist after the merge, `placements` or `pin` in tier
 * scope) is refused by name.
 */
export function effectiveTenant(
  tenant: Frozen<TenantSpec>,
  name: string,
  tier: Frozen<TierSpec>,
  tierName: string,
): EffectiveResult {
  const service = mergeService(tenant, name, tier);
  const findings = [
    ...refusedOverrides(tenant, tier, tierName),
    ...refusedInTierScope(tenant, tier, tierName),
    ...foreignSecretNames(name, service.secrets),
    ...checkService(service).map(inSpec),
  ];
  if (findings.length > 0) {
    const problems = findings.slice(0, problemsMax).map((finding) => invalidField('Tenant', name, finding));
    return { ok: false, problems };
  }
  const effective: EffectiveTenant = {
    tenant: name,
    tier: tierName,
    state: tenant.state,
    service,
    routing: mergeRouting(name, tier),
    zone: { ...tier.zone },
    placements: tenant.placements ?? 1,
    expectedRps: tenant.expectedRps,
    pin: [...(tenant.pin ?? [])].sort(),
    ...(tenant.antiAffinity === undefined ? {} : { antiAffinity: tenant.antiAffinity }),
    isolation: tenant.isolation,
    ring: tenant.ring,
    movable: tenant.movable,
    retentionDays: tier.retentionDays,
    strategy: tier.placement.strategy,
    reservePercent: tier.placement.reservePercent,
  };
  return { ok: true, effective: freezeDeep(effective) };
}

function mergeService(tenant: Frozen<TenantSpec>, name: string, tier: Frozen<TierSpec>): EffectiveService {
  const own = tenant.service;
  const base = tier.service;
  const asked = own.tasks ?? base.tasks;
  const scaling = completeScaling(own.scaling ?? base.scaling, asked);
  const named = Object.entries({ ...base.secrets, ...own.secrets });
  return {
    image: own.image ?? base.image,
    containerPort: base.containerPort,
    cpu: own.cpu ?? base.cpu,
    memoryMiB: own.memoryMiB ?? base.memoryMiB,
    tasks: scaling.mode === 'target-tracking' ? Math.max(asked, scaling.min) : asked,
    scaling,
    architecture: base.architecture,
    healthCheck: mergeHealthCheck(own.healthCheck ?? {}, base.healthCheck),
    startupSeconds: own.startupSeconds ?? base.startupSeconds,
    drainSeconds: own.drainSeconds ?? base.drainSeconds,
    environment: { ...base.environment, ...own.environment },
    secrets: Object.fromEntries(
      named.map(([variable, secret]) => [variable, { from: secret.from, name: fullSecretName(name, secret.name) }]),
    ),
    ...(base.taskRoleName === undefined ? {} : { taskRoleName: base.taskRoleName }),
    ...(base.executionRoleName === undefined ? {} : { executionRoleName: base.executionRoleName }),
    ...(base.logGroup === undefined ? {} : { logGroup: base.logGroup }),
  };
}

function mergeHealthCheck(
  own: NonNullable<Frozen<TenantSpec>['service']['healthCheck']>,
  base: EffectiveHealthCheck,
): EffectiveHealthCheck {
  return {
    path: own.path ?? base.path,
    intervalSeconds: own.intervalSeconds ?? base.intervalSeconds,
    timeoutSeconds: own.timeoutSeconds ?? base.timeoutSeconds,
    healthyThreshold: own.healthyThreshold ?? base.healthyThreshold,
    unhealthyThreshold: own.unhealthyThreshold ?? base.unhealthyThreshold,
    matcher: own.matcher ?? base.matcher,
  };
}

function completeScaling(scaling: Frozen<TierSpec>['service']['scaling'], tasks: number): EffectiveScaling {
  const { mode, metric, target } = scaling;
  const max = scaling.max ?? Math.max(tasks, scaling.min ?? 1);
  if (mode === 'external') return { mode, max };
  if (mode === 'fixed' || metric === undefined || target === undefined) return { mode: 'fixed' };
  return { mode, min: scaling.min ?? 1, max, metric, target };
}

function mergeRouting(name: string, tier: Frozen<TierSpec>): EffectiveRouting {
  const { scope, by, header } = tier.routing;
  const host = derivedHost(name, tier);
  if (by === 'header') return { scope, by, host, header: header.toLowerCase() };
  return by === 'path' ? { scope, by, host, pathPrefix: derivedPathPrefix(name) } : { scope, by, host };
}

function refusedOverrides(tenant: Frozen<TenantSpec>, tier: Frozen<TierSpec>, tierName: string): Finding[] {
  const allowed = new Set<OverridableField>(tier.overridable);
  const list = tier.overridable.length === 0 ? 'none' : tier.overridable.join(', ');
  return overridable
    .filter((field) => tenant.service[field] !== undefined && !allowed.has(field))
    .map((field) => ({
      path: ['spec', 'service', field],
      value: tenant.service[field],
      expected: `nothing: tier ${tierName} does not let tenants set it (they may set: ${list})`,
    }));
}

function refusedInTierScope(tenant: Frozen<TenantSpec>, tier: Frozen<TierSpec>, tierName: string): Finding[] {
  if (tier.routing.scope !== 'tier') return [];
  const expected = `nothing: tier ${tierName} has routing scope tier, where every tenant is in every active infra group`;
  return (['placements', 'pin'] as const)
    .filter((field) => tenant[field] !== undefined)
    .map((field) => ({ path: ['spec', field], value: tenant[field], expected }));
}

/** Holds whatever way a spec came in: no tenant ever reads a secret that is not under its own prefix. */
function foreignSecretNames(name: string, secrets: EffectiveService['secrets']): Finding[] {
  const prefix = secretPrefix(name);
  return Object.entries(secrets)
    .filter(([, secret]) => !secret.name.startsWith(prefix))
    .map(([variable, secret]) => ({
      path: ['spec', 'service', 'secrets', variable, 'name'],
      value: secret.name,
      expected: `a name under ${prefix}`,
    }));
}

function inSpec(finding: ServiceFinding): Finding {
  return { path: ['spec', 'service', ...finding.path], value: finding.value, expected: finding.expected };
}

/**
 * The hash by which a tenant's generation is counted. In it is what the tenant's resources and its place follow from: state, service, routing,
 * the zone's id, placements, pin, antiAffinity, isolation, expectedRps, retentionDays and the tier. Not in it is what only says how or when
 * the controller acts (`ring`, `movable`, the tier's placement policy, `mode`) and the zone's credentials: changing
 * those changes nothing to wait for, and must not release a generation that ECS rolled back.
 */
export function effectiveHash(effective: EffectiveTenant): string {
  const { ring: _ring, movable: _movable, strategy: _strategy, reservePercent: _reserve, zone, ...wanted } = effective;
  return canonicalHash({ ...wanted, zone: { id: zone.id } });
}

/** Where users reach the tenant: the host, with `/<tenant>` where it is told by path. */
export function endpointOf(effective: Pick<EffectiveTenant, 'routing'>): string {
  return `${effective.routing.host}${effective.routing.pathPrefix ?? ''}`;
}

/**
 * An effective spec as it was written to the state table, if it is one. Only the controller writes that table, so this tells a spec from
 * an item that is damaged or of another version; it does not validate fields again.
 */
export function asEffective(stored: unknown): EffectiveTenant | undefined {
  return isEffective(stored) ? freezeDeep(stored) : undefined;
}

function isEffective(stored: unknown): stored is EffectiveTenant {
  if (typeof stored !== 'object' || stored === null) return false;
  const texts = ['tenant', 'tier', 'state', 'isolation', 'strategy'];
  const numbers = ['placements', 'expectedRps', 'retentionDays', 'reservePercent'];
  const objects = ['service', 'routing', 'zone', 'pin'];
  const own = (field: string): unknown => Object.getOwnPropertyDescriptor(stored, field)?.value;
  return (
    texts.every((field) => typeof own(field) === 'string') &&
    numbers.every((field) => typeof own(field) === 'number') &&
    objects.every((field) => typeof own(field) === 'object' && own(field) !== null)
  );
}
