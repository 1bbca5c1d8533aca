/** `explain`: the schema in words, and why a tenant is where it is. */

import { explain as explainField } from '../../model/records/explain.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { conditionOf } from '../columns.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { loadObject, shownStatus } from '../objects.ts';
import { withSession } from '../session.ts';
import { noSuchObject, requireName } from '../words.ts';

/** `explain KIND[.FIELD]` or `explain placement NAME`. */
export async function explain(context: Context, subject: string, name: string | undefined): Promise<number> {
  if (subject === 'placement') return explainPlacement(context, name);
  if (name !== undefined) throw unexpectedName(subject, name);
  const found = explainField(subject);
  if (!found.ok) {
    throw new CliError({
      reason: 'UnknownField',
      what: `"${subject}" cannot be explained`,
      why: found.message,
      hint: 'start from a kind, for example: cellwright explain tenant',
    });
  }
  await context.output.data({ subject, text: found.text }, () => [found.text.trimEnd()]);
  return exitCodes.yes;
}

function unexpectedName(subject: string, name: string): CliError {
  return new CliError({
    reason: 'Usage',
    what: `explain does not take two words "${subject}" and "${name}"`,
    why: 'only "explain placement NAME" has a name',
    hint: `did you mean: cellwright explain ${subject}.${name}`,
  });
}

/** 0 where the tenant is placed as its record wants, 1 where it is not, 2 where there is none. */
async function explainPlacement(context: Context, name: string | undefined): Promise<number> {
  if (name === undefined) {
    throw new CliError({
      reason: 'Usage',
      what: 'explain placement needs a tenant',
      why: 'no name was given',
      hint: 'name one: cellwright explain placement NAME',
    });
  }
  requireName('Tenant', name);
  const found = await withSession(context.host, context.settings, (session) => loadObject(session, 'Tenant', name));
  if (found === undefined) throw noSuchObject('Tenant', name);
  const status = shownStatus(found.view, found.views);
  const placed = conditionOf(status, 'Placed');
  const accepted = conditionOf(status, 'Accepted');
  const placements = Object.values(found.view.stored?.inventory?.value.placements ?? {}).filter(
    ({ phase }) => phase !== 'released',
  );
  const value = {
    tenant: name,
    phase: status.phase,
    placed: placed ?? null,
    placements: placements.map(({ id, cell, infraGroup, slot, phase, reservedAt, why }) => ({
      id,
      cell,
      infraGroup,
      slot,
      phase,
      reservedAt,
      why,
    })),
  };
  await context.output.data(value, () => [
    `${name} is ${status.phase ?? 'unknown'}.`,
    ...placements.flatMap(placementLines),
    ...(placed === undefined || placed.status === 'True' ? [] : [`Not placed (${placed.reason}): ${placed.message}`]),
    ...(accepted?.status === 'False' ? [`Not accepted (${accepted.reason}): ${accepted.message}`] : []),
    ...(placements.length === 0 && placed === undefined && accepted?.status !== 'False'
      ? ['No controller has looked at this record yet; is one running?']
      : []),
  ]);
  return placed?.status === 'True' ? exitCodes.yes : exitCodes.no;
}

function placementLines(placement: PlacementInventory): string[] {
  const { id, cell, infraGroup, slot, reservedAt, phase, why } = placement;
  return [
    `Placement ${id} (${phase}): cell ${cell}, infra group ${infraGroup}, slot ${slot}, since ${reservedAt}.`,
    `  ${why}`,
  ];
}
