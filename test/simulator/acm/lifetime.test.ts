import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { account, createFixture, day, hour, loadBalancerArn, minute, region, seededArn } from './fixture.ts';

describe('a certificate in use', () => {
  test('names the load balancers whose listeners have it, and cannot be deleted', () => {
    const fixture = createFixture();
    expect(fixture.describe(seededArn)).toMatchObject({ InUseBy: [loadBalancerArn], RenewalEligibility: 'ELIGIBLE' });
    expect(refusal(() => fixture.acm('DeleteCertificate', { CertificateArn: seededArn }))).toMatchObject({
      code: 'ResourceInUseException',
      message: `Certificate ${seededArn} in account ${account} is in use.`,
    });
    const arn = fixture.issued();
    fixture.use(arn);
    expect(fixture.describe(arn).InUseBy).toEqual([loadBalancerArn]);
    expect(fixture.describe(seededArn)).toMatchObject({ InUseBy: [], RenewalEligibility: 'INELIGIBLE' });
    fixture.acm('DeleteCertificate', { CertificateArn: seededArn });
    expect(refusal(() => fixture.describe(seededArn)).code).toBe('ResourceNotFoundException');
  });

  test('must be there and issued before a listener can have it', () => {
    const fixture = createFixture();
    const gone = seededArn.replace(/1$/, '2');
    expect(refusal(() => fixture.use(gone))).toMatchObject({
      code: 'CertificateNotFoundException',
      message: `Certificate '${gone}' not found`,
    });
    const pending = fixture.request();
    expect(refusal(() => fixture.use(pending))).toMatchObject({
      code: 'UnsupportedCertificate',
      message: `The certificate '${pending}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    });
    const arn = fixture.issued();
    expect(() => fixture.use(arn)).not.toThrow();
    expect(fixture.describe(arn).InUseBy).toEqual([loadBalancerArn]);
  });
});

describe('managed renewal', () => {
  const inUse = () => {
    const fixture = createFixture();
    const arn = fixture.issued({ SubjectAlternativeNames: ['api.example.com'] });
    fixture.use(arn);
    const end = fixture.describe(arn).NotAfter?.getTime() ?? 0;
    /** Goes to so many days before the first certificate's end. */
    const goTo = (days: number): void => fixture.world.advance((end - fixture.world.now()) / 1000 - days * day);
    return { ...fixture, arn, end, goTo };
  };

  test('comes 45 days before the end, where the certificate is in use and its records are there', () => {
    const fixture = inUse();
    const { arn, end } = fixture;
    const serial = fixture.describe(arn).Serial;
    fixture.goTo(46);
    expect(fixture.describe(arn).RenewalSummary).toBeUndefined();
    fixture.goTo(45);
    expect(fixture.describe(arn).RenewalSummary?.RenewalStatus).toBe('PENDING_AUTO_RENEWAL');
    fixture.world.advance(2 * hour);
    const renewed = fixture.describe(arn);
    expect(renewed.RenewalSummary).toMatchObject({
      RenewalStatus: 'SUCCESS',
      DomainValidationOptions: [
        { DomainName: 'www.example.com', ValidationStatus: 'SUCCESS' },
        { DomainName: 'api.example.com', ValidationStatus: 'SUCCESS' },
      ],
    });
    expect(renewed.Status).toBe('ISSUED');
    expect(renewed.Serial).not.toBe(serial);
    expect(renewed.NotAfter?.getTime()).toBeGreaterThan(end + 150 * day * 1000);
    fixture.world.advance(365 * day);
    expect(fixture.describe(arn).Status).toBe('ISSUED');
  });

  test('waits for a record that is gone, and fails with the end of the certificate', () => {
    const fixture = inUse();
    const { arn } = fixture;
    fixture.records('DELETE', arn);
    fixture.goTo(44);
    expect(fixture.describe(arn)).toMatchObject({
      Status: 'ISSUED',
      RenewalSummary: {
        RenewalStatus: 'PENDING_VALIDATION',
        DomainValidationOptions: [
          { ValidationStatus: 'PENDING_VALIDATION' },
          { ValidationStatus: 'PENDING_VALIDATION' },
        ],
      },
    });
    fixture.goTo(0);
    expect(fixture.describe(arn)).toMatchObject({
      Status: 'EXPIRED',
      RenewalEligibility: 'INELIGIBLE',
      RenewalSummary: { RenewalStatus: 'FAILED' },
    });
  });

  test('goes on when the record is back', () => {
    const fixture = inUse();
    const { arn, end } = fixture;
    fixture.records('DELETE', arn);
    fixture.goTo(30);
    fixture.records('UPSERT', arn);
    fixture.goTo(29);
    expect(fixture.describe(arn).NotAfter?.getTime()).toBeGreaterThan(end);
  });

  test('leaves alone what nobody uses, until somebody does', () => {
    const fixture = createFixture();
    const arn = fixture.issued();
    fixture.world.advance(170 * day);
    expect(fixture.describe(arn).RenewalSummary).toBeUndefined();
    fixture.use(arn);
    fixture.world.advance(day);
    expect(fixture.describe(arn).RenewalSummary?.RenewalStatus).toBe('SUCCESS');
    const unused = createFixture();
    const other = unused.issued();
    unused.world.advance(198 * day);
    expect(unused.describe(other).Status).toBe('EXPIRED');
    expect(unused.describe(other).RenewalSummary).toBeUndefined();
  });

  test('by mail waits for the answer', () => {
    const fixture = createFixture();
    const arn = fixture.request({ ValidationMethod: 'EMAIL' });
    fixture.world.acm.answerEmail(arn);
    fixture.world.advance(5 * minute);
    fixture.use(arn);
    fixture.world.advance(160 * day);
    expect(fixture.describe(arn).RenewalSummary?.RenewalStatus).toBe('PENDING_VALIDATION');
    fixture.world.acm.answerEmail(arn);
    fixture.world.advance(2 * hour);
    expect(fixture.describe(arn).RenewalSummary?.RenewalStatus).toBe('SUCCESS');
  });

  test('of a certificate of 395 days comes 60 days before its end, and gives it 198', () => {
    const fixture = createFixture();
    fixture.issued();
    const now = fixture.world.now();
    const arn = seededArn.replace(/1$/, '3');
    const notAfter = now + 61 * day * 1000;
    fixture.world.acm.seedCertificate({
      arn,
      names: ['www.example.com'],
      notBefore: notAfter - 395 * day * 1000,
      notAfter,
    });
    fixture.use(arn);
    expect(fixture.describe(arn).NotAfter?.getTime()).toBe(notAfter);
    fixture.world.advance(day + 2 * hour);
    const left = (fixture.describe(arn).NotAfter?.getTime() ?? 0) - fixture.world.now();
    expect(Math.ceil(left / (day * 1000))).toBe(198);
  });
});

describe('an expired certificate', () => {
  test('stays where it is used, but no listener can take it any more', () => {
    const fixture = createFixture();
    const notAfter = fixture.world.now() + 1_000;
    const arn = seededArn.replace(/1$/, '4');
    fixture.world.acm.seedCertificate({ arn, names: ['old.example.com'], notAfter, type: 'IMPORTED' });
    fixture.use(arn);
    fixture.world.advance(1);
    expect(fixture.describe(arn)).toMatchObject({ Status: 'EXPIRED', InUseBy: [loadBalancerArn] });
    fixture.use(seededArn);
    expect(refusal(() => fixture.use(arn)).code).toBe('UnsupportedCertificate');
  });
});

describe('a certificate that is named', () => {
  test('by another account, in another Region, or after its deletion, is not found', () => {
    const fixture = createFixture();
    for (const as of [{ account: '222222222222' }, { region: 'eu-west-1' }]) {
      expect(refusal(() => fixture.describe(seededArn, as))).toMatchObject({
        code: 'ResourceNotFoundException',
        message: `Could not find certificate ${seededArn}.`,
      });
    }
    const arn = fixture.request();
    fixture.acm('DeleteCertificate', { CertificateArn: arn });
    expect(refusal(() => fixture.acm('DeleteCertificate', { CertificateArn: arn })).code).toBe(
      'ResourceNotFoundException',
    );
  });

  test('by what is no ARN of a certificate is refused', () => {
    const fixture = createFixture();
    expect(refusal(() => fixture.describe('certificate')).code).toBe('ValidationException');
    expect(refusal(() => fixture.describe(loadBalancerArn)).code).toBe('ValidationException');
    const other = `arn:aws:acm:${region}:${account}:account/configuration`;
    expect(refusal(() => fixture.describe(other)).code).toBe('InvalidArnException');
  });
});

describe('options', () => {
  test('opt out of transparency logs, but never turn export on or off', () => {
    const fixture = createFixture();
    const arn = fixture.request({ Options: { CertificateTransparencyLoggingPreference: 'DISABLED' } });
    const change = (Options: object) => fixture.acm('UpdateCertificateOptions', { CertificateArn: arn, Options });
    const shown = () => fixture.describe(arn).Options;
    expect(shown()).toEqual({ CertificateTransparencyLoggingPreference: 'DISABLED', Export: 'DISABLED' });
    change({ CertificateTransparencyLoggingPreference: 'ENABLED' });
    expect(shown()?.CertificateTransparencyLoggingPreference).toBe('ENABLED');
    expect(refusal(() => change({ Export: 'DISABLED' })).code).toBe('InvalidParameterException');
    expect(refusal(() => change({ CertificateTransparencyLoggingPreference: 'MAYBE' })).code).toBe(
      'ValidationException',
    );
    fixture.world.advance(3 * day);
    expect(refusal(() => change({})).code).toBe('InvalidStateException');
  });
});

describe('a copy of the world that lags behind', () => {
  test('comes to the same certificate later', () => {
    const lagging = createFixture({ readLagMs: { acm: 4_000 } });
    const arn = lagging.request();
    expect(refusal(() => lagging.describe(arn)).code).toBe('ResourceNotFoundException');
    lagging.world.advance(10);
    lagging.records('UPSERT', arn);
    lagging.world.advance(10 * minute);
    const prompt = createFixture();
    expect(prompt.issued()).toBe(arn);
    expect(lagging.describe(arn)).toEqual(prompt.describe(arn));
  });
});
