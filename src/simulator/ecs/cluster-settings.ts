import type { CapacityProviderStrategyItem, ClusterSetting } from '@aws-sdk/client-ecs';
import { invalidParameter } from './errors.ts';

/** The capacity providers that every account has. */
export const fargateProviders: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];
const insights: readonly string[] = ['enabled', 'disabled', 'enhanced'];

/** A cluster's settings after a call: where it does not say, Container Insights is as the account has it. Throws InvalidParameterException. */
export function settingsOf(
  settings: readonly ClusterSetting[] | undefined,
  accountsInsights: string,
): ClusterSetting[] {
  let value = accountsInsights;
  for (const setting of settings ?? []) {
    if (setting.name !== 'containerInsights') {
      throw invalidParameter(`Invalid cluster setting name: ${setting.name ?? ''}; expected containerInsights.`);
    }
    if (setting.value === undefined || !insights.includes(setting.value)) {
      throw invalidParameter(
        `Invalid cluster setting value for containerInsights: found ${setting.value ?? 'nothing'}, expected one of ${insights.join(', ')}.`,
      );
    }
    value = setting.value;
  }
  return [{ name: 'containerInsights', value }];
}

/** Checks a list of capacity providers; there are only those of Fargate here. Throws InvalidParameterException. */
export function capacityProvidersOf(providers: readonly string[] | undefined): string[] {
  for (const provider of providers ?? []) {
    if (!fargateProviders.includes(provider)) {
      throw invalidParameter(`The specified capacity provider ${provider} was not found.`);
    }
  }
  return [...new Set(providers)];
}

/**
 * Checks a strategy against the cluster's providers and fills in weight and base (0 where not given; a single item weighs 1).
 * Throws InvalidParameterException.
 */
export function strategyOf(
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
  providers: readonly string[],
): CapacityProviderStrategyItem[] {
  const items = strategy ?? [];
  if (items.filter((item) => (item.base ?? 0) > 0).length > 1) {
    throw invalidParameter('Only one capacity provider in a capacity provider strategy can have a base.');
  }
  return items.map((item) => {
    const name = item.capacityProvider ?? '';
    if (!providers.includes(name)) {
      throw invalidParameter(
        `The specified capacity provider strategy contains a capacity provider that is not associated with the cluster: ${name}.`,
      );
    }
    const weight = item.weight ?? (items.length === 1 ? 1 : 0);
    const base = item.base ?? 0;
    if (weight < 0 || weight > 1_000) throw invalidParameter('The weight must be between 0 and 1000.');
    if (base < 0 || base > 100_000) throw invalidParameter('The base must be between 0 and 100000.');
    return { capacityProvider: name, weight, base };
  });
}
