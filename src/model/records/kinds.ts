import type { CellSpec } from './schema-cell.ts';
import { cellSpec } from './schema-cell.ts';
import type { FleetSpec } from './schema-fleet.ts';
import { fleetSpec } from './schema-fleet.ts';
import type { InfraGroupSpec } from './schema-infra-group.ts';
import { infraGroupSpec } from './schema-infra-group.ts';
import type { TenantSpec } from './schema-tenant.ts';
import { tenantSpec } from './schema-tenant.ts';
import type { TierSpec } from './schema-tier.ts';
import { tierSpec } from './schema-tier.ts';

/** The kinds of records, from the top of the fleet down. */
export const kinds = ['Fleet', 'Tier', 'Cell', 'InfraGroup', 'Tenant'] as const;

/** One kind of record. */
export type Kind = (typeof kinds)[number];

/** The spec of each kind, with defaults filled in. */
export interface Specs {
  Fleet: FleetSpec;
  Tier: TierSpec;
  Cell: CellSpec;
  InfraGroup: InfraGroupSpec;
  Tenant: TenantSpec;
}

/** The schema of each kind's spec. Everything else (types, validation, `explain`, JSON Schemas) is derived from these. */
export const specSchemas = {
  Fleet: fleetSpec,
  Tier: tierSpec,
  Cell: cellSpec,
  InfraGroup: infraGroupSpec,
  Tenant: tenantSpec,
} as const;

/** What a kind is, in a sentence. */
export const kindSentences: Readonly<Record<Kind, string>> = {
  Fleet: 'What holds for the whole fleet. There is at most one, named default.',
  Tier: 'Tenants with a similar profile: one DNS domain, one set of roles, one list of downstream services.',
  Cell: 'One AWS account and Region of a tier.',
  InfraGroup: 'One VPC and one Application Load Balancer in a cell.',
  Tenant: 'One tenant: a dedicated ECS cluster and service, a target group, a listener rule and DNS records.',
};

/** How the CLI and file names call a kind, singular and plural. */
export const kindWords: Readonly<Record<Kind, { readonly one: string; readonly many: string }>> = {
  Fleet: { one: 'fleet', many: 'fleets' },
  Tier: { one: 'tier', many: 'tiers' },
  Cell: { one: 'cell', many: 'cells' },
  InfraGroup: { one: 'infra-group', many: 'infra-groups' },
  Tenant: { one: 'tenant', many: 'tenants' },
};

/** A value and all that it holds, not to be changed. */
export type Frozen<T> = T extends (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** A valid record of one kind. */
export interface RecordOf<K extends Kind> {
  readonly kind: K;
  readonly name: string;
  readonly spec: Frozen<Specs[K]>;
}

/** A valid Fleet record. */
export type Fleet = RecordOf<'Fleet'>;
/** A valid Tier record. */
export type Tier = RecordOf<'Tier'>;
/** A valid Cell record. */
export type Cell = RecordOf<'Cell'>;
/** A valid InfraGroup record. */
export type InfraGroup = RecordOf<'InfraGroup'>;
/** A valid Tenant record. */
export type Tenant = RecordOf<'Tenant'>;

/** A valid record of any kind; `kind` tells which. */
export type DesiredRecord = Fleet | Tier | Cell | InfraGroup | Tenant;

/** Whether a text is the exact name of a kind. */
export function isKind(text: unknown): text is Kind {
  return kinds.some((kind) => kind === text);
}

/** The kind that a word on the command line means: `tenant`, `tenants`, `Tenant`, `infra-groups`, `infragroup`; any case. */
export function kindOfWord(word: string): Kind | undefined {
  const plain = word.toLowerCase().replaceAll('-', '');
  return kinds.find((kind) => {
    const { one, many } = kindWords[kind];
    return plain === one.replaceAll('-', '') || plain === many.replaceAll('-', '');
  });
}

/** Freezes a value and all that it holds, so that no later step can change what was accepted. */
export function freezeDeep<T>(value: T): Frozen<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freezeDeep(inner);
  }
  // Freezing changes what may be done with the value, not what it is.
  return value as Frozen<T>;
}
