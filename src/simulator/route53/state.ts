import type { HostedZone, VPC } from '@aws-sdk/client-route-53';
import { AwsError, type Call, type World } from '../kernel.ts';
import { invalidInput } from './errors.ts';
import type { RecordIndex } from './record-index.ts';
import type { StoredSet } from './records.ts';

export interface Zone {
  readonly id: string;
  /** Stored form, with a trailing dot. */
  readonly name: string;
  readonly account: string;
  readonly callerReference: string;
  readonly nameServers: readonly string[];
  config: NonNullable<HostedZone['Config']>;
  /** The VPC that a private zone was made for. */
  readonly vpc: VPC | undefined;
  /** Whether the world outside (a registrar, a parent zone that is not hosted here) sends resolvers to this zone. */
  readonly delegated: boolean;
  readonly tags: Map<string, string>;
  /** What the API shows, PENDING changes included. */
  readonly records: RecordIndex;
  /** What name servers answer with: INSYNC changes only. Empty before the zone itself is in sync. */
  readonly live: RecordIndex;
  /** What resolvers may still hold, by name and type, with when they let go of it (milliseconds since the epoch). */
  readonly held: Map<string, { readonly sets: readonly StoredSet[]; readonly until: number }[]>;
  /** While a request is being processed, another one for this zone is refused (milliseconds since the epoch). */
  processingUntil: number;
  /** When the newest change is in sync; a later one never overtakes it (milliseconds since the epoch). */
  lastSyncAt: number;
}

export interface Change {
  readonly id: string;
  readonly account: string;
  readonly submittedAt: number;
  readonly comment: string | undefined;
  status: 'PENDING' | 'INSYNC';
}

/** All that Route 53 knows, in every account. */
export interface DnsState {
  readonly world: World;
  /** Answers InvalidChangeBatch in the body without a Code. Which checks of AWS's use which body is not documented. */
  readonly rootErrorBody: boolean;
  /** What the API shows. */
  readonly zones: Map<string, Zone>;
  /** What resolvers may meet, in order of creation: a deleted zone stays until its deletion is in sync. Several accounts may have a zone of one name. */
  readonly zonesByName: Map<string, Zone[]>;
  readonly changes: Map<string, Change>;
}

/** A zone's id without the prefix that the API puts before it. */
export function bareZoneId(id: string): string {
  return id.replace(/^\/?hostedzone\//, '');
}

/**
 * The caller's zone with this id. Throws NoSuchHostedZone when there is none, and AccessDenied when it is another account's (Route 53 has no
 * resource policies for zones: no other account can be let in).
 */
export function findZone(state: DnsState, call: Call, id: string): Zone {
  const bare = bareZoneId(id);
  if (bare.length > 32) {
    throw invalidInput(
      `1 validation error detected: Value '${bare}' at 'id' failed to satisfy constraint: Member must have length less than or equal to 32`,
    );
  }
  const zone = state.zones.get(bare);
  if (zone === undefined) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bare}`);
  if (zone.account !== call.account) {
    throw new AwsError(
      'AccessDenied',
      `User: ${call.principal} is not authorized to perform: route53:${call.operation} on resource: arn:aws:route53:::hostedzone/${bare}`,
      { status: 403 },
    );
  }
  return zone;
}
