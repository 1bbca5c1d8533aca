import type { EffectiveTenant } from '../../../src/model/records/effective.ts';
import { answerRoute } from '../../../src/simulator/route53/data-plane.ts';
import { ownDomains, sharedDomain } from '../fleet.ts';
import type { Invariant, Watch } from '../oracle.ts';

interface Probe {
  readonly host: string;
  readonly path: string;
  /** Who may answer; undefined: nobody. */
  readonly owner: string | undefined;
}

/**
 * 4. No tenant ever receives another's traffic, at any name or path, by any answer that resolvers may still hold. 5. No empty answer: while a healthy placement of a tenant exists, its
 * name leads to it, and no load balancer that its name leads to lacks its rule.
 */
export function traffic(
  watch: Watch,
  tenants: readonly { readonly name: string; readonly shared: boolean }[],
): Invariant {
  const owners = new Set(tenants.filter((tenant) => tenant.shared).map((tenant) => tenant.name));
  const probes = tenants.flatMap((tenant) => probesOf(tenant, owners));
  const published = new Map<string, Published>();
  let looked = -1;
  return {
    name: '4 and 5 traffic',
    after: ({ mutating }) => {
      // What answers follow from has not changed since they were last looked at (held answers that lapse take some away).
      if (!mutating && watch.aws.happened === looked) return;
      looked = watch.aws.happened;
      for (const probe of probes) noStranger(watch, probe);
      for (const { name } of tenants) noEmptyAnswer(watch, name, published);
    },
  };
}

function probesOf({ name, shared }: { name: string; shared: boolean }, owners: ReadonlySet<string>): readonly Probe[] {
  if (!shared)
    return Object.values(ownDomains).flatMap((domain) =>
      ['/', `/${name}`, '/other'].map((path) => ({ host: `${name}.${domain}`, path, owner: name })),
    );
  return [`/${name}`, `/${name}/deep/x`, `/${name}x`, `/${name}-two/`, '/'].map((path) => {
    const first = path.split('/')[1] ?? '';
    return { host: sharedDomain, path, owner: owners.has(first) ? first : undefined };
  });
}

function noStranger(watch: Watch, { host, path, owner }: Probe): void {
  for (const answer of answerRoute(watch.aws, { host, path, headers: {} }, true).answers) {
    if (answer.tenant === null ? answer.status !== 200 : answer.tenant === owner) continue;
    watch.violated(
      `${host}${path} (of ${owner ?? 'nobody'}) is answered by ${answer.tenant ?? 'a task of nobody'}, ${answer.task ?? ''}`,
    );
  }
}

/** Names that were seen to lead to a tenant, and so may be in use. */
interface Published {
  readonly tenant: string;
  readonly tier: string;
  readonly host: string;
  readonly path: string;
}

function noEmptyAnswer(watch: Watch, tenant: string, published: Map<string, Published>): void {
  const spec = watch.truth.spec(tenant);
  const effective = spec?.effective as EffectiveTenant | undefined;
  if (spec === undefined || effective === undefined || effective.state !== 'active') {
    if (effective?.state === 'deleted') dnsFirst(watch, effective, published);
    for (const [key, name] of published)
      if (name.tenant === tenant && (effective?.state !== 'deleted' || name.tier !== effective.tier))
        published.delete(key);
    return;
  }
  const { host, pathPrefix: path = '/' } = effective.routing;
  const name = { tenant, tier: effective.tier, host, path };
  const key = `${tenant} ${host}`;
  if (!published.has(key)) {
    const status = watch.truth.status(tenant);
    const ready = status?.phase === 'Ready' && status.observedGeneration === spec.generation;
    const current = answerRoute(watch.aws, { host, path, headers: {} }, true).answers.filter(({ share }) => share > 0);
    const all = current.every((answer) => answer.status === 200 && answer.tenant === tenant);
    if (ready && current.length > 0 && all) published.set(key, name);
  }
  if (watch.isDamaged(tenant)) {
    for (const [known, one] of published) if (one.tenant === tenant) published.delete(known);
    return;
  }
  for (const [known, one] of published) {
    if (one.tenant !== tenant) continue;
    // The old name of a tier change is kept until the placements behind it leave.
    if (one.tier !== effective.tier && !staysIn(watch, tenant, one.tier)) published.delete(known);
    else answeredWell(watch, one);
  }
}

function answeredWell(watch: Watch, { tenant, tier, host, path }: Published): void {
  const { answers } = answerRoute(watch.aws, { host, path, headers: {} }, true);
  const serves = (answer: (typeof answers)[number]): boolean => answer.status === 200 && answer.tenant === tenant;
  const current = answers.filter((answer) => answer.share > 0);
  const lost = answers.find((answer) => answer.status === 404);
  if (lost !== undefined) watch.violated(`${host} leads to ${lost.loadBalancer}, which has no rule of ${tenant}'s`);
  const broken = answers.find((answer) => !serves(answer));
  if (broken !== undefined && hasLeaving(watch, tenant) && !watch.isShaken(tenant))
    watch.violated(
      `${host} may still lead to ${broken.loadBalancer}, which answers ${broken.status} as a placement leaves`,
    );
  if (!current.some(serves) && hasHealthy(watch, tenant, tier)) {
    const seen = current.map((answer) => `${answer.status} by ${answer.rule}`).join(', ');
    watch.violated(`${host} is answered by ${seen === '' ? 'nothing' : seen} while ${tenant} has a healthy placement`);
  }
}

function staysIn(watch: Watch, tenant: string, tier: string): boolean {
  return [...watch.truth.placements().values()].some(
    (owned) => owned.tenant === tenant && owned.placement.tier === tier && owned.placement.phase !== 'leaving',
  );
}

/** A deleted tenant leaves DNS first: as long as a resolver may lead to it, it serves. */
function dnsFirst(watch: Watch, { tenant, routing }: EffectiveTenant, published: Map<string, Published>): void {
  const key = `${tenant} ${routing.host}`;
  if (!published.has(key)) return;
  if (watch.isShaken(tenant) || routing.scope === 'tier') {
    published.delete(key);
    return;
  }
  const { answers } = answerRoute(
    watch.aws,
    { host: routing.host, path: routing.pathPrefix ?? '/', headers: {} },
    true,
  );
  const broken = answers.find((answer) => answer.status !== 200);
  if (broken !== undefined)
    watch.violated(`${routing.host} may still lead to ${broken.loadBalancer}, which answers ${broken.status} already`);
}

function hasLeaving(watch: Watch, tenant: string): boolean {
  return [...watch.truth.placements().values()].some(
    (owned) => owned.tenant === tenant && owned.placement.phase === 'leaving',
  );
}

function hasHealthy(watch: Watch, tenant: string, tier: string): boolean {
  for (const owned of watch.truth.placements().values()) {
    const arn = owned.placement.resources.target_group?.arn;
    if (owned.tenant !== tenant || owned.placement.tier !== tier) continue;
    if (owned.placement.phase !== 'serving' || arn === undefined) continue;
    const service = owned.placement.resources.service?.arn;
    if (service !== undefined && watch.truth.healthy(arn) > 0) return true;
  }
  return false;
}
