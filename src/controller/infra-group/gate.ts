import type { CertificateFact } from '../../aws/certificates.ts';
import { type Finding, type InfraGroupReading, isFinding, type ListenerFacts } from '../../aws/infra.ts';
import type { RoleProof } from '../../aws/ports.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import type { Reading } from '../capacity/readings.ts';

/** Everything that the readiness gate of an infra group goes by. */
export interface GateFacts {
  /** Undefined: the cell's tier has no accepted record. */
  readonly tier: { readonly domain: string; readonly scope: 'tenant' | 'tier' } | undefined;
  /** Undefined: not read yet. */
  readonly infra: Reading<InfraGroupReading> | undefined;
  readonly roles: readonly RoleProof[] | undefined;
  /** One for each dependency of the tier, in its order. */
  readonly endpoints: readonly ConditionUpdate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface GateVerdict {
  /** What each part is like, and `InfraReady` for all. */
  readonly conditions: readonly ConditionUpdate[];
  /** Why the group takes no new tenants; undefined when it does. */
  readonly closed: string | undefined;
}

/** A certificate has to be good for this long: ACM renews its own 60 days before their end and warns from 45 on, so three weeks is when people have to act. */
export const certificateMarginMs = 21 * 86_400_000;

/**
 * The readiness gate: whether an infra group takes new tenants. Pure. A closed gate touches nothing that runs. Equal facts give equal words, so that a status is not written for nothing: dates
 * are said, not time that is left.
 */
export function gateOf(facts: GateFacts): GateVerdict {
  const parts = partsOf(facts);
  const closing = [...parts.filter((part) => part.closes), ...rolesOf(facts.roles)];
  const [first] = closing;
  const message = closing.map(({ condition }) => `${condition.type}: ${condition.message}`).join('; ');
  const ready: ConditionUpdate =
    first === undefined
      ? { type: 'InfraReady', status: 'True', reason: 'Ready', message: readyWords(facts.infra) }
      : {
          type: 'InfraReady',
          status: 'False',
          reason: first.condition.reason,
          message: `closed for new tenants: ${message}`,
        };
  return {
    conditions: [...parts.map(({ condition }) => condition), ready],
    closed: first === undefined ? undefined : message,
  };
}

interface Part {
  readonly condition: ConditionUpdate;
  readonly closes: boolean;
}

function readyWords(infra: GateFacts['infra']): string {
  return infra?.ok === true ? `load balancer ${infra.value.facts?.dnsName ?? ''}` : '';
}

function partsOf({ infra, tier, endpoints, now }: GateFacts): readonly Part[] {
  const endpointsReady = endpointsCondition(endpoints);
  if (infra?.ok !== true) {
    const { reason = 'NotRead', message = 'not read yet' } = infra ?? {};
    const types = ['NetworkReady', 'LoadBalancerReady', 'ListenerReady', 'CertificateReady'];
    return [...types.map((type) => unknown(type, reason, message)), endpointsReady];
  }
  const { network, loadBalancer, listener, facts } = infra.value;
  return [
    part('NetworkReady', network, 'VPC, subnets and security groups are there'),
    part('LoadBalancerReady', loadBalancer === undefined ? [] : [loadBalancer], `active: ${facts?.dnsName ?? ''}`),
    listenerPart(listener),
    certificatePart(listener, tier, now),
    endpointsReady,
  ];
}

function yes(type: string, reason: string, message: string): Part {
  return { condition: { type, status: 'True', reason, message }, closes: false };
}

function no(type: string, reason: string, message: string): Part {
  return { condition: { type, status: 'False', reason, message }, closes: true };
}

function unknown(type: string, reason: string, message: string, closes = true): Part {
  return { condition: { type, status: 'Unknown', reason, message }, closes };
}

function part(type: string, findings: readonly Finding[], words: string): Part {
  const [first] = findings;
  if (first === undefined) return yes(type, 'Ready', words);
  return no(type, first.reason, findings.map(({ message }) => message).join('; '));
}

/** What no tenant's rule takes has to be answered with a plain 404: any other default would answer in a tenant's place. */
function listenerPart(listener: Finding | ListenerFacts): Part {
  const type = 'ListenerReady';
  if (isFinding(listener)) return no(type, listener.reason, listener.message);
  if (listener.otherDefault === undefined)
    return yes(type, 'Ready', `${listener.protocol}; what no rule takes gets 404`);
  const message = `the default action is ${listener.otherDefault}; expected the fixed answer 404, so that nobody is answered in a tenant's place`;
  return no(type, 'DefaultAction', message);
}

function certificatePart(listener: Finding | ListenerFacts, tier: GateFacts['tier'], now: number): Part {
  const type = 'CertificateReady';
  if (isFinding(listener)) return unknown(type, listener.reason, listener.message);
  if (listener.protocol !== 'HTTPS') {
    return yes(type, 'NotNeeded', `the listener speaks ${listener.protocol}: there is no certificate to check`);
  }
  if (tier === undefined) return unknown(type, 'UnknownTier', 'the tier has no accepted record');
  const name = tier.scope === 'tenant' ? `*.${tier.domain}` : tier.domain;
  return certificateVerdict(listener.certificates, name, now);
}

type Readable = Extract<CertificateFact, { readable: true }>;

/** The load balancer picks the best certificate for the name that a client asks for: one that is good will do. */
function certificateVerdict(certificates: readonly CertificateFact[], name: string, now: number): Part {
  const type = 'CertificateReady';
  const readable = certificates.filter((one) => one.readable);
  const covering = readable.filter((one) => covers(one.names, name)).sort((a, b) => endOf(b) - endOf(a));
  const best = covering.find(({ status }) => status === 'ISSUED');
  const [unread] = certificates.filter((one) => !one.readable).sort((a, b) => rankOf(a.reason) - rankOf(b.reason));
  if (best !== undefined && endOf(best) >= now + certificateMarginMs) {
    // One that is good will do; that others may not be read is said all the same.
    const words = unread?.reason === 'AccessDenied' ? `; not read: ${unread.message}` : '';
    return yes(type, 'Valid', `${best.arn} covers ${name} until ${dayOf(endOf(best))}${words}`);
  }
  if (unread !== undefined) return unknown(type, unread.reason, unread.message, unread.reason !== 'IamCertificate');
  if (best !== undefined) {
    const message = `${best.arn} covers ${name} until ${dayOf(endOf(best))}, and a new tenant needs three weeks: renew it, or give the listener another`;
    return no(type, 'CertificateExpires', message);
  }
  const [useless] = covering;
  if (useless !== undefined) {
    return no(type, 'CertificateNotIssued', `${useless.arn} covers ${name} and is ${useless.status}; expected ISSUED`);
  }
  const found = [...new Set(readable.flatMap(({ names }) => names))].join(', ');
  const message = `no certificate of the listener covers ${name}; they cover ${found === '' ? 'nothing' : found}`;
  return no(type, 'CertificateNames', message);
}

/** What might be read later closes; a certificate that is never read does not, so it speaks last. */
function rankOf(reason: string): number {
  return reason === 'IamCertificate' ? 1 : 0;
}

function endOf({ notAfter }: Readable): number {
  return notAfter ?? 0;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A wildcard stands for just one label, and for no other wildcard (RFC 6125). */
function covers(names: readonly string[], wanted: string): boolean {
  const above = wanted.startsWith('*.') ? undefined : `*${wanted.slice(wanted.indexOf('.'))}`;
  return names.some((name) => name === wanted || name === above);
}

/** How many dependencies a message tells of. */
const told = 5;

function endpointsCondition(endpoints: readonly ConditionUpdate[]): Part {
  const type = 'EndpointsReady';
  if (endpoints.length === 0) return yes(type, 'NoDependencies', 'the tier has no dependencies');
  const open = endpoints.filter(({ status }) => status !== 'True');
  const [first] = open;
  if (first === undefined) {
    const message = endpoints.map((one) => one.message).join('; ');
    return yes(type, 'Available', message);
  }
  const more = open.length > told ? `; and ${open.length - told} more` : '';
  const message = `${open
    .slice(0, told)
    .map((one) => one.message)
    .join('; ')}${more}`;
  return { condition: { type, status: first.status, reason: first.reason, message }, closes: true };
}

/** The roles are the cell's, and so is the condition that tells of them (`rolesCondition`); a new tenant would be built and could not be healed or removed. */
function rolesOf(roles: GateFacts['roles']): readonly Part[] {
  const condition = rolesCondition(roles);
  return condition.status === 'False' ? [{ condition, closes: true }] : [];
}

/** `RolesAssumable` of a cell. Only a refusal is a no: trouble of STS says nothing about a role. */
export function rolesCondition(roles: GateFacts['roles']): ConditionUpdate {
  const type = 'RolesAssumable';
  if (roles === undefined) return { type, status: 'Unknown', reason: 'NotRead', message: 'not tried yet' };
  const words = (some: readonly RoleProof[]): string =>
    some.map(({ role, error }) => `${role}: ${error?.message ?? ''}`).join('; ');
  const refused = roles.filter(({ error }) => error?.class === 'denied');
  if (refused.length > 0) return { type, status: 'False', reason: 'RoleNotAssumable', message: words(refused) };
  const failed = roles.filter(({ error }) => error !== undefined);
  if (failed.length > 0) return { type, status: 'Unknown', reason: 'ReadFailed', message: words(failed) };
  return { type, status: 'True', reason: 'Assumable', message: 'observe, apply and reap can be assumed' };
}
