/** What happens to an interface endpoint by itself, and what its owner, its service's owner and AWS do to it. */
import type { World } from '../kernel.ts';
import type { VpcEndpoint } from './endpoint-state.ts';
import type { Ec2State, Subnet } from './state.ts';
import type { Ec2Network } from './world.ts';

// AWS gives no numbers; a test that made a service, an endpoint and a record took 517 s in all (observed).
const provisioningMs = { least: 90_000, most: 180_000 };
const deletingMs = { least: 60_000, most: 300_000 };
/** AWS shows a deleted endpoint "briefly" (observed); how long is assumed. */
const shownDeletedMs = 60_000;

/** Network Address Usage of an endpoint in one zone (VPC guide, Network Address Usage). */
const unitsPerZone = 6;

/** The states of endpoints. */
export class EndpointLifecycle {
  private readonly world: World;
  private readonly state: Ec2State;
  private readonly network: Ec2Network;

  constructor(world: World, state: Ec2State, network: Ec2Network) {
    this.world = world;
    this.state = state;
    this.network = network;
  }

  /** What an interface of an endpoint costs and bears. */
  interfaceDetails(id: string, groupIds: readonly string[]) {
    return {
      description: `VPC Endpoint Interface ${id}`,
      interfaceType: 'vpc_endpoint',
      requester: 'amazon-vpce',
      groupIds,
      addressUnits: unitsPerZone,
    };
  }

  /** Gives the endpoint an interface in each of these subnets; there is room for them. */
  attach(endpoint: VpcEndpoint, subnets: readonly Subnet[]): void {
    for (const subnet of subnets) {
      const details = this.interfaceDetails(endpoint.id, endpoint.groupIds);
      const { ip, eniId } = this.network.allocateAddress(subnet.id, details);
      endpoint.interfaces.set(subnet.id, { subnet, ip, eniId });
    }
  }

  /** Takes the endpoint's interfaces out of these subnets. */
  detach(endpoint: VpcEndpoint, subnetIds: readonly string[]): void {
    for (const subnetId of subnetIds) {
      const held = endpoint.interfaces.get(subnetId);
      if (held === undefined) continue;
      endpoint.interfaces.delete(subnetId);
      this.network.releaseAddress(endpoint.vpc.id, held.ip);
    }
  }

  /** A new endpoint waits for its service's owner, where that one wants to be asked. */
  begin(endpoint: VpcEndpoint): void {
    if (!endpoint.service.acceptanceRequired) this.provision(endpoint);
  }

  /** It is on its way to `available`: new and accepted, or changed in its subnets. */
  provision(endpoint: VpcEndpoint): void {
    endpoint.state = 'pending';
    this.next(endpoint, provisioningMs, () => {
      endpoint.state = endpoint.service.fails ? 'failed' : 'available';
      endpoint.failure = endpoint.service.fails ? 'The endpoint could not be provisioned.' : undefined;
    });
  }

  /** The service's owner does not want it. It stays until its own owner deletes it. */
  reject(endpoint: VpcEndpoint): void {
    endpoint.cancel?.();
    endpoint.cancel = undefined;
    endpoint.state = 'rejected';
  }

  /** Deletes it: its interfaces and its private DNS name go at the end, and it is shown a little longer. */
  remove(endpoint: VpcEndpoint): void {
    if (endpoint.state === 'deleting') return;
    endpoint.state = 'deleting';
    this.next(endpoint, deletingMs, () => {
      this.detach(endpoint, [...endpoint.interfaces.keys()]);
      endpoint.state = 'deleted';
      this.next(endpoint, { least: shownDeletedMs, most: shownDeletedMs }, () => this.forget(endpoint));
    });
  }

  private forget(endpoint: VpcEndpoint): void {
    const scope = this.state.scopeOf(endpoint.vpc);
    scope.endpoints.delete(endpoint.id);
    for (const [token, made] of scope.endpointTokens)
      if (made.endpoint === endpoint) scope.endpointTokens.delete(token);
  }

  private next(endpoint: VpcEndpoint, range: { readonly least: number; readonly most: number }, run: () => void): void {
    endpoint.cancel?.();
    const draw = this.world.random('ec2-endpoint');
    const ms = (range.least + draw * (range.most - range.least)) * this.world.latencyFactor;
    endpoint.cancel = this.world.at(this.world.now() + ms, () => {
      endpoint.cancel = undefined;
      run();
    });
  }
}
