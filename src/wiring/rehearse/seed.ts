import type { RehearsedRecord } from '../../cli/rehearsal.ts';
import { type Candidate, refusals } from '../../cli/table-check.ts';
import type { DesiredRecord, RecordOf } from '../../model/records/kinds.ts';
import type { FleetSeed } from '../../simulator/fleet.ts';

/** The AWS side of a rehearsal. */
export interface Seeds {
  /** All that base and change name, with the base's quotas: what a record names stands before the record is written. */
  readonly start: FleetSeed;
  /** The quotas as they are once the change is written. */
  readonly changed: Pick<FleetSeed, 'cells' | 'infraGroups'>;
}

type CellRecord = RecordOf<'Cell'>;
type GroupRecord = RecordOf<'InfraGroup'>;

/** What AWS must have for these records. Records that the controller would refuse ask for nothing. */
export function seedsOf(base: readonly RehearsedRecord[], change: readonly RehearsedRecord[]): Seeds {
  const before = base.map(candidateOf(false));
  const after = change.map(candidateOf(true));
  const refused = new Set(refusals([...before, ...after], new Map()).map(({ candidate }) => candidate));
  const accepted = (all: readonly Candidate[]): DesiredRecord[] =>
    all.flatMap((one) => (one.parsed.ok && !refused.has(one) ? [one.parsed.record] : []));
  const stands = accepted(before);
  const written = accepted(after);
  const final = [...latest([...stands, ...written]).values()];
  return {
    start: {
      tiers: ofKind([...stands, ...written], 'Tier').map(named),
      cells: startCells(ofKind(stands, 'Cell'), ofKind(written, 'Cell')),
      infraGroups: startGroups(ofKind(stands, 'InfraGroup'), ofKind(written, 'InfraGroup')),
    },
    changed: { cells: ofKind(final, 'Cell').map(named), infraGroups: ofKind(final, 'InfraGroup').map(named) },
  };
}

function candidateOf(isNew: boolean): (one: RehearsedRecord) => Candidate {
  return ({ record }) => ({ parsed: { ok: true, record }, isNew });
}

function ofKind<K extends DesiredRecord['kind']>(
  records: readonly DesiredRecord[],
  kind: K,
): Extract<DesiredRecord, { kind: K }>[] {
  return records.filter((record): record is Extract<DesiredRecord, { kind: K }> => record.kind === kind);
}

function named<S extends object>({ name, spec }: { readonly name: string; readonly spec: S }): S & { name: string } {
  return { ...spec, name };
}

function latest(records: readonly DesiredRecord[]): Map<string, DesiredRecord> {
  return new Map(records.map((record) => [`${record.kind}/${record.name}`, record]));
}

/** A changed cell may name other roles; its account and Region cannot change. */
function startCells(stands: readonly CellRecord[], written: readonly CellRecord[]): FleetSeed['cells'] {
  const before = new Map(stands.map((cell) => [cell.name, cell]));
  const changed = written.map((cell) => {
    const known = before.get(cell.name);
    return known === undefined ? named(cell) : { ...named(cell), quotas: known.spec.quotas };
  });
  return [...stands.map(named), ...changed];
}

/** A changed group may name further subnets and security groups; its VPC and load balancer cannot change. */
function startGroups(stands: readonly GroupRecord[], written: readonly GroupRecord[]): FleetSeed['infraGroups'] {
  const groups = new Map(stands.map((group) => [group.name, named(group)]));
  for (const group of written) {
    const known = groups.get(group.name);
    const next = named(group);
    if (known === undefined) groups.set(group.name, next);
    else {
      groups.set(group.name, {
        ...known,
        subnetIds: union(known.subnetIds, next.subnetIds),
        taskSecurityGroupIds: union(known.taskSecurityGroupIds, next.taskSecurityGroupIds),
        endpointSecurityGroupIds: union(known.endpointSecurityGroupIds ?? [], next.endpointSecurityGroupIds ?? []),
      });
    }
  }
  return [...groups.values()];
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
