import { z } from 'zod';
import { fields, text } from './shapes.ts';
import { untilField } from './times.ts';

const expected = 'an ARN, or ZONE/NAME/TYPE/SETIDENTIFIER of a DNS record (nothing after the last / where it has none)';

/** The list of resources that may be taken over. */
export function adoptField(whose: string) {
  const entry = fields({
    arn: text(expected, 600, /^(?:arn:[a-z-]+:[a-z0-9-]+:[^\s]+|[A-Z0-9]+\/[^/\s]+\/[A-Z]+\/[^\s]*)$/).describe(
      'What may be taken over: an ARN, or ZONE/NAME/TYPE/SETIDENTIFIER of a DNS record.',
    ),
    until: untilField('Until when, as RFC 3339. After that the entry says nothing.'),
  }).describe('One resource.');
  const list = 'a list of at most 20 {arn, until}';
  return z
    .array(entry, { error: list })
    .max(20, { error: list })
    .optional()
    .describe(
      `Resources that lost their mark, or that stand where ${whose} own must be, and that may be taken over; cellwright adopt shows the difference and writes this. Default none.`,
    );
}
