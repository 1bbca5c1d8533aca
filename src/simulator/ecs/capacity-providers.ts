import type {
  CapacityProvider,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
} from '@aws-sdk/client-ecs';
import type { Call, Operation } from '../kernel.ts';
import { capacityProviderArn, isArn, parseArn } from './arns.ts';
import { fargateProviders } from './cluster-settings.ts';
import { invalidParameter } from './errors.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import type { EcsState } from './state.ts';

/** The most that a page has, and what it has by default. Source: DescribeCapacityProviders, ECS API reference. */
const pageSize = 10;

/** The reads of capacity providers: every account has those of Fargate, and there are no others here. */
export function capacityProviderOperations(_state: EcsState): Record<string, Operation> {
  return {
    DescribeCapacityProviders: operation({
      group: 'capacity-provider-read',
      takes: ['capacityProviders', 'include', 'maxResults', 'nextToken'],
      values: { include: ['TAGS'] },
      run: (input: DescribeCapacityProvidersRequest, call) => describe(input, call),
      resources: (input) => input.capacityProviders ?? [],
    }),
  };
}

function describe(input: DescribeCapacityProvidersRequest, call: Call): DescribeCapacityProvidersResponse {
  const wanted = input.capacityProviders ?? [];
  if (wanted.length > 100) throw invalidParameter('capacityProviders cannot have more than 100 elements.');
  const names = wanted.length === 0 ? fargateProviders : wanted.map((provider) => nameOf(call, provider));
  const failures = names.flatMap((name, at) =>
    fargateProviders.includes(name)
      ? []
      : [{ arn: isArn(wanted[at] ?? '') ? wanted[at] : capacityProviderArn(call, name), reason: 'MISSING' }],
  );
  const known = names.filter((name) => fargateProviders.includes(name));
  const { items, nextToken } = page(known, input, pageSize, pageSize);
  return { capacityProviders: items.map((name) => view(call, name)), failures, nextToken };
}

function nameOf(call: Call, provider: string): string {
  const parsed = parseArn(call, provider);
  return parsed?.kind === 'capacity-provider' ? (parsed.path[0] ?? '') : provider;
}

function view(call: Call, name: string): CapacityProvider {
  return { capacityProviderArn: capacityProviderArn(call, name), name, status: 'ACTIVE', tags: [] };
}
