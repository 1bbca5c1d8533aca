import type { Behaviour, Knowledge } from './behaviour.ts';
import { sources as s } from './sources.ts';

type Row = (kind: Knowledge, source: string, title: string, what: string) => Behaviour;

const rowsOf =
  (file: string): Row =>
  (kind, source, title, what) => ({ what, kind, source, test: [`test/simulator/acm/${file}.test.ts`, title] });

const requests = rowsOf('requests');
const lifetime = rowsOf('lifetime');
const imports = rowsOf('imports');
const listing = rowsOf('listing');

const limits: readonly Behaviour[] = [
  requests(
    'documented',
    s.acmRates,
    'of %s have a rate of their own, and one more is throttled',
    'Each operation of ACM has a rate of its own for an account and Region: RequestCertificate, ListCertificates and changes of tags 5 a second, DescribeCertificate, DeleteCertificate and ListTagsForCertificate 10, ImportCertificate and ResendValidationEmail 1; more get ThrottlingException.',
  ),
  requests(
    'assumed',
    s.acmRates,
    'of %s have a rate of their own, and one more is throttled',
    'The bucket of an ACM operation holds what one second allows; UpdateCertificateOptions, which is not listed, has 5 a second.',
  ),
  requests(
    'assumed',
    s.acmRates,
    'take 50 ms when they read, and 150 when they write',
    'ACM answers reads after 50 ms and writes after 150.',
  ),
  requests(
    'observed',
    s.acmTooMany,
    'more certificates than the account may have, or make in a year',
    'One certificate more than the quota of the account and Region (2,500, expired ones included) gets LimitExceededException.',
  ),
  requests(
    'observed',
    s.acmYearly,
    'more certificates than the account may have, or make in a year',
    'Deleted certificates count for 365 days towards how many may be made in a year (5,000); more get LimitExceededException.',
  ),
  imports(
    'documented',
    s.acmQuotas,
    'counts towards quotas of its own',
    'Imported certificates have quotas of their own (2,500 at a time, 5,000 in a year); importing one again under its ARN counts towards none.',
  ),
  requests(
    'observed',
    s.acmTooManyNames,
    'more than 10 names',
    'More than 10 names on a requested certificate (the quota) get LimitExceededException.',
  ),
];

const asked: readonly Behaviour[] = [
  requests(
    'documented',
    s.acmDetail,
    'waits for validation, and names the record for each of its domains after some seconds',
    'A requested certificate is PENDING_VALIDATION, with nothing to expire, until all of its names are proved.',
  ),
  requests(
    'observed',
    s.acmRecordsLater,
    'waits for validation, and names the record for each of its domains after some seconds',
    'DescribeCertificate shows the records of a new certificate only after some seconds (5, assumed).',
  ),
  requests(
    'documented',
    s.acmDns,
    'waits for validation, and names the record for each of its domains after some seconds',
    'A domain and its wildcard are proved by one CNAME record, `_<digits>.<domain>.` to `_<digits>.<letters>.acm-validations.aws.`.',
  ),
  requests(
    'documented',
    s.acmDns,
    'needs no new record where an earlier one is still there, in any Region',
    'The record of a domain is the same for all certificates of an account, in every Region, and another one for another account.',
  ),
  requests(
    'assumed',
    s.acmDns,
    'is issued minutes after its record resolves, for 198 days',
    'A certificate is issued two minutes after ACM saw its records in public DNS; it looks each minute in the first hour, then every ten.',
  ),
  requests(
    'documented',
    s.acmPublic,
    'is issued minutes after its record resolves, for 198 days',
    'Public certificates are valid for 198 days.',
  ),
  requests(
    'documented',
    s.acmDetail,
    'stays pending while one of its records is missing or another’s, and times out after 72 hours',
    'A certificate that is not proved within 72 hours is VALIDATION_TIMED_OUT for good.',
  ),
  requests(
    'assumed',
    s.acmRequest,
    'is validated by mail unless the call says otherwise',
    'A request without a ValidationMethod is validated by EMAIL.',
  ),
  requests(
    'documented',
    s.acmEmail,
    'is validated by mail unless the call says otherwise',
    'Mails go to admin, administrator, hostmaster, postmaster and webmaster of the validation domain.',
  ),
  requests(
    'documented',
    s.acmResend,
    'gets its mails again on demand, and 72 hours more',
    'ResendValidationEmail works while a certificate waits for an answer to its mails, and gives it 72 hours more; later it gets InvalidStateException.',
  ),
  requests(
    'documented',
    s.acmResend,
    'mails to another domain',
    'A validation domain that is neither the name nor above it gets InvalidDomainValidationOptionsException.',
  ),
  requests(
    'documented',
    s.acmRequest,
    'is the same for an hour under one token',
    'Requests with one IdempotencyToken are one request for an hour, in an account and Region.',
  ),
  requests(
    'documented',
    s.acmModel,
    'a name without a dot',
    'Names are domain names of at least two labels, at most 253 characters, with a wildcard as the first label only; others get ValidationException.',
  ),
  requests(
    'documented',
    s.acmRequest,
    'a common name of more than 64 characters',
    'The first name of a certificate has 64 characters at most.',
  ),
  requests(
    'documented',
    s.acmModel,
    'a token with other characters',
    'Idempotency tokens have 1 to 32 letters, digits and underscores.',
  ),
  requests(
    'documented',
    s.acmPublic,
    'a key algorithm of imports only',
    'Public certificates have keys of RSA_2048, EC_prime256v1 or EC_secp384r1 only (the error is assumed).',
  ),
  requests(
    'assumed',
    s.acmRequest,
    'a private authority',
    'Private authorities, HTTP validation and certificates for export are not simulated, and refused with InvalidParameterException.',
  ),
];

const life: readonly Behaviour[] = [
  lifetime(
    'observed',
    s.acmInUse,
    'names the load balancers whose listeners have it, and cannot be deleted',
    'A certificate that a listener uses names its load balancer in InUseBy, and cannot be deleted: ResourceInUseException.',
  ),
  lifetime(
    'observed',
    s.elbUnknownCertificate,
    'must be there and issued before a listener can have it',
    'A listener’s certificate of ACM must exist in its account and Region: CertificateNotFound.',
  ),
  lifetime(
    'observed',
    s.elbUnsupportedCertificate,
    'must be there and issued before a listener can have it',
    'A listener’s certificate of ACM must be issued: UnsupportedCertificate.',
  ),
  lifetime(
    'assumed',
    s.elbListeners,
    'stays where it is used, but no listener can take it any more',
    'A certificate that expires stays on its listeners; no listener can be given an expired one (UnsupportedCertificate).',
  ),
  lifetime(
    'documented',
    s.acmDnsRenewal,
    'comes 45 days before the end, where the certificate is in use and its records are there',
    'A certificate in use whose records are all there is renewed 45 days before its end, under its ARN, for another 198 days.',
  ),
  lifetime(
    'documented',
    s.acmDnsRenewal,
    'of a certificate of 395 days comes 60 days before its end, and gives it 198',
    'A certificate of 395 days is renewed 60 days before its end, for 198 days.',
  ),
  lifetime(
    'documented',
    s.acmRenewal,
    'leaves alone what nobody uses, until somebody does',
    'A certificate that nothing uses is not eligible for renewal, and expires.',
  ),
  lifetime(
    'documented',
    s.acmDnsRenewal,
    'waits for a record that is gone, and fails with the end of the certificate',
    'A renewal whose records are gone is PENDING_VALIDATION, and FAILED when the certificate expires.',
  ),
  lifetime(
    'assumed',
    s.acmDnsRenewal,
    'goes on when the record is back',
    'ACM tries every six hours to renew, and a renewal takes an hour from proof to the new certificate.',
  ),
  lifetime(
    'documented',
    s.acmEmailRenewal,
    'by mail waits for the answer',
    'The renewal of a certificate that was validated by mail waits until somebody answers the mail again.',
  ),
  imports(
    'documented',
    s.acmRenewal,
    'is what its PEM says, and expires with it',
    'Imported certificates are never renewed.',
  ),
  lifetime(
    'documented',
    s.acmModel,
    'by what is no ARN of a certificate is refused',
    'What is no ARN of the service gets ValidationException, an ARN of something else in it InvalidArnException.',
  ),
  lifetime(
    'documented',
    s.acmDescribe,
    'by another account, in another Region, or after its deletion, is not found',
    'A certificate of another account or Region gets ResourceNotFoundException.',
  ),
  lifetime(
    'documented',
    s.acmOptions,
    'opt out of transparency logs, but never turn export on or off',
    'The transparency log can be opted out of at any time; whether a certificate can be exported never changes.',
  ),
];

const imported: readonly Behaviour[] = [
  imports(
    'documented',
    s.acmImport,
    'is what its PEM says, and expires with it',
    'An imported certificate has names, validity and key of its PEM, and is issued at once.',
  ),
  imports(
    'documented',
    s.acmImport,
    'is refused %s',
    'An import must be within its validity, match its unencrypted key, and be vouched for by its chain; otherwise it gets ValidationException.',
  ),
  imports(
    'observed',
    s.acmOneCertificate,
    'with a chain in the same field',
    'More than one certificate in the field of one gets ValidationException.',
  ),
  imports(
    'documented',
    s.acmReimport,
    'can be replaced under its ARN, where type and size of the key stay',
    'Importing again keeps ARN, tags and uses; key type and size must stay, not all names may go, and no tags can be given.',
  ),
];

const reads: readonly Behaviour[] = [
  listing(
    'documented',
    s.acmFilters,
    'leaves out all keys but RSA up to 2048 bits, unless it is told otherwise',
    'ListCertificates without key types leaves out all but RSA_1024 and RSA_2048.',
  ),
  listing(
    'documented',
    s.acmList,
    'filters by status',
    'ListCertificates gives the certificates of the given statuses, or all.',
  ),
  listing(
    'assumed',
    s.acmList,
    'comes in pages, 100 unless told otherwise, and in either order',
    'A page of certificates has 100 unless the call says otherwise; they come in the order in which they were made.',
  ),
  listing('documented', s.acmModel, 'a page of more than 1,000', 'A page of certificates has 1 to 1,000.'),
  listing(
    'documented',
    s.acmList,
    'an order of nothing',
    'SortBy and SortOrder are given together or not at all (the error, InvalidArgsException, is assumed).',
  ),
  listing(
    'assumed',
    s.acmModel,
    'the SDK reads lists and errors; a certificate’s own text is not simulated',
    'GetCertificate and all else of ACM that is not simulated is refused as an unknown operation.',
  ),
  listing(
    'documented',
    s.acmAddTags,
    'are 50 at most, none of them AWS’s',
    'A certificate has 50 tags at most (TooManyTagsException), and none whose key begins with aws: (InvalidTagException).',
  ),
  listing(
    'documented',
    s.acmRemoveTags,
    'are added, replaced, listed and removed, with a value only where it is the same',
    'RemoveTagsFromCertificate with a value removes a tag only where it has that value.',
  ),
];

export const acmBehaviours: readonly Behaviour[] = [...limits, ...asked, ...life, ...imported, ...reads];
