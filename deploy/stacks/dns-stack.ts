/** In the account that holds a tier's zone: the role that may change the tier's names there, and no others. */
import type { App } from 'aws-cdk-lib';
import { partitionOf } from '../../src/model/records/aws-shapes.ts';
import { controllerRoleName, dnsRoleName, roleArn, stackNames } from '../names.ts';
import { dnsPolicy, trustPolicy } from '../policies/index.ts';
import { tierRecord } from '../records.ts';
import { routingScope, type Settings, type TierSettings } from '../settings.ts';
import { PlacedStack, stackTags } from './placed-stack.ts';
import { addRole } from './roles.ts';

export class DnsStack extends PlacedStack {
  constructor(app: App, settings: Settings, tier: TierSettings) {
    const { installation, controller } = settings;
    const { zone } = tier;
    // IAM is the same in every Region; the stack itself has to be in one.
    super(app, stackNames.dns(installation, tier.name), {
      place: { accountId: zone.accountId, region: controller.region },
      description: `Cellwright ${installation}: the role for the names of tier ${tier.name} in zone ${zone.name}`,
      tags: stackTags(installation, { 'cellwright-tier': tier.name }),
    });
    addRole(this, 'DnsRole', {
      name: dnsRoleName(installation, tier.name),
      description: `Cellwright ${installation}: changes A and AAAA records of tier ${tier.name}, and its own fence`,
      trust: trustPolicy({
        controllerRoleArn: roleArn(controller, controllerRoleName(installation)),
        externalId: tier.externalId,
      }),
      policy: dnsPolicy({
        partition: partitionOf(controller.region),
        installation,
        zoneId: zone.id,
        zoneName: zone.name,
        domain: tier.domain,
        routing: routingScope(tier),
        adoption: tier.adoption,
      }),
    });
    this.addRecord(tierRecord(settings, tier));
  }
}
