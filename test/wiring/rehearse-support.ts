/** Records to rehearse, and a rehearsal of them. */
import type { RehearsalReport, RehearsalRequest, RehearsedRecord } from '../../src/cli/rehearsal.ts';
import { parseRecord } from '../../src/model/records/parse.ts';
import { runRehearsal } from '../../src/wiring/rehearse/run.ts';
import { cell, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';

export function rehearsed(records: readonly PlainRecord[]): RehearsedRecord[] {
  return records.map((raw) => {
    const parsed = parseRecord(raw);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return { record: parsed.record, spec: raw.spec };
  });
}

export const startAt = Date.parse('2026-03-01T08:00:00Z');

export function play(
  change: readonly PlainRecord[],
  options: { readonly base?: readonly PlainRecord[] } & Partial<Omit<RehearsalRequest, 'base' | 'change'>> = {},
): Promise<RehearsalReport> {
  const { base = [], ...rest } = options;
  return runRehearsal({
    hours: 24,
    seed: 1,
    startAt,
    refused: [],
    ...rest,
    base: rehearsed(base),
    change: rehearsed(change),
  });
}

const east = cell('east', 'standard', 1);
const west = cell('west', 'standard', 2);

/** A tier with two cells of one infra group each. */
export function land(groupFields: Readonly<Record<string, unknown>> = {}): PlainRecord[] {
  return [tier('standard'), east, west, group('east-a', east, groupFields), group('west-a', west, groupFields)];
}

export function tenants(count: number, fields: Readonly<Record<string, unknown>> = {}): PlainRecord[] {
  return Array.from({ length: count }, (_, index) => tenant(`t-${index + 1}`, 'standard', fields));
}
