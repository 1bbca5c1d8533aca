import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { account, createFixture, day, loadBalancerArn, region } from './fixture.ts';
import { first, key, nameless, root, second, selfSigned, selfSignedKey } from './pems.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function setUp(startAt?: number) {
  const fixture = createFixture(startAt === undefined ? {} : { startAt });
  const bring = (certificate: string, privateKey = key, more: object = {}): string =>
    fixture.acm<{ CertificateArn: string }>('ImportCertificate', {
      Certificate: bytes(certificate),
      PrivateKey: bytes(privateKey),
      ...more,
    }).CertificateArn;
  return { ...fixture, bring };
}

describe('an imported certificate', () => {
  test('is what its PEM says, and expires with it', () => {
    const fixture = setUp();
    const arn = fixture.bring(first, key, { CertificateChain: bytes(root), Tags: [{ Key: 'a', Value: 'b' }] });
    const shown = fixture.describe(arn);
    expect(shown).toMatchObject({
      Status: 'ISSUED',
      Type: 'IMPORTED',
      DomainName: 'tier.example.com',
      SubjectAlternativeNames: ['tier.example.com', '*.tier.example.com'],
      KeyAlgorithm: 'EC_prime256v1',
      Issuer: 'Test Authority',
      Subject: 'CN=tier.example.com',
      NotBefore: new Date('2025-06-01T00:00:00Z'),
      NotAfter: new Date('2026-03-01T00:00:00Z'),
      ImportedAt: new Date(fixture.world.now()),
      RenewalEligibility: 'INELIGIBLE',
    });
    expect(shown.IssuedAt).toBeUndefined();
    expect(shown.DomainValidationOptions).toBeUndefined();
    fixture.use(arn);
    fixture.world.advance(58 * day);
    expect(fixture.describe(arn).Status).toBe('ISSUED');
    fixture.world.advance(day);
    expect(fixture.describe(arn)).toMatchObject({ Status: 'EXPIRED', InUseBy: [loadBalancerArn] });
    expect(fixture.describe(arn).RenewalSummary).toBeUndefined();
  });

  test('can be replaced under its ARN, where type and size of the key stay', () => {
    const fixture = setUp();
    const arn = fixture.bring(first, key, { Tags: [{ Key: 'a', Value: 'b' }] });
    fixture.use(arn);
    const again = { CertificateArn: arn };
    expect(fixture.bring(second, key, again)).toBe(arn);
    expect(fixture.describe(arn).NotAfter).toEqual(new Date('2026-12-01T00:00:00Z'));
    expect(fixture.describe(arn).InUseBy).toEqual([loadBalancerArn]);
    const code = (run: () => unknown) => refusal(run).code;
    expect(code(() => fixture.bring(selfSigned, selfSignedKey, again))).toBe('InvalidParameterException');
    expect(code(() => fixture.bring(nameless, key, again))).toBe('InvalidParameterException');
    const Tags = [{ Key: 'a', Value: 'c' }];
    expect(code(() => fixture.bring(second, key, { ...again, Tags }))).toBe('InvalidParameterException');
    const requested = { CertificateArn: fixture.request() };
    expect(code(() => fixture.bring(second, key, requested))).toBe('InvalidParameterException');
  });

  test.each<[string, { certificate?: string; privateKey?: string; more?: object; days?: number }, string]>([
    ['before its time', { certificate: second, days: -60 }, 'The certificate is not in effect yet, is not valid.'],
    ['after its time', { days: 60 }, 'The certificate has expired, is not valid.'],
    ['with another’s key', { privateKey: selfSignedKey }, 'The private key does not match the certificate.'],
    ['without a key', { privateKey: 'key' }, 'The private key is not PEM-encoded or is not valid.'],
    ['when it is none', { certificate: 'certificate' }, 'The certificate is not PEM-encoded or is not valid.'],
    [
      'with a chain in the same field',
      { certificate: `${first}\n${root}` },
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    ],
    [
      'with a chain that is not its own',
      { more: { CertificateChain: bytes(selfSigned) } },
      'Could not validate the certificate with the certificate chain.',
    ],
  ])('is refused %s', (_what, { certificate = first, privateKey = key, more = {}, days = 0 }, message) => {
    const fixture = setUp(Date.UTC(2026, 0, 1) + days * day * 1000);
    expect(refusal(() => fixture.bring(certificate, privateKey, more))).toMatchObject({
      code: 'ValidationException',
      message,
    });
  });

  test('counts towards quotas of its own', () => {
    const fixture = setUp();
    const where = { account, region };
    fixture.world.quotas.set(where, 'importedCertificates', 1);
    fixture.world.quotas.set(where, 'acmCertificates', 1);
    const arn = fixture.bring(first);
    expect(refusal(() => fixture.bring(second)).code).toBe('LimitExceededException');
    expect(fixture.bring(second, key, { CertificateArn: arn })).toBe(arn);
    fixture.world.quotas.set(where, 'importedCertificates', undefined);
    fixture.world.quotas.set(where, 'importedCertificatesPerYear', 1);
    fixture.acm('DeleteCertificate', { CertificateArn: arn });
    expect(refusal(() => fixture.bring(second)).code).toBe('LimitExceededException');
  });
});
