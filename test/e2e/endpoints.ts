/** Fleets whose tiers depend upon services, with the endpoints seen from outside. */
import { EC2, type VpcEndpoint } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { Installation, type InstallationOptions } from '../support/installation.ts';

export const service = (n: number): string => `com.amazonaws.vpce.us-east-1.vpce-svc-0000000000000000${n}`;
export const orders = { name: 'orders', serviceName: service(1) };
export const prices = { name: 'prices', serviceName: service(2) };

export const securityGroupOf = (name: string): string => `sg-0e${Buffer.from(name).toString('hex').padEnd(14, '0')}`;

export const place = cell('c1', 'std', 1);
export const fleet = (dependencies: readonly object[], groups: readonly string[], tenants: readonly PlainRecord[]) =>
  documents([
    tier('std', { dependencies }),
    place,
    ...groups.map((name) => group(name, place, { endpointSecurityGroupIds: [securityGroupOf(name)] })),
    ...tenants,
  ]);

export const config = { resyncMs: 60_000, detailMs: 300_000 };

export async function installation(options: InstallationOptions): Promise<Installation> {
  const run = new Installation({ config, ...options });
  for (const n of [1, 2, 3]) {
    const privateDnsName = `service-${n}.example.net`;
    run.aws.ec2.seedEndpointService({
      serviceName: service(n),
      account: '888888888888',
      acceptanceRequired: false,
      privateDnsName,
    });
  }
  await run.init();
  return run;
}

export function clientsOf(run: Installation) {
  const config = {
    ...run.access,
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'stranger' },
    userAgentAppId: 'stranger',
  } as ConstructorParameters<typeof EC2>[0] & object;
  return { ec2: new EC2(config), elb: new ElasticLoadBalancingV2(config) };
}

export async function endpointsOf(run: Installation, ec2: EC2): Promise<readonly VpcEndpoint[]> {
  const { VpcEndpoints = [] } = await run.clock.drive(ec2.describeVpcEndpoints({}));
  return VpcEndpoints.filter(({ State }) => !['deleting', 'deleted'].includes(String(State)));
}

export const tagOf = ({ Tags = [] }: VpcEndpoint, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value;

export function conditionOf(run: Installation, kind: 'Tier' | 'Cell' | 'InfraGroup', name: string, type: string) {
  return run.leader?.term?.view.get(kind, name)?.status?.value.conditions.find((one) => one.type === type);
}

export const isTrue = (run: Installation, kind: 'Tier' | 'Cell' | 'InfraGroup', name: string, type: string): boolean =>
  conditionOf(run, kind, name, type)?.status === 'True';

export const groupsOf = (run: Installation, name: string): readonly string[] =>
  Object.values(run.leader?.term?.view.get('Tenant', name)?.inventory?.value.placements ?? {}).map(
    ({ infraGroup }) => infraGroup,
  );

export const creates = (run: Installation, since = 0) =>
  run.calls(since).filter(({ operation, error }) => operation === 'CreateVpcEndpoint' && error === null);

/** A controller on a wired group with one tenant that is Ready. */
export async function wired(dependencies: readonly object[] = [orders], options: Partial<InstallationOptions> = {}) {
  const run = await installation({ fleet: fleet(dependencies, ['g1'], [tenant('acme', 'std')]), ...options });
  run.start();
  await run.until('acme Ready', () => run.phase('acme') === 'Ready');
  await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
  return { run, ...clientsOf(run) };
}
