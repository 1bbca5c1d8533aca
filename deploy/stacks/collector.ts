/** The agent that scrapes the controller on loopback and writes to Amazon Managed Service for Prometheus: no port of the task is open for it. */
import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { stringify } from 'yaml';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import type { Place } from '../names.ts';
import type { PolicyStatement } from '../policies/index.ts';
import type { ControllerSettings } from '../settings.ts';
import { logsOf } from './logs.ts';

type Prometheus = NonNullable<ControllerSettings['prometheus']>;

/**
 * What the collector does, in the form of the AWS Distro for OpenTelemetry (guide: Prometheus remote write exporter). Two tasks scrape the same address, loopback, so each series bears the task's ARN, which the ECS
 * detector finds out.
 */
function collectorConfig({ remoteWriteUrl }: Prometheus): string {
  return stringify({
    extensions: { sigv4auth: { region: workspaceOf(remoteWriteUrl).region, service: 'aps' } },
    receivers: {
      prometheus: {
        config: {
          scrape_configs: [
            {
              job_name: 'cellwright',
              scrape_interval: '30s',
              static_configs: [{ targets: ['127.0.0.1:9400'] }],
            },
          ],
        },
      },
    },
    processors: { resourcedetection: { detectors: ['env', 'ecs'] }, batch: { timeout: '10s' } },
    exporters: {
      prometheusremotewrite: {
        endpoint: remoteWriteUrl,
        auth: { authenticator: 'sigv4auth' },
        resource_to_telemetry_conversion: { enabled: true },
      },
    },
    service: {
      extensions: ['sigv4auth'],
      pipelines: {
        metrics: {
          receivers: ['prometheus'],
          processors: ['resourcedetection', 'batch'],
          exporters: ['prometheusremotewrite'],
        },
      },
    },
  });
}

/** The container beside the controller's. When it ends, the controller goes on. */
export function collectorContainer(
  prometheus: Prometheus,
  region: string,
  logGroup: LogGroup,
): CfnTaskDefinition.ContainerDefinitionProperty {
  return {
    name: 'collector',
    image: prometheus.collectorImage,
    essential: false,
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ['ALL'] } },
    // A quarter of the smallest task's memory at most: the rest is the controller's.
    memory: 256,
    environment: [{ name: 'AOT_CONFIG_CONTENT', value: collectorConfig(prometheus) }],
    dependsOn: [{ containerName: 'controller', condition: 'START' }],
    logConfiguration: logsOf(logGroup, region, 'collector'),
  };
}

/** To write to that one workspace. It belongs to the controller's account, as the role signs for it. */
export function remoteWriteStatement(place: Place, { remoteWriteUrl }: Prometheus): PolicyStatement {
  const { region, id } = workspaceOf(remoteWriteUrl);
  return {
    Sid: 'RemoteWrite',
    Effect: 'Allow',
    Action: ['aps:RemoteWrite'],
    Resource: [`arn:${partitionOf(region)}:aps:${region}:${place.accountId}:workspace/${id}`],
  };
}

/** Region and id of a workspace. Throws where the URL is none, which the settings do not let through. */
function workspaceOf(remoteWriteUrl: string): { readonly region: string; readonly id: string } {
  const [, region, id] =
    /^https:\/\/aps-workspaces\.([a-z0-9-]+)\.[^/]+\/workspaces\/([^/]+)\//.exec(remoteWriteUrl) ?? [];
  if (region === undefined || id === undefined) throw new Error(`${remoteWriteUrl} is no workspace's URL`);
  return { region, id };
}
