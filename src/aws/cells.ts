/** One cell as reconcilers see it: each operation goes out under the role that the table of operations names for it. */
import type { Clock } from '../model/clock.ts';
import type { AwsClients, CallTarget } from './clients.ts';
import { type CellService, operations, type RoleName } from './operations.ts';
import type {
  AcmApi,
  CallPurpose,
  CellAccess,
  CellViews,
  Ec2Api,
  EcsApi,
  ElbApi,
  Freshness,
  QuotasApi,
  RoleProof,
  ScalingApi,
} from './ports.ts';
import { proofOf } from './role-proof.ts';
import { type CellApis, createCellReads } from './views.ts';

/** What of a Cell record access needs. A missing role is `apply`'s. */
export interface CellConfig {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: {
    readonly apply: string;
    readonly observe?: string | undefined;
    readonly reap?: string | undefined;
  };
  readonly externalId?: string | undefined;
}

/** Creates access to one cell, calling for `change` until `as` says otherwise. All purposes share snapshots and batches. */
export function createCellAccess(deps: {
  readonly cell: CellConfig;
  readonly clients: AwsClients;
  readonly clock: Clock;
}): CellAccess {
  const { cell, clients, clock } = deps;
  const targets = targetsOf(cell);
  const apis = (purpose: CallPurpose): CellApis => {
    const bind = <A>(service: CellService): A => apiOf<A>(clients, service, targets, purpose);
    return {
      ecs: bind<EcsApi>('ecs'),
      elb: bind<ElbApi>('elbv2'),
      ec2: bind<Ec2Api>('ec2'),
      acm: bind<AcmApi>('acm'),
      scaling: bind<ScalingApi>('application-autoscaling'),
      quotas: bind<QuotasApi>('service-quotas'),
    };
  };
  const reads = createCellReads({ apis, clock });
  const made = new Map<CallPurpose, CellAccess>();
  const roles = ({ maxAgeMs }: Freshness): Promise<readonly RoleProof[]> =>
    Promise.all((['observe', 'apply', 'reap'] as const).map((role) => proofOf(clients, role, targets[role], maxAgeMs)));
  const as = (purpose: CallPurpose): CellAccess => {
    const found = made.get(purpose);
    if (found !== undefined) return found;
    const views: CellViews = reads.as(purpose);
    const { name, accountId, region } = cell;
    const access: CellAccess = { name, accountId, region, ...apis(purpose), views, roles, as };
    made.set(purpose, access);
    return access;
  };
  return as('change');
}

/** Forgets the sessions and clients of a cell that is gone. */
export function releaseCell(clients: AwsClients, cell: CellConfig): void {
  for (const target of Object.values(targetsOf(cell))) clients.release(target);
}

type CellRole = Exclude<RoleName, 'dns'>;

function targetsOf(cell: CellConfig): Readonly<Record<CellRole, CallTarget>> {
  const target = (roleArn: string): CallTarget => ({
    roleArn,
    externalId: cell.externalId,
    accountId: cell.accountId,
    region: cell.region,
  });
  const { apply, observe, reap } = cell.roles;
  return { apply: target(apply), observe: target(observe ?? apply), reap: target(reap ?? apply) };
}

function apiOf<A>(
  clients: AwsClients,
  service: CellService,
  targets: Readonly<Record<CellRole, CallTarget>>,
  purpose: CallPurpose,
): A {
  const api: Record<string, (input: object) => Promise<unknown>> = {};
  for (const [operation, { role }] of Object.entries(operations[service])) {
    if (role === 'dns') continue;
    const target = targets[role];
    api[operation] = (input) => clients.call({ target, service, operation, input, purpose });
  }
  return api as A;
}
