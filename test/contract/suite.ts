/** The one suite that every reconciler passes: the rules at the top of src/reconcilers/contract.ts, for one kind of resource. */
import { describe } from 'vitest';
import { crashes } from './rules/crashes.ts';
import { healing } from './rules/healing.ts';
import { iam } from './rules/iam.ts';
import { quiet } from './rules/quiet.ts';
import { removal } from './rules/removal.ts';
import { strangers } from './rules/strangers.ts';
import type { Subject } from './subject.ts';
import type { Witnesses } from './witness.ts';

/** Registers the whole suite for one kind. To be awaited: it counts the calls of one whole life first. */
export async function contractSuite(subject: Subject): Promise<void> {
  const witnesses: Witnesses = Object.assign([], { kind: subject.kind });
  const faults = await crashes(subject, witnesses);
  describe(`${subject.kind} reconciler`, () => {
    quiet(subject, witnesses);
    healing(subject, witnesses);
    strangers(subject, witnesses);
    removal(subject, witnesses);
    faults();
    // Last: it looks at what all the others have called.
    iam(subject, witnesses);
  });
}
