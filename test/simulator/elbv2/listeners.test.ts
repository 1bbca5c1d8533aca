import type {
  DescribeListenerAttributesOutput,
  DescribeListenerCertificatesOutput,
  DescribeListenersOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  certificate,
  createFixture,
  type Fixture,
  listenerArn,
  loadBalancerArn,
  makeGroup,
  makeListener,
  makeRule,
  refusal,
  ruleInput,
} from './fixture.ts';

const fixed = (StatusCode: string) => ({ Type: 'fixed-response', FixedResponseConfig: { StatusCode } }) as const;
const input = { LoadBalancerArn: loadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: [fixed('410')] };
const secure = { ...input, Protocol: 'HTTPS', Port: 8443, Certificates: [{ CertificateArn: certificate(1) }] };

function read(fixture: Fixture, request: object) {
  return fixture.elb<DescribeListenersOutput>('DescribeListeners', request).Listeners ?? [];
}

describe('CreateListener', () => {
  test('takes one port once, and is idempotent with the same settings', () => {
    const fixture = createFixture();
    const made = fixture.elb<DescribeListenersOutput>('CreateListener', input);
    expect(fixture.elb('CreateListener', input)).toEqual(made);
    const other = { ...input, DefaultActions: [fixed('404')] };
    expect(refusal(() => fixture.elb('CreateListener', other)).code).toBe('DuplicateListenerException');
    expect(read(fixture, { LoadBalancerArn: loadBalancerArn })).toHaveLength(2);
  });

  test('over TLS has one certificate, and a security policy by default', () => {
    const fixture = createFixture();
    const made = fixture.elb<DescribeListenersOutput>('CreateListener', secure);
    expect(made.Listeners?.[0]).toMatchObject({
      SslPolicy: 'ELBSecurityPolicy-2016-08',
      Certificates: [{ CertificateArn: certificate(1) }],
    });
    const iam = 'arn:aws:iam::111111111111:server-certificate/one';
    const policy = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06';
    const more = { ...secure, Port: 8444, Certificates: [{ CertificateArn: iam }], SslPolicy: policy };
    expect(() => fixture.elb('CreateListener', more)).not.toThrow();
  });

  test.each([
    ['no port', { ...input, Port: undefined }, 'ValidationError'],
    ['port 65,536', { ...input, Port: 65_536 }, 'ValidationError'],
    ['no protocol', { ...input, Protocol: undefined }, 'ValidationError'],
    ['the protocol of another load balancer', { ...input, Protocol: 'TCP' }, 'ValidationError'],
    ['a protocol that there is not', { ...input, Protocol: 'FTP' }, 'ValidationError'],
    ['a certificate without TLS', { ...input, Certificates: secure.Certificates }, 'ValidationError'],
    ['a security policy without TLS', { ...input, SslPolicy: 'ELBSecurityPolicy-2016-08' }, 'ValidationError'],
    ['TLS without a certificate', { ...secure, Certificates: [] }, 'ValidationError'],
    [
      'two certificates',
      { ...secure, Certificates: [...secure.Certificates, { CertificateArn: certificate(2) }] },
      'ValidationError',
    ],
    ['what is no certificate', { ...secure, Certificates: [{ CertificateArn: 'c' }] }, 'ValidationError'],
    [
      'a certificate of another Region',
      { ...secure, Certificates: [{ CertificateArn: certificate(1).replace('us-east-1', 'eu-west-1') }] },
      'CertificateNotFoundException',
    ],
    [
      'a security policy that there is not',
      { ...secure, SslPolicy: 'ELBSecurityPolicy-TLS-9' },
      'SSLPolicyNotFoundException',
    ],
    ['no action', { ...input, DefaultActions: [] }, 'ValidationError'],
    [
      'a load balancer that is not there',
      { ...input, LoadBalancerArn: `${loadBalancerArn}0` },
      'LoadBalancerNotFoundException',
    ],
    [
      'client certificates, which are not simulated',
      { ...secure, MutualAuthentication: { Mode: 'passthrough' } },
      'InvalidConfigurationRequestException',
    ],
  ])('refuses %s', (_what, request, code) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.elb('CreateListener', request)).code).toBe(code);
    expect(read(fixture, { LoadBalancerArn: loadBalancerArn })).toHaveLength(1);
  });
});

describe('DescribeListeners', () => {
  test('reads those of a load balancer, or 20 at most by ARN', () => {
    const fixture = createFixture();
    const second = makeListener(fixture, {});
    const arns = (request: object) => read(fixture, request).map((one) => one.ListenerArn);
    expect(arns({ LoadBalancerArn: loadBalancerArn })).toEqual([listenerArn, second]);
    expect(arns({ LoadBalancerArn: loadBalancerArn, PageSize: 1 })).toEqual([listenerArn]);
    expect(arns({ ListenerArns: [second] })).toEqual([second]);
    const many = Array.from({ length: 21 }, () => second);
    for (const request of [{}, { LoadBalancerArn: loadBalancerArn, ListenerArns: [second] }, { ListenerArns: many }]) {
      expect(refusal(() => arns(request)).code).toBe('ValidationError');
    }
    expect(refusal(() => arns({ ListenerArns: [second, `${second}0`] })).code).toBe('ListenerNotFoundException');
  });
});

describe('ModifyListener and DeleteListener', () => {
  test('the default action, the port and the protocol can be changed, one by one', () => {
    const fixture = createFixture();
    const ListenerArn = makeListener(fixture, {});
    const modify = (change: object) => fixture.elb('ModifyListener', { ListenerArn, ...change });
    modify({ DefaultActions: [fixed('410')] });
    modify({ Port: 8443, Protocol: 'HTTPS', Certificates: secure.Certificates });
    expect(read(fixture, { ListenerArns: [ListenerArn] })[0]).toMatchObject({
      Port: 8443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-2016-08',
      DefaultActions: [fixed('410')],
    });
    modify({ SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' });
    expect(read(fixture, { ListenerArns: [ListenerArn] })[0]?.Certificates).toEqual(secure.Certificates);
    expect(refusal(() => modify({ Port: 443 })).code).toBe('DuplicateListenerException');
    modify({ Protocol: 'HTTP' });
    const [plain] = read(fixture, { ListenerArns: [ListenerArn] });
    expect([plain?.Certificates, plain?.SslPolicy]).toEqual([undefined, undefined]);
    expect(refusal(() => modify({ Protocol: 'HTTPS' })).code).toBe('ValidationError');
  });

  test('deleting one lets its target groups go, and takes its rules with it', () => {
    const fixture = createFixture({ latencyFactor: 0 });
    const group = makeGroup(fixture);
    makeRule(fixture, ruleInput('a.example.com', 1, group));
    expect(fixture.world.elb.targetGroup(group)?.attached).toBe(true);
    const remove = () => fixture.elb('DeleteListener', { ListenerArn: listenerArn });
    remove();
    expect(refusal(remove).code).toBe('ListenerNotFoundException');
    expect(fixture.world.elb.targetGroup(group)?.attached).toBe(false);
    expect(refusal(() => fixture.elb('DescribeRules', { ListenerArn: listenerArn })).code).toBe(
      'ListenerNotFoundException',
    );
    expect(() => fixture.elb('DeleteTargetGroup', { TargetGroupArn: group })).not.toThrow();
  });
});

describe('listener attributes', () => {
  test('come back complete; those about TLS are of HTTPS listeners only', () => {
    const fixture = createFixture();
    const attributes = (ListenerArn: string) =>
      new Map(
        fixture
          .elb<DescribeListenerAttributesOutput>('DescribeListenerAttributes', { ListenerArn })
          .Attributes?.map(({ Key, Value }) => [Key, Value]),
      );
    const plain = makeListener(fixture, {});
    expect([attributes(plain).size, attributes(listenerArn).size]).toEqual([11, 19]);
    expect(attributes(plain).get('routing.http.response.server.enabled')).toBe('true');
    const write = (ListenerArn: string, Key: string, Value: string) =>
      fixture.elb('ModifyListenerAttributes', { ListenerArn, Attributes: [{ Key, Value }] });
    write(plain, 'routing.http.response.server.enabled', 'false');
    expect(attributes(plain).get('routing.http.response.server.enabled')).toBe('false');
    const tls = 'routing.http.request.x_amzn_tls_version.header_name';
    expect(() => write(listenerArn, tls, 'x-tls')).not.toThrow();
    expect(refusal(() => write(plain, tls, 'x-tls')).code).toBe('ValidationError');
    expect(refusal(() => write(plain, 'routing.http.response.server.enabled', 'maybe')).code).toBe('ValidationError');
  });
});

describe('certificates of a listener', () => {
  test('are added to the default one, and removed; the default one stays', () => {
    const fixture = createFixture();
    const ListenerArn = makeListener(fixture, { ...secure, Protocol: 'HTTPS' });
    const call = (operation: string, ...numbers: number[]) =>
      fixture.elb(operation, { ListenerArn, Certificates: numbers.map((n) => ({ CertificateArn: certificate(n) })) });
    const all = () =>
      fixture
        .elb<DescribeListenerCertificatesOutput>('DescribeListenerCertificates', { ListenerArn })
        .Certificates?.map((one) => [one.CertificateArn, one.IsDefault]);
    call('AddListenerCertificates', 2, 3);
    call('AddListenerCertificates', 3);
    expect(all()).toEqual([
      [certificate(1), true],
      [certificate(2), false],
      [certificate(3), false],
    ]);
    call('RemoveListenerCertificates', 2);
    expect(all()?.map(([arn]) => arn)).toEqual([certificate(1), certificate(3)]);
    expect(refusal(() => call('RemoveListenerCertificates', 1)).code).toBe('OperationNotPermittedException');
    expect(refusal(() => call('AddListenerCertificates')).code).toBe('ValidationError');
    const plain = makeListener(fixture, {});
    const Certificates = [{ CertificateArn: certificate(2) }];
    expect(refusal(() => fixture.elb('AddListenerCertificates', { ListenerArn: plain, Certificates })).code).toBe(
      'InvalidConfigurationRequestException',
    );
  });
});
