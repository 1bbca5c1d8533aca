/** What AWS denied lately: which action, by which role, in which account. A call of the same kind that AWS then lets through takes it back. */
import type { Clock } from '../model/clock.ts';
import type { CallReport } from './clients.ts';
import { type CellService, operations, type RoleName } from './operations.ts';

/** One action that was denied. */
export interface DeniedAction {
  /** As IAM names it: `ecs:CreateService`. */
  readonly action: string;
  readonly role: RoleName;
  /** Empty where the controller's own credentials were used. */
  readonly account: string;
  readonly count: number;
  /** Milliseconds since the epoch, of the last time. */
  readonly at: number;
}

/** For how long a denial is told, in milliseconds. */
const keptMs = 3_600_000;

/** IAM's prefixes (service authorization reference). */
const prefixes: Readonly<Record<CellService, string>> = {
  ecs: 'ecs',
  elbv2: 'elasticloadbalancing',
  ec2: 'ec2',
  acm: 'acm',
  'application-autoscaling': 'application-autoscaling',
  'service-quotas': 'servicequotas',
  route53: 'route53',
};

/** Keeps them; hand it each finished call. Roles that cannot be assumed are not among them: they have proofs of their own. */
export class DeniedActions {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #denied = new Map<string, DeniedAction>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  note(report: Pick<CallReport, 'service' | 'operation' | 'account' | 'result' | 'unsent'>): void {
    const { service, operation, account, result, unsent } = report;
    const key = `${account} ${service} ${operation}`;
    if (result === 'ok') this.#denied.delete(key);
    if (result !== 'denied' || unsent === true || !isKnown(service)) return;
    const role = roleOf(service, operation);
    if (role === undefined) return;
    const action = `${prefixes[service]}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
    const count = (this.#denied.get(key)?.count ?? 0) + 1;
    this.#denied.set(key, { action, role, account, count, at: this.#clock.now() });
  }

  /** Those of the last hour, by account, role and action. */
  list(): readonly DeniedAction[] {
    const since = this.#clock.now() - keptMs;
    for (const [key, { at }] of this.#denied) if (at < since) this.#denied.delete(key);
    const text = ({ account, role, action }: DeniedAction): string => `${account} ${role} ${action}`;
    return [...this.#denied.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1));
  }
}

function isKnown(service: string): service is CellService {
  return Object.hasOwn(prefixes, service);
}

function roleOf(service: CellService, operation: string): RoleName | undefined {
  const table: Readonly<Record<string, { readonly role: RoleName }>> = operations[service];
  return table[operation]?.role;
}
