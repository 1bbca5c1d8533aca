/** `move` and `pin`: both set the tenant's pin; one that excludes where the tenant is, is the order to move. */
import type { InfraGroup, Tenant } from '../../model/records/kinds.ts';
import { kindWords } from '../../model/records/kinds.ts';
import { shown } from '../../model/records/problems.ts';
import type { RoomReport } from '../../model/reports.ts';
import { ask } from '../answers.ts';
import type { Context } from '../context.ts';
import { editLine, editReport, fieldOf, usage, writeField } from '../edit.ts';
import { CliError, exitCodes } from '../errors.ts';
import { type FleetTables, loadFleet } from '../objects.ts';
import { withSession } from '../session.ts';
import { clean } from '../table.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

type Command = 'move' | 'pin';

/** Groups as they are typed: `a1,b1`. */
export interface PinWords {
  readonly kind: string;
  readonly name: string;
  /** Undefined: the pin is lifted. */
  readonly groups: string | undefined;
}

/** Sets or lifts a tenant's pin. 0 when it stands, 2 where it cannot be. */
export async function changePin(context: Context, command: Command, words: PinWords): Promise<number> {
  if (requireKind(words.kind) !== 'Tenant')
    throw usage(command, `a ${shown(words.kind)} is not moved, tenants are`, hintOf(command));
  const name = requireName('Tenant', words.name);
  const pin = words.groups === undefined ? undefined : groupsOf(command, words.groups);
  return withSession(context.host, context.settings, async (session) => {
    const tables = await loadFleet(session);
    const raw = tables.views.get(`Tenant/${name}`)?.raw;
    if (raw === undefined) throw noSuchRecord('Tenant', name);
    if (pin !== undefined) check(command, tables, name, pin);
    const before = fieldOf(raw, 'pin');
    const edit = { kind: 'Tenant', name, field: 'pin', value: pin } as const;
    const changed = JSON.stringify(before) !== JSON.stringify(pin);
    const from = placesOf(tables, name);
    const room = pin === undefined ? undefined : await roomFor(context, name, pin);
    if (changed) await writeField(context, session, edit, raw);
    const report = editReport(edit, before, changed);
    const notes = notesOf({ name, pin, from, room });
    const { text } = room ?? {};
    await context.output.data({ ...report, from, ...(room === undefined ? {} : { room: text ?? room }) }, () => [
      editLine(report, 'any', consequenceOf(pin, from)),
      ...notes,
    ]);
    return exitCodes.yes;
  });
}

function hintOf(command: Command): string {
  return command === 'move'
    ? 'cellwright move tenant NAME --to GROUP[,GROUP...]'
    : 'cellwright pin tenant NAME GROUP[,GROUP...], or cellwright pin tenant NAME --none';
}

function groupsOf(command: Command, text: string): readonly string[] {
  const groups = text.split(',').map((one) => one.trim());
  if (groups.some((one) => one === '')) throw usage(command, `"${shown(text)}" names no infra group`, hintOf(command));
  for (const group of groups) requireName('InfraGroup', group);
  return [...new Set(groups)];
}

/** Everything about a pin that the records alone can tell. Throws `CliError`. */
function check(command: Command, tables: FleetTables, name: string, pin: readonly string[]): void {
  const tenant = tenantOf(tables, name);
  if (tenant === undefined) return;
  if (tenant.spec.state === 'deleted') {
    throw refused(
      command,
      name,
      'its record says state: deleted, and what goes is not moved',
      `bring it back first: cellwright resume tenant ${name}`,
    );
  }
  const tier = tables.views.get(`Tier/${tenant.spec.tier}`)?.parsed;
  if (tier?.ok === true && tier.record.kind === 'Tier' && tier.record.spec.routing.scope === 'tier') {
    throw refused(
      command,
      name,
      `tier ${tenant.spec.tier} has scope tier: its tenants are in all its infra groups, and leave one only together`,
      'take an infra group out of use for all: cellwright drain infra-group NAME',
    );
  }
  const candidates = groupsOfTier(tables, tenant.spec.tier);
  const names = candidates.map((group) => group.name);
  const unknown = pin.filter((group) => !names.includes(group));
  if (unknown.length > 0) {
    const list = names.length === 0 ? 'none has a record' : names.join(', ');
    throw refused(
      command,
      name,
      `tier ${tenant.spec.tier} has no infra group ${unknown.join(', ')}`,
      `choose from: ${list}`,
    );
  }
  const cells = new Set(candidates.filter((group) => pin.includes(group.name)).map((group) => group.spec.cell));
  const wanted = tenant.spec.placements ?? 1;
  if (cells.size < wanted) {
    throw refused(
      command,
      name,
      `it has ${wanted} placements, which are in distinct cells, and these groups are in ${cells.size}`,
      `name groups in at least ${wanted} cells, of: ${candidates.map((group) => `${group.name} (${group.spec.cell})`).join(', ')}`,
    );
  }
}

function refused(command: Command, name: string, why: string, hint: string): CliError {
  const what = command === 'move' ? `tenant ${name} cannot be moved there` : `tenant ${name} cannot be pinned so`;
  return new CliError({ reason: 'Refused', what, why, hint });
}

function tenantOf(tables: FleetTables, name: string): Tenant | undefined {
  const parsed = tables.views.get(`Tenant/${name}`)?.parsed;
  return parsed?.ok === true && parsed.record.kind === 'Tenant' ? parsed.record : undefined;
}

/** Infra groups of a tier by the records as they stand, by name. */
function groupsOfTier(tables: FleetTables, tier: string): readonly InfraGroup[] {
  const records = [...tables.views.values()].flatMap(({ parsed }) => (parsed?.ok === true ? [parsed.record] : []));
  const cells = new Set(records.flatMap((one) => (one.kind === 'Cell' && one.spec.tier === tier ? [one.name] : [])));
  return records
    .flatMap((one) => (one.kind === 'InfraGroup' && cells.has(one.spec.cell) ? [one] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where it is now, what leaves aside. */
function placesOf(tables: FleetTables, name: string): readonly string[] {
  const placements = tables.views.get(`Tenant/${name}`)?.stored?.inventory?.value.placements ?? {};
  return Object.values(placements)
    .filter(({ phase }) => phase !== 'leaving' && phase !== 'released')
    .map(({ infraGroup }) => infraGroup)
    .sort();
}

/** Whether there is room, as the controller sees it; why that is not known where it does not answer. */
async function roomFor(
  context: Context,
  tenant: string,
  pin: readonly string[],
): Promise<RoomReport | { readonly unknown: string; readonly text?: undefined }> {
  try {
    return await ask(context, 'room', { tenant, pin: pin.join(',') }, { local: false, command: 'cellwright plan' });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { unknown: error.trouble.why };
  }
}

function consequenceOf(pin: readonly string[] | undefined, from: readonly string[]): string {
  if (pin === undefined) return 'it stays where it is, and may be placed and moved anywhere in its tier again';
  if (from.length === 0) return 'it is placed there and nowhere else';
  return from.every((group) => pin.includes(group))
    ? 'it is there already, and stays'
    : 'the order to move: it goes on serving where it is until what replaces it serves';
}

function notesOf(about: {
  name: string;
  pin: readonly string[] | undefined;
  from: readonly string[];
  room: Awaited<ReturnType<typeof roomFor>> | undefined;
}): string[] {
  const { name, pin, from, room } = about;
  if (pin === undefined || room === undefined) return [];
  const follow = `  see how it goes: cellwright describe ${kindWords.Tenant.one} ${name}; wait for it: cellwright wait tenant ${name}`;
  const lift = `  the pin stays, and every mover respects it; to lift it: cellwright pin tenant ${name} --none`;
  return [
    `  ${roomLine(room)}`,
    ...(from.every((group) => pin.includes(group)) && from.length > 0 ? [] : [follow]),
    lift,
  ];
}

function roomLine(room: RoomReport | { readonly unknown: string }): string {
  if ('unknown' in room) return `whether there is room is not known: ${clean(room.unknown)}`;
  if (room.fits) return `there is room: ${clean(room.text)}`;
  return `there is no room now: ${clean(room.text)} Until there is, it goes on serving where it is.`;
}
