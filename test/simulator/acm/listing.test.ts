import { GetCertificateCommand, ListCertificatesCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { refusal } from '../elbv2/fixture.ts';
import { clientsOf } from '../support/clients.ts';
import { createFixture, day, listenerArn, seededArn } from './fixture.ts';

describe('ListCertificates', () => {
  test('shows what a gate must know of each certificate', () => {
    const fixture = createFixture();
    const arn = fixture.request();
    const [seeded, pending] = fixture.list();
    expect(seeded).toMatchObject({
      CertificateArn: seededArn,
      DomainName: 'seeded.example.com',
      SubjectAlternativeNameSummaries: ['seeded.example.com'],
      HasAdditionalSubjectAlternativeNames: false,
      Status: 'ISSUED',
      InUse: true,
      RenewalEligibility: 'ELIGIBLE',
      Type: 'AMAZON_ISSUED',
      KeyAlgorithm: 'RSA_2048',
    });
    expect(seeded?.NotAfter?.getTime()).toBe(fixture.world.now() + 198 * day * 1000 - 1000);
    expect(pending).toMatchObject({ CertificateArn: arn, Status: 'PENDING_VALIDATION', InUse: false });
    expect(pending?.NotAfter).toBeUndefined();
  });

  test('filters by status', () => {
    const fixture = createFixture();
    const arn = fixture.request();
    const arns = (...CertificateStatuses: string[]) =>
      fixture.list({ CertificateStatuses }).map((one) => one.CertificateArn);
    expect(arns('PENDING_VALIDATION')).toEqual([arn]);
    expect(arns('ISSUED')).toEqual([seededArn]);
    expect(arns('ISSUED', 'PENDING_VALIDATION')).toEqual([seededArn, arn]);
    expect(arns('EXPIRED')).toEqual([]);
    expect(refusal(() => arns('LOST')).code).toBe('ValidationException');
  });

  test('leaves out all keys but RSA up to 2048 bits, unless it is told otherwise', () => {
    const fixture = createFixture();
    const elliptic = fixture.request({ KeyAlgorithm: 'EC_prime256v1' });
    const arns = (keyTypes?: string[]) =>
      fixture.list(keyTypes === undefined ? {} : { Includes: { keyTypes } }).map((one) => one.CertificateArn);
    expect(arns()).toEqual([seededArn]);
    expect(arns(['EC_prime256v1'])).toEqual([elliptic]);
    expect(arns(['RSA_2048', 'EC_prime256v1'])).toEqual([seededArn, elliptic]);
    expect(refusal(() => arns(['DSA'])).code).toBe('ValidationException');
    expect(fixture.list({ Includes: { exportOption: 'ENABLED' } })).toEqual([]);
    expect(fixture.list({ Includes: { exportOption: 'DISABLED' } })).toHaveLength(1);
    expect(refusal(() => fixture.list({ Includes: { managedBy: 'CLOUDFRONT' } })).code).toBe(
      'InvalidParameterException',
    );
  });

  test('comes in pages, 100 unless told otherwise, and in either order', () => {
    const fixture = createFixture();
    for (let n = 0; n < 100; n += 1) {
      fixture.world.advance(1);
      fixture.request();
    }
    type Page = { CertificateSummaryList: { CertificateArn: string }[]; NextToken?: string };
    const pages = (input: object): string[][] => {
      const found: string[][] = [];
      let token: string | undefined;
      do {
        const page = fixture.acm<Page>('ListCertificates', {
          ...input,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        found.push(page.CertificateSummaryList.map((one) => one.CertificateArn));
        token = page.NextToken;
      } while (token !== undefined);
      return found;
    };
    expect(pages({}).map((page) => page.length)).toEqual([100, 1]);
    expect(pages({ MaxItems: 1000 }).map((page) => page.length)).toEqual([101]);
    const ascending = pages({ MaxItems: 40, SortBy: 'CREATED_AT', SortOrder: 'ASCENDING' }).flat();
    const descending = pages({ MaxItems: 40, SortBy: 'CREATED_AT', SortOrder: 'DESCENDING' }).flat();
    expect(new Set(ascending).size).toBe(101);
    expect(descending).toEqual([...ascending].reverse());
  });

  test.each([
    ['a page of none', { MaxItems: 0 }, 'ValidationException'],
    ['a page of more than 1,000', { MaxItems: 1001 }, 'ValidationException'],
    ['an order of nothing', { SortOrder: 'ASCENDING' }, 'InvalidArgsException'],
    ['no order of something', { SortBy: 'CREATED_AT' }, 'InvalidArgsException'],
    ['something that is no order', { SortBy: 'NAME', SortOrder: 'ASCENDING' }, 'ValidationException'],
    ['a token that it did not give', { NextToken: 'next' }, 'InvalidArgsException'],
  ])('refuses %s', (_what, input, code) => {
    const fixture = createFixture();
    expect(refusal(() => fixture.list(input)).code).toBe(code);
  });
});

describe('over the wire', () => {
  test('the SDK reads lists and errors; a certificate’s own text is not simulated', async () => {
    const fixture = createFixture();
    const { acm, elbv2 } = clientsOf(fixture.world);
    const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}));
    expect(CertificateSummaryList?.[0]?.NotAfter).toBeInstanceOf(Date);
    await expect(acm.send(new RequestCertificateCommand({ DomainName: 'x' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const Certificates = [{ CertificateArn: fixture.request() }];
    await expect(
      elbv2.send(new ModifyListenerCommand({ ListenerArn: listenerArn, Certificates })),
    ).rejects.toMatchObject({ name: 'UnsupportedCertificate', $metadata: { httpStatusCode: 400 } });
    await expect(acm.send(new GetCertificateCommand({ CertificateArn: seededArn }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

describe('tags of a certificate', () => {
  test('are added, replaced, listed and removed, with a value only where it is the same', () => {
    const fixture = createFixture();
    const CertificateArn = fixture.request({ Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
    const tags = () => fixture.acm<{ Tags: object[] }>('ListTagsForCertificate', { CertificateArn }).Tags;
    const change = (operation: string, Tags: object[]) => fixture.acm(operation, { CertificateArn, Tags });
    change('AddTagsToCertificate', [
      { Key: 'a', Value: '2' },
      { Key: 'c', Value: '3' },
    ]);
    expect(tags()).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '' },
      { Key: 'c', Value: '3' },
    ]);
    change('RemoveTagsFromCertificate', [{ Key: 'a', Value: '1' }, { Key: 'b' }, { Key: 'c', Value: '3' }]);
    expect(tags()).toEqual([{ Key: 'a', Value: '2' }]);
  });

  test('are 50 at most, none of them AWS’s', () => {
    const fixture = createFixture();
    const add = (Tags: object[]) => fixture.acm('AddTagsToCertificate', { CertificateArn: seededArn, Tags });
    add(Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: '' })));
    expect(() => add([{ Key: 'k0', Value: 'again' }])).not.toThrow();
    expect(refusal(() => add([{ Key: 'one', Value: 'more' }])).code).toBe('TooManyTagsException');
    expect(refusal(() => add([{ Key: 'aws:k', Value: '' }])).code).toBe('InvalidTagException');
    expect(refusal(() => add([{ Key: '', Value: '' }])).code).toBe('ValidationException');
    expect(refusal(() => add([{ Key: 'k'.repeat(129) }])).code).toBe('ValidationException');
    expect(refusal(() => add([{ Key: 'k!' }])).code).toBe('ValidationException');
    expect(refusal(() => add([])).code).toBe('ValidationException');
  });
});
