import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { account, createFixture, day, hour, minute, region } from './fixture.ts';

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `n${i}.example.com`);

describe('a requested certificate', () => {
  test('waits for validation, and names the record for each of its domains after some seconds', () => {
    const fixture = createFixture();
    const arn = fixture.request({ SubjectAlternativeNames: ['*.www.example.com', 'Api.example.com'] });
    expect(arn).toMatch(new RegExp(`^arn:aws:acm:${region}:${account}:certificate/[0-9a-f-]{36}$`));
    const before = fixture.describe(arn);
    expect(before).toMatchObject({
      Status: 'PENDING_VALIDATION',
      Type: 'AMAZON_ISSUED',
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['www.example.com', '*.www.example.com', 'api.example.com'],
      KeyAlgorithm: 'RSA_2048',
      RenewalEligibility: 'INELIGIBLE',
      InUseBy: [],
    });
    expect(before.NotAfter).toBeUndefined();
    expect(before.DomainValidationOptions?.map((one) => one.ResourceRecord)).toEqual([undefined, undefined, undefined]);
    fixture.world.advance(5);
    const [plain, wildcard, other] = fixture.describe(arn).DomainValidationOptions ?? [];
    expect(plain).toMatchObject({ ValidationStatus: 'PENDING_VALIDATION', ValidationMethod: 'DNS' });
    expect(plain?.ResourceRecord).toEqual({
      Name: expect.stringMatching(/^_[0-9a-f]{32}\.www\.example\.com\.$/),
      Type: 'CNAME',
      Value: expect.stringMatching(/^_[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$/),
    });
    expect(wildcard?.ResourceRecord).toEqual(plain?.ResourceRecord);
    expect(other?.ResourceRecord?.Name).toMatch(/\.api\.example\.com\.$/);
  });

  test('is issued minutes after its record resolves, for 198 days', () => {
    const fixture = createFixture();
    const arn = fixture.request();
    fixture.world.advance(hour);
    expect(fixture.describe(arn).Status).toBe('PENDING_VALIDATION');
    fixture.records('UPSERT', arn);
    expect(fixture.describe(arn).Status).toBe('PENDING_VALIDATION');
    fixture.world.advance(20 * minute);
    const now = fixture.world.now();
    const issued = fixture.describe(arn);
    expect(issued).toMatchObject({
      Status: 'ISSUED',
      Issuer: 'Amazon',
      Subject: 'CN=www.example.com',
      SignatureAlgorithm: 'SHA256WITHRSA',
    });
    expect(issued.DomainValidationOptions?.map((one) => one.ValidationStatus)).toEqual(['SUCCESS']);
    expect(issued.NotBefore?.getTime()).toBeLessThanOrEqual(now);
    const days = ((issued.NotAfter?.getTime() ?? 0) - (issued.NotBefore?.getTime() ?? 0) + 1000) / (day * 1000);
    expect(days).toBe(198);
    expect(issued.IssuedAt?.getTime()).toBeLessThanOrEqual(now);
  });

  test('stays pending while one of its records is missing or another’s, and times out after 72 hours', () => {
    const fixture = createFixture();
    const arn = fixture.request({ SubjectAlternativeNames: ['api.example.com', 'web.example.com'] });
    fixture.world.advance(10);
    const [www, api] = fixture.describe(arn).DomainValidationOptions ?? [];
    fixture.change('UPSERT', www?.ResourceRecord?.Name ?? '', www?.ResourceRecord?.Value ?? '');
    fixture.change('UPSERT', api?.ResourceRecord?.Name ?? '', 'elsewhere.example.net.');
    const states = () => fixture.describe(arn).DomainValidationOptions?.map((one) => one.ValidationStatus);
    fixture.world.advance(71 * hour);
    expect(fixture.describe(arn).Status).toBe('PENDING_VALIDATION');
    expect(states()).toEqual(['SUCCESS', 'PENDING_VALIDATION', 'PENDING_VALIDATION']);
    fixture.world.advance(hour);
    expect(fixture.describe(arn).Status).toBe('VALIDATION_TIMED_OUT');
    expect(states()).toEqual(['SUCCESS', 'FAILED', 'FAILED']);
    fixture.records('UPSERT', arn);
    fixture.world.advance(day);
    expect(fixture.describe(arn).Status).toBe('VALIDATION_TIMED_OUT');
  });

  test('needs no new record where an earlier one is still there, in any Region', () => {
    const fixture = createFixture();
    fixture.issued();
    const elsewhere = { region: 'eu-west-1' };
    const arn = fixture.request({ SubjectAlternativeNames: ['*.www.example.com'] }, elsewhere);
    fixture.world.advance(5 * minute);
    expect(fixture.describe(arn, elsewhere).Status).toBe('ISSUED');
    const others = { account: '222222222222' };
    const foreign = fixture.request({}, others);
    fixture.world.advance(hour);
    expect(fixture.describe(foreign, others).Status).toBe('PENDING_VALIDATION');
  });

  test('is validated by mail unless the call says otherwise', () => {
    const fixture = createFixture();
    const options = [{ DomainName: 'www.example.com', ValidationDomain: 'example.com' }];
    const arn = fixture.request({ ValidationMethod: undefined, DomainValidationOptions: options });
    expect(fixture.describe(arn).DomainValidationOptions).toEqual([
      {
        DomainName: 'www.example.com',
        ValidationDomain: 'example.com',
        ValidationStatus: 'PENDING_VALIDATION',
        ValidationMethod: 'EMAIL',
        ValidationEmails: ['admin', 'administrator', 'hostmaster', 'postmaster', 'webmaster'].map(
          (mailbox) => `${mailbox}@example.com`,
        ),
      },
    ]);
    fixture.world.acm.answerEmail(arn);
    fixture.world.advance(5 * minute);
    expect(fixture.describe(arn).Status).toBe('ISSUED');
  });

  test('gets its mails again on demand, and 72 hours more', () => {
    const fixture = createFixture();
    const arn = fixture.request({ ValidationMethod: 'EMAIL' });
    const again = { CertificateArn: arn, Domain: 'www.example.com', ValidationDomain: 'example.com' };
    fixture.world.advance(71 * hour);
    fixture.acm('ResendValidationEmail', again);
    fixture.world.advance(71 * hour);
    expect(fixture.describe(arn).Status).toBe('PENDING_VALIDATION');
    fixture.world.advance(hour);
    expect(fixture.describe(arn).Status).toBe('VALIDATION_TIMED_OUT');
    expect(refusal(() => fixture.acm('ResendValidationEmail', again)).code).toBe('InvalidStateException');
    const byDns = { ...again, CertificateArn: fixture.request() };
    expect(refusal(() => fixture.acm('ResendValidationEmail', byDns)).code).toBe('InvalidStateException');
    const other = { ...again, CertificateArn: fixture.request({ ValidationMethod: 'EMAIL' }) };
    for (const wrong of [{ Domain: 'api.example.com' }, { ValidationDomain: 'example.net' }]) {
      expect(refusal(() => fixture.acm('ResendValidationEmail', { ...other, ...wrong })).code).toBe(
        'InvalidDomainValidationOptionsException',
      );
    }
  });

  test('is the same for an hour under one token', () => {
    const fixture = createFixture();
    const IdempotencyToken = 'token_1';
    const arn = fixture.request({ IdempotencyToken });
    expect(fixture.request({ IdempotencyToken })).toBe(arn);
    expect(fixture.request({ IdempotencyToken }, { region: 'eu-west-1' })).not.toBe(arn);
    expect(fixture.request()).not.toBe(arn);
    fixture.world.advance(hour);
    expect(fixture.request({ IdempotencyToken })).not.toBe(arn);
  });
});

describe('a request is refused for', () => {
  test.each([
    ['a name without a dot', { DomainName: 'localhost' }, 'ValidationException'],
    ['a wildcard inside', { DomainName: 'a.*.example.com' }, 'ValidationException'],
    ['an alternative name that is none', { SubjectAlternativeNames: ['-.example.com'] }, 'ValidationException'],
    [
      'a common name of more than 64 characters',
      { DomainName: `${'a'.repeat(53)}.example.com` },
      'InvalidParameterException',
    ],
    ['a token with other characters', { IdempotencyToken: 'a-b' }, 'ValidationException'],
    ['a token of more than 32 characters', { IdempotencyToken: 'a'.repeat(33) }, 'ValidationException'],
    ['a validation method that there is not', { ValidationMethod: 'FAX' as 'DNS' }, 'ValidationException'],
    ['validation by HTTP, which is CloudFront’s', { ValidationMethod: 'HTTP' as const }, 'InvalidParameterException'],
    ['a key algorithm that there is not', { KeyAlgorithm: 'RSA_7' as 'RSA_2048' }, 'ValidationException'],
    ['a key algorithm of imports only', { KeyAlgorithm: 'RSA_4096' as const }, 'InvalidParameterException'],
    ['a certificate to be exported', { Options: { Export: 'ENABLED' as const } }, 'InvalidParameterException'],
    [
      'a private authority',
      { CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:111111111111:certificate-authority/1' },
      'InvalidParameterException',
    ],
    [
      'mails to another domain',
      {
        ValidationMethod: 'EMAIL' as const,
        DomainValidationOptions: [{ DomainName: 'www.example.com', ValidationDomain: 'example.net' }],
      },
      'InvalidDomainValidationOptionsException',
    ],
    ['a tag of AWS’s own', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidTagException'],
    [
      'more than 10 names',
      { DomainName: 'n0.example.com', SubjectAlternativeNames: names(11) },
      'LimitExceededException',
    ],
  ])('%s', (_what, more, code) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.request(more)).code).toBe(code);
    expect(fixture.list()).toHaveLength(1);
  });

  test('more certificates than the account may have, or make in a year', () => {
    const fixture = createFixture();
    const where = { account, region };
    const ten = names(10);
    expect(() => fixture.request({ DomainName: ten[0], SubjectAlternativeNames: ten })).not.toThrow();
    fixture.world.quotas.set(where, 'acmCertificates', 3);
    fixture.request();
    expect(refusal(() => fixture.request()).code).toBe('LimitExceededException');
    fixture.world.quotas.set(where, 'acmCertificates', undefined);
    fixture.world.quotas.set(where, 'acmCertificatesPerYear', 3);
    fixture.acm('DeleteCertificate', { CertificateArn: fixture.request() });
    expect(refusal(() => fixture.request())).toMatchObject({
      code: 'LimitExceededException',
      message: 'Error: you have reached your limit of 3 certificates in the last year.',
    });
    fixture.world.advance(365 * day);
    expect(() => fixture.request()).not.toThrow();
  });
});

describe('calls', () => {
  test.each([
    ['AddTagsToCertificate', 5],
    ['DeleteCertificate', 10],
    ['DescribeCertificate', 10],
    ['ImportCertificate', 1],
    ['ListCertificates', 5],
    ['ListTagsForCertificate', 10],
    ['RemoveTagsFromCertificate', 5],
    ['RequestCertificate', 5],
    ['ResendValidationEmail', 1],
    ['UpdateCertificateOptions', 5],
  ])('of %s have a rate of their own, and one more is throttled', (operation, rate) => {
    const fixture = createFixture({ throttle: true });
    // What is refused for other reasons costs as much.
    const call = (): string => refusal(() => fixture.acm(operation, { NextToken: 'none' })).code;
    for (let n = 0; n < rate; n += 1) expect(call()).not.toBe('ThrottlingException');
    expect(refusal(() => fixture.acm(operation, {}))).toMatchObject({
      code: 'ThrottlingException',
      message: 'Rate exceeded',
    });
    fixture.world.advance(1 / rate);
    expect(call()).not.toBe('ThrottlingException');
    expect(call()).toBe('ThrottlingException');
  });

  test('take 50 ms when they read, and 150 when they write', () => {
    const { world } = createFixture({ answerDelays: true });
    const delay = (operation: string): number => world.delayOf({ service: 'acm', operation });
    expect(['DescribeCertificate', 'ListCertificates', 'ListTagsForCertificate'].map(delay)).toEqual([50, 50, 50]);
    expect(['RequestCertificate', 'DeleteCertificate', 'AddTagsToCertificate'].map(delay)).toEqual([150, 150, 150]);
  });
});
