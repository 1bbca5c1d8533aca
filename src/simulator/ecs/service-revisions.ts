import type {
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  Failure,
  ServiceRevision,
} from '@aws-sdk/client-ecs';
import type { Call, Operation } from '../kernel.ts';
import { parseArn } from './arns.ts';
import { isFargate } from './cluster-view.ts';
import { checkListSize } from './errors.ts';
import { operation } from './operation.ts';
import { capacityOf, platformOf, revisionArn } from './service-view.ts';
import { type EcsState, type RegionState, type Revision, regionOf, type ServiceRecord } from './state.ts';

/** The reads of service revisions: what each deployment was to roll out. */
export function serviceRevisionOperations(state: EcsState): Record<string, Operation> {
  return {
    DescribeServiceRevisions: operation({
      group: 'service-revision-read',
      takes: ['serviceRevisionArns'],
      run: (input: DescribeServiceRevisionsRequest, call) => describe(state, input, call),
      resources: (input) => input.serviceRevisionArns ?? [],
    }),
  };
}

function describe(
  state: EcsState,
  input: DescribeServiceRevisionsRequest,
  call: Call,
): DescribeServiceRevisionsResponse {
  checkListSize('ServiceRevisionArns', input.serviceRevisionArns, 20);
  const serviceRevisions: ServiceRevision[] = [];
  const failures: Failure[] = [];
  for (const arn of input.serviceRevisionArns ?? []) {
    const found = lookUp(regionOf(state, call), arn);
    if (found === undefined) failures.push({ arn, reason: 'MISSING' });
    else serviceRevisions.push(view(found.service, found.revision));
  }
  return { serviceRevisions, failures };
}

function lookUp(region: RegionState, arn: string): { service: ServiceRecord; revision: Revision } | undefined {
  const parsed = parseArn(region, arn);
  if (parsed?.kind !== 'service-revision') return undefined;
  const [cluster = '', name = '', id] = parsed.path;
  const service = region.clusters.get(cluster)?.services.get(name);
  const revision = service?.history.map((record) => record.revision).find((known) => known.id === id);
  return service === undefined || revision === undefined ? undefined : { service, revision };
}

function view(service: ServiceRecord, revision: Revision): ServiceRevision {
  const { taskDefinition } = revision;
  return {
    serviceRevisionArn: revisionArn(service, revision),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: taskDefinition.arn,
    ...capacityOf(service),
    ...(isFargate(service) ? { platformVersion: platformOf(revision), platformFamily: 'Linux' } : {}),
    loadBalancers: [...revision.loadBalancers],
    serviceRegistries: [...revision.serviceRegistries],
    ...(revision.networkConfiguration === undefined ? {} : { networkConfiguration: revision.networkConfiguration }),
    containerImages: (taskDefinition.description.containerDefinitions ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
    })),
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
  };
}
