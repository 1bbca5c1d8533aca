/** The quotas of a cell that placement needs, as Service Quotas gives them for its account and Region. */
import { type QuotaDefinition, quotaDefinitions } from '../model/quota-codes.ts';
import { incompleteAnswer, readPages } from './pages.ts';
import type { CellAccess } from './ports.ts';
import { type Reading, reading } from './readings.ts';

export type QuotaName = keyof typeof quotaDefinitions;
export type CellQuotas = Readonly<Record<QuotaName, Reading>>;

/** Quotas change by support case: an hour old is young. What could not be read is asked for again each time. */
const maxAgeMs = 3_600_000;

/**
 * What Elastic Load Balancing calls these limits itself, for where Service Quotas cannot be asked: an account that lets us see its load balancers lets us see their limits. Source: the
 * example of describe-account-limits, AWS CLI reference.
 */
const accountLimits: Readonly<Partial<Record<QuotaName, string>>> = {
  targetGroupsPerRegion: 'target-groups',
  targetGroupsPerLoadBalancer: 'target-groups-per-application-load-balancer',
  rulesPerLoadBalancer: 'rules-per-application-load-balancer',
  targetsPerLoadBalancer: 'targets-per-application-load-balancer',
};

/** Reads all of them, for whom `access` calls. Throws `CallError` only when our lease is gone. */
export async function readCellQuotas(access: CellAccess): Promise<CellQuotas> {
  const names = Object.keys(quotaDefinitions) as QuotaName[];
  const read = await Promise.all(names.map(async (name) => [name, await readQuota(access, name)] as const));
  return Object.fromEntries(read) as Record<QuotaName, Reading>;
}

/** Where neither answers, both reasons are told: either would do. */
async function readQuota(access: CellAccess, name: QuotaName): Promise<Reading> {
  const quota = await reading(() => serviceQuota(access, quotaDefinitions[name]));
  const limit = accountLimits[name];
  if ('value' in quota || limit === undefined) return quota;
  const found = await reading(() => accountLimit(access, limit));
  return 'value' in found ? found : { unreadable: `${quota.unreadable}; ${found.unreadable}` };
}

async function serviceQuota(access: CellAccess, definition: QuotaDefinition): Promise<number> {
  const { serviceCode: ServiceCode, quotaCode: QuotaCode, name } = definition;
  return access.views.once(`quota/${ServiceCode}/${QuotaCode}`, { maxAgeMs }, async () => {
    const { Quota } = await access.quotas.getServiceQuota({ ServiceCode, QuotaCode });
    if (typeof Quota?.Value === 'number') return Quota.Value;
    throw incompleteAnswer(
      { service: 'service-quotas', operation: 'getServiceQuota' },
      `quota ${QuotaCode} (${name}) without a value`,
    );
  });
}

async function accountLimit(access: CellAccess, limit: string): Promise<number> {
  const place = { service: 'elbv2', operation: 'describeAccountLimits' } as const;
  const limits = await access.views.once('elb-account-limits', { maxAgeMs }, () =>
    readPages(place, async (Marker) => {
      const page = await access.elb.describeAccountLimits(Marker === undefined ? {} : { Marker });
      return { items: page.Limits, next: page.NextMarker };
    }),
  );
  const text = limits.find(({ Name }) => Name === limit)?.Max;
  const value = Number(text);
  if (text === undefined || !Number.isFinite(value)) throw incompleteAnswer(place, `limit ${limit} without a value`);
  return value;
}
