/** What Certificate Manager offers the rest of the simulator. */
import type { AcmWorld } from '../kernel.ts';
import { issueOf, newIssue } from './issue.ts';
import { approveRenewal, planRenewal } from './renewal.ts';
import { type AcmState, type Certificate, statusOf } from './state.ts';
import { approveRequest } from './validation.ts';

/** The side of Certificate Manager that load balancing, tests and fleet files use. */
export function acmWorld(state: AcmState): AcmWorld {
  return {
    certificate: (arn) => {
      const found = state.certificates.get(arn);
      if (found === undefined) return undefined;
      const { account, region, names } = found;
      return { account, region, names, status: statusOf(found, state.world.now()) };
    },
    answerEmail: (arn) => {
      const found = state.certificates.get(arn);
      if (found === undefined) throw new RangeError(`certificate '${arn}' does not exist`);
      approveRequest(state, found);
      approveRenewal(state, found);
    },
    seedCertificate: (seed) => seedCertificate(state, seed),
  };
}

function seedCertificate(state: AcmState, seed: Parameters<AcmWorld['seedCertificate']>[0]): void {
  const { arn, names, keyAlgorithm = 'RSA_2048', type = 'AMAZON_ISSUED' } = seed;
  const [, region, account] = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):(\d{12}):certificate\/[\w-]+$/.exec(arn) ?? [];
  if (region === undefined || account === undefined) {
    throw new RangeError(`certificate ARN is '${arn}'; expected arn:aws:acm:<region>:<account>:certificate/<id>`);
  }
  if (state.certificates.has(arn)) throw new RangeError(`certificate '${arn}' already exists`);
  const now = state.world.now();
  const fresh = newIssue({ arn, names, keyAlgorithm }, now);
  const notAfter = seed.notAfter ?? fresh.notAfter;
  const notBefore = seed.notBefore ?? notAfter - (fresh.notAfter - fresh.notBefore);
  const certificate: Certificate = {
    arn,
    account,
    region,
    type,
    keyAlgorithm,
    names: [...names],
    method: type === 'IMPORTED' ? undefined : 'DNS',
    proofs: type === 'IMPORTED' ? [] : names.map((name) => ({ name, validationDomain: name, status: 'SUCCESS' })),
    createdAt: Math.min(notBefore, now),
    issuedAt: type === 'IMPORTED' ? undefined : notBefore,
    importedAt: type === 'IMPORTED' ? notBefore : undefined,
    stage: 'ISSUED',
    issue: issueOf({ arn, names, keyAlgorithm }, notBefore, notAfter),
    renewal: undefined,
    validateUntil: now,
    transparency: type === 'IMPORTED' ? 'DISABLED' : 'ENABLED',
    tags: new Map(),
    cancel: undefined,
  };
  state.certificates.set(arn, certificate);
  planRenewal(state, certificate);
}
