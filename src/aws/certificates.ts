/** The certificates of a listener: the default one and those that it picks by the name that a client asks for. */
import { CallError, failureText } from '../model/errors.ts';
import { readPages } from './pages.ts';
import type { CellAccess, Elb, Freshness } from './ports.ts';

export type CertificateFact =
  | {
      readonly arn: string;
      readonly readable: true;
      /** ACM's word; only ISSUED can be used. */
      readonly status: string;
      /** Lower-case. */
      readonly names: readonly string[];
      /** Milliseconds since the epoch; undefined for one that was never issued. */
      readonly notAfter: number | undefined;
    }
  /** `reason` is CamelCase, for conditions. */
  | { readonly arn: string; readonly readable: false; readonly reason: string; readonly message: string };

/** Certificates change seldom: all groups that share one ask for it once in this time. */
const certificateAgeMs = 300_000;

/** Reads them all. One that cannot be read is a fact too, as nothing but new placements waits for it. Throws `CallError` only when our lease is gone. */
export async function readCertificates(
  access: CellAccess,
  listener: Elb.Listener,
  freshness: Freshness,
): Promise<readonly CertificateFact[]> {
  const arn = listener.ListenerArn ?? '';
  const own = (listener.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []);
  const facts: CertificateFact[] = [];
  let all = own;
  try {
    const listed = await access.views.once(`${arn}#certificates`, freshness, () => listCertificates(access, arn));
    all = [...new Set([...own, ...listed])];
  } catch (error) {
    facts.push(unread(arn, error));
  }
  return [...(await Promise.all(all.map((one) => readCertificate(access, one)))), ...facts];
}

async function listCertificates(access: CellAccess, ListenerArn: string): Promise<readonly string[]> {
  const call = { service: 'elbv2', operation: 'describeListenerCertificates' };
  const found = await readPages(call, async (Marker) => {
    const page = await access.elb.describeListenerCertificates({
      ListenerArn,
      ...(Marker === undefined ? {} : { Marker }),
    });
    return { items: page.Certificates, next: page.NextMarker };
  });
  return found.flatMap(({ CertificateArn }) => CertificateArn ?? []);
}

async function readCertificate(access: CellAccess, arn: string): Promise<CertificateFact> {
  if (arn.split(':')[2] === 'iam') {
    const message = `${arn} is a server certificate of IAM: its names and its end are not read`;
    return { arn, readable: false, reason: 'IamCertificate', message };
  }
  try {
    const found = await access.views.once(`certificate/${arn}`, { maxAgeMs: certificateAgeMs }, async () => {
      const { Certificate } = await access.acm.describeCertificate({ CertificateArn: arn });
      return Certificate;
    });
    const names = [found?.DomainName ?? '', ...(found?.SubjectAlternativeNames ?? [])].map((name) =>
      name.toLowerCase(),
    );
    return { arn, readable: true, status: found?.Status ?? 'UNKNOWN', names, notAfter: found?.NotAfter?.getTime() };
  } catch (error) {
    return unread(arn, error);
  }
}

function unread(arn: string, error: unknown): CertificateFact {
  if (!(error instanceof CallError) || error.class === 'fenced') throw error;
  const reason =
    error.class === 'denied' ? 'AccessDenied' : error.class === 'not_found' ? 'CertificateMissing' : 'ReadFailed';
  const message = `${arn}: ${failureText(error)}`;
  return { arn, readable: false, reason, message };
}
