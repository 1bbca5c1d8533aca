import { describe, expect, it } from 'vitest';
import type { CertificateFact } from '../../../src/aws/certificates.ts';
import type { InfraGroupReading, ListenerFacts } from '../../../src/aws/infra.ts';
import type { RoleProof } from '../../../src/aws/ports.ts';
import {
  certificateMarginMs,
  type GateFacts,
  gateOf,
  rolesCondition,
} from '../../../src/controller/infra-group/gate.ts';
import type { ConditionUpdate } from '../../../src/model/conditions.ts';
import { CallError } from '../../../src/model/errors.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const day = 86_400_000;

const certificate = (change: Partial<Extract<CertificateFact, { readable: true }>> = {}): CertificateFact => ({
  arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a',
  readable: true,
  status: 'ISSUED',
  names: ['std.example.net', '*.std.example.net'],
  notAfter: now + 100 * day,
  ...change,
});
const listener = (change: Partial<ListenerFacts> = {}): ListenerFacts => ({
  protocol: 'HTTPS',
  otherDefault: undefined,
  certificates: [certificate()],
  ...change,
});
const reading = (change: Partial<InfraGroupReading> = {}): InfraGroupReading => ({
  facts: {
    name: 'g1',
    vpcId: 'vpc-1',
    subnetIds: ['subnet-1'],
    taskSecurityGroupIds: ['sg-1'],
    endpointSecurityGroupIds: [],
    loadBalancerArn: 'lb',
    listenerArn: 'listener',
    dnsName: 'a.elb.example',
    canonicalHostedZoneId: 'Z1',
    dualstack: false,
  },
  network: [],
  zones: {},
  loadBalancer: undefined,
  listener: listener(),
  ...change,
});
const roles: readonly RoleProof[] = (['observe', 'apply', 'reap'] as const).map((role) => ({ role, roleArn: role }));
const refusedBy = (error: CallError['class']): readonly RoleProof[] =>
  roles.map((proof) =>
    proof.role === 'reap'
      ? {
          ...proof,
          error: new CallError({
            class: error,
            service: 'sts',
            operation: 'assumeRole',
            code: 'X',
            message: 'said no',
          }),
        }
      : proof,
  );
const facts = (change: Partial<GateFacts> = {}): GateFacts => ({
  tier: { domain: 'std.example.net', scope: 'tenant' },
  infra: { ok: true, value: reading() },
  roles,
  endpoints: [],
  now,
  ...change,
});
const withListener = (change: Partial<ListenerFacts>): GateFacts =>
  facts({ infra: { ok: true, value: reading({ listener: listener(change) }) } });
const withCertificates = (...certificates: CertificateFact[]): GateFacts => withListener({ certificates });
const of = (found: GateFacts, type: string): ConditionUpdate | undefined =>
  gateOf(found).conditions.find((condition) => condition.type === type);

describe('the readiness gate', () => {
  it('is open where everything stands', () => {
    const { closed, conditions } = gateOf(facts());
    expect(closed).toBeUndefined();
    expect(conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'NetworkReady True',
      'LoadBalancerReady True',
      'ListenerReady True',
      'CertificateReady True',
      'EndpointsReady True',
      'InfraReady True',
    ]);
  });

  it.each([
    ['NotRead', facts({ infra: undefined })],
    ['AccessDenied', facts({ infra: { ok: false, reason: 'AccessDenied', message: 'denied' } })],
    [
      'SubnetMissing',
      facts({ infra: { ok: true, value: reading({ network: [{ reason: 'SubnetMissing', message: 'no subnet' }] }) } }),
    ],
    [
      'LoadBalancerNotActive',
      facts({
        infra: {
          ok: true,
          value: reading({ loadBalancer: { reason: 'LoadBalancerNotActive', message: 'is impaired' } }),
        },
      }),
    ],
    [
      'ListenerMissing',
      facts({
        infra: { ok: true, value: reading({ listener: { reason: 'ListenerMissing', message: 'no listener' } }) },
      }),
    ],
    ['DefaultAction', withListener({ otherDefault: 'redirect' })],
    ['RoleNotAssumable', facts({ roles: refusedBy('denied') })],
    [
      'PendingAcceptance',
      facts({
        endpoints: [
          { type: 'EndpointsReady', status: 'True', reason: 'Available', message: 'a: vpce-1' },
          { type: 'EndpointsReady', status: 'False', reason: 'PendingAcceptance', message: 'b: waits' },
        ],
      }),
    ],
  ])('is closed, and says why: %s', (reason, found) => {
    const { closed, conditions } = gateOf(found);
    expect(closed).toBeTruthy();
    expect(conditions.at(-1)).toMatchObject({ type: 'InfraReady', status: 'False', reason });
  });

  it('tells of everything that is amiss at once', () => {
    const value = reading({
      network: [{ reason: 'VpcMissing', message: 'no VPC' }],
      listener: listener({ otherDefault: 'forward' }),
    });
    const { closed } = gateOf(facts({ infra: { ok: true, value }, roles: refusedBy('denied') }));
    for (const word of ['no VPC', 'forward', 'reap: said no']) expect(closed).toContain(word);
  });

  it('tells of the dependencies that lack their endpoint, and not of the others', () => {
    const endpoints: ConditionUpdate[] = Array.from({ length: 9 }, (_, n) => ({
      type: 'EndpointsReady',
      status: n === 0 ? 'True' : 'False',
      reason: 'Provisioning',
      message: `d${n}: under way`,
    }));
    const message = of(facts({ endpoints }), 'EndpointsReady')?.message;
    expect(message).toBe('d1: under way; d2: under way; d3: under way; d4: under way; d5: under way; and 3 more');
  });
});

describe('its certificate', () => {
  const scopeTier = { domain: 'std.example.net', scope: 'tier' as const };
  it.each([
    ['Valid', withCertificates(certificate())],
    ['Valid', withCertificates(certificate({ names: ['*.std.example.net'] }))],
    ['Valid', withCertificates(certificate({ notAfter: now + certificateMarginMs }))],
    // One that is about to end does not matter beside one that is good.
    ['Valid', withCertificates(certificate({ notAfter: now + day }), certificate())],
    ['Valid', { ...withCertificates(certificate({ names: ['std.example.net'] })), tier: scopeTier }],
    ['Valid', { ...withCertificates(certificate({ names: ['*.example.net'] })), tier: scopeTier }],
    ['NotNeeded', withListener({ protocol: 'HTTP', certificates: [] })],
  ])('is good: %s', (reason, found) => {
    expect(of(found, 'CertificateReady')).toMatchObject({ status: 'True', reason });
    expect(gateOf(found).closed).toBeUndefined();
  });

  it.each([
    ['CertificateExpires', withCertificates(certificate({ notAfter: now + certificateMarginMs - 1 }))],
    ['CertificateExpires', withCertificates(certificate({ notAfter: now - day }))],
    ['CertificateNotIssued', withCertificates(certificate({ status: 'PENDING_VALIDATION', notAfter: undefined }))],
    ['CertificateNames', withCertificates(certificate({ names: ['std.example.net'] }))],
    // A wildcard stands for one label only.
    ['CertificateNames', withCertificates(certificate({ names: ['*.example.net'] }))],
    ['CertificateNames', { ...withCertificates(certificate({ names: ['*.std.example.net'] })), tier: scopeTier }],
    ['CertificateNames', withCertificates()],
  ])('closes the gate: %s', (reason, found) => {
    expect(of(found, 'CertificateReady')).toMatchObject({ status: 'False', reason });
    expect(gateOf(found).closed).toContain('CertificateReady');
  });

  const unread = (reason: string): CertificateFact => ({ arn: 'x', readable: false, reason, message: 'not read' });

  it('of IAM is not known, and closes nothing', () => {
    const found = withCertificates(unread('IamCertificate'));
    expect(of(found, 'CertificateReady')).toMatchObject({ status: 'Unknown', reason: 'IamCertificate' });
    expect(gateOf(found).closed).toBeUndefined();
  });

  it('that cannot be read is not known, and closes the gate unless another is good', () => {
    const found = withCertificates(unread('IamCertificate'), unread('AccessDenied'));
    expect(of(found, 'CertificateReady')).toMatchObject({ status: 'Unknown', reason: 'AccessDenied' });
    expect(gateOf(found).closed).toContain('not read');
    expect(gateOf(withCertificates(unread('AccessDenied'), certificate())).closed).toBeUndefined();
  });

  it('says the same words as time goes on', () => {
    const earlier = of(withCertificates(certificate()), 'CertificateReady');
    const later = of({ ...withCertificates(certificate()), now: now + 30 * day }, 'CertificateReady');
    expect(later).toEqual(earlier);
  });
});

describe('the roles of a cell', () => {
  it.each([
    ['Unknown', 'NotRead', undefined],
    ['True', 'Assumable', roles],
    ['False', 'RoleNotAssumable', refusedBy('denied')],
    // Trouble of STS is no word on the role, and closes nothing.
    ['Unknown', 'ReadFailed', refusedBy('throttled')],
  ] as const)('%s, %s', (status, reason, found) => {
    expect(rolesCondition(found)).toMatchObject({ status, reason });
    expect(gateOf(facts({ roles: found })).closed === undefined).toBe(status !== 'False');
  });
});
