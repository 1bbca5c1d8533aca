import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { quotaDefinitions } from '../../src/model/quota-codes.ts';
import { usable } from '../../src/placement/capacity.ts';
import { forecast, type TierForecast } from '../../src/placement/forecast.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { type CellDimension, type Dimension, vcpuToCpuUnits } from '../../src/placement/vector.ts';
import { cell, group, request, settle, view, zone } from './world.ts';

/** The tier's default: what every tenant of the walk keeps free of each limit. */
const reservePercent = 10;

interface Wall {
  /** What is short first there. */
  readonly binding: Dimension;
  /** Accounts, and load balancers in each. */
  readonly cells: number;
  readonly groups: number;
  /** The quotas that were raised before, and the one that is the wall where that is a cell's. AWS's defaults otherwise. */
  readonly quotas: (limit: number) => Partial<Record<CellDimension, number>>;
  /** Where nobody raised it: what AWS gives. */
  readonly given?: number;
}

const vcpu = (count: number): Partial<Record<CellDimension, number>> => ({ fargateVcpu: vcpuToCpuUnits(count) });

/** By the first column of the guide's last table: the fleet as it is when the wall comes. */
const walls: Readonly<Record<string, Wall>> = {
  'Fargate vCPU of the account': { binding: 'fargateVcpu', cells: 1, groups: 1, quotas: vcpu },
  'target groups of a load balancer': {
    binding: 'targetGroups',
    cells: 1,
    groups: 1,
    quotas: () => vcpu(1_000),
    given: quotaDefinitions.targetGroupsPerLoadBalancer.value,
  },
  'target groups of four load balancers': { binding: 'targetGroups', cells: 2, groups: 2, quotas: () => vcpu(1_000) },
  'Fargate vCPU of an account': { binding: 'fargateVcpu', cells: 1, groups: 6, quotas: vcpu },
  'network interfaces of an account': {
    binding: 'networkInterfaces',
    cells: 1,
    groups: 31,
    quotas: () => vcpu(10_000),
    given: quotaDefinitions.networkInterfaces.value,
  },
  'target groups of an account': {
    binding: 'targetGroups',
    cells: 1,
    groups: 31,
    quotas: (limit) => ({ ...vcpu(10_000), networkInterfaces: 20_000, targetGroups: limit }),
    given: quotaDefinitions.targetGroupsPerRegion.value,
  },
  'records of the hosted zone': { binding: 'records', cells: 26, groups: 4, quotas: () => vcpu(1_000) },
};

test.each(rows())('$name: the wall comes at tenant $comes, and is warned of from tenant $warned', (row) => {
  const wall = walls[row.name];
  if (wall === undefined) throw new Error(`docs/guides/growing.md has a wall that no test knows: ${row.name}`);
  if (wall.given !== undefined) expect(row.limit).toBe(wall.given);
  const fleet = fleetBefore(wall, row.limit);
  fill(fleet, row.warned - 1);
  expect(isWarned(of(fleet))).toBe(false);
  fill(fleet, row.warned);
  expect(isWarned(of(fleet))).toBe(true);
  expect(of(fleet).binding).toBe(wall.binding);
  fill(fleet, row.comes - 1);
  expect(of(fleet).room).toBe(0);
  expect(settle(fleet, tenant(row.comes)).kind).toBe('unplaceable');
});

test('every wall that is played here is in the guide', () => {
  const named = rows().map(({ name }) => name);
  expect(named.sort()).toEqual(Object.keys(walls).sort());
});

interface Row {
  readonly name: string;
  readonly limit: number | undefined;
  readonly comes: number;
  readonly warned: number;
}

/** The rows of the guide's last table that name a tenant at which the wall comes. */
function rows(): Row[] {
  const guide = readFileSync(new URL('../../docs/guides/growing.md', import.meta.url), 'utf8');
  const table = guide.split('## What came, and what comes')[1] ?? '';
  return table.split('\n').flatMap((line) => {
    const [, wall = '', comes = '', warned = ''] = line.split('|').map((text) => text.trim());
    const [, name = '', limit] = /^(.*?)(?: \(([\d,]+)\))?$/.exec(wall) ?? [];
    const at = numberIn(comes);
    if (at === undefined) return [];
    const from = numberIn(warned);
    if (from === undefined) throw new Error(`the guide does not say from which tenant on it is warned of: ${wall}`);
    return [{ name, limit: numberIn(limit ?? ''), comes: at, warned: from }];
  });
}

function numberIn(text: string): number | undefined {
  const [found] = /\d[\d,]*/.exec(text) ?? [];
  return found === undefined ? undefined : Number(found.replaceAll(',', ''));
}

function fleetBefore({ binding, cells, groups, quotas }: Wall, limit: number | undefined): Ledger {
  const names = Array.from({ length: cells }, (_, index) => `c${index + 1}`);
  const isOfZone = binding === 'records' && limit !== undefined;
  return new Ledger(
    view({
      cells: names.map((name) => cell(name, { quotas: quotas(limit ?? 0), reservePercent })),
      groups: names.flatMap((name) =>
        Array.from({ length: groups }, (_, index) => group(`${name}-${index + 1}`, name, { reservePercent })),
      ),
      zones: [zone('Z1', usable(isOfZone ? limit : 10_000, reservePercent, 0))],
    }),
  );
}

/** Tenants up to number `to`, those that are there left as they are. Every one has to find a place: the wall is not before it. */
function fill(fleet: Ledger, to: number): void {
  for (let number = [...fleet.allReservations()].length + 1; number <= to; number++)
    expect(settle(fleet, tenant(number)).kind, `tenant ${number}`).toBe('placed');
}

/** Two tasks of half a vCPU, as the walk's tier has it. */
function tenant(number: number) {
  return request(`t${number}`, { size: { cpu: 512, tasks: 2 } });
}

function of(fleet: Ledger): TierForecast {
  const [found] = forecast(fleet, [], { now: 0 });
  if (found === undefined) throw new Error('no tier');
  return found;
}

/** What turns `HasRoom` of the tier to `FillingUp`. */
function isWarned({ warnings }: TierForecast): boolean {
  return warnings.some(({ kind }) => kind === 'tier');
}
