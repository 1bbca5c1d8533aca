/** The quotas of a cell that placement needs, as Service Quotas gives them for its account and Region. */
import { type QuotaDefinition, quotaDefinitions } from '../model/quota-codes.ts';
import { incompleteAnswer } from './pages.ts';
import type { CellAccess } from './ports.ts';
import { type Reading, reading } from './readings.ts';

export type QuotaName = keyof typeof quotaDefinitions;
export type CellQuotas = Readonly<Record<QuotaName, Reading>>;

/** Quotas change by support case: an hour old is young. What could not be read is asked for again each time. */
const maxAgeMs = 3_600_000;

/** Reads all of them. Throws `CallError` only when our lease is gone. */
export async function readCellQuotas(access: CellAccess): Promise<CellQuotas> {
  const names = Object.keys(quotaDefinitions) as QuotaName[];
  const sweep = access.as('sweep');
  const read = await Promise.all(
    names.map(async (name) => [name, await reading(() => readQuota(sweep, quotaDefinitions[name]))] as const),
  );
  return Object.fromEntries(read) as Record<QuotaName, Reading>;
}

async function readQuota(access: CellAccess, definition: QuotaDefinition): Promise<number> {
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
