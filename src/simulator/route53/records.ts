/** One record set as Route 53 keeps it. Pure. Source: ResourceRecordSet, Route 53 API reference. */
import { isDeepStrictEqual } from 'node:util';
import type { ChangeAction, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { plainCopy } from '../plain-copy.ts';
import { invalidInput, required } from './errors.ts';
import { nameOrder, normaliseName } from './names.ts';
import { recordTypes, valueProblems } from './record-values.ts';

/** A record set under its stored name. Never changed, only replaced. */
export interface StoredSet {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier: string | undefined;
  /** Unique in the zone. */
  readonly key: string;
  /** Sorts sets as ListResourceRecordSets lists them. */
  readonly order: string;
  readonly set: ResourceRecordSet;
}

const policies = ['Weight', 'Failover', 'MultiValueAnswer'] as const;
export type Policy = (typeof policies)[number] | 'simple';

/** How a set is routed; `simple` when it has no set identifier. */
export function policyOf(set: ResourceRecordSet): Policy {
  return policies.find((policy) => set[policy] !== undefined) ?? 'simple';
}

/** The key that sorts a name, type and set identifier in the order of the listing. */
export function orderOf(name: string, type: string, setIdentifier: string | undefined): string {
  return `${nameOrder(name)}\u0000${type}\u0000${setIdentifier ?? ''}`;
}

/** The group that a set belongs to: all sets of one name and type. */
export function groupKey(name: string, type: string): string {
  return `${name}|${type}`;
}

/** A set as it is stored. Undefined when its name cannot be read, with the problem. Throws InvalidInput for what is not a record set at all. */
export function readSet(
  set: ResourceRecordSet,
  action: ChangeAction,
): { stored: StoredSet; problems: string[] } | { problem: string } {
  const raw = required(set.Name, 'Name');
  const type = required(set.Type, 'Type');
  checkShape(set, action, raw);
  const result = normaliseName(raw);
  if ('problem' in result) return { problem: result.problem };
  const { name } = result;
  const setIdentifier = set.SetIdentifier;
  const normal: ResourceRecordSet = {
    ...plainCopy(set),
    Name: name,
    ...(set.AliasTarget === undefined ? {} : { AliasTarget: aliasOf(set.AliasTarget) }),
  };
  const values = (set.ResourceRecords ?? []).map((record) => record.Value ?? '');
  const problems = set.AliasTarget === undefined ? valueProblems(type, values) : [];
  if (set.Weight !== undefined && values.length > 1) {
    problems.push(`Only one resource record can be specified in a weighted record set; found ${values.length}.`);
  }
  const stored: StoredSet = {
    name,
    type,
    setIdentifier,
    key: `${groupKey(name, type)}|${setIdentifier ?? ''}`,
    order: orderOf(name, type, setIdentifier),
    set: withoutUndefined(normal),
  };
  return { stored, problems };
}

function aliasOf(alias: NonNullable<ResourceRecordSet['AliasTarget']>): NonNullable<ResourceRecordSet['AliasTarget']> {
  const result = normaliseName(required(alias.DNSName, 'DNSName'));
  return {
    HostedZoneId: required(alias.HostedZoneId, 'HostedZoneId').replace(/^\/?hostedzone\//, ''),
    DNSName: 'name' in result ? result.name : (alias.DNSName ?? ''),
    EvaluateTargetHealth: required(alias.EvaluateTargetHealth, 'EvaluateTargetHealth'),
  };
}

function checkShape(set: ResourceRecordSet, action: ChangeAction, name: string): void {
  const type = set.Type ?? '';
  const where = `in Change with [Action=${action}, Name=${name}, Type=${type}, SetIdentifier=${set.SetIdentifier ?? 'null'}]`;
  if (!recordTypes.has(type)) {
    throw invalidInput(
      `Invalid request: type must be one of [${[...recordTypes].join(', ')}]; found '${type}' ${where}`,
    );
  }
  checkContent(set, where);
  const given = policies.filter((policy) => set[policy] !== undefined);
  if (set.SetIdentifier === undefined && given.length > 0) {
    throw invalidInput(`Invalid request: Missing field 'SetIdentifier' ${where}`);
  }
  if (set.SetIdentifier !== undefined && given.length !== 1) {
    const found = given.length === 0 ? 'none' : 'more than one';
    throw invalidInput(
      `Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, CidrRoutingConfig, or GeoProximityLocation], but found ${found} ${where}`,
    );
  }
  if (set.Failover !== undefined && !['PRIMARY', 'SECONDARY'].includes(set.Failover)) {
    throw invalidInput(
      `Invalid request: Failover must be one of [PRIMARY, SECONDARY]; found '${set.Failover}' ${where}`,
    );
  }
  if (set.MultiValueAnswer !== undefined && set.AliasTarget !== undefined) {
    throw invalidInput(`Invalid request: an alias cannot be a multivalue answer ${where}`);
  }
  checkRanges(set, where);
}

function checkContent(set: ResourceRecordSet, where: string): void {
  const hasTtl = set.TTL !== undefined;
  const hasValues = (set.ResourceRecords ?? []).length > 0;
  const isAlias = set.AliasTarget !== undefined;
  if (isAlias ? !hasTtl && !hasValues : hasTtl && hasValues) return;
  throw invalidInput(
    `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found ${isAlias ? 'more than one' : 'none'} ${where}`,
  );
}

function checkRanges(set: ResourceRecordSet, where: string): void {
  const length = set.SetIdentifier?.length ?? 1;
  if (length < 1 || length > 128) {
    throw invalidInput(`Invalid request: SetIdentifier must have 1 to 128 characters; found ${length} ${where}`);
  }
  const { Weight: weight = 0, TTL: ttl = 0 } = set;
  if (!Number.isInteger(weight) || weight < 0 || weight > 255) {
    throw invalidInput(`Invalid request: Weight must be 0 to 255; found ${weight} ${where}`);
  }
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 2_147_483_647) {
    throw invalidInput(`Invalid request: TTL must be 0 to 2147483647; found ${ttl} ${where}`);
  }
}

/** Whether a DELETE names a set exactly as it is stored. The order of values does not matter. */
export function sameSet(a: StoredSet, b: StoredSet): boolean {
  return isDeepStrictEqual(comparable(a), comparable(b));
}

function comparable({ set }: StoredSet): object {
  const values = (set.ResourceRecords ?? []).map((record) => record.Value ?? '').sort();
  return { ...set, ResourceRecords: values };
}

function withoutUndefined(set: ResourceRecordSet): ResourceRecordSet {
  const entries = Object.entries(set).filter(([, value]) => value !== undefined && value !== null);
  return { Name: set.Name, Type: set.Type, ...Object.fromEntries(entries) };
}

/** A set as the service names it in its messages. */
export function nameInMessage({ name, type, setIdentifier }: StoredSet): string {
  const identifier = setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`;
  return `[name='${name}', type='${type}'${identifier}]`;
}
