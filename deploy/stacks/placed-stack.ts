/** What all stacks have in common. */
import type { App } from 'aws-cdk-lib';
import { BootstraplessSynthesizer, CfnOutput, Stack, Tags, Validations } from 'aws-cdk-lib';
import type { Place } from '../names.ts';
import type { RecordDocument } from '../records.ts';

export interface PlacedStackProps {
  readonly place: Place;
  readonly description: string;
  /** Zones of the VPC that the stack makes. */
  readonly zones?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Refuses to be deleted, where the CDK's command line deploys it. */
  readonly terminationProtection?: boolean;
}

/**
 * A stack with a concrete account and Region, so that nothing is looked up, and without assets, so that neither bootstrapping nor the CDK's command line is needed. Its tags serve the bill and the reader; they are not
 * the mark (`cellwright:...`) by which the controller knows what it may change.
 */
export class PlacedStack extends Stack {
  readonly #zones: readonly string[];
  readonly place: Place;

  constructor(
    app: App,
    name: string,
    { place, description, zones = [], tags, terminationProtection = false }: PlacedStackProps,
  ) {
    super(app, name, {
      stackName: name,
      description,
      env: { account: place.accountId, region: place.region },
      terminationProtection,
      synthesizer: new BootstraplessSynthesizer(),
      // CloudFormation takes 51,200 bytes without a bucket in between.
      suppressTemplateIndentation: true,
    });
    this.place = place;
    this.#zones = zones;
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason: 'zones are named in the settings: what Fn::GetAZs gives can change, and would replace subnets',
    });
    // CloudFormation's schemas of these have no tags.
    const excludeResourceTypes = ['AWS::ElasticLoadBalancingV2::Listener', 'AWS::CloudWatch::Dashboard'];
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value, { excludeResourceTypes });
  }

  /** The CDK would ask AWS for them. */
  override get availabilityZones(): string[] {
    return [...this.#zones];
  }

  /** The record that the stack leads to, as JSON: `cellwright apply -f -` takes the output's value as it is. */
  addRecord(record: RecordDocument): void {
    new CfnOutput(this, 'Record', {
      description: `The ${record.kind} record ${record.name}, for cellwright apply`,
      value: this.toJsonString(record),
    });
  }
}

/** Tags by which bills can be split. */
export function stackTags(installation: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'cellwright-installation': installation, ...more };
}
