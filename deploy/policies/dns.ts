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
  /** The tier's domain, in the zone. */
  readonly domain: string;
  /** `tenant`: only names of one label under the domain. `tier`: only the domain itself. Absent: both. */
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
  const domain = normalised(zone.domain);
  const labels = zone.routing === 'tier' ? [] : [...letters].map((letter) => `${letter}*.${domain}`);
  const values = {
    partition: zone.partition,
    zone: zone.zoneId,
    fence: normalised(fenceName(zone.installation, zone.zoneName)),
    recordName: [...(zone.routing === 'tenant' ? [] : [domain]), ...labels],
  };
  return documentOf(...statementsOf('dns', values, { adoption: zone.adoption }), {
    // A star takes dots too: without this, a key for signed mail (`x._domainkey.<domain>`) would match.
    Sid: 'OneLabelOnly',
    Effect: 'Deny',
    Action: ['route53:ChangeResourceRecordSets'],
    Resource: [`arn:${zone.partition}:route53:::hostedzone/${zone.zoneId}`],
    Condition: {
      'ForAnyValue:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': `*.*.${domain}` },
    },
  });
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
