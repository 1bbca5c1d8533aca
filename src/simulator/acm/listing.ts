import type {
  CertificateStatus,
  Filters,
  KeyAlgorithm,
  ListCertificatesRequest,
  ListCertificatesResponse,
} from '@aws-sdk/client-acm';
import { AwsError, type Call } from '../kernel.ts';
import { constraintError, oneOf } from './errors.ts';
import { type AcmState, type Certificate, certificatesOf, statusOf } from './state.ts';
import { summaryOf } from './view.ts';

/** Filters by usages are not simulated: of imported certificates they are not known. */
export const listMembers = [
  'CertificateStatuses',
  'Includes.keyTypes',
  'Includes.exportOption',
  'NextToken',
  'MaxItems',
  'SortBy',
  'SortOrder',
];

/** The reference names the largest page (1,000) only; what a call gets that does not say is assumed. */
const defaultPage = 100;
const maxPage = 1_000;

const statuses: readonly CertificateStatus[] = [
  'PENDING_VALIDATION',
  'ISSUED',
  'INACTIVE',
  'EXPIRED',
  'VALIDATION_TIMED_OUT',
  'REVOKED',
  'FAILED',
];
const keyTypes: readonly KeyAlgorithm[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
];
/** What a call gets that names no key types. Source: the type Filters, ACM API reference. */
const defaultKeyTypes: readonly KeyAlgorithm[] = ['RSA_1024', 'RSA_2048'];

/** ListCertificates. */
export function list(state: AcmState, input: ListCertificatesRequest, call: Call): ListCertificatesResponse {
  const size = pageSize(input.MaxItems);
  const wanted = input.CertificateStatuses ?? [];
  for (const status of wanted) oneOf(status, 'certificateStatuses', statuses);
  const direction = directionOf(input);
  const matches = includes(input.Includes ?? {});
  const after = input.NextToken === undefined ? undefined : readToken(input.NextToken);
  const found = certificatesOf(state, call)
    .filter((certificate) => wanted.length === 0 || wanted.includes(statusOf(certificate, call.now)))
    .filter(matches)
    .sort((a, b) => direction * order(keyOf(a), keyOf(b)))
    .filter((certificate) => after === undefined || direction * order(keyOf(certificate), after) > 0);
  const page = found.slice(0, size);
  const last = page.at(-1);
  const inUse = state.world.elb.certificatesInUse(call);
  return {
    CertificateSummaryList: page.map((certificate) => summaryOf(certificate, inUse.has(certificate.arn), call.now)),
    ...(found.length > page.length && last !== undefined ? { NextToken: writeToken(keyOf(last)) } : {}),
  };
}

function pageSize(given: number | undefined): number {
  const size = given ?? defaultPage;
  if (size < 1) throw constraintError(size, 'maxItems', 'Member must have value greater than or equal to 1');
  if (size > maxPage) {
    throw constraintError(size, 'maxItems', `Member must have value less than or equal to ${maxPage}`);
  }
  return size;
}

/** Either of both needs the other (documented). */
function directionOf({ SortBy: by, SortOrder: to }: ListCertificatesRequest): 1 | -1 {
  if (by !== undefined) oneOf(by, 'sortBy', ['CREATED_AT']);
  if (to !== undefined) oneOf(to, 'sortOrder', ['ASCENDING', 'DESCENDING']);
  if ((by === undefined) !== (to === undefined)) {
    throw invalidArgs('If you specify SortBy, you must also specify SortOrder, and vice versa.');
  }
  return to === 'DESCENDING' ? -1 : 1;
}

function includes({ keyTypes: types = [], exportOption }: Filters): (certificate: Certificate) => boolean {
  for (const type of types) oneOf(type, 'includes.keyTypes', keyTypes);
  if (exportOption !== undefined) oneOf(exportOption, 'includes.exportOption', ['ENABLED', 'DISABLED']);
  // None can be exported.
  if (exportOption === 'ENABLED') return () => false;
  if (types.length > 0) return ({ keyAlgorithm }) => types.includes(keyAlgorithm);
  return ({ keyAlgorithm, names }) => defaultKeyTypes.includes(keyAlgorithm) && names.length > 0;
}

type Key = readonly [createdAt: number, arn: string];

function keyOf({ createdAt, arn }: Certificate): Key {
  return [createdAt, arn];
}

function order(a: Key, b: Key): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

function writeToken([createdAt, arn]: Key): string {
  return Buffer.from(`${createdAt}/${arn}`).toString('base64');
}

function readToken(token: string): Key {
  const match = /^(\d+)\/(arn:.+)$/.exec(Buffer.from(token, 'base64').toString('latin1'));
  if (match === null) throw invalidArgs('The NextToken is not valid.');
  return [Number(match[1]), match[2] ?? ''];
}

function invalidArgs(message: string): AwsError {
  return new AwsError('InvalidArgsException', message);
}
