/** Where containers log to. */
import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

/** Lines that CloudWatch is slow to take must not stop the controller: what does not fit is lost. */
export function logsOf(logGroup: LogGroup, region: string, prefix: string): CfnTaskDefinition.LogConfigurationProperty {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': logGroup.logGroupName,
      'awslogs-region': region,
      'awslogs-stream-prefix': prefix,
      mode: 'non-blocking',
      'max-buffer-size': '25m',
    },
  };
}
