/** The names on certificates. Pure. Source: RequestCertificate, ACM API reference and model. */

import { constraintError, invalidParameter } from './errors.ts';

const shownPattern = '(\\*\\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])';
const pattern = /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/;
const maxName = 253;
/** RFC 5280 allows a common name no more. */
const maxCommonName = 64;

/** Throws ValidationException for what is no domain name of the model. */
export function checkName(name: string, member: string): void {
  if (name.length > maxName) {
    throw constraintError(name, member, `Member must have length less than or equal to ${maxName}`);
  }
  if (!pattern.test(name)) {
    throw constraintError(name, member, `Member must satisfy regular expression pattern: ${shownPattern}`);
  }
}

/** The names of a certificate that is asked for, each once, lower-case, the common name first. */
export function checkNames(domainName: string, more: readonly string[]): readonly string[] {
  checkName(domainName, 'domainName');
  if (domainName.length > maxCommonName) {
    throw invalidParameter(`The first domain name can be no longer than ${maxCommonName} characters.`);
  }
  for (const name of more) checkName(name, 'subjectAlternativeNames');
  return [...new Set([domainName, ...more].map((name) => name.toLowerCase()))];
}

/** The domain that is proved for a name: a wildcard needs no other proof than the domain itself. */
export function provenDomain(name: string): string {
  return name.replace(/^\*\./, '');
}
