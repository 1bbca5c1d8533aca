/** What AWS and the state table still have of a tenant, by calls that know nothing of the controller. */
import type { Installation } from '../support/installation.ts';
import { handsOf } from './outside.ts';

const accounts = ['111111111111', '222222222222', '444444444444'];

/** Everything live or registered that bears one of these ids (placement ids, or a tenant's name between the marks of a name). */
export async function leftOf(run: Installation, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const account of accounts) found.push(...(await inAccount(run, account, ids)));
  const zones = run.leader?.term?.view.tiers().map((tier) => tier.zone.id) ?? [];
  for (const zone of zones) {
    const { dns } = handsOf(run, '999999999999');
    const { ResourceRecordSets = [] } = await run.clock.drive(dns.listResourceRecordSets({ HostedZoneId: zone }));
    const ours = ResourceRecordSets.filter((set) => ids.some((id) => set.SetIdentifier?.includes(id) === true));
    found.push(...ours.map((set) => `record ${set.Name} ${set.SetIdentifier}`));
  }
  return found;
}

async function inAccount(run: Installation, account: string, ids: readonly string[]): Promise<string[]> {
  const { ecs, elb, scaling } = handsOf(run, account);
  const drive = <T>(work: Promise<T>): Promise<T> => run.clock.drive(work);
  const isOne = (text: string | undefined): boolean => ids.some((id) => text?.includes(id) === true);
  const found: string[] = [];
  const { clusterArns = [] } = await drive(ecs.listClusters({}));
  for (const cluster of clusterArns.filter(isOne)) {
    found.push(`cluster ${cluster}`);
    const { serviceArns = [] } = await drive(ecs.listServices({ cluster }));
    found.push(...serviceArns.map((arn) => `service ${arn}`));
    const { taskArns = [] } = await drive(ecs.listTasks({ cluster }));
    found.push(...taskArns.map((arn) => `task ${arn}`));
  }
  for (const status of ['ACTIVE', 'INACTIVE'] as const) {
    const { taskDefinitionArns = [] } = await drive(ecs.listTaskDefinitions({ status }));
    found.push(...taskDefinitionArns.filter(isOne).map((arn) => `task definition ${arn} ${status}`));
  }
  const { ScalableTargets = [] } = await drive(scaling.describeScalableTargets({ ServiceNamespace: 'ecs' }));
  const scaled = ScalableTargets.map((target) => target.ResourceId);
  found.push(...scaled.filter(isOne).map((id) => `scalable target ${id}`));
  const { TargetGroups = [] } = await drive(elb.describeTargetGroups({}));
  const { LoadBalancers = [] } = await drive(elb.describeLoadBalancers({}));
  const arns = TargetGroups.map((group) => group.TargetGroupArn ?? '');
  for (const { LoadBalancerArn } of LoadBalancers) {
    const { Listeners = [] } = await drive(elb.describeListeners({ LoadBalancerArn }));
    for (const { ListenerArn } of Listeners) {
      const { Rules = [] } = await drive(elb.describeRules({ ListenerArn }));
      arns.push(...Rules.filter((rule) => rule.IsDefault !== true).map((rule) => rule.RuleArn ?? ''));
    }
  }
  for (const arn of arns) {
    const { TagDescriptions = [] } = await drive(elb.describeTags({ ResourceArns: [arn] }));
    if ((TagDescriptions[0]?.Tags ?? []).some((tag) => isOne(tag.Value))) found.push(arn);
  }
  return found;
}

/** What is reserved, by the items of infra groups and cells that hold anything. */
export async function reserved(run: Installation): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const objects = await run.clock.drive(run.state.loadAll());
  for (const [key, { capacity }] of objects) {
    const used = Object.entries(capacity?.used ?? {}).filter(([, amount]) => amount !== 0);
    if (used.length > 0) found[key] = Object.fromEntries(used);
  }
  return found;
}
