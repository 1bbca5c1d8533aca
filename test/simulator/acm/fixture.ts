import type { CertificateDetail, CertificateSummary, RequestCertificateRequest } from '@aws-sdk/client-acm';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import type { ServiceId } from '../../../src/simulator/kernel.ts';
import { HandClock } from '../support/clock.ts';

export const account = '111111111111';
export const region = 'us-east-1';
export const loadBalancerArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shared-1/0123456789abcdef`;
export const listenerArn = `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/shared-1/0123456789abcdef/fedcba9876543210`;
export const seededArn = `arn:aws:acm:${region}:${account}:certificate/11111111-1111-4111-8111-111111111111`;

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

interface Caller {
  readonly account?: string;
  readonly region?: string;
}

/** An AWS with the zone example.com, and a load balancer with an HTTPS listener whose certificate is `seededArn`. */
export function createFixture(
  options: { throttle?: boolean; startAt?: number; readLagMs?: { acm: number }; answerDelays?: boolean } = {},
) {
  const { startAt, ...rest } = options;
  const world = createSimulatedAws({ clock: new HandClock(startAt), throttle: false, ...rest });
  world.ec2.seedVpc({ vpcId: 'vpc-1', account, region });
  for (const zone of ['a', 'b']) {
    world.ec2.seedSubnet({ subnetId: `subnet-${zone}`, vpcId: 'vpc-1', zone: `${region}${zone}` });
  }
  world.ec2.seedSecurityGroup({ groupId: 'sg-1', vpcId: 'vpc-1' });
  world.route53.seedZone({ id: 'Z1', name: 'example.com', account });
  const subnetIds = ['subnet-a', 'subnet-b'];
  world.elb.seedLoadBalancer({ arn: loadBalancerArn, vpcId: 'vpc-1', subnetIds, securityGroupIds: ['sg-1'] });
  world.acm.seedCertificate({ arn: seededArn, names: ['seeded.example.com'] });
  world.elb.seedListener({ arn: listenerArn, loadBalancerArn, certificateArn: seededArn });

  const call = (service: ServiceId, operation: string, input: object, as: Caller = {}): object =>
    world.call({ accessKeyId: as.account ?? account, region: as.region ?? region, service, operation, input });
  const acm = <O>(operation: string, input: object, as: Caller = {}): O => call('acm', operation, input, as) as O;

  const describe = (CertificateArn: string, as: Caller = {}): CertificateDetail =>
    acm<{ Certificate: CertificateDetail }>('DescribeCertificate', { CertificateArn }, as).Certificate;
  const change = (Action: string, name: string, value: string): void => {
    const set = { Name: name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: value }] };
    call('route53', 'ChangeResourceRecordSets', {
      HostedZoneId: 'Z1',
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
    });
    // The next change of the zone is not refused for this one.
    world.advance(1);
  };
  /** Makes, or takes away, the records that a certificate asks for. */
  const records = (action: 'UPSERT' | 'DELETE', arn: string): void => {
    const asked = (describe(arn).DomainValidationOptions ?? []).map(({ ResourceRecord }) => ResourceRecord);
    for (const [name, value] of new Map(asked.map((one) => [one?.Name ?? '', one?.Value ?? '']))) {
      change(action, name, value);
    }
  };
  const request = (more: Partial<RequestCertificateRequest> = {}, as: Caller = {}): string =>
    acm<{ CertificateArn: string }>(
      'RequestCertificate',
      { DomainName: 'www.example.com', ValidationMethod: 'DNS', ...more },
      as,
    ).CertificateArn;
  /** A certificate that was asked for, proved and issued. */
  const issued = (more: Partial<RequestCertificateRequest> = {}): string => {
    const arn = request(more);
    world.advance(10);
    records('UPSERT', arn);
    world.advance(10 * minute);
    return arn;
  };
  const list = (input: object = {}): readonly CertificateSummary[] =>
    acm<{ CertificateSummaryList: CertificateSummary[] }>('ListCertificates', input).CertificateSummaryList;
  const use = (CertificateArn: string): object =>
    call('elbv2', 'ModifyListener', { ListenerArn: listenerArn, Certificates: [{ CertificateArn }] });

  return { world, call, acm, describe, change, records, request, issued, list, use };
}
