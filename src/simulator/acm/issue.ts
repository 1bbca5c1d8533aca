/** What Amazon's authority writes into a certificate. */
import { type Certificate, digitsOf, type Issue } from './state.ts';

export const dayMs = 24 * 60 * 60_000;

/** Public certificates are valid for 198 days. Source: "Public certificates" of the ACM user guide. */
export const validityMs = 198 * dayMs;

/** A certificate as it is issued at `now`: from the beginning of that day, UTC, to the end of its last (assumed). */
export function newIssue(certificate: Pick<Certificate, 'arn' | 'names' | 'keyAlgorithm'>, now: number): Issue {
  const notBefore = Math.floor(now / dayMs) * dayMs;
  return issueOf(certificate, notBefore, notBefore + validityMs - 1000);
}

/** A certificate with this validity. */
export function issueOf(
  { arn, names, keyAlgorithm }: Pick<Certificate, 'arn' | 'names' | 'keyAlgorithm'>,
  notBefore: number,
  notAfter: number,
): Issue {
  return {
    notBefore,
    notAfter,
    serial: serialOf(`${arn}/${notAfter}`),
    subject: `CN=${names[0] ?? ''}`,
    issuer: 'Amazon',
    signatureAlgorithm: keyAlgorithm.startsWith('RSA') ? 'SHA256WITHRSA' : 'SHA256WITHECDSA',
  };
}

/** Sixteen bytes as ACM shows them, `0a:1b:...`, the first small enough for a positive number. */
function serialOf(seed: string): string {
  return `0${digitsOf(seed, 31)}`.replace(/..(?!$)/g, '$&:');
}
