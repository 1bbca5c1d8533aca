/**
 * Managed renewal. Sources: "Managed certificate renewal" and "Renewal for domains validated by DNS" of the ACM user guide: a certificate of 198 days is
 * renewed 45 days before its end, one of the earlier 395 days 60 days before, when it is in use and its records are still there.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DomainStatus } from '@aws-sdk/client-acm';
import { dayMs, newIssue, validityMs } from './issue.ts';
import { isProven } from './proofs.ts';
import { type AcmState, type Certificate, type Renewal, statusOf, usersOf } from './state.ts';

const leadMs = 45 * dayMs;
const leadOfLongerMs = 60 * dayMs;
/** How often ACM tries again (assumed). */
const retryMs = 6 * 60 * 60_000;
/** From proof to the new certificate (assumed; the guide says that it may take hours). */
const renewMs = 60 * 60_000;

/** Puts the renewal of an issued certificate on the agenda. Imported ones are not renewed. */
export function planRenewal(state: AcmState, certificate: Certificate): void {
  const { issue, type } = certificate;
  if (issue === undefined || type !== 'AMAZON_ISSUED') return;
  const lead = issue.notAfter - issue.notBefore > validityMs ? leadOfLongerMs : leadMs;
  certificate.cancel = state.world.at(issue.notAfter - lead, () => tryRenewal(state, certificate));
}

/** Whether RenewalEligibility says that ACM will renew it. */
export function isEligible(certificate: Certificate, inUse: boolean, now: number): boolean {
  return certificate.type === 'AMAZON_ISSUED' && inUse && statusOf(certificate, now) === 'ISSUED';
}

function tryRenewal(state: AcmState, certificate: Certificate): void {
  const { world } = state;
  const now = world.now();
  if (statusOf(certificate, now) === 'EXPIRED') {
    if (certificate.renewal !== undefined) show(certificate, 'FAILED', certificate.renewal.domains, now);
    return;
  }
  const end = certificate.issue?.notAfter ?? now;
  const again = (): void => {
    certificate.cancel = world.at(Math.min(now + retryMs, end), () => tryRenewal(state, certificate));
  };
  // What nobody uses is left alone until somebody does.
  if (usersOf(state, certificate).length === 0) return again();
  const domains = certificate.names.map((name) => ({ name, status: proofOf(state, certificate, name) }));
  if (domains.some(({ status }) => status !== 'SUCCESS')) {
    show(certificate, 'PENDING_VALIDATION', domains, now);
    return again();
  }
  renewSoon(state, certificate);
}

/** The reader of a mail proves all names of a certificate that waits for it to be renewed. */
export function approveRenewal(state: AcmState, certificate: Certificate): void {
  if (certificate.method !== 'EMAIL' || certificate.renewal?.status !== 'PENDING_VALIDATION') return;
  certificate.cancel?.();
  renewSoon(state, certificate);
}

function renewSoon(state: AcmState, certificate: Certificate): void {
  const { world } = state;
  const domains = certificate.names.map((name) => ({ name, status: 'SUCCESS' as const }));
  show(certificate, 'PENDING_AUTO_RENEWAL', domains, world.now());
  certificate.cancel = world.at(world.now() + renewMs * world.latencyFactor, () => {
    const now = world.now();
    certificate.issue = newIssue(certificate, now);
    certificate.issuedAt = now;
    show(certificate, 'SUCCESS', domains, now);
    planRenewal(state, certificate);
  });
}

function proofOf(state: AcmState, certificate: Certificate, name: string): DomainStatus {
  return certificate.method === 'DNS' && isProven(state, certificate, name) ? 'SUCCESS' : 'PENDING_VALIDATION';
}

function show(
  certificate: Certificate,
  status: Renewal['status'],
  domains: Renewal['domains'],
  updatedAt: number,
): void {
  const { renewal } = certificate;
  if (renewal?.status === status && isDeepStrictEqual(renewal.domains, domains)) return;
  certificate.renewal = { status, domains, updatedAt };
}
