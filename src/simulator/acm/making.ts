/** New certificates: their ARNs, and how many an account may have. Source: "Quotas" of the ACM user guide. */
import type { Call } from '../kernel.ts';
import { limitExceeded } from './errors.ts';
import { dayMs } from './issue.ts';
import { type AcmState, type Certificate, certificatesOf } from './state.ts';

const yearMs = 365 * dayMs;

const quotas = {
  AMAZON_ISSUED: { held: 'acmCertificates', made: 'acmCertificatesPerYear' },
  IMPORTED: { held: 'importedCertificates', made: 'importedCertificatesPerYear' },
} as const;

/** Throws LimitExceeded where the account has, or made within a year, as many certificates of this type as it may. Expired ones count. */
export function checkRoom(state: AcmState, call: Call, type: Certificate['type']): void {
  const { held, made } = quotas[type];
  const mine = certificatesOf(state, call).filter((certificate) => certificate.type === type);
  if (mine.length >= state.world.quotas.get(call, held)) {
    throw limitExceeded('Cannot request more certificates in this account. Contact Customer Service for details.');
  }
  const perYear = state.world.quotas.get(call, made);
  if (madeLately(state, call, type).length >= perYear) {
    throw limitExceeded(`Error: you have reached your limit of ${perYear} certificates in the last year.`);
  }
}

/** Counts a certificate among those of the last 365 days. */
export function countMade(state: AcmState, call: Call, type: Certificate['type']): void {
  state.made.set(keyOf(call, type), [...madeLately(state, call, type), call.now]);
}

/** The ARN of a certificate that does not exist yet. */
export function newArn(state: AcmState, call: Call): string {
  const digits = state.world.hex('acm/certificate', 32);
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `arn:aws:acm:${call.region}:${call.account}:certificate/${id}`;
}

function madeLately(state: AcmState, call: Call, type: Certificate['type']): readonly number[] {
  return (state.made.get(keyOf(call, type)) ?? []).filter((at) => at > call.now - yearMs);
}

function keyOf(call: Call, type: Certificate['type']): string {
  return `${call.account}/${call.region}/${type}`;
}
