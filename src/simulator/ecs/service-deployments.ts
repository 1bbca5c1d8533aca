import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  ServiceDeploymentBrief,
} from '@aws-sdk/client-ecs';
import type { Call, Operation } from '../kernel.ts';
import { parseArn } from './arns.ts';
import { breakerThreshold } from './deployments.ts';
import { checkListSize } from './errors.ts';
import { findActiveCluster, findService } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { revisionArn, taskCounts } from './service-view.ts';
import { serviceArnOf } from './services.ts';
import {
  type EcsState,
  type RegionState,
  regionOf,
  type ServiceDeploymentRecord,
  type ServiceRecord,
} from './state.ts';

const statuses = [
  ...['PENDING', 'SUCCESSFUL', 'STOPPED', 'STOP_REQUESTED', 'IN_PROGRESS'],
  ...['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
];

/** The operations on service deployments, as far as rolling updates have them. */
export function serviceDeploymentOperations(state: EcsState): Record<string, Operation> {
  return {
    DescribeServiceDeployments: operation({
      group: 'service-deployment-read',
      takes: ['serviceDeploymentArns'],
      run: (input: DescribeServiceDeploymentsRequest, call) => describe(state, input, call),
      resources: (input) => input.serviceDeploymentArns ?? [],
    }),
    ListServiceDeployments: operation({
      group: 'service-deployment-read',
      takes: ['cluster', 'service', 'status', 'createdAt', 'nextToken', 'maxResults'],
      values: { status: statuses },
      run: (input: ListServiceDeploymentsRequest, call) => list(state, input, call),
      resources: (input, _output, call) => [serviceArnOf(call, input.cluster, input.service)],
    }),
  };
}

function describe(
  state: EcsState,
  input: DescribeServiceDeploymentsRequest,
  call: Call,
): DescribeServiceDeploymentsResponse {
  checkListSize('ServiceDeploymentArns', input.serviceDeploymentArns, 20);
  const serviceDeployments: ServiceDeployment[] = [];
  const failures = [];
  const region = regionOf(state, call);
  for (const arn of input.serviceDeploymentArns ?? []) {
    const found = lookUp(region, arn);
    if (found === undefined) failures.push({ arn, reason: 'MISSING' });
    else serviceDeployments.push(view(found.service, found.record));
  }
  return { serviceDeployments, failures };
}

function lookUp(
  region: RegionState,
  arn: string,
): { service: ServiceRecord; record: ServiceDeploymentRecord } | undefined {
  const parsed = parseArn(region, arn);
  if (parsed?.kind !== 'service-deployment') return undefined;
  const [cluster = '', name = ''] = parsed.path;
  const service = region.clusters.get(cluster)?.services.get(name);
  const record = service?.history.find((known) => known.arn === arn);
  return service === undefined || record === undefined ? undefined : { service, record };
}

function list(state: EcsState, input: ListServiceDeploymentsRequest, call: Call): ListServiceDeploymentsResponse {
  const service = findService(findActiveCluster(state, call, input.cluster), input.service);
  const after = input.createdAt?.after?.getTime() ?? 0;
  const before = input.createdAt?.before?.getTime() ?? Infinity;
  const wanted = input.status ?? [];
  const matching = service.history.filter(
    ({ status, createdAt }) =>
      (wanted.length === 0 || wanted.includes(status)) && createdAt >= after && createdAt <= before,
  );
  const byArn = new Map(matching.map((record) => [record.arn, record]));
  const { items, nextToken } = page([...byArn.keys()], input, 20);
  return {
    serviceDeployments: items.flatMap((arn) => {
      const record = byArn.get(arn);
      return record === undefined ? [] : [brief(service, record)];
    }),
    nextToken,
  };
}

function brief(service: ServiceRecord, record: ServiceDeploymentRecord): ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: new Date(record.createdAt),
    startedAt: new Date(record.createdAt),
    ...(record.finishedAt === undefined ? {} : { finishedAt: new Date(record.finishedAt) }),
    targetServiceRevisionArn: revisionArn(service, record.revision),
    status: record.status,
    ...(record.statusReason === undefined ? {} : { statusReason: record.statusReason }),
  };
}

function view(service: ServiceRecord, record: ServiceDeploymentRecord): ServiceDeployment {
  const { targetServiceRevisionArn: _target, ...common } = brief(service, record);
  const deployment = service.deployments.find(({ history }) => history === record);
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  const { rollback } = record;
  return {
    ...common,
    updatedAt: new Date(record.updatedAt),
    sourceServiceRevisions: record.sources.map((revision) => ({
      arn: revisionArn(service, revision),
      ...taskCounts(service, { revision, status: 'ACTIVE' }),
    })),
    targetServiceRevision: {
      arn: revisionArn(service, record.revision),
      ...taskCounts(service, { revision: record.revision, status: deployment?.status ?? 'ACTIVE' }),
    },
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentCircuitBreaker: {
      status: breaker?.enable !== true ? 'DISABLED' : rollback === undefined ? 'MONITORING' : 'TRIGGERED',
      failureCount: deployment?.failedTasks ?? 0,
      threshold: breakerThreshold(service.deploymentConfiguration, service.desiredCount),
    },
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            reason: rollback.reason,
            startedAt: new Date(rollback.startedAt),
            serviceRevisionArn: revisionArn(service, rollback.revision),
          },
        }),
  };
}
