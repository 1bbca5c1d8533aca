/** The endpoint services that endpoints can be made to: AWS's own, and those that a fleet or a test makes known. */
import type { EndpointServiceSeed } from '../kernel.ts';
import type { AwsEndpointService } from './aws-services.ts';
import { awsServicesOf, digitsOf, gatewayServices } from './aws-services.ts';
import { zonesOf } from './zones.ts';

export interface EndpointService extends AwsEndpointService {
  readonly region: string;
  /** An account, or `amazon`. */
  readonly owner: string;
  readonly acceptanceRequired: boolean;
  readonly policySupported: boolean;
  /** The zones that it is available in, by name. */
  readonly zones: readonly string[];
  /** The accounts that know of it; undefined: all. */
  readonly allowedAccounts: ReadonlySet<string> | undefined;
  readonly fails: boolean;
}

const seededName = /^com\.amazonaws\.vpce\.([a-z0-9-]+)\.(vpce-svc-[0-9a-z]+)$/;

/** All endpoint services. */
export class EndpointServices {
  private readonly seeded = new Map<string, EndpointService>();
  private readonly ownOfAws = new Map<string, readonly EndpointService[]>();

  /** Makes one known. Throws `Error` for a name that no service could have. */
  seed(seed: EndpointServiceSeed): void {
    const [, region, id] = seededName.exec(seed.serviceName) ?? [];
    if (region === undefined || id === undefined) {
      throw new Error(
        `seedEndpointService: found '${seed.serviceName}', expected a name like com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`,
      );
    }
    this.seeded.set(seed.serviceName, {
      name: seed.serviceName,
      id,
      type: 'Interface',
      region,
      owner: seed.account,
      acceptanceRequired: seed.acceptanceRequired,
      policySupported: false,
      baseDnsName: `${id}.${region}.vpce.amazonaws.com`,
      privateDnsName: seed.privateDnsName,
      zones: seed.zones ?? zoneNames(region),
      allowedAccounts:
        seed.allowedAccounts === undefined ? undefined : new Set([seed.account, ...seed.allowedAccounts]),
      fails: seed.fails ?? false,
    });
  }

  /** What an account sees in a Region. */
  visible(account: string, region: string): readonly EndpointService[] {
    const seeded = [...this.seeded.values()].filter(
      (service) => service.region === region && (service.allowedAccounts?.has(account) ?? true),
    );
    return [...this.ofAws(region), ...seeded];
  }

  /** The service with this id, where the account owns it. */
  owned(account: string, region: string, id: string): EndpointService | undefined {
    return [...this.seeded.values()].find(
      (service) => service.id === id && service.owner === account && service.region === region,
    );
  }

  private ofAws(region: string): readonly EndpointService[] {
    let services = this.ownOfAws.get(region);
    if (services === undefined) {
      services = awsServicesOf(region).map((service) => ({
        ...service,
        region,
        owner: 'amazon',
        acceptanceRequired: false,
        policySupported: true,
        zones: zoneNames(region),
        allowedAccounts: undefined,
        fails: false,
      }));
      this.ownOfAws.set(region, services);
    }
    return services;
  }
}

function zoneNames(region: string): readonly string[] {
  return zonesOf(region).map((zone) => zone.name);
}

/** An AWS-managed prefix list: the addresses of a service that has gateway endpoints. */
export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** The prefix lists of a Region. The ranges are made up. */
export function prefixListsOf(region: string): readonly PrefixList[] {
  return gatewayServices.map((short, index) => ({
    id: `pl-${digitsOf(`${region}/${short}`, 8)}`,
    name: `com.amazonaws.${region}.${short}`,
    cidrs: [`198.18.${index}.0/24`],
  }));
}

/** Whether a Region has a prefix list with this id. */
export function isPrefixList(region: string, id: string): boolean {
  return prefixListsOf(region).some((list) => list.id === id);
}
