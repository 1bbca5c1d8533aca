/** `capacity`: the room that is left, how long it lasts, and what would make more. */
import { ask, type Terms } from '../answers.ts';
import { capacityLines } from '../capacity-lines.ts';
import type { Context } from '../context.ts';
import { usage } from '../edit.ts';
import { CliError, exitCodes } from '../errors.ts';
import { requireKind, requireName } from '../words.ts';

/** Shows all tiers, or one. 0, or 2 where it cannot be told. */
export async function capacity(
  context: Context,
  word: string | undefined,
  name: string | undefined,
  options: { readonly local: boolean },
): Promise<number> {
  const tier = tierOf(word, name);
  const terms: Terms = tier === undefined ? {} : { tier };
  const report = await ask(context, 'capacity', terms, { local: options.local, command: 'cellwright capacity' });
  if (tier !== undefined && report.tiers.length === 0) {
    throw new CliError({
      reason: 'NotFound',
      what: `there is no tier ${tier}`,
      why: 'the controller knows of none of that name',
      hint: 'list what there is: cellwright get tiers',
    });
  }
  await context.output.data(report, () =>
    capacityLines(report, { paint: context.output.paint, groups: true, growth: true }),
  );
  return exitCodes.yes;
}

function tierOf(word: string | undefined, name: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (requireKind(word) !== 'Tier' || name === undefined)
    throw usage(
      'capacity',
      'it is shown for all tiers or for one',
      'cellwright capacity, or cellwright capacity tier NAME',
    );
  return requireName('Tier', name);
}
