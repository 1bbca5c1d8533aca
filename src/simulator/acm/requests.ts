import type {
  DomainValidationOption,
  RequestCertificateRequest,
  RequestCertificateResponse,
} from '@aws-sdk/client-acm';
import { AwsError, type Call } from '../kernel.ts';
import { constraintError, invalidParameter, limitExceeded, oneOf, required } from './errors.ts';
import { checkRoom, countMade, newArn } from './making.ts';
import { checkName, checkNames, provenDomain } from './names.ts';
import type { AcmState, Certificate, DomainProof } from './state.ts';
import { withTags } from './tags.ts';
import { validate, validationMs } from './validation.ts';

/** All that is acted on. Private authorities and certificates that CloudFront manages are not simulated. */
export const requestMembers = [
  'DomainName',
  'ValidationMethod',
  'SubjectAlternativeNames',
  'IdempotencyToken',
  'DomainValidationOptions.DomainName',
  'DomainValidationOptions.ValidationDomain',
  'Options.CertificateTransparencyLoggingPreference',
  'Options.Export',
  'Tags.Key',
  'Tags.Value',
  'KeyAlgorithm',
];

const tokenMs = 60 * 60_000;
const maxNames = 100;
const keyAlgorithms = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
] as const;
/** Source: "Public certificates" of the ACM user guide. */
const publicAlgorithms: readonly string[] = ['RSA_2048', 'EC_prime256v1', 'EC_secp384r1'];

/** RequestCertificate. A token stands for the same certificate for an hour, whatever else the call says (documented). */
export function request(state: AcmState, input: RequestCertificateRequest, call: Call): RequestCertificateResponse {
  const more = input.SubjectAlternativeNames ?? [];
  if (more.length > maxNames) {
    throw constraintError('[]', 'subjectAlternativeNames', `Member must have length less than or equal to ${maxNames}`);
  }
  const names = checkNames(required(input.DomainName, 'domainName'), more);
  const token = tokenKey(input.IdempotencyToken, call);
  const known = token === undefined ? undefined : state.tokens.get(token);
  if (known !== undefined && known.until > call.now && state.certificates.has(known.arn)) {
    return { CertificateArn: known.arn };
  }
  const certificate = newCertificate(state, input, call, names);
  countMade(state, call, 'AMAZON_ISSUED');
  state.certificates.set(certificate.arn, certificate);
  if (token !== undefined) state.tokens.set(token, { arn: certificate.arn, until: call.now + tokenMs });
  // Records may be there from an earlier certificate, so the first look comes with the first minute.
  const { world } = state;
  certificate.cancel = world.at(call.now + 60_000 * world.latencyFactor, () => validate(state, certificate));
  return { CertificateArn: certificate.arn };
}

function newCertificate(
  state: AcmState,
  input: RequestCertificateRequest,
  call: Call,
  names: readonly string[],
): Certificate {
  const method = methodOf(input);
  const keyAlgorithm = algorithmOf(input);
  const transparency = transparencyOf(input.Options ?? {});
  const proofs = proofsOf(names, method, input.DomainValidationOptions ?? []);
  const given = input.Tags ?? [];
  const tags = given.length === 0 ? new Map<string, string>() : new Map(withTags(new Map(), given));
  if (names.length > state.world.quotas.get(call, 'domainNamesPerCertificate')) {
    throw limitExceeded('Certificate has too many domains.');
  }
  checkRoom(state, call, 'AMAZON_ISSUED');
  return {
    arn: newArn(state, call),
    account: call.account,
    region: call.region,
    type: 'AMAZON_ISSUED',
    keyAlgorithm,
    names,
    method,
    proofs,
    createdAt: call.now,
    issuedAt: undefined,
    importedAt: undefined,
    stage: 'PENDING_VALIDATION',
    issue: undefined,
    renewal: undefined,
    validateUntil: call.now + validationMs,
    transparency,
    tags,
    cancel: undefined,
  };
}

function tokenKey(token: string | undefined, call: Call): string | undefined {
  if (token === undefined) return undefined;
  if (token.length > 32) {
    throw constraintError(token, 'idempotencyToken', 'Member must have length less than or equal to 32');
  }
  if (!/^\w+$/.test(token)) {
    throw constraintError(token, 'idempotencyToken', 'Member must satisfy regular expression pattern: \\w+');
  }
  return `${call.account}/${call.region}/${token}`;
}

/** Mail is what a call means that does not say (observed). */
function methodOf({ ValidationMethod: method = 'EMAIL' }: RequestCertificateRequest): 'DNS' | 'EMAIL' {
  oneOf(method, 'validationMethod', ['EMAIL', 'DNS', 'HTTP']);
  if (method === 'HTTP') throw invalidParameter('HTTP validation is only available through Amazon CloudFront.');
  return method;
}

function algorithmOf({
  KeyAlgorithm: algorithm = 'RSA_2048',
}: RequestCertificateRequest): (typeof keyAlgorithms)[number] {
  oneOf(algorithm, 'keyAlgorithm', keyAlgorithms);
  if (!publicAlgorithms.includes(algorithm)) {
    throw invalidParameter(`The key algorithm ${algorithm} is not supported for public certificates.`);
  }
  return algorithm;
}

/** The preference in a call's options. Certificates that can be exported are not simulated. */
export function transparencyOf(options: {
  readonly CertificateTransparencyLoggingPreference?: string | undefined;
  readonly Export?: string | undefined;
}): 'ENABLED' | 'DISABLED' {
  const { CertificateTransparencyLoggingPreference: preference = 'ENABLED', Export: exported = 'DISABLED' } = options;
  const states = ['ENABLED', 'DISABLED'];
  oneOf(preference, 'options.certificateTransparencyLoggingPreference', states);
  oneOf(exported, 'options.export', states);
  if (exported === 'ENABLED') throw invalidParameter('Certificate export is not supported.');
  return preference === 'DISABLED' ? 'DISABLED' : 'ENABLED';
}

function proofsOf(
  names: readonly string[],
  method: 'DNS' | 'EMAIL',
  options: readonly DomainValidationOption[],
): readonly DomainProof[] {
  const domains = new Map<string, string>();
  for (const option of options) {
    const name = required(option.DomainName, 'domainValidationOptions.1.member.domainName').toLowerCase();
    const domain = required(option.ValidationDomain, 'domainValidationOptions.1.member.validationDomain').toLowerCase();
    checkName(name, 'domainValidationOptions.1.member.domainName');
    checkName(domain, 'domainValidationOptions.1.member.validationDomain');
    if (method === 'DNS') throw invalidOptions('Domain validation options are only for email validation.');
    if (!names.includes(name)) throw invalidOptions(`Domain ${name} is not in the certificate request.`);
    checkSuperdomain(name, domain);
    domains.set(name, domain);
  }
  return names.map((name) => ({
    name,
    validationDomain: domains.get(name) ?? (method === 'EMAIL' ? provenDomain(name) : name),
    status: 'PENDING_VALIDATION',
  }));
}

/** Mails go to the domain itself or to one above it. Throws InvalidDomainValidationOptions. */
export function checkSuperdomain(name: string, domain: string): void {
  if (`.${provenDomain(name)}`.endsWith(`.${domain}`)) return;
  throw invalidOptions(`Validation domain ${domain} is not a superdomain of ${name}.`);
}

/** An error about where mails should go to. */
export function invalidOptions(message: string): AwsError {
  return new AwsError('InvalidDomainValidationOptionsException', message);
}
