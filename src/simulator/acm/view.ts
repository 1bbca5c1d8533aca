/** A certificate as the API shows it. */
import type { CertificateDetail, CertificateSummary, DomainValidation, RenewalSummary } from '@aws-sdk/client-acm';
import { provenDomain } from './names.ts';
import { shownRecord } from './proofs.ts';
import { isEligible } from './renewal.ts';
import { type AcmState, type Certificate, statusOf } from './state.ts';

/** ListCertificates shows so many names of each (documented). */
const namesInSummary = 100;

/** DescribeCertificate's answer; `users` are the ARNs of what uses it. */
export function detailOf(state: AcmState, certificate: Certificate, users: readonly string[]): CertificateDetail {
  const { issue, type, keyAlgorithm, names, renewal } = certificate;
  const now = state.world.now();
  return {
    CertificateArn: certificate.arn,
    ...domainOf(certificate),
    SubjectAlternativeNames: [...names],
    ...(type === 'IMPORTED' ? {} : { DomainValidationOptions: validationsOf(state, certificate) }),
    ...(issue === undefined ? {} : { Serial: issue.serial, SignatureAlgorithm: issue.signatureAlgorithm }),
    Subject: issue?.subject ?? `CN=${names[0] ?? ''}`,
    ...(issue === undefined ? {} : { Issuer: issue.issuer }),
    ...datesOf(certificate),
    Status: statusOf(certificate, now),
    KeyAlgorithm: keyAlgorithm,
    InUseBy: [...users],
    Type: type,
    ...(renewal === undefined ? {} : { RenewalSummary: renewalOf(state, certificate, renewal) }),
    KeyUsages: usagesOf(certificate).map((Name) => ({ Name })),
    ExtendedKeyUsages: extendedUsagesOf(certificate).map((Name) => ({ Name, OID: '1.3.6.1.5.5.7.3.1' })),
    RenewalEligibility: isEligible(certificate, users.length > 0, now) ? 'ELIGIBLE' : 'INELIGIBLE',
    Options: { CertificateTransparencyLoggingPreference: certificate.transparency, Export: 'DISABLED' },
  };
}

/** One entry of ListCertificates. */
export function summaryOf(certificate: Certificate, inUse: boolean, now: number): CertificateSummary {
  return {
    CertificateArn: certificate.arn,
    ...domainOf(certificate),
    SubjectAlternativeNameSummaries: certificate.names.slice(0, namesInSummary),
    HasAdditionalSubjectAlternativeNames: certificate.names.length > namesInSummary,
    Status: statusOf(certificate, now),
    Type: certificate.type,
    KeyAlgorithm: certificate.keyAlgorithm,
    KeyUsages: usagesOf(certificate),
    ExtendedKeyUsages: extendedUsagesOf(certificate),
    ExportOption: 'DISABLED',
    InUse: inUse,
    RenewalEligibility: isEligible(certificate, inUse, now) ? 'ELIGIBLE' : 'INELIGIBLE',
    ...datesOf(certificate),
  };
}

function domainOf({ names }: Certificate): { DomainName?: string } {
  return names[0] === undefined ? {} : { DomainName: names[0] };
}

function datesOf({ createdAt, issuedAt, importedAt, issue }: Certificate): Partial<CertificateSummary> {
  return {
    CreatedAt: new Date(createdAt),
    ...(issuedAt === undefined ? {} : { IssuedAt: new Date(issuedAt) }),
    ...(importedAt === undefined ? {} : { ImportedAt: new Date(importedAt) }),
    ...(issue === undefined ? {} : { NotBefore: new Date(issue.notBefore), NotAfter: new Date(issue.notAfter) }),
  };
}

/** Of imported certificates the usages are not read: they show none. */
function usagesOf({ type, issue, keyAlgorithm }: Certificate): ('DIGITAL_SIGNATURE' | 'KEY_ENCIPHERMENT')[] {
  if (issue === undefined || type === 'IMPORTED') return [];
  return keyAlgorithm.startsWith('RSA') ? ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'] : ['DIGITAL_SIGNATURE'];
}

function extendedUsagesOf({ type, issue }: Certificate): 'TLS_WEB_SERVER_AUTHENTICATION'[] {
  return issue === undefined || type === 'IMPORTED' ? [] : ['TLS_WEB_SERVER_AUTHENTICATION'];
}

function validationsOf(state: AcmState, certificate: Certificate): DomainValidation[] {
  return certificate.proofs.map(({ name, validationDomain, status }) => ({
    DomainName: name,
    ValidationDomain: validationDomain,
    ValidationStatus: status,
    ...emailsOf(certificate, validationDomain),
    ...shownRecord(state, certificate, name),
    ...(certificate.method === undefined ? {} : { ValidationMethod: certificate.method }),
  }));
}

/** Five mailboxes of the domain get the mail. Source: "Email validation" of the ACM user guide. */
function emailsOf(certificate: Certificate, validationDomain: string): { ValidationEmails?: string[] } {
  if (certificate.method !== 'EMAIL') return {};
  const mailboxes = ['admin', 'administrator', 'hostmaster', 'postmaster', 'webmaster'];
  return { ValidationEmails: mailboxes.map((mailbox) => `${mailbox}@${provenDomain(validationDomain)}`) };
}

function renewalOf(
  state: AcmState,
  certificate: Certificate,
  { status, domains, updatedAt }: NonNullable<Certificate['renewal']>,
): RenewalSummary {
  const validations = validationsOf(state, certificate);
  return {
    RenewalStatus: status,
    DomainValidationOptions: domains.map((domain) => ({
      ...validations.find(({ DomainName }) => DomainName === domain.name),
      DomainName: domain.name,
      ValidationStatus: domain.status,
    })),
    UpdatedAt: new Date(updatedAt),
  };
}
