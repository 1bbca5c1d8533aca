/** Checks the settings of a listener. Source: "Create an HTTPS listener" of the ALB user guide, and the API model. */
import { isDeepStrictEqual } from 'node:util';
import type { Certificate } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call, type World } from '../kernel.ts';
import { constraintError, oneOf, validationError } from './errors.ts';
import { defaultSslPolicy, isSslPolicy } from './ssl-policies.ts';
import type { Listener } from './state.ts';

const allProtocols = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'];
const maxPort = 65_535;

/** Where a listener listens, and how it shows who it is. */
export interface ListenerSettings {
  readonly port: number;
  readonly protocol: string;
  readonly certificates: readonly Certificate[];
  readonly sslPolicy: string | undefined;
}

/** What a call says of a listener's settings. */
interface SettingsInput {
  readonly Port?: number | undefined;
  readonly Protocol?: string | undefined;
  readonly Certificates?: Certificate[] | undefined;
  readonly SslPolicy?: string | undefined;
}

/** The settings of a new listener. Throws ValidationError, CertificateNotFound or SSLPolicyNotFound. */
export function newSettings(world: World, input: SettingsInput, call: Call): ListenerSettings {
  if (input.Port === undefined) throw validationError('A listener port must be specified');
  if (input.Protocol === undefined) throw validationError('A listener protocol must be specified');
  const protocol = checkProtocol(input.Protocol);
  const certificates = certificatesOf(world, input.Certificates ?? [], protocol, call);
  return {
    port: checkPort(input.Port),
    protocol,
    certificates,
    sslPolicy: policyOf(input.SslPolicy, protocol, defaultSslPolicy),
  };
}

/** The settings of a listener after a change: what the call leaves out stays. */
export function changedSettings(world: World, input: SettingsInput, listener: Listener, call: Call): ListenerSettings {
  const protocol = input.Protocol === undefined ? listener.protocol : checkProtocol(input.Protocol);
  const kept = protocol === 'HTTP' ? [] : listener.certificates;
  const given = input.Certificates ?? [];
  return {
    port: input.Port === undefined ? listener.port : checkPort(input.Port),
    protocol,
    certificates: given.length === 0 && kept.length > 0 ? kept : certificatesOf(world, given, protocol, call),
    sslPolicy: policyOf(input.SslPolicy, protocol, listener.sslPolicy ?? defaultSslPolicy),
  };
}

/** Whether a listener has these settings already. */
export function hasSettings(listener: Listener, settings: ListenerSettings): boolean {
  return (
    listener.protocol === settings.protocol &&
    listener.sslPolicy === settings.sslPolicy &&
    isDeepStrictEqual(listener.certificates, settings.certificates)
  );
}

/**
 * Checks a certificate by its ARN: one of ACM must be there and issued (observed), of IAM, which is not simulated, any that could be the caller's is
 * taken to be there. Throws CertificateNotFound or UnsupportedCertificate.
 */
export function checkCertificate(world: World, arn: string, call: Call): void {
  const acm = new RegExp(`^arn:aws[a-z-]*:acm:${call.region}:${call.account}:certificate/[0-9a-f-]{36}$`);
  const iam = new RegExp(`^arn:aws[a-z-]*:iam::${call.account}:server-certificate/.+$`);
  if (iam.test(arn)) return;
  const certificate = acm.test(arn) ? world.acm.certificate(arn) : undefined;
  if (certificate?.status === 'ISSUED') return;
  if (certificate !== undefined) {
    throw new AwsError(
      'UnsupportedCertificate',
      `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
      { status: 400 },
    );
  }
  if (!/^arn:aws[a-z-]*:(acm|iam):/.test(arn)) throw validationError(`Certificate ARN '${arn}' is not valid`);
  throw new AwsError('CertificateNotFoundException', `Certificate '${arn}' not found`);
}

function checkProtocol(protocol: string): string {
  oneOf(protocol, 'protocol', allProtocols);
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError(`Listener protocol '${protocol}' must be one of 'HTTPS, HTTP'`);
  }
  return protocol;
}

function checkPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > maxPort) {
    throw constraintError(port, 'port', `Member must have value between 1 and ${maxPort}`);
  }
  return port;
}

function certificatesOf(
  world: World,
  given: readonly Certificate[],
  protocol: string,
  call: Call,
): readonly Certificate[] {
  if (protocol === 'HTTP') {
    if (given.length > 0) throw validationError('A certificate cannot be specified for HTTP listeners');
    return [];
  }
  const [only, ...more] = given;
  if (only === undefined) throw validationError('A certificate must be specified for HTTPS listeners');
  if (more.length > 0) {
    throw validationError(`Up to '1' certificates can be specified, but '${given.length}' were specified`);
  }
  const arn = only.CertificateArn ?? '';
  checkCertificate(world, arn, call);
  return [{ CertificateArn: arn }];
}

function policyOf(given: string | undefined, protocol: string, otherwise: string): string | undefined {
  if (protocol === 'HTTP') {
    if (given !== undefined) throw validationError('An SSL policy cannot be specified for HTTP listeners');
    return undefined;
  }
  if (given !== undefined && !isSslPolicy(given)) {
    throw new AwsError('SSLPolicyNotFoundException', `SSL policy '${given}' not found`);
  }
  return given ?? otherwise;
}
