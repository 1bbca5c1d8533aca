/** The quotas that the simulator enforces are those that the product reads. */
export { type QuotaDefinition, quotaDefinitions } from '../model/quota-codes.ts';
