/** Reads the settings file of a deployment: YAML, validated as a whole, so that one run shows all that is wrong. */
import { parse } from 'yaml';
import { partitionOf } from '../src/model/records/aws-shapes.ts';
import { type Step, shown, shownPath, typeAndLength } from '../src/model/records/problems.ts';
import { dnsRoleName, roleNameMax } from './names.ts';
import { cellRecord, infraGroupRecord, recordProblems, tierRecord } from './records.ts';
import {
  type CellSettings,
  type InfraGroupSettings,
  repositoryPattern,
  type Settings,
  settingsSchema,
  type TierSettings,
} from './settings.ts';

/** One thing that is wrong with the settings. */
export interface SettingsProblem {
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** Thrown when the settings cannot be used: the message has a line for each problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(file: string, found: readonly SettingsProblem[]) {
    // The first of each place: that a text is too long says enough, without that it is no id either.
    const problems = found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index);
    const lines = problems.map((each) => `  ${each.path}: found ${each.found}, expected ${each.expected}`);
    super(`${file} cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** The settings of a YAML text, with defaults filled in. Throws `SettingsError` that names everything that is wrong; `file` is for its words. */
export function readSettings(text: string, file: string): Settings {
  const raw = parseYaml(text, file);
  const parsed = settingsSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    throw new SettingsError(
      file,
      parsed.error.issues.flatMap((issue) => problemsOf(issue, raw)),
    );
  }
  const problems = [...checkNames(parsed.data), ...checkPlaces(parsed.data), ...checkRecords(parsed.data)];
  if (problems.length > 0) throw new SettingsError(file, problems);
  return parsed.data;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 100 }) as unknown;
  } catch (error) {
    // The library's ways to say that a text is no YAML, or that its aliases lead nowhere.
    if (!(error instanceof Error) || !/^(?:YAML|Reference)/.test(error.name)) throw error;
    const found = shown(error.message.split('\n')[0] ?? '');
    throw new SettingsError(file, [{ path: 'settings', found, expected: 'YAML 1.2' }]);
  }
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function problemsOf(issue: Issue, raw: unknown): SettingsProblem[] {
  const path: Step[] = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const places = issue.code === 'unrecognized_keys' ? (issue.keys ?? []).map((key) => [...path, key]) : [path];
  return places.map((place) => problem(place, valueAt(raw, place), issue.message));
}

function problem(path: readonly Step[], value: unknown, expected: string): SettingsProblem {
  return { path: path.length === 0 ? 'settings' : shownPath(path), found: foundWords(path, value), expected };
}

/** The value where it may be shown; of external ids only what kind of value it is. */
function foundWords(path: readonly Step[], value: unknown): string {
  if (path.at(-1) === 'externalId') return typeAndLength(value);
  if (typeof value === 'string') return value === '' ? 'empty string' : shown(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeAndLength(value);
}

function valueAt(value: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step)?.value : undefined,
    value,
  );
}

/** Names that must differ, that others refer to, or that grow too long together. */
function checkNames(settings: Settings): SettingsProblem[] {
  const { installation, tiers, cells, infraGroups } = settings;
  const long = tiers.flatMap(({ name }, index) => {
    const most = roleNameMax - dnsRoleName(installation, '').length;
    if (name.length <= most) return [];
    const expected = `at most ${most} characters, so that the role ${dnsRoleName(installation, 'NAME')} has no more than ${roleNameMax}`;
    return [problem(['tiers', index, 'name'], name, expected)];
  });
  const tierNames = tiers.map(({ name }) => name);
  const cellNames = cells.map(({ name }) => name);
  return [
    ...twice('tiers', 'name', tiers),
    ...twice('tiers', 'domain', tiers),
    ...twice('cells', 'name', cells),
    ...twice('cells', 'accountId', cells),
    ...twice('infraGroups', 'name', infraGroups),
    ...long,
    ...unknown('cells', 'tier', cells, tierNames),
    ...unknown('infraGroups', 'cell', infraGroups, cellNames),
  ];
}

function twice<F extends string>(list: string, field: F, all: readonly Record<F, string>[]): SettingsProblem[] {
  return all.flatMap((one, index) => {
    const first = all.findIndex((other) => other[field] === one[field]);
    if (first === index) return [];
    const why = field === 'accountId' ? ': a cell has an account of its own' : '';
    return [problem([list, index, field], one[field], `another ${field} than ${list}[${first}]${why}`)];
  });
}

function unknown<F extends string>(
  list: string,
  field: F,
  all: readonly Record<F, string>[],
  known: readonly string[],
): SettingsProblem[] {
  return all.flatMap((one, index) =>
    known.includes(one[field])
      ? []
      : [
          problem(
            [list, index, field],
            one[field],
            `the name of a ${field} of this file: ${known.join(', ') || 'none'}`,
          ),
        ],
  );
}

/** What must lie in the same account, Region, partition, zone or range. */
function checkPlaces(settings: Settings): SettingsProblem[] {
  const { tiers, cells, infraGroups } = settings;
  return [
    ...checkController(settings),
    ...tiers.flatMap((tier, index) => checkZone(tier, index)),
    ...cells.flatMap((cell, index) => checkCell(settings, cell, index)),
    ...infraGroups.flatMap((group, index) => checkGroup(settings, group, index)),
  ];
}

function checkController({ controller }: Settings): SettingsProblem[] {
  const { image, repository, network, region, tables } = controller;
  const at = (...path: Step[]): Step[] => ['controller', ...path];
  const problems: SettingsProblem[] = [];
  const [, account, where] = repositoryPattern.exec(image.replace(/[:@].*$/, '')) ?? [];
  if (repository === 'create' && (account !== controller.accountId || where !== region)) {
    const own = `an image in ${controller.accountId}.dkr.ecr.${region}, where its repository is made; or say repository: existing`;
    problems.push(problem(at('image'), image, own));
  }
  if ((network.vpcId === undefined) !== (network.subnetIds === undefined)) {
    const missing = network.vpcId === undefined ? 'vpcId' : 'subnetIds';
    const expected = 'vpcId and subnetIds together, or neither: then a VPC is made';
    problems.push(problem(at('network', missing), undefined, expected));
  }
  const zones = zonesOf(network.zones, region);
  problems.push(...checkZones(at('network', 'zones'), zones, region));
  if (network.natGateways > zones.length) {
    const expected = `at most ${zones.length}, one for each zone`;
    problems.push(problem(at('network', 'natGateways'), network.natGateways, expected));
  }
  if (tables.desired === tables.state) {
    problems.push(problem(at('tables', 'state'), tables.state, 'another name than the desired table has'));
  }
  const topic = controller.alarmTopicArn;
  if (topic !== undefined && topic.split(':')[3] !== region) {
    problems.push(
      problem(at('alarmTopicArn'), topic, `a topic in ${region}: alarms tell topics of their own Region only`),
    );
  }
  const memory = memoryOf[controller.cpu];
  if (
    controller.memoryMiB < memory.min ||
    controller.memoryMiB > memory.max ||
    controller.memoryMiB % memory.step > 0
  ) {
    const expected = `${memory.min} to ${memory.max} in steps of ${memory.step}, as Fargate has it for ${controller.cpu} CPU units`;
    problems.push(problem(at('memoryMiB'), controller.memoryMiB, expected));
  }
  return problems;
}

/** Memory that Fargate has for CPU units (ECS Developer Guide, task definition parameters for Fargate). */
const memoryOf = {
  256: { min: 512, max: 2_048, step: 512 },
  512: { min: 1_024, max: 4_096, step: 1_024 },
  1024: { min: 2_048, max: 8_192, step: 1_024 },
  2048: { min: 4_096, max: 16_384, step: 1_024 },
  4096: { min: 8_192, max: 30_720, step: 1_024 },
} as const;

function checkZones(path: readonly Step[], zones: readonly string[], region: string): SettingsProblem[] {
  return zones.flatMap((zone, index) =>
    zone.startsWith(region) && zone.length === region.length + 1
      ? []
      : [problem([...path, index], zone, `a zone of ${region}, as ${region}a`)],
  );
}

/** The zones that are used: those that were named, else the first two. */
export function zonesOf(zones: readonly string[] | undefined, region: string): readonly string[] {
  return zones ?? [`${region}a`, `${region}b`];
}

function checkZone(tier: TierSettings, index: number): SettingsProblem[] {
  const { domain, zone } = tier;
  if (domain === zone.name || domain.endsWith(`.${zone.name}`)) return [];
  return [problem(['tiers', index, 'domain'], domain, `${zone.name}, the name of the zone, or a name below it`)];
}

function checkCell(settings: Settings, cell: CellSettings, index: number): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const home = partitionOf(settings.controller.region);
  if (partitionOf(cell.region) !== home) {
    const expected = `a Region of the partition ${home}, as the controller's is: roles cannot be assumed across partitions`;
    problems.push(problem(['cells', index, 'region'], cell.region, expected));
  }
  cell.listenerArns.forEach((listener, place) => {
    if (listener.split(':').slice(3, 5).join() === [cell.region, cell.accountId].join()) return;
    const expected = `a listener in account ${cell.accountId} and Region ${cell.region}`;
    problems.push(problem(['cells', index, 'listenerArns', place], listener, expected));
  });
  const [, , , where, account] = (cell.certificateArn ?? '').split(':');
  if (cell.certificateArn !== undefined && (where !== cell.region || account !== cell.accountId)) {
    const expected = `a certificate in account ${cell.accountId} and Region ${cell.region}, where the load balancers are`;
    problems.push(problem(['cells', index, 'certificateArn'], cell.certificateArn, expected));
  }
  return problems;
}

function checkGroup(settings: Settings, group: InfraGroupSettings, index: number): SettingsProblem[] {
  const at = (...path: Step[]): Step[] => ['infraGroups', index, ...path];
  const cellIndex = settings.cells.findIndex(({ name }) => name === group.cell);
  const cell = settings.cells[cellIndex];
  if (cell === undefined) return [];
  const problems = checkZones(at('zones'), zonesOf(group.zones, cell.region), cell.region);
  if (cell.certificateArn === undefined) {
    const expected = `the ARN of a certificate, as infra group ${group.name} has an HTTPS listener`;
    problems.push(problem(['cells', cellIndex, 'certificateArn'], undefined, expected));
  }
  const tierIndex = settings.tiers.findIndex(({ name }) => name === cell.tier);
  settings.tiers[tierIndex]?.repositories.forEach((repository, place) => {
    if (repositoryPattern.exec(repository)?.[2] === cell.region) return;
    const expected = `a repository in ${cell.region}: tasks of infra group ${group.name} have no way to another Region`;
    problems.push(problem(['tiers', tierIndex, 'repositories', place], repository, expected));
  });
  return problems;
}

/** Stands for what only a deployment knows, so that the record's own schema can look at the rest. */
const madeUp = {
  vpcId: 'vpc-0',
  subnetIds: ['subnet-0'],
  loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/n/0',
  listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/n/0/0',
  taskSecurityGroupIds: ['sg-0'],
  endpointSecurityGroupIds: [],
};

function checkRecords(settings: Settings): SettingsProblem[] {
  const { tiers, cells, infraGroups } = settings;
  return [
    ...tiers.flatMap((tier, index) => [
      ...filledIn(['tiers', index], tier.record, ['domain', 'zone']),
      ...filledIn(['tiers', index], tier.record, ['taskRoleName', 'executionRoleName', 'logGroup'], 'service'),
      ...inRecord(['tiers', index], tierRecord(settings, tier)),
      ...foreignImage(tier, index),
    ]),
    ...cells.flatMap((cell, index) => [
      ...filledIn(['cells', index], cell.record, ['tier', 'accountId', 'region', 'roles', 'externalId']),
      ...inRecord(['cells', index], cellRecord(settings, cell)),
    ]),
    ...infraGroups.flatMap((group, index) => [
      ...filledIn(['infraGroups', index], group.record, ['cell', ...Object.keys(madeUp)]),
      ...inRecord(['infraGroups', index], infraGroupRecord(group, madeUp)),
    ]),
  ];
}

/** Fields that the stacks fill in, and that the settings must not say a second time. */
function filledIn(
  path: readonly Step[],
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
  below?: string,
): SettingsProblem[] {
  const steps = below === undefined ? ['record'] : ['record', below];
  const holder = below === undefined ? record : record[below];
  return names.flatMap((name) => {
    const value = valueAt(holder, [name]);
    return value === undefined
      ? []
      : [problem([...path, ...steps, name], value, 'no such field here: it is filled in')];
  });
}

function inRecord(path: readonly Step[], record: ReturnType<typeof cellRecord>): SettingsProblem[] {
  return recordProblems(record).map(({ field, found, expected }) => ({
    path: `${shownPath([...path, 'record'])}${field.replace(/^spec/, '')}`,
    found,
    expected,
  }));
}

function foreignImage(tier: TierSettings, index: number): SettingsProblem[] {
  const image = valueAt(tier.record.service, ['image']);
  if (typeof image !== 'string') return [];
  const repository = image.replace(/@.*$/, '').replace(/:[\w.-]+$/, '');
  if (tier.repositories.includes(repository)) return [];
  const expected = `an image of one of the tier's repositories: ${tier.repositories.join(', ')}`;
  return [problem(['tiers', index, 'record', 'service', 'image'], image, expected)];
}
