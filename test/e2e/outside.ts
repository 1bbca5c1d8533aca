/** What somebody else's hands can do to the AWS of an installation, and what can be seen of it from outside. */
import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53 } from '@aws-sdk/client-route-53';
import type { PlacementInventory, ResourceKind } from '../../src/model/resources.ts';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import { Installation, type InstallationOptions } from '../support/installation.ts';
import { accountOf } from './small-fleet.ts';

/** The plain SDK clients of one account. */
export interface Hands {
  readonly ecs: ECS;
  readonly elb: ElasticLoadBalancingV2;
  readonly dns: Route53;
  readonly scaling: ApplicationAutoScaling;
}

/** Everything of a chain, by the ids that the inventory has. */
export interface Chain {
  readonly tenant: string;
  readonly placement: PlacementInventory;
  readonly account: string;
  readonly hands: Hands;
  readonly cluster: string;
  readonly service: string;
  readonly definition: string;
  readonly targetGroup: string;
  readonly rule: string;
}

/** Sweeps for tests that are about something else: each round costs as many calls as all the rest of a minute. */
const calm = { resyncMs: 150_000, detailMs: 300_000 };

/** An installation whose controller runs and whose tenants are all Ready. */
export async function settled(options: InstallationOptions): Promise<Installation> {
  const run = await new Installation({ config: calm, ...options }).init();
  run.start();
  await run.until('all tenants Ready', () => allReady(run));
  return run;
}

/** Whether every tenant is Ready, and there is at least one. */
export function allReady(run: Installation): boolean {
  const { Ready = 0, ...others } = run.phases();
  return Ready > 0 && Object.keys(others).length === 0;
}

/** Clients of one account, as somebody who is not the controller. Clients read files when they begin: one of each is kept. */
export function handsOf(run: Installation, account: string): Hands {
  const key = `${account}`;
  const of = hands.get(run) ?? new Map<string, Hands>();
  hands.set(run, of);
  const known = of.get(key);
  if (known !== undefined) return known;
  const config = {
    ...run.access,
    credentials: { accessKeyId: account, secretAccessKey: 'stranger' },
    userAgentAppId: 'stranger',
  } as ConstructorParameters<typeof ECS>[0] & object;
  const made = {
    ecs: new ECS(config),
    elb: new ElasticLoadBalancingV2(config),
    dns: new Route53({ ...config, region: 'us-east-1' }),
    scaling: new ApplicationAutoScaling(config),
  };
  of.set(key, made);
  return made;
}

const hands = new WeakMap<Installation, Map<string, Hands>>();

/** A tenant's placements as the controller knows them. */
export function placementsOf(run: Installation, tenant: string): readonly PlacementInventory[] {
  const inventory = run.leader?.term?.view.get('Tenant', tenant)?.inventory?.value.placements ?? {};
  return Object.values(inventory).sort((a, b) => (a.infraGroup < b.infraGroup ? -1 : 1));
}

/** The chain of a tenant's placement, as the inventory has it now. Throws where a part is missing. */
export function chainOf(run: Installation, tenant: string, index = 0): Chain {
  const placement = placementsOf(run, tenant)[index];
  if (placement === undefined) throw new Error(`${tenant} has no placement ${index}`);
  const account = accountOf(placement.infraGroup);
  const arn = (kind: ResourceKind): string => {
    const found = placement.resources[kind]?.arn;
    if (found === undefined) throw new Error(`${tenant} has no ${kind} yet`);
    return found;
  };
  return {
    tenant,
    placement,
    account,
    hands: handsOf(run, account),
    cluster: arn('cluster'),
    service: arn('service'),
    definition: arn('task_definition'),
    targetGroup: arn('target_group'),
    rule: arn('listener_rule'),
  };
}

/** The host and path of a tenant, by the endpoint in its status. */
export function addressOf(run: Installation, tenant: string): { host: string; path: string } {
  const endpoint = run.leader?.term?.view.get('Tenant', tenant)?.status?.value.endpoint ?? '';
  const slash = endpoint.indexOf('/');
  return slash < 0 ? { host: endpoint, path: '/' } : { host: endpoint.slice(0, slash), path: endpoint.slice(slash) };
}

/** One condition of a tenant, as `status reason`. */
export function condition(run: Installation, tenant: string, type: string): string {
  const status = run.leader?.term?.view.get('Tenant', tenant)?.status?.value;
  const found = status?.conditions.find((one) => one.type === type);
  return found === undefined ? 'none' : `${found.status} ${found.reason}`;
}

/** What a controller wrote to AWS after call `since`: refused calls count too, calls of other hands do not. */
export function controllerWrites(run: Installation, since: number): readonly CallRecord[] {
  return run
    .mutations(since)
    .filter((call) => !call.principal.includes('stranger') && !call.principal.includes('test'));
}

/**
 * Watches what requests to these tenants get, at every instant that time stops at. A request may find nobody; it may never find another tenant. Where `path` says that a
 * tenant's path is whole, it must find the tenant.
 */
export class Watch {
  #complaints: string[] = [];
  readonly tenants: readonly string[];
  readonly #run: Installation;
  readonly #addresses: ReadonlyMap<string, { host: string; path: string }>;

  constructor(run: Installation, tenants: readonly string[]) {
    this.#run = run;
    this.tenants = tenants;
    this.#addresses = new Map(tenants.map((tenant) => [tenant, addressOf(run, tenant)]));
  }

  /** Lets time pass, looking each second. `whole`: tenants that must be answered all the time. */
  async advance(seconds: number, whole: Iterable<string> = this.#addresses.keys()): Promise<void> {
    const must = new Set(whole);
    for (let second = 0; second < seconds; second += 1) {
      await this.#run.clock.advance(1_000);
      this.look(must);
    }
  }

  async until(what: string, holds: () => boolean, whole?: Iterable<string>, limitSeconds = 900): Promise<void> {
    for (let second = 0; !holds(); second += 1) {
      if (second >= limitSeconds) throw new Error(`${what}: not within ${limitSeconds} s\n${this.#run.describe()}`);
      await this.advance(1, whole);
    }
  }

  /** The first few of what was wrong since this was asked last. */
  complaints(): readonly string[] {
    const first = this.#complaints.slice(0, 3);
    this.#complaints = [];
    return first;
  }

  /** Whether every answer that a request to the tenant may get now is one of its tasks. */
  isAnswered(tenant: string): boolean {
    const { host = '', path = '/' } = this.#addresses.get(tenant) ?? {};
    const { answers } = this.#run.route(host, path);
    return answers.length > 0 && answers.every((answer) => answer.status === 200 && answer.tenant === tenant);
  }

  look(must: ReadonlySet<string>): void {
    const at = new Date(this.#run.clock.now()).toISOString();
    for (const [tenant, { host, path }] of this.#addresses) {
      const { answers } = this.#run.route(host, path);
      for (const answer of answers) {
        if (answer.tenant !== null && answer.tenant !== tenant)
          this.#complaints.push(`${at} ${tenant} was answered by ${answer.tenant}`);
      }
      const unserved = answers.filter((answer) => answer.status !== 200);
      if (must.has(tenant) && (answers.length === 0 || unserved.length > 0))
        this.#complaints.push(
          `${at} ${tenant}: ${answers.length === 0 ? 'no answer' : unserved.map((one) => `${one.status} ${one.rule}`).join(', ')}`,
        );
    }
  }
}
