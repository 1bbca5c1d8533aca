import { marks } from '../../model/names.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, EndpointContext } from '../contract.ts';

export interface EndpointContent {
  /** What can only be given at creation. */
  readonly fixed: { readonly VpcEndpointType: 'Interface'; readonly VpcId: string; readonly ServiceName: string };
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly privateDns: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** The interface endpoint of one dependency in one infra group. Its policy and its addresses stay at AWS's defaults: everything may pass, over IPv4. */
export function desiredEndpoint(context: EndpointContext): Desired<EndpointContent> {
  const { network, dependency } = context;
  const value: EndpointContent = {
    fixed: { VpcEndpointType: 'Interface', VpcId: network.vpcId, ServiceName: dependency.serviceName },
    subnetIds: [...network.subnetIds].sort(),
    securityGroupIds: [...network.securityGroupIds].sort(),
    privateDns: dependency.privateDns,
    tags: endpointTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

/**
 * Name of incarnation `n`, for people: AWS knows endpoints by ids that it makes itself. Found again they are by their tags.
 */
export function nameOfEndpoint({ infraGroup, dependency }: EndpointContext, n: number): string {
  return `${infraGroup}--${dependency.name}--${n}`;
}

/** The tags that an endpoint bears from its creating call on. `Name` is what AWS's console shows. */
export function endpointTags(context: EndpointContext): Readonly<Record<string, string>> {
  return {
    [marks.installation]: context.installation,
    [marks.infraGroup]: context.infraGroup,
    [marks.dependency]: context.dependency.name,
    Name: `cellwright ${context.infraGroup} ${context.dependency.name}`,
  };
}

/** What is wrong with the mark of a shared thing (installation and infra group), in words that follow "but"; undefined when it is ours. */
export function endpointMarkFault(
  tags: Readonly<Record<string, string>>,
  { installation, infraGroup }: EndpointContext,
): string | undefined {
  const wanted = { [marks.installation]: installation, [marks.infraGroup]: infraGroup };
  for (const [key, value] of Object.entries(wanted)) {
    const found = tags[key];
    if (found === undefined) return `lacks the tag ${key}`;
    if (found !== value) return `bears another ${key} (${found})`;
  }
  return undefined;
}
