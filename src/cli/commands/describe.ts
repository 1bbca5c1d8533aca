/** `describe`: the story of one object. */
import type { Condition } from '../../model/conditions.ts';
import { kindWords } from '../../model/records/kinds.ts';
import { problemLine } from '../../model/records/problems.ts';
import type { ObjectStatus, PlacementStatus } from '../../model/state.ts';
import { isHeld } from '../../store/capacity.ts';
import { conditionOf, usedText } from '../columns.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../errors.ts';
import { loadObject, type ObjectView, printedObject } from '../objects.ts';
import { yamlText } from '../output.ts';
import { redactEnvironment } from '../redact.ts';
import { withSession } from '../session.ts';
import { phaseTone, statusTone } from '../style.ts';
import { ageText, clean, createTable } from '../table.ts';
import { noSuchObject, requireKind, requireName } from '../words.ts';
import { eventLines } from './events.ts';

const shownEvents = 20;
const shownTenants = 20;

/** Shows one object with its conditions, placements and history, and what to do next. 2 where it is not there. */
export async function describe(context: Context, word: string, name: string): Promise<number> {
  const kind = requireKind(word);
  requireName(kind, name);
  const found = await withSession(context.host, context.settings, (session) => loadObject(session, kind, name));
  if (found === undefined) throw noSuchObject(kind, name);
  const { view } = found;
  const printed = printedObject(view, found.views);
  const spec = await yamlText(redactEnvironment(printed.spec));
  const events = view.stored?.events ?? [];
  const lines = [
    ...heading(context, view, printed.status),
    'Spec:',
    ...indent(spec.trimEnd().split('\n')),
    ...problemLines(view),
    ...section('Conditions', conditionLines(context, printed.status.conditions)),
    ...section('Placements', (printed.status.placements ?? []).flatMap(placementLines)),
    ...section('Reserved', reservedLines(view)),
    ...section('Events', eventLines(context, events, shownEvents)),
    '',
    `Next: ${suggestion(view, printed.status)}`,
  ];
  await context.output.data({ ...printed, events }, () => lines);
  return exitCodes.yes;
}

function heading(context: Context, view: ObjectView, status: ObjectStatus): string[] {
  const { paint } = context.output;
  const { phase, generation, observedGeneration, endpoint } = status;
  const vanished = view.stored?.spec?.value.vanishedAt;
  const lines: (readonly [string, string] | undefined)[] = [
    ['Kind', view.kind],
    ['Name', paint('strong', view.name)],
    phase === undefined ? undefined : ['Phase', paint(phaseTone(phase), phase)],
    endpoint === undefined ? undefined : ['Endpoint', clean(endpoint)],
    ['Generation', `${generation} (live: ${observedGeneration})`],
    view.raw === undefined
      ? [
          'Record',
          `gone from the desired table${vanished === undefined ? '' : ` since ${vanished}`}; the last accepted spec stays in force`,
        ]
      : undefined,
    (view.stored?.damaged.length ?? 0) > 0
      ? ['Damaged', `these items of the state table cannot be read: ${view.stored?.damaged.join(', ')}`]
      : undefined,
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [`${`${line[0]}:`.padEnd(12)}${line[1]}`]));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...indent(lines)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : `  ${line}`));
}

function problemLines({ parsed }: ObjectView): string[] {
  return parsed?.ok === false ? section('Invalid', parsed.problems.map(problemLine)) : [];
}

function conditionLines(context: Context, conditions: readonly Condition[]): string[] {
  if (conditions.length === 0) return ['none yet: no controller has looked at this record'];
  const now = context.host.clock.now();
  const table = createTable<Condition>(
    [
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'STATUS', text: ({ status }) => status, tone: ({ status }) => statusTone(status) },
      { title: 'REASON', text: ({ reason }) => reason },
      { title: 'SINCE', text: ({ lastTransitionTime }) => ageText(lastTransitionTime, now) },
      { title: 'MESSAGE', text: ({ message }) => message },
    ],
    conditions,
    context.output.paint,
  );
  return table.lines(conditions, true);
}

function placementLines(placement: PlacementStatus): string[] {
  const arns = [
    ['cluster', placement.clusterArn],
    ['service', placement.serviceArn],
    ['task definition', placement.taskDefinitionArn],
    ['target group', placement.targetGroupArn],
    ['listener rule', placement.ruleArn],
  ] as const;
  const { id, cell, infraGroup, slot, phase } = placement;
  return [
    `${id}: ${phase}, cell ${cell}, infra group ${infraGroup}, slot ${slot}`,
    ...moveLines(placement),
    ...arns.flatMap(([what, arn]) => (arn === undefined ? [] : [`  ${what.padEnd(16)}${arn}`])),
    ...placement.records.map(
      ({ zone, name, type, setIdentifier }) =>
        `  ${'record'.padEnd(16)}${name} ${type} in ${zone}, set ${setIdentifier}`,
    ),
  ];
}

function moveLines({ move }: PlacementStatus): string[] {
  if (move === undefined) return [];
  const { phase, from, cause, since, why, waitsFor, aborted } = move;
  return [
    `  ${'replaces'.padEnd(16)}${from} since ${since} (${cause}: ${why})`,
    aborted === undefined
      ? `  ${'move'.padEnd(16)}${phase}, waits for ${waitsFor}`
      : `  ${'move'.padEnd(16)}being taken back (${aborted}), waits for ${waitsFor}`,
  ];
}

/** Of infra groups and cells: what is reserved, and in a group by whom. */
function reservedLines(view: ObjectView): string[] {
  const { capacity } = view.stored ?? {};
  if (capacity === undefined) return [];
  const tenants = [
    ...new Set(
      Object.values(capacity.slots)
        .filter(isHeld)
        .map(({ tenant }) => tenant),
    ),
  ].sort();
  const more = tenants.length > shownTenants ? ` and ${tenants.length - shownTenants} more` : '';
  return [
    usedText(view),
    ...(tenants.length === 0 ? [] : [`${tenants.length} tenants: ${tenants.slice(0, shownTenants).join(', ')}${more}`]),
  ];
}

/** The command that most likely comes next. */
function suggestion(view: ObjectView, status: ObjectStatus): string {
  const about = `${kindWords[view.kind].one} ${view.name}`;
  if (view.parsed?.ok === false || conditionOf(status, 'Accepted')?.status === 'False') {
    return `correct the record and apply it: cellwright apply -f FILE (the fields in words: cellwright explain ${kindWords[view.kind].one})`;
  }
  if (view.kind === 'Fleet') return 'cellwright get tenants';
  if (view.kind === 'Tier') return 'cellwright get cells';
  if (view.kind !== 'Tenant') return `cellwright events ${about}`;
  const next = nextByPhase[status.phase ?? ''] ?? 'cellwright plan tenant NAME';
  return next.replaceAll('NAME', view.name);
}

const nextByPhase: Readonly<Record<string, string>> = {
  Pending: 'cellwright wait tenant NAME --for ready (if nothing happens: is a controller running?)',
  Unplaceable: 'cellwright explain placement NAME',
  Provisioning: 'cellwright wait tenant NAME --for ready',
  Updating: 'cellwright wait tenant NAME --for ready',
  Degraded: 'cellwright plan tenant NAME, cellwright events tenant NAME',
  Suspended: 'cellwright resume tenant NAME brings it back',
  Retained: 'cellwright resume tenant NAME brings it back',
  Orphaned: 'cellwright get tenant NAME -o yaml, then apply it again, or apply it with state: deleted',
  Deleting: 'cellwright wait tenant NAME --for deleted',
  Deleted: 'the record may be removed from the desired table',
};
