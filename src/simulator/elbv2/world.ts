/** What load balancing offers the other services of the simulator. */
import type { ElbWorld, RouteRequest, World } from '../kernel.ts';
import { normaliseActions } from './actions.ts';
import { readLoadBalancerArn } from './arns.ts';
import { applyRules } from './attachments.ts';
import { certificatesInUse } from './certificates.ts';
import { answersIpv6, type ElbDataPlane, loadBalancerHealthy, type RouteShare, routeShares } from './data-plane.ts';
import { drain, isAttached, setAnswers, targetKey } from './health.ts';
import { addListener } from './listeners.ts';
import { activate, addLoadBalancer } from './load-balancers.ts';
import type { ElbState } from './state.ts';
import { addressAnswers, addTarget } from './targets.ts';

/** The side of load balancing that ECS, Route 53, the door and fleet files use. */
export function elbWorld(state: ElbState): ElbWorld & ElbDataPlane {
  return {
    ...targetsSide(state),
    loadBalancerByDnsName: (dnsName) => {
      const found = state.byDnsName.get(dnsName);
      return found === undefined ? undefined : { arn: found.arn, account: found.account, region: found.region };
    },
    route: (arn, request) => chosen(state.world, routeShares(state, arn, request)),
    routeShares: (arn, request: RouteRequest) => routeShares(state, arn, request),
    loadBalancerHealthy: (arn) => loadBalancerHealthy(state, arn),
    answersIpv6: (arn) => answersIpv6(state, arn),
    certificatesInUse: (where) => certificatesInUse(state, where),
    seedLoadBalancer: (seed) => seedLoadBalancer(state, seed),
    seedListener: (seed) => seedListener(state, seed),
  };
}

type TargetsSide = Pick<
  ElbWorld,
  'targetGroup' | 'register' | 'deregister' | 'setAnswering' | 'targetState' | 'onTargetChange'
>;

function targetsSide(state: ElbState): TargetsSide {
  return {
    targetGroup: (arn) => {
      const group = state.targetGroups.get(arn);
      if (group === undefined) return undefined;
      return {
        name: group.name,
        targetType: group.description.TargetType ?? 'instance',
        vpcId: group.description.VpcId ?? '',
        attached: isAttached(group),
        loadBalancerArns: [...new Set([...group.users].map((rule) => rule.listener.loadBalancer.arn))],
        deregistrationDelaySeconds: Number(group.attributes.get('deregistration_delay.timeout_seconds')),
      };
    },
    register: (arn, address, answers) => {
      const group = state.targetGroups.get(arn);
      if (group === undefined) return;
      addTarget(state, group, address, { ecs: true, answers });
      addressAnswers(state, group, address, answers);
    },
    deregister: (arn, address) => {
      const group = state.targetGroups.get(arn);
      if (group === undefined) return;
      const target = group.targets.get(targetKey(address));
      if (target !== undefined) drain(state, target);
      addressAnswers(state, group, address, undefined);
    },
    setAnswering: (arn, address, answers) => {
      const group = state.targetGroups.get(arn);
      if (group === undefined) return;
      const target = group.targets.get(targetKey(address));
      if (target !== undefined) setAnswers(state, target, answers);
      addressAnswers(state, group, address, answers);
    },
    targetState: (arn, address) => state.targetGroups.get(arn)?.targets.get(targetKey(address))?.state,
    onTargetChange: (listener) => {
      state.targetListeners.add(listener);
      return () => state.targetListeners.delete(listener);
    },
  };
}

/** One request goes one way: drawn by weight where a forward names several groups. */
function chosen(world: World, shares: readonly RouteShare[] | undefined): RouteShare | undefined {
  if (shares === undefined || shares.length < 2) return shares?.[0];
  let left = world.random('elbv2/forward');
  return shares.find((way) => (left -= way.share) < 0) ?? shares.at(-1);
}

function seedLoadBalancer(state: ElbState, seed: Parameters<ElbWorld['seedLoadBalancer']>[0]): void {
  const arn = readLoadBalancerArn(seed.arn);
  if (arn === undefined) {
    throw new RangeError(
      `loadBalancerArn is '${seed.arn}'; expected arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>`,
    );
  }
  if (state.loadBalancers.has(seed.arn)) throw new RangeError(`load balancer '${seed.arn}' already exists`);
  const created = addLoadBalancer(state, {
    arn: seed.arn,
    account: arn.account,
    region: arn.region,
    name: arn.name,
    scheme: 'internet-facing',
    vpcId: seed.vpcId,
    subnetIds: seed.subnetIds,
    securityGroupIds: seed.securityGroupIds,
    ipAddressType: seed.ipAddressType ?? 'ipv4',
    tags: new Map(),
  });
  activate(state, created);
}

function seedListener(state: ElbState, seed: Parameters<ElbWorld['seedListener']>[0]): void {
  const loadBalancer = state.loadBalancers.get(seed.loadBalancerArn);
  if (loadBalancer === undefined) {
    throw new RangeError(`listener '${seed.arn}' names load balancer '${seed.loadBalancerArn}', which does not exist`);
  }
  if (!seed.arn.startsWith(`${seed.loadBalancerArn.replace(':loadbalancer/', ':listener/')}/`)) {
    throw new RangeError(
      `listenerArn is '${seed.arn}'; expected '${seed.loadBalancerArn.replace(':loadbalancer/', ':listener/')}/<id>'`,
    );
  }
  if (state.listeners.has(seed.arn)) throw new RangeError(`listener '${seed.arn}' already exists`);
  const ports = new Set([...loadBalancer.listeners.values()].map((listener) => listener.port));
  let port = 443;
  while (ports.has(port)) port++;
  const fixed = { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'Not Found' };
  addListener(state, loadBalancer, {
    arn: seed.arn,
    port,
    protocol: 'HTTPS',
    certificates: [
      {
        CertificateArn:
          seed.certificateArn ??
          `arn:aws:acm:${loadBalancer.region}:${loadBalancer.account}:certificate/00000000-0000-0000-0000-000000000000`,
      },
    ],
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    actions: normaliseActions([{ Type: 'fixed-response', FixedResponseConfig: fixed }], {
      groupsPerAction: 0,
      protocol: 'HTTPS',
      port,
    }),
    tags: new Map(),
  });
  applyRules(loadBalancer);
}
