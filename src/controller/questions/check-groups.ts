import type { CheckId, CheckResult } from '../../model/checks.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import { gateBasis } from '../infra-group/basis.ts';
import { quotasRead } from '../loop/read-conditions.ts';
import { not, ok, skipped } from './check-result.ts';
import type { QuestionDeps } from './question.ts';

/** The parts of the readiness gate, by the conditions that tell of them, and what to do where one is not as it has to be. */
const parts: Readonly<Record<string, { readonly id: CheckId; readonly remedy: string }>> = {
  NetworkReady: { id: 'network', remedy: 'name what exists in the record, or make what it names' },
  LoadBalancerReady: { id: 'load-balancer', remedy: 'name the load balancer that exists, or wait until it is active' },
  ListenerReady: {
    id: 'listener',
    remedy: "name the load balancer's listener, and give it the fixed answer 404 as its default action",
  },
  CertificateReady: {
    id: 'certificate',
    remedy: "renew the certificate, or give the listener another that covers the tier's names",
  },
  EndpointsReady: {
    id: 'endpoints',
    remedy:
      'what is missing is made by the controller; what it says it waits for has to be let in: docs/guides/pre-wiring.md',
  },
};

/** Everything that the readiness gate of an infra group goes by, one by one, as it was looked at last. `unseen`: its cell cannot be. */
export function groupChecks({ book, view }: QuestionDeps, name: string, unseen: boolean): readonly CheckResult[] {
  const about = `infra group ${name}`;
  const gate = book.gates.get(name);
  const reading = book.infra.get(name);
  if (gate === undefined || gate.basis !== gateBasis(view, name) || reading === undefined) {
    const words = { found: 'not looked at yet since its records changed', remedy: 'ask again in a minute' };
    return [not('group-read', 'unknown', words, about)];
  }
  if (!reading.ok && unseen) return [skipped('group-read', "its cell's role observe cannot be assumed", about)];
  if (!reading.ok) {
    const remedy = `see what is said of its cell, and of rights; then cellwright describe infra-group ${name}`;
    return [not('group-read', 'failed', { found: reading.message, remedy }, about)];
  }
  const isOpen = gate.closed === undefined;
  const checks = gate.conditions.flatMap((condition) => partCheck(condition, isOpen, about));
  return [quotaCheck({ book, view }, name, about), ...checks];
}

function quotaCheck({ book, view }: Pick<QuestionDeps, 'book' | 'view'>, name: string, about: string): CheckResult {
  const [quotas] = quotasRead(book.groups.get(name), view.spec('InfraGroup', name)?.quotas);
  if (quotas?.status !== 'False') return ok('group-read', 'read', about);
  const remedy = "let the observe role read them, or state them in the record's quotas";
  return not('group-read', 'failed', { found: quotas.message, remedy }, about);
}

/** What is not known and closes nothing is a warning: a certificate of IAM's, which is never read. */
function partCheck(
  { type, status, reason, message }: ConditionUpdate,
  isOpen: boolean,
  about: string,
): readonly CheckResult[] {
  const part = parts[type];
  if (part === undefined) return [];
  const { id, remedy } = part;
  if (status === 'True') return [ok(id, message, about)];
  const words = { found: message, remedy };
  if (status === 'False' || reason === 'AccessDenied') return [not(id, 'failed', words, about)];
  return [not(id, isOpen ? 'warning' : 'unknown', words, about)];
}
