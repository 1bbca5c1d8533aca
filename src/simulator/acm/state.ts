import { createHash } from 'node:crypto';
import type {
  CertificateStatus,
  DomainStatus,
  KeyAlgorithm,
  RenewalStatus,
  ValidationMethod,
} from '@aws-sdk/client-acm';
import { AwsError, type Call, type World } from '../kernel.ts';
import { constraintError, required } from './errors.ts';

/** One name of a certificate, and how far the proof is that it is the account's own. */
export interface DomainProof {
  readonly name: string;
  /** Where the mail goes to. */
  readonly validationDomain: string;
  status: DomainStatus;
}

/** What is in the certificate itself; replaced as a whole when it is renewed or imported again. */
export interface Issue {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly signatureAlgorithm: string;
}

/** How far a managed renewal is. */
export interface Renewal {
  readonly status: RenewalStatus;
  readonly domains: readonly { readonly name: string; readonly status: DomainStatus }[];
  readonly updatedAt: number;
}

/** A certificate of an account and Region. Times are milliseconds since the epoch. */
export interface Certificate {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly type: 'AMAZON_ISSUED' | 'IMPORTED';
  readonly keyAlgorithm: KeyAlgorithm;
  /** All names, the common name first. */
  names: readonly string[];
  /** Undefined for imported ones, which nobody validates. */
  readonly method: ValidationMethod | undefined;
  readonly proofs: readonly DomainProof[];
  readonly createdAt: number;
  issuedAt: number | undefined;
  importedAt: number | undefined;
  /** Until it is issued there is nothing to expire. Expiry follows from the time, see `statusOf`. */
  stage: 'PENDING_VALIDATION' | 'ISSUED' | 'VALIDATION_TIMED_OUT';
  issue: Issue | undefined;
  renewal: Renewal | undefined;
  /** When the time for validation ends; a mail that is sent again begins it anew. */
  validateUntil: number;
  transparency: 'ENABLED' | 'DISABLED';
  readonly tags: Map<string, string>;
  /** Takes what happens to it next off the agenda. */
  cancel: (() => void) | undefined;
}

/** All that Certificate Manager knows, in every account and Region. */
export interface AcmState {
  readonly world: World;
  readonly certificates: Map<string, Certificate>;
  /** Answers to idempotency tokens, by account, Region and token. */
  readonly tokens: Map<string, { readonly arn: string; readonly until: number }>;
  /** When certificates were made, by account, Region and type: deleted ones count for a year, too. */
  readonly made: Map<string, readonly number[]>;
}

/** What DescribeCertificate shows as its status. */
export function statusOf(certificate: Certificate, now: number): CertificateStatus {
  const { stage, issue } = certificate;
  return stage === 'ISSUED' && issue !== undefined && issue.notAfter <= now ? 'EXPIRED' : stage;
}

const arnPattern = /^arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(\/[\w+=,.@-]+)*$/;

/**
 * The caller's certificate with this ARN. Throws ValidationException for what is no ARN of the service, InvalidArn for that of something other
 * than a certificate, and ResourceNotFound.
 */
export function findCertificate(state: AcmState, call: Call, given: string | undefined): Certificate {
  const arn = required(given, 'certificateArn');
  if (arn.length < 20 || arn.length > 2048 || !arnPattern.test(arn)) {
    const shown = 'arn:[\\w+=/,.@-]+:acm:[\\w+=/,.@-]*:[0-9]+:[\\w+=,.@-]+(/[\\w+=,.@-]+)*';
    throw constraintError(arn, 'certificateArn', `Member must satisfy regular expression pattern: ${shown}`);
  }
  if (!/:certificate\/[^/]+$/.test(arn)) throw new AwsError('InvalidArnException', `The ARN ${arn} is not valid.`);
  const found = state.certificates.get(arn);
  if (found === undefined || found.account !== call.account || found.region !== call.region) {
    throw new AwsError('ResourceNotFoundException', `Could not find certificate ${arn}.`);
  }
  return found;
}

/** Digits that follow from `text`: what AWS draws at random, but every copy of a world must know alike. */
export function digitsOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** The caller's certificates, in the order in which they were made. */
export function certificatesOf(
  state: AcmState,
  where: { readonly account: string; readonly region: string },
): readonly Certificate[] {
  return [...state.certificates.values()].filter(
    ({ account, region }) => account === where.account && region === where.region,
  );
}

/** The load balancers that use a certificate. */
export function usersOf(state: AcmState, certificate: Certificate): readonly string[] {
  return state.world.elb.certificatesInUse(certificate).get(certificate.arn) ?? [];
}
