/** What a request from outside would get: DNS, load balancer, rule, target group, target, task. */
import { hasDataPlane, type RouteShare } from '../elbv2/data-plane.ts';
import type { RouteRequest, World } from '../kernel.ts';

/** One answer: from one load balancer, and where it forwards, from one task. */
interface RouteAnswer {
  /** The part of all requests that get it, 0 to 1; 0 for one that only a resolver's cache still leads to. */
  readonly share: number;
  /** Account of the load balancer; empty where DNS leads to something that is none. */
  readonly account: string;
  /** ARN of the load balancer, or what DNS answers where that is none. */
  readonly loadBalancer: string;
  /** ARN of the rule that decided; empty where the load balancer does not answer. */
  readonly rule: string;
  /** `TENANT_ID` in the environment of the answering task's own container. */
  readonly tenant: string | null;
  readonly task: string | null;
  readonly status: number;
}

/**
 * Every load balancer that DNS may answer with now for a name, and what a request there would get, one entry for each task that may answer (a target
 * group's targets share its requests alike). Shares add to 1, unless the name does not resolve: then there are no answers. With `cached` also what resolvers
 * may still hold, with share 0.
 *
 * A target that is no running task of ECS counts as nobody: status 503. A redirect or a fixed response has its own status, and no task.
 */
export function answerRoute(
  world: World & { settle(): void },
  request: RouteRequest,
  cached: boolean,
): { name: string; answers: RouteAnswer[] } {
  // Also between two calls: what fell due since the last one has happened.
  world.settle();
  const answers = world.route53.resolve(request.host, { cached }).flatMap(({ share, dnsName }) => {
    const loadBalancer = world.elb.loadBalancerByDnsName(dnsName);
    const nowhere = { rule: '', tenant: null, task: null, status: 503 };
    if (loadBalancer === undefined) return [{ share, account: '', loadBalancer: dnsName, ...nowhere }];
    const at = { account: loadBalancer.account, loadBalancer: loadBalancer.arn };
    const ways = waysOf(world, loadBalancer.arn, request);
    if (ways === undefined) return [{ share, ...at, ...nowhere }];
    return ways.flatMap((way) =>
      taskAnswers(world, way).map((answer) => ({ ...answer, ...at, share: share * answer.share })),
    );
  });
  return { name: request.host, answers: merged(answers) };
}

function waysOf(world: World, loadBalancerArn: string, request: RouteRequest): readonly RouteShare[] | undefined {
  if (hasDataPlane(world.elb)) return world.elb.routeShares(loadBalancerArn, request);
  const way = world.elb.route(loadBalancerArn, request);
  return way === undefined ? undefined : [{ ...way, share: 1 }];
}

type TaskAnswer = Omit<RouteAnswer, 'account' | 'loadBalancer'>;

function taskAnswers(world: World, way: RouteShare): readonly TaskAnswer[] {
  const { rule, share, status, targetGroupArn, targets } = way;
  if (targetGroupArn === undefined || targets.length === 0) return [{ share, rule, tenant: null, task: null, status }];
  const vpcId = way.vpcId ?? world.elb.targetGroup(targetGroupArn)?.vpcId ?? '';
  return targets.map((target) => {
    const task = world.ecs.taskAt(vpcId, target.ip);
    const each = { share: share / targets.length, rule };
    if (task === undefined) return { ...each, tenant: null, task: null, status: 503 };
    return { ...each, tenant: task.environment['TENANT_ID'] ?? null, task: task.taskArn, status };
  });
}

/** One entry for each load balancer, rule, task and status. */
function merged(answers: readonly RouteAnswer[]): RouteAnswer[] {
  const byKey = new Map<string, RouteAnswer>();
  for (const answer of answers) {
    const key = [answer.loadBalancer, answer.rule, answer.task ?? '', answer.status].join('|');
    byKey.set(key, { ...answer, share: answer.share + (byKey.get(key)?.share ?? 0) });
  }
  return [...byKey.values()];
}
