import type { PlacementStatus } from '../model/state.ts';
import type { CompleteAws } from '../simulator/index.ts';
import type { ServiceId } from '../simulator/kernel.ts';

/** Breaks things from outside, as a person with a console would: by AWS's own API, as the cell's account. Throws the simulator's `AwsError`. */
export class Intruder {
  readonly #aws: CompleteAws;

  constructor(aws: CompleteAws) {
    this.#aws = aws;
  }

  /** Deletes the listener rule of a placement. */
  deleteRule(placement: PlacementStatus): void {
    this.#call(placement.ruleArn, 'elbv2', 'DeleteRule', { RuleArn: placement.ruleArn });
  }

  /** Makes the rule of a placement answer everybody with a fixed 404. */
  hijackRule(placement: PlacementStatus): void {
    const Actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }];
    this.#call(placement.ruleArn, 'elbv2', 'ModifyRule', { RuleArn: placement.ruleArn, Actions });
  }

  /** Scales a placement's service to nothing. */
  stopService(placement: PlacementStatus): void {
    this.#call(placement.serviceArn, 'ecs', 'UpdateService', {
      cluster: placement.clusterArn,
      service: placement.serviceArn,
      desiredCount: 0,
    });
  }

  /** Removes a placement's DNS records from the zone. */
  deleteRecords(zoneAccount: string, placement: PlacementStatus): void {
    for (const { zone, name, setIdentifier } of placement.records) {
      const input = { HostedZoneId: zone, StartRecordName: name, MaxItems: 100 };
      const listed = this.#callAs(zoneAccount, 'us-east-1', 'route53', 'ListResourceRecordSets', input) as {
        ResourceRecordSets: { SetIdentifier?: string }[];
      };
      const Changes = listed.ResourceRecordSets.filter((record) => record.SetIdentifier === setIdentifier).map(
        (ResourceRecordSet) => ({ Action: 'DELETE', ResourceRecordSet }),
      );
      this.#callAs(zoneAccount, 'us-east-1', 'route53', 'ChangeResourceRecordSets', {
        HostedZoneId: zone,
        ChangeBatch: { Changes },
      });
    }
  }

  #call(arn: string | undefined, service: ServiceId, operation: string, input: object): object {
    const [, , , region = 'us-east-1', account = ''] = (arn ?? '').split(':');
    return this.#callAs(account, region, service, operation, input);
  }

  #callAs(account: string, region: string, service: ServiceId, operation: string, input: object): object {
    return this.#aws.call({ accessKeyId: account, region, service, operation, input, appId: 'intruder' });
  }
}
