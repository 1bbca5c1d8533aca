/** A rehearsal's report as people read it: the verdict first, then what speaks against it, then what it costs. */
import { capacityLines } from './capacity-lines.ts';
import type { GroupReport, HeldChange, LimitReport, RefusedRecord, RehearsalReport } from './rehearsal.ts';
import type { Paint } from './style.ts';
import { phaseTone } from './style.ts';
import { type Column, clean, createTable } from './table.ts';

interface Look {
  readonly wide: boolean;
  readonly paint: Paint;
}

/** Reasons of the condition `HasRoom` from its first threshold on. */
const roomReasons: ReadonlySet<string> = new Set(['FillingUp', 'CapacityLow', 'CapacityCritical']);

/** Of what may be long, so much is shown unless all is asked for. */
const shown = {
  problems: 20,
  warnings: 10,
  limits: 6,
  waits: 5,
  groups: 30,
  writes: 16,
  reads: 8,
  removed: 10,
  held: 5,
};

/** The whole report, or with `wide` all of it. */
export function reportLines(report: RehearsalReport, look: Look): string[] {
  return [
    ...summary(report, look),
    ...invalidLines(report, look),
    ...unplaceableLines(report, look),
    ...notReadyLines(report, look),
    ...failureLines(report, look),
    ...removalLines(report, look),
    ...roomLines(report, look),
    ...bindingLines(report, look),
    ...groupLines(report, look),
    ...placementLines(report, look),
    ...callLines(report, look),
    ...eventLines(report, look),
  ];
}

/** A duration in two units at most: `3m 25s`, `1h 04m`. */
export function spokenTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3_600)}h ${two(Math.floor((whole % 3_600) / 60))}m`;
}

function summary(report: RehearsalReport, { paint, wide }: Look): string[] {
  const { tenants, ok, base, records, settled } = report;
  const all = `${tenants.asWanted} of ${tenants.total} tenants as wanted`;
  const took = `after ${spokenTime(report.durationSeconds)}`;
  const verdict = ok ? paint('good', 'All as wanted:') : paint('bad', 'Not as wanted:');
  const added = report.placements.filter(({ isNew }) => isNew).length;
  const calls = report.calls.reduce((sum, count) => sum + count.calls, 0);
  const throttled = report.calls.reduce((sum, count) => sum + count.throttled, 0);
  const phases = Object.entries(tenants.byPhase).map(([phase, count]) => `${count} ${paint(phaseTone(phase), phase)}`);
  const fleet = ['Tier', 'Cell', 'InfraGroup'].map((kind) => counted(records[kind] ?? 0, spokenKind[kind] ?? kind));
  return [
    `${verdict} ${all} ${took}${settled ? '' : ', and not settled'}`,
    `  fleet        ${fleet.join(', ')}, ${counted(tenants.total, 'tenant')}${phases.length === 0 ? '' : ` (${phases.join(', ')})`}`,
    ...(base === null
      ? []
      : [
          `  stood before ${counted(base.tenants, 'tenant')}, ${counted(base.placements, 'placement')}${base.notAsWanted.length === 0 ? '' : `; ${counted(base.notAsWanted.length, 'object')} not as wanted: ${some(base.notAsWanted, 5)}`}`,
        ]),
    `  placements   ${added} new, ${report.removed.length} taken away or out of service, ${report.placements.length} at the end`,
    `  changes      ${changesText(report)}`,
    `  calls        ${grouped(calls)} to AWS, ${grouped(throttled)} throttled`,
    `  events       ${grouped(report.events.length)}${wide ? '' : ' (-o wide shows them in order, and every placement)'}`,
    `  binds        ${clean(report.bottleneck.text)}`,
  ];
}

const spokenKind: Readonly<Record<string, string>> = { Tier: 'tier', Cell: 'cell', InfraGroup: 'infra group' };

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function some(names: readonly string[], limit: number): string {
  const more = names.length > limit ? ` and ${names.length - limit} more` : '';
  return `${names.slice(0, limit).map(clean).join(', ')}${more}`;
}

function changesText({ changes }: RehearsalReport): string {
  const sum = (field: 'created' | 'updated' | 'replaced' | 'deleted'): number =>
    changes.reduce((total, change) => total + change[field], 0);
  return `${grouped(sum('created'))} created, ${grouped(sum('updated'))} updated, ${grouped(sum('replaced'))} replaced, ${grouped(sum('deleted'))} deleted`;
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0
    ? []
    : ['', paint('strong', title), ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

/** The first of many, with how many more there are. */
function cut<T>(
  items: readonly T[],
  limit: number,
  wide: boolean,
): { readonly first: readonly T[]; readonly rest: string[] } {
  if (wide || items.length <= limit) return { first: items, rest: [] };
  return { first: items.slice(0, limit), rest: [`and ${items.length - limit} more (-o wide shows all)`] };
}

function table<T>(columns: readonly Column<T>[], rows: readonly T[], { paint }: Look): string[] {
  return rows.length === 0 ? [] : createTable(columns, rows, paint).lines(rows, true);
}

function invalidLines({ invalid }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(invalid, shown.problems, look.wide);
  const lines = first.map(refusalText);
  return section(`Invalid, and left as it was: ${counted(invalid.length, 'problem')}`, [...lines, ...rest], look.paint);
}

function unplaceableLines({ unplaceable }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(alike(unplaceable), shown.problems, look.wide);
  const lines = first.flatMap(({ tenants, one }) => [
    clean(
      `${tenants.length === 1 ? 'tenant' : 'tenants'} ${some(tenants, look.wide ? tenants.length : 5)} (tier ${one.tier}): ${one.reason}: ${withoutRemedies(one.message)}`,
    ),
    ...one.remedies.slice(0, look.wide ? undefined : 3).map(({ text }) => clean(`  what would help: ${text}`)),
  ]);
  return section(`Does not fit: ${counted(unplaceable.length, 'tenant')}`, [...lines, ...rest], look.paint);
}

type Unplaceable = RehearsalReport['unplaceable'][number];

/** Tenants of which the very same is to be said. */
function alike(
  unplaceable: readonly Unplaceable[],
): readonly { readonly tenants: readonly string[]; readonly one: Unplaceable }[] {
  const found = new Map<string, { tenants: string[]; one: Unplaceable }>();
  for (const one of unplaceable) {
    const { tenant, ...said } = one;
    const key = JSON.stringify(said);
    const known = found.get(key);
    if (known === undefined) found.set(key, { tenants: [tenant], one });
    else known.tenants.push(tenant);
  }
  return [...found.values()];
}

/** A refused record in one line, with its place. */
export function refusalText({ file, line, kind, name, field, found, expected }: RefusedRecord): string {
  const where = file === undefined ? '' : `${file}:${line ?? 0}: `;
  return clean(`${where}${kind}/${name}: ${field === '' ? '' : `${field}: `}found ${found}, expected ${expected}`);
}

/** The message names the first remedies too; here they have lines of their own. */
function withoutRemedies(message: string): string {
  return message.split(' What would help: ')[0] ?? message;
}

function notReadyLines({ notReady, observedSeconds, durationSeconds }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(notReady, shown.problems, look.wide);
  const lines = first.map(({ kind, name, phase, reason, message }) =>
    clean(`${kind}/${name} ${phase}: ${reason}: ${message}`),
  );
  const quiet = spokenTime(observedSeconds - durationSeconds);
  const title = `Not settled: ${counted(notReady.length, 'object')}, and nothing had happened for ${quiet}`;
  return section(title, [...lines, ...rest], look.paint);
}

function failureLines({ failures }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(failures, shown.problems, look.wide);
  return section('Faults of the controller (please report them)', [...first.map(clean), ...rest], look.paint);
}

function removalLines({ removed, held }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(removed, shown.removed, look.wide);
  const columns = (['tenant', 'placement', 'infraGroup', 'cell', 'state'] as const).map((field) => ({
    title: field === 'infraGroup' ? 'GROUP' : field.toUpperCase(),
    text: (row: (typeof removed)[number]) => row[field],
  }));
  const kept = cut(held, shown.held, look.wide);
  return [
    ...section(
      `Taken away or out of service: ${counted(removed.length, 'placement')}`,
      [...table(columns, first, look), ...rest],
      look.paint,
    ),
    ...section(`Held back: ${counted(held.length, 'tenant')}`, [...kept.first.map(heldLine), ...kept.rest], look.paint),
  ];
}

function heldLine({ tenant, reason, message, fromSeconds, untilSeconds, open }: HeldChange): string {
  const time = `from ${spokenTime(fromSeconds)} ${open ? 'and still at the end' : `to ${spokenTime(untilSeconds)}`}`;
  return clean(`tenant ${tenant}: ${reason}, ${time}: ${message}`);
}

/** The room that is left at the end, and what was warned of on the way there. */
function roomLines({ capacity, events }: RehearsalReport, look: Look): string[] {
  const crossed = events.filter(({ reason }) => roomReasons.has(reason));
  const { first, rest } = cut(crossed, shown.warnings, look.wide);
  const columns: Column<(typeof events)[number]>[] = [
    { title: 'AT', text: ({ seconds }) => spokenTime(seconds) },
    { title: 'OBJECT', text: ({ kind, name }) => `${kind}/${name}` },
    { title: 'WARNING', text: ({ reason }) => reason },
    { title: 'SAYS', text: ({ message }) => message },
  ];
  return [
    ...section(
      'Room at the end',
      capacityLines(capacity, { paint: look.paint, groups: look.wide, growth: false }),
      look.paint,
    ),
    ...section('Warned of on the way', [...table(columns, first, look), ...rest], look.paint),
  ];
}

function bindingLines(report: RehearsalReport, look: Look): string[] {
  const { limits, waits, callShare } = report;
  const share = `AT ${Math.round(callShare * 100)} %`;
  const columns: Column<LimitReport>[] = [
    { title: 'ACCOUNT', text: ({ account }) => account },
    { title: 'REGION', text: ({ region }) => region ?? 'all' },
    { title: 'BUCKET', text: ({ bucket }) => bucket },
    { title: 'TOKENS', text: ({ tokens }) => grouped(tokens) },
    { title: 'BURST+REFILL/S', text: ({ capacity, refillPerSecond }) => `${capacity}+${refillPerSecond}` },
    { title: 'FLOOR', text: ({ floorSeconds }) => spokenTime(floorSeconds) },
    { title: share, text: ({ floorAtCallShareSeconds }) => spokenTime(floorAtCallShareSeconds) },
    { title: 'OF THE TIME', text: ({ shareOfDuration }) => percent(shareOfDuration) },
    { title: 'THROTTLED', text: ({ throttled }) => grouped(throttled) },
    { title: 'EMPTY', text: ({ emptySeconds }) => spokenTime(emptySeconds) },
  ];
  const rows = look.wide ? limits : limits.filter(({ binds, throttled }) => binds || throttled > 0);
  const { first, rest } = cut(rows, shown.limits, look.wide);
  const waited = cut(waits, shown.waits, look.wide);
  const waitColumns: Column<(typeof waits)[number]>[] = [
    { title: 'WAITING FOR', text: ({ what }) => what },
    { title: 'OF ALL TENANTS', text: (row) => percent(row.share) },
    { title: 'OF THE LAST ONE', text: ({ lastTenantSeconds }) => spokenTime(lastTenantSeconds) },
  ];
  return [
    ...section(
      "What binds: AWS's token buckets, the tightest of each account",
      [...table(columns, first, look), ...rest],
      look.paint,
    ),
    ...section('What tenants waited for', [...table(waitColumns, waited.first, look), ...waited.rest], look.paint),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function groupLines({ groups }: RehearsalReport, look: Look): string[] {
  const { first, rest } = cut(groups, shown.groups, look.wide);
  const columns: Column<GroupReport>[] = [
    { title: 'GROUP', text: ({ infraGroup }) => infraGroup },
    { title: 'CELL', text: ({ cell }) => cell },
    { title: 'TENANTS', text: ({ tenants }) => String(tenants) },
    { title: 'NEW', text: ({ added }) => String(added) },
    { title: 'GONE', text: ({ removed }) => String(removed) },
    { title: 'FULLEST', text: fullest },
  ];
  return section('Placements', [...table(columns, first, look), ...rest], look.paint);
}

/** The dimension of which the greatest part is reserved. */
function fullest({ room }: GroupReport): string {
  let most: { text: string; share: number } | undefined;
  for (const { dimension, used, usable } of room) {
    if (usable === null) continue;
    const share = usable === 0 ? 1 : used / usable;
    if (most === undefined || share > most.share) most = { text: `${dimension} ${used} of ${usable}`, share };
  }
  return most === undefined ? '-' : `${most.text} (${percent(most.share)})`;
}

function placementLines({ placements }: RehearsalReport, look: Look): string[] {
  if (!look.wide) return [];
  const columns: Column<(typeof placements)[number]>[] = [
    { title: 'TENANT', text: ({ tenant }) => tenant },
    { title: 'PLACEMENT', text: ({ placement }) => placement },
    { title: 'GROUP', text: ({ infraGroup }) => infraGroup },
    { title: 'CELL', text: ({ cell }) => cell },
    { title: 'SLOT', text: ({ slot }) => String(slot) },
    { title: 'PHASE', text: ({ phase }) => phase },
    { title: 'NEW', text: ({ isNew }) => (isNew ? 'new' : '') },
    { title: 'WHY', text: ({ why }) => why },
  ];
  return section('Every placement', table(columns, placements, look), look.paint);
}

function callLines({ calls }: RehearsalReport, look: Look): string[] {
  const writes = cut(
    calls.filter(({ mutating }) => mutating),
    shown.writes,
    look.wide,
  );
  const reads = cut(
    calls.filter(({ mutating }) => !mutating),
    shown.reads,
    look.wide,
  );
  const columns: Column<(typeof calls)[number]>[] = [
    { title: 'SERVICE', text: ({ service }) => service },
    { title: 'OPERATION', text: ({ operation }) => operation },
    { title: 'CALLS', text: (row) => grouped(row.calls) },
    { title: 'OK', text: ({ ok }) => grouped(ok) },
    { title: 'THROTTLED', text: ({ throttled }) => grouped(throttled) },
    {
      title: 'ERRORS',
      text: ({ errors }) =>
        Object.entries(errors)
          .map(([code, count]) => `${count} ${code}`)
          .join(', '),
    },
  ];
  return [
    ...section('Calls that write', [...table(columns, writes.first, look), ...writes.rest], look.paint),
    ...section('Calls that read', [...table(columns, reads.first, look), ...reads.rest], look.paint),
  ];
}

function eventLines({ events }: RehearsalReport, look: Look): string[] {
  if (!look.wide) return [];
  const columns: Column<(typeof events)[number]>[] = [
    { title: 'AT', text: ({ seconds }) => spokenTime(seconds) },
    { title: 'OBJECT', text: ({ kind, name }) => `${kind}/${name}` },
    { title: 'REASON', text: ({ reason }) => reason },
    { title: 'MESSAGE', text: ({ message }) => message },
  ];
  return section('Events', table(columns, events, look), look.paint);
}
