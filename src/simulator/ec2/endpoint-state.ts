import type { EndpointService } from './endpoint-services.ts';
import type { Subnet, Tags, Vpc } from './state.ts';

/**
 * As AWS's own samples and filter values spell them; its model has a capital first letter. Expired and Partial are of
 * endpoint types that are not simulated.
 */
export type EndpointState =
  | 'pendingAcceptance'
  | 'pending'
  | 'available'
  | 'deleting'
  | 'deleted'
  | 'rejected'
  | 'failed';

/** One interface endpoint. */
export interface VpcEndpoint {
  readonly id: string;
  /** The word in its DNS names that only AWS chooses. */
  readonly dnsWord: string;
  /** The private hosted zone that AWS makes for its private DNS name. */
  readonly privateZoneId: string;
  readonly connectionId: string;
  readonly vpc: Vpc;
  readonly service: EndpointService;
  readonly createdAt: number;
  readonly tags: Tags;
  /** By subnet id; each subnet lies in a zone of its own. */
  readonly interfaces: Map<string, { readonly subnet: Subnet; readonly eniId: string; readonly ip: string }>;
  state: EndpointState;
  groupIds: readonly string[];
  privateDns: boolean;
  policy: string;
  failure: string | undefined;
  /** Takes what it is about to become off the agenda. */
  cancel: (() => void) | undefined;
}

/** Whether it is still there for names and quotas: a deleted one is only shown. */
export function isAlive(endpoint: VpcEndpoint): boolean {
  return endpoint.state !== 'deleted';
}
