/** The records by which ACM knows that a name is the account's own. Source: "DNS validation" of the ACM user guide. */
import type { ResourceRecord } from '@aws-sdk/client-acm';
import { provenDomain } from './names.ts';
import { type AcmState, type Certificate, digitsOf } from './state.ts';

/** "A delay of several seconds" passes before a new certificate shows its records (documented; how many is assumed). */
const recordsMs = 5_000;

/**
 * The record that proves a domain for this account, in any Region: the same for the domain and its wildcard, and for every certificate with that
 * name.
 */
function validationRecord(account: string, name: string): ResourceRecord {
  const domain = provenDomain(name);
  const seed = `${account}/${domain}`;
  const letters = digitsOf(`${seed}/letters`, 10).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');
  return {
    Name: `_${digitsOf(`${seed}/name`, 32)}.${domain}.`,
    Type: 'CNAME',
    Value: `_${digitsOf(`${seed}/value`, 32)}.${letters}.acm-validations.aws.`,
  };
}

/** The record of a name, once the certificate shows it. */
export function shownRecord(
  state: AcmState,
  certificate: Certificate,
  name: string,
): { ResourceRecord?: ResourceRecord } {
  if (certificate.method !== 'DNS') return {};
  if (state.world.now() < certificate.createdAt + recordsMs * state.world.latencyFactor) return {};
  return { ResourceRecord: validationRecord(certificate.account, name) };
}

/** Whether public DNS has the record of a name. */
export function isProven(state: AcmState, certificate: Certificate, name: string): boolean {
  const { Name: host = '', Value: value } = validationRecord(certificate.account, name);
  return state.world.route53.cname(host) === value;
}
