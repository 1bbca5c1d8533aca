import { z } from 'zod';
import { endpointNamePattern } from './aws-shapes.ts';
import { fields, text } from './shapes.ts';
import { untilField } from './times.ts';

const anyExpected =
  'an ARN, or ZONE/NAME/TYPE/SETIDENTIFIER of a DNS record (nothing after the last / where it has none)';

const anyForm = /^(?:arn:[a-z-]+:[a-z0-9-]+:[^\s]+|[A-Z0-9]+\/[^/\s]+\/[A-Z]+\/[^\s]*)$/;
const endpointExpected =
  'the id of an interface endpoint, as vpce-0a1b2c3d4e5f60718, or its ARN, as arn:aws:ec2:REGION:ACCOUNT:vpc-endpoint/vpce-0a1b2c3d4e5f60718';

/** What of a tenant's may be taken over. */
export function tenantAdoptField() {
  const arn = text(anyExpected, 600, anyForm).describe(
    'What may be taken over: an ARN, or ZONE/NAME/TYPE/SETIDENTIFIER of a DNS record.',
  );
  return adoptField(
    arn,
    "Resources that lost their mark, or that stand where the tenant's own must be, and that may be taken over; cellwright adopt shows the difference and writes this. Default none.",
  );
}

/** What of an infra group's may be taken over. */
export function infraGroupAdoptField() {
  const arn = text(endpointExpected, 200, endpointNamePattern).describe(
    'What may be taken over: the id of an interface endpoint, or its ARN.',
  );
  return adoptField(
    arn,
    "Interface endpoints of the infra group that lost their mark, or that lead from its VPC to a service of the tier's dependencies where the group has none of its own, and that may be taken over; cellwright adopt shows the difference and writes this. Default none.",
  );
}

/** A list of what may be taken over, each until a time. */
function adoptField(arn: z.ZodString, words: string) {
  const entry = fields({
    arn,
    until: untilField('Until when, as RFC 3339. After that the entry says nothing.'),
  }).describe('One resource.');
  const list = 'a list of at most 20 {arn, until}';
  return z.array(entry, { error: list }).max(20, { error: list }).optional().describe(words);
}
