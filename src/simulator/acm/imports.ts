/** ImportCertificate. Sources: its API reference, "Prerequisites for importing" and "Reimport a certificate" of the ACM user guide. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ImportCertificateRequest, ImportCertificateResponse, KeyAlgorithm } from '@aws-sdk/client-acm';
import type { Call } from '../kernel.ts';
import { constraintError, invalidParameter, required, validationError } from './errors.ts';
import { checkRoom, countMade, newArn } from './making.ts';
import { type AcmState, type Certificate, findCertificate, type Issue } from './state.ts';
import { withTags } from './tags.ts';

export const importMembers = [
  'CertificateArn',
  'Certificate',
  'PrivateKey',
  'CertificateChain',
  'Tags.Key',
  'Tags.Value',
];

const longest = { certificate: 32_768, privateKey: 5_120, certificateChain: 2_097_152 };

/** What ACM takes from a PEM. */
interface Read {
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly issue: Issue;
}

/** A new certificate of the type IMPORTED, or with an ARN, the same one with other contents. */
export function importCertificate(
  state: AcmState,
  input: ImportCertificateRequest,
  call: Call,
): ImportCertificateResponse {
  const given = input.Tags ?? [];
  if (input.CertificateArn !== undefined) {
    const certificate = findCertificate(state, call, input.CertificateArn);
    if (certificate.type !== 'IMPORTED') throw invalidParameter('Only imported certificates can be reimported.');
    if (given.length > 0) throw invalidParameter('Tags cannot be applied when a certificate is reimported.');
    const read = readCertificate(input, call.now);
    replace(certificate, read, call.now);
    return { CertificateArn: certificate.arn };
  }
  const read = readCertificate(input, call.now);
  const tags = given.length === 0 ? new Map<string, string>() : new Map(withTags(new Map(), given));
  checkRoom(state, call, 'IMPORTED');
  const certificate: Certificate = { ...imported(read, call), arn: newArn(state, call), tags };
  countMade(state, call, 'IMPORTED');
  state.certificates.set(certificate.arn, certificate);
  return { CertificateArn: certificate.arn };
}

function imported(read: Read, call: Call): Omit<Certificate, 'arn' | 'tags'> {
  return {
    account: call.account,
    region: call.region,
    type: 'IMPORTED',
    ...read,
    method: undefined,
    proofs: [],
    createdAt: call.now,
    issuedAt: undefined,
    importedAt: call.now,
    stage: 'ISSUED',
    renewal: undefined,
    validateUntil: call.now,
    transparency: 'DISABLED',
    cancel: undefined,
  };
}

/** Type and size of the key stay, and so do ARN, tags and uses. */
function replace(certificate: Certificate, read: Read, now: number): void {
  if (read.keyAlgorithm !== certificate.keyAlgorithm) {
    throw invalidParameter('The key type and size of a certificate cannot be changed by reimporting it.');
  }
  if (read.names.length === 0 && certificate.names.length > 0) {
    throw invalidParameter('You cannot remove all of the domain names from a certificate.');
  }
  certificate.names = read.names;
  certificate.issue = read.issue;
  certificate.importedAt = now;
}

function readCertificate(input: ImportCertificateRequest, now: number): Read {
  const body = textOf(input.Certificate, 'certificate');
  const keyText = textOf(input.PrivateKey, 'privateKey');
  if ((body.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length > 1) {
    throw validationError(
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    );
  }
  const certificate = parsed(body, 'The certificate is not PEM-encoded or is not valid.');
  const notBefore = Date.parse(certificate.validFrom);
  const notAfter = Date.parse(certificate.validTo);
  if (notAfter <= now) throw validationError('The certificate has expired, is not valid.');
  if (notBefore > now) throw validationError('The certificate is not in effect yet, is not valid.');
  if (!certificate.checkPrivateKey(privateKeyOf(keyText))) {
    throw validationError('The private key does not match the certificate.');
  }
  if (input.CertificateChain !== undefined) checkChain(certificate, textOf(input.CertificateChain, 'certificateChain'));
  const keyAlgorithm = algorithmOf(certificate.publicKey);
  return {
    names: namesOf(certificate),
    keyAlgorithm,
    issue: {
      notBefore,
      notAfter,
      serial: certificate.serialNumber.toLowerCase().replace(/..(?!$)/g, '$&:'),
      subject: certificate.subject.replaceAll('\n', ','),
      issuer: attribute(certificate.issuer, 'O') ?? attribute(certificate.issuer, 'CN') ?? '',
      signatureAlgorithm: keyAlgorithm.startsWith('RSA') ? 'SHA256WITHRSA' : 'SHA256WITHECDSA',
    },
  };
}

function textOf(bytes: Uint8Array | undefined, member: keyof typeof longest): string {
  const given = required(bytes, member);
  if (given.length === 0) throw constraintError('', member, 'Member must have length greater than or equal to 1');
  if (given.length > longest[member]) {
    throw constraintError(
      'java.nio.HeapByteBuffer',
      member,
      `Member must have length less than or equal to ${longest[member]}`,
    );
  }
  return Buffer.from(given).toString('latin1');
}

function parsed(pem: string, problem: string): X509Certificate {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw validationError(problem);
  try {
    return new X509Certificate(pem);
  } catch {
    throw validationError(problem);
  }
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw validationError('The private key is not PEM-encoded or is not valid.');
  }
}

/** Each certificate of the chain vouches for the one before it. */
function checkChain(certificate: X509Certificate, chain: string): void {
  const problem = 'Could not validate the certificate with the certificate chain.';
  const pems = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (pems === null) throw validationError('The certificate chain is not PEM-encoded or is not valid.');
  let below = certificate;
  for (const pem of pems) {
    const above = parsed(pem, 'The certificate chain is not PEM-encoded or is not valid.');
    if (!below.checkIssued(above) || !below.verify(above.publicKey)) throw validationError(problem);
    below = above;
  }
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const known: Readonly<Record<string, KeyAlgorithm>> = {
    'rsa/1024': 'RSA_1024',
    'rsa/2048': 'RSA_2048',
    'rsa/3072': 'RSA_3072',
    'rsa/4096': 'RSA_4096',
    'ec/prime256v1': 'EC_prime256v1',
    'ec/secp384r1': 'EC_secp384r1',
    'ec/secp521r1': 'EC_secp521r1',
  };
  const found = known[`${key.asymmetricKeyType}/${namedCurve ?? modulusLength}`];
  if (found === undefined) throw validationError('The key algorithm of the certificate is not supported.');
  return found;
}

/** The alternative names, or where there are none, the common name: the common name first where it is among them. */
function namesOf(certificate: X509Certificate): readonly string[] {
  const common = attribute(certificate.subject, 'CN');
  const alternatives = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length).toLowerCase());
  if (alternatives.length === 0) return common?.includes('.') === true ? [common.toLowerCase()] : [];
  const first = alternatives.filter((name) => name === common?.toLowerCase());
  return [...new Set([...first, ...alternatives])];
}

function attribute(distinguishedName: string, type: string): string | undefined {
  return distinguishedName
    .split('\n')
    .find((line) => line.startsWith(`${type}=`))
    ?.slice(type.length + 1);
}
