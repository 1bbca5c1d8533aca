import type { EffectiveTenant } from './effective.ts';
import type { Frozen, Kind } from './kinds.ts';
import type { CellSpec } from './schema-cell.ts';
import type { InfraGroupSpec } from './schema-infra-group.ts';
import type { TierSpec } from './schema-tier.ts';

/** Something of which there is one: `host:<name>`, `account:<id>/<region>`, `load-balancer:<arn>`, `listener:<arn>`. */
export type Claim = string;

/** The key of the record that holds a claim: `<kind>/<name>`. */
export type Owner = string;

/** A claim that somebody else holds already. */
export interface ClaimConflict {
  readonly claim: Claim;
  readonly owner: Owner;
}

/** The key of a record: `<kind>/<name>`. */
export function ownerKey(kind: Kind, name: string): Owner {
  return `${kind}/${name}`;
}

/** A tier's claim: its domain, which is also the host of all its tenants in tier scope. */
export function tierClaims(tier: Pick<Frozen<TierSpec>, 'domain'>): Claim[] {
  return [`host:${tier.domain}`];
}

/** A cell's claim: its account and Region. */
export function cellClaims(cell: Pick<Frozen<CellSpec>, 'accountId' | 'region'>): Claim[] {
  return [`account:${cell.accountId}/${cell.region}`];
}

/** An infra group's claims: its load balancer and its listener. */
export function infraGroupClaims(group: Pick<Frozen<InfraGroupSpec>, 'loadBalancerArn' | 'listenerArn'>): Claim[] {
  return [`load-balancer:${group.loadBalancerArn}`, `listener:${group.listenerArn}`];
}

/** A tenant's claim: its own host. In tier scope it has none, as the tier holds the host for all. */
export function tenantClaims(effective: Pick<EffectiveTenant, 'routing'>): Claim[] {
  return effective.routing.scope === 'tier' ? [] : [`host:${effective.routing.host}`];
}

/**
 * Who holds what. The first accepted record wins and keeps its claims until it is forgotten; a later one that wants the same is refused.
 * One entry per claim, so every question costs the number of claims asked about, whatever the size of the fleet.
 */
export class ClaimRegistry {
  readonly #owners = new Map<Claim, Owner>();
  readonly #held = new Map<Owner, Set<Claim>>();

  /** Who holds a claim, if anybody does. */
  ownerOf(claim: Claim): Owner | undefined {
    return this.#owners.get(claim);
  }

  /** All that an owner holds. */
  heldBy(owner: Owner): Claim[] {
    return [...(this.#held.get(owner) ?? [])];
  }

  /** Which of these claims somebody else holds. Empty: the owner may have them all. */
  conflicts(owner: Owner, claims: Iterable<Claim>): ClaimConflict[] {
    const found: ClaimConflict[] = [];
    for (const claim of claims) {
      const holder = this.#owners.get(claim);
      if (holder !== undefined && holder !== owner) found.push({ claim, owner: holder });
    }
    return found;
  }

  /**
   * Makes these claims all that the owner holds; what it held besides is free again. Where somebody else holds one, nothing changes and the
   * conflicts come back.
   */
  hold(owner: Owner, claims: Iterable<Claim>): ClaimConflict[] {
    const wanted = new Set(claims);
    const conflicts = this.conflicts(owner, wanted);
    if (conflicts.length > 0) return conflicts;
    for (const claim of this.#held.get(owner) ?? []) {
      if (!wanted.has(claim)) this.#owners.delete(claim);
    }
    for (const claim of wanted) this.#owners.set(claim, owner);
    if (wanted.size === 0) this.#held.delete(owner);
    else this.#held.set(owner, wanted);
    return [];
  }

  /** Forgets an owner; all it held is free. An owner that held nothing is fine. */
  release(owner: Owner): void {
    this.hold(owner, []);
  }

  /** How many claims are held. */
  get size(): number {
    return this.#owners.size;
  }
}
