/** What `get` shows of each kind. Titles and their order are stable: scripts cut columns out. */

import type { Condition } from '../model/conditions.ts';
import type { Kind } from '../model/records/kinds.ts';
import { shown } from '../model/records/problems.ts';
import type { ObjectStatus } from '../model/state.ts';
import { isHeld } from '../store/capacity.ts';
import type { ObjectView } from './objects.ts';
import { phaseTone, statusTone } from './style.ts';
import { ageText, type Column } from './table.ts';

/** An object with the status that is shown of it. */
export interface Row {
  readonly view: ObjectView;
  readonly status: ObjectStatus;
}

const messageMaxLength = 100;

/** The columns of a kind; `nowMs` is what ages are counted from. */
export function columnsOf(kind: Kind, nowMs: () => number): readonly Column<Row>[] {
  const name: Column<Row> = { title: 'NAME', text: ({ view }) => shown(view.name) };
  const mode: Column<Row> = { title: 'MODE', text: (row) => specText(row, ['mode'], 'active') };
  const state: Column<Row> = { title: 'STATE', text: (row) => specText(row, ['state'], 'active') };
  const accepted = conditionColumn('ACCEPTED', 'Accepted');
  const message: Column<Row> = { title: 'MESSAGE', text: ({ status }) => messageOf(status) };
  const used: Column<Row> = { title: 'USED', text: ({ view }) => usedText(view) };
  switch (kind) {
    case 'Tenant':
      return [
        name,
        {
          title: 'PHASE',
          text: ({ status }) => status.phase ?? '-',
          tone: ({ status }) => phaseTone(status.phase ?? ''),
        },
        conditionColumn('READY', 'Ready'),
        conditionColumn('SYNCED', 'Synced'),
        { title: 'CELLS', text: ({ status }) => cellsText(status) },
        { title: 'AGE', text: ({ view }) => ageText(knownSince(view), nowMs()) },
        message,
      ];
    case 'InfraGroup':
      return [
        name,
        { title: 'CELL', text: (row) => specText(row, ['cell'], '-') },
        state,
        mode,
        accepted,
        { title: 'SLOTS', text: ({ view }) => slotsText(view) },
        used,
        message,
      ];
    case 'Cell':
      return [
        name,
        { title: 'TIER', text: (row) => specText(row, ['tier'], '-') },
        state,
        mode,
        accepted,
        used,
        message,
      ];
    case 'Tier':
      return [
        name,
        { title: 'DOMAIN', text: (row) => specText(row, ['domain'], '-') },
        { title: 'SCOPE', text: (row) => specText(row, ['routing', 'scope'], 'tenant') },
        mode,
        accepted,
        message,
      ];
    case 'Fleet':
      return [name, mode, accepted, message];
  }
}

function conditionColumn(title: string, type: string): Column<Row> {
  const find = ({ status }: Row): string => conditionOf(status, type)?.status ?? '-';
  return { title, text: find, tone: (row) => (find(row) === '-' ? undefined : statusTone(find(row))) };
}

/** A condition of a status. */
export function conditionOf(status: ObjectStatus, type: string): Condition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

/** What stands in the way, in a few words; empty where nothing does. */
function messageOf(status: ObjectStatus): string {
  const accepted = conditionOf(status, 'Accepted');
  const first = accepted?.status === 'False' ? accepted : conditionOf(status, 'Ready');
  if (first === undefined || first.status === 'True') return '';
  const text = `${first.reason}: ${first.message}`.split('\n')[0] ?? '';
  return text.length > messageMaxLength ? `${text.slice(0, messageMaxLength - 3)}...` : text;
}

function specText(row: Row, path: readonly string[], otherwise: string): string {
  const spec = row.view.raw === undefined ? row.view.stored?.spec?.value.spec : row.view.raw.spec;
  const value = path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step)?.value : undefined,
    spec,
  );
  return typeof value === 'string' ? shown(value) : otherwise;
}

function cellsText(status: ObjectStatus): string {
  const cells = [...new Set((status.placements ?? []).map(({ cell }) => cell))].sort();
  if (cells.length === 0) return '-';
  return cells.length > 3 ? `${cells.slice(0, 3).join(',')}+${cells.length - 3}` : cells.join(',');
}

function slotsText(view: ObjectView): string {
  const slots = Object.values(view.stored?.capacity?.slots ?? {});
  return String(slots.filter(isHeld).length);
}

/** What is reserved, by dimension; `-` where nothing is. */
export function usedText(view: ObjectView): string {
  const used = Object.entries(view.stored?.capacity?.used ?? {}).filter(([, amount]) => amount !== 0);
  if (used.length === 0) return '-';
  return used
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([dimension, amount]) => `${dimension}=${usedFigure(dimension, amount)}`)
    .join(' ');
}

/** Fargate vCPU is counted in CPU units, 1,024 to a vCPU. */
function usedFigure(dimension: string, amount: number): string {
  return dimension === 'fargateVcpu' ? String(Math.round((amount / 1024) * 100) / 100) : String(amount);
}

/** The earliest time that the state table remembers of an object (RFC 3339). */
export function knownSince(view: ObjectView): string | undefined {
  const status = view.stored?.status?.value;
  const placements = Object.values(view.stored?.inventory?.value.placements ?? {});
  const times = [
    view.stored?.spec?.value.acceptedAt,
    ...(status?.conditions ?? []).map(({ lastTransitionTime }) => lastTransitionTime),
    ...placements.map(({ reservedAt }) => reservedAt),
  ].filter((time): time is string => time !== undefined);
  return times.sort()[0];
}
