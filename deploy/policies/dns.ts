/** The rights of the role that works on a tier's hosted zone. */
import { fenceName } from '../../src/model/names.ts';
import { documentOf, type PolicyDocument } from './documents.ts';
import { statementsOf } from './statements.ts';

export interface ZoneRights {
  readonly partition: string;
  readonly installation: string;
  readonly zoneId: string;
  /** The hosted zone's own name, with or without the dot at its end. */
  readonly zoneName: string;
  /** The tier's domain, in the zone; of all tiers in the zone where several share it, as they share its one writer and so this role. */
  readonly domain: string | readonly string[];
  /** `tenant`: only names of one label under a domain. `tier`: only the domains themselves. Absent: both. */
  readonly routing?: 'tenant' | 'tier';
  /** Lets `cellwright adopt` replace CNAME records of others. */
  readonly adoption?: boolean;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/**
 * Names are compared as Route 53 normalises them: lower-case, without the dot at the end, anything but letters, digits, `-`, `_` and dots as octal escapes. A tenant's label begins with a letter, so a name that
 * begins with an underscore (an ACME challenge, DMARC) or an escape (a wildcard) matches no pattern.
 */
export function dnsPolicy(zone: ZoneRights): PolicyDocument {
  const domains = [zone.domain].flat().map(normalised);
  const labels =
    zone.routing === 'tier' ? [] : domains.flatMap((domain) => [...letters].map((letter) => `${letter}*.${domain}`));
  const values = {
    partition: zone.partition,
    zone: zone.zoneId,
    fence: normalised(fenceName(zone.installation, zone.zoneName)),
    recordName: [...(zone.routing === 'tenant' ? [] : domains), ...labels],
  };
  return documentOf(...statementsOf('dns', values, { adoption: zone.adoption }), {
    // A star takes dots too: without this, a key for signed mail (`x._domainkey.<domain>`) would match.
    Sid: 'OneLabelOnly',
    Effect: 'Deny',
    Action: ['route53:ChangeResourceRecordSets'],
    Resource: [`arn:${zone.partition}:route53:::hostedzone/${zone.zoneId}`],
    Condition: {
      'ForAnyValue:StringLike': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': domains.map((domain) => `*.*.${domain}`),
      },
    },
  });
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
