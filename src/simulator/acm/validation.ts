/**
 * How a certificate that was asked for is issued: when its records resolve, or when somebody answers its mails. Sources: "DNS validation" and "Email
 * validation" of the ACM user guide.
 */
import { dayMs, newIssue } from './issue.ts';
import { isProven } from './proofs.ts';
import { planRenewal } from './renewal.ts';
import type { AcmState, Certificate } from './state.ts';

/** ACM tries for 72 hours. */
export const validationMs = 3 * dayMs;
const minuteMs = 60_000;
/** How often it looks for records: each minute of the first hour, then every ten (assumed). */
const eagerMs = 60 * minuteMs;
const eagerEveryMs = minuteMs;
const patientEveryMs = 10 * minuteMs;
/** From the last proof to the certificate (assumed: the guide says that it may take half an hour; most take minutes). */
const issueMs = 2 * minuteMs;

/** Looks for the records of a new certificate, or waits for answers to its mails, until it is issued or its time is up. */
export function validate(state: AcmState, certificate: Certificate): void {
  const { world } = state;
  const now = world.now();
  const byDns = certificate.method === 'DNS';
  if (byDns) {
    for (const proof of certificate.proofs) if (isProven(state, certificate, proof.name)) proof.status = 'SUCCESS';
  }
  if (certificate.proofs.every(({ status }) => status === 'SUCCESS')) {
    issueSoon(state, certificate);
    return;
  }
  if (now >= certificate.validateUntil) {
    certificate.stage = 'VALIDATION_TIMED_OUT';
    for (const proof of certificate.proofs) if (proof.status !== 'SUCCESS') proof.status = 'FAILED';
    return;
  }
  const every = now - certificate.createdAt < eagerMs ? eagerEveryMs : patientEveryMs;
  const next = byDns ? now + every : certificate.validateUntil;
  certificate.cancel = world.at(Math.min(next, certificate.validateUntil), () => validate(state, certificate));
}

/** What the reader of its mails does: proves all names of a certificate that waits to be issued. */
export function approveRequest(state: AcmState, certificate: Certificate): void {
  if (certificate.method !== 'EMAIL' || certificate.stage !== 'PENDING_VALIDATION') return;
  if (certificate.proofs.every(({ status }) => status === 'SUCCESS')) return;
  certificate.cancel?.();
  for (const proof of certificate.proofs) proof.status = 'SUCCESS';
  issueSoon(state, certificate);
}

function issueSoon(state: AcmState, certificate: Certificate): void {
  const { world } = state;
  certificate.cancel = world.at(world.now() + issueMs * world.latencyFactor, () => {
    certificate.stage = 'ISSUED';
    certificate.issuedAt = world.now();
    certificate.issue = newIssue(certificate, world.now());
    planRenewal(state, certificate);
  });
}
