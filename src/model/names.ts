import { base32Alphabet, base32Hash } from './records/canonical.ts';

/*
 * How things are called in AWS. Every name follows from the ids of its placement, so a resource whose create call was never answered can be
 * found again. Worst case with four record names of 40 characters: 192 for clusters and families (ECS allows 255), 75 for DNS set
 * identifiers (Route 53 allows 128), 29 for target groups (ELBv2 allows 32), 128 for hosts (an ALB condition allows 128).
 */

/** The tags that are the mark of ownership, and what they say. Keys and values fit ECS, ELBv2, EC2 and DynamoDB alike. */
export const marks = {
  installation: 'cellwright:installation',
  tenant: 'cellwright:tenant',
  infraGroup: 'cellwright:infra-group',
  placement: 'cellwright:placement',
  /** On VPC endpoints: which dependency of the tier they lead to. */
  dependency: 'cellwright:dependency',
  spec: 'cellwright:spec',
} as const;

/** Characters of an installation's id: 50 random bits, as there are few installations. */
export const installationIdLength = 10;

/** Characters of a placement's id: 60 random bits; a billion placements ever made clash with a chance below one in two. */
export const placementIdLength = 12;

/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

function randomId(random: Random, length: number): string {
  return Array.from({ length }, () => base32Alphabet.charAt(Math.floor(random() * 32))).join('');
}

/** A new id for an installation: 10 characters of lower-case base32. `init` makes one, once. */
export function newInstallationId(random: Random): string {
  return randomId(random, installationIdLength);
}

/** A new id for a placement: 12 characters of lower-case base32. Every reservation makes one, so that no id ever comes back. */
export function newPlacementId(random: Random): string {
  return randomId(random, placementIdLength);
}

/** Whether a text has the form of an installation's id. */
export function isInstallationId(text: string): boolean {
  return text.length === installationIdLength && /^[a-z2-7]+$/.test(text);
}

/** Whether a text has the form of a placement's id. */
export function isPlacementId(text: string): boolean {
  return text.length === placementIdLength && /^[a-z2-7]+$/.test(text);
}

/** Where one placement is, in ids and record names. */
export interface PlacementIdentity {
  readonly installation: string;
  readonly tier: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly tenant: string;
  readonly placement: string;
}

/**
 * Name of the ECS cluster and of the task definition family: `<installation>--<tier>--<cell>--<group>--<tenant>--<placement>`. Record names have no
 * `--`, so no two placements share it.
 */
export function placementName(id: PlacementIdentity): string {
  return [id.installation, id.tier, id.cell, id.infraGroup, id.tenant, id.placement].join('--');
}

/** Reads a cluster's or family's name apart; undefined where it is not one of ours in form. It proves nothing: tags do. */
export function parsePlacementName(name: string): PlacementIdentity | undefined {
  const [installation, tier, cell, infraGroup, tenant, placement, ...rest] = name.split('--');
  if (installation === undefined || tier === undefined || cell === undefined || infraGroup === undefined)
    return undefined;
  if (tenant === undefined || placement === undefined || rest.length > 0) return undefined;
  if (!isInstallationId(installation) || !isPlacementId(placement)) return undefined;
  return { installation, tier, cell, infraGroup, tenant, placement };
}

/** Name of the ECS service of incarnation `n`, in the placement's own cluster. */
export function serviceName(n: number): string {
  return `svc-${n}`;
}

/**
 * Name of the target group of incarnation `n`: `cw-` and 26 base32 characters (130 bits) of a hash of installation, placement and n; 29
 * characters. A hash, because 32 characters would cut record names, and cut names collide.
 */
export function targetGroupName(installation: string, placement: string, n: number): string {
  return `cw-${base32Hash(`${installation}/${placement}/${n}`, 26)}`;
}

/** The lowest rule priority that we use; what is below is left to operators. */
export const rulePriorityBase = 1000;

/** The highest slot whose two priorities still fit (ELBv2 allows priorities up to 50,000). */
export const slotMax = 24_499;

/** The rule priority of a slot: 1000 + 2 × slot; the odd one after it is the spare for make-before-break. Throws a RangeError for no slot. */
export function rulePriority(slot: number, spare = false): number {
  if (!Number.isInteger(slot) || slot < 0 || slot > slotMax)
    throw new RangeError(`slot ${slot} is not one of 0 to ${slotMax}`);
  return rulePriorityBase + 2 * slot + (spare ? 1 : 0);
}

/** The slot that a priority belongs to, or undefined where it is none of ours. */
export function slotOfPriority(priority: number): number | undefined {
  const slot = Math.floor((priority - rulePriorityBase) / 2);
  return Number.isInteger(priority) && slot >= 0 && slot <= slotMax ? slot : undefined;
}

/** Set identifier of a placement's DNS records: `cellwright/<installation>/<group>/<placement>`. */
export function setIdentifier(id: Pick<PlacementIdentity, 'installation' | 'infraGroup' | 'placement'>): string {
  return `cellwright/${id.installation}/${id.infraGroup}/${id.placement}`;
}

/** Reads a set identifier apart; undefined where it is not of our form. */
export function parseSetIdentifier(
  text: string,
): Pick<PlacementIdentity, 'installation' | 'infraGroup' | 'placement'> | undefined {
  const [prefix, installation, infraGroup, placement, ...rest] = text.split('/');
  if (prefix !== 'cellwright' || installation === undefined || infraGroup === undefined || placement === undefined)
    return undefined;
  if (rest.length > 0 || infraGroup === '' || !isInstallationId(installation) || !isPlacementId(placement))
    return undefined;
  return { installation, infraGroup, placement };
}

/** Name of the TXT record that fences an installation's writes in a zone. No host of ours has an underscore, so it meets none. */
export function fenceName(installation: string, zoneName: string): string {
  return `_cellwright-${installation}.${zoneName.endsWith('.') ? zoneName.slice(0, -1) : zoneName}`;
}

/** The two path patterns of a tenant told by path: `/acme` and `/acme/*`; never `/acme*`, which would take `/acme-two` too. */
export function pathPatterns(pathPrefix: string): [string, string] {
  return [pathPrefix, `${pathPrefix}/*`];
}

/** The tags that everything of one placement bears from its creating call on. */
export function placementTags(
  id: Pick<PlacementIdentity, 'installation' | 'tenant' | 'infraGroup' | 'placement'>,
): Record<string, string> {
  return {
    [marks.installation]: id.installation,
    [marks.tenant]: id.tenant,
    [marks.infraGroup]: id.infraGroup,
    [marks.placement]: id.placement,
  };
}
