/**
 * Capacity and demand as vectors of integers. Fargate vCPU is counted in CPU units (1 vCPU = 1,024 units, as in a task definition), so that
 * a quarter of a vCPU stays an integer and sums never drift.
 */

/** What one infra group (a VPC and its ALB) has to give. */
export const groupDimensions = ['targetGroups', 'rules', 'targets', 'subnetAddresses', 'rps'] as const;
export type GroupDimension = (typeof groupDimensions)[number];

/** What one cell (an account and Region) has to give. `fargateVcpu` is in CPU units. */
export const cellDimensions = ['fargateVcpu', 'targetGroups', 'networkInterfaces', 'clusters'] as const;
export type CellDimension = (typeof cellDimensions)[number];

/** What one hosted zone has to give. */
export const zoneDimensions = ['records'] as const;
export type ZoneDimension = (typeof zoneDimensions)[number];

export type Dimension = GroupDimension | CellDimension | ZoneDimension;

/** One number for each dimension. */
export type Vector<D extends string> = Readonly<Record<D, number>>;

/** What one placement takes at each level; the shape in which it is kept in the inventory. */
export interface Demand {
  readonly group: Vector<GroupDimension>;
  readonly cell: Vector<CellDimension>;
  readonly zone: Vector<ZoneDimension>;
}

/** CPU units of one vCPU, as in `cpu` of a task definition. */
export const cpuUnitsPerVcpu = 1024;

/** Converts a quota or a use in vCPU to CPU units, rounded down. */
export function vcpuToCpuUnits(vcpu: number): number {
  return Math.floor(vcpu * cpuUnitsPerVcpu);
}

/** A vector with `valueOf(dimension)` in each of `dimensions`. */
export function vectorOf<D extends string>(
  dimensions: readonly D[],
  valueOf: (dimension: D) => number,
): Record<D, number> {
  const vector = {} as Record<D, number>;
  for (const dimension of dimensions) vector[dimension] = valueOf(dimension);
  return vector;
}

/** Adds `times * vector` to `target`, in place. */
export function addTo<D extends string>(target: Record<D, number>, vector: Vector<D>, times: number): void {
  for (const dimension in vector) target[dimension] += times * vector[dimension];
}

/** A demand made anew by applying `combine` to each dimension of `a` and `b`. */
export function combineDemands(a: Demand, b: Demand, combine: (a: number, b: number) => number): Demand {
  return {
    group: vectorOf(groupDimensions, (dimension) => combine(a.group[dimension], b.group[dimension])),
    cell: vectorOf(cellDimensions, (dimension) => combine(a.cell[dimension], b.cell[dimension])),
    zone: vectorOf(zoneDimensions, (dimension) => combine(a.zone[dimension], b.zone[dimension])),
  };
}

/** A demand of nothing, to be added to. */
export function zeroDemand(): {
  readonly group: Record<GroupDimension, number>;
  readonly cell: Record<CellDimension, number>;
  readonly zone: Record<ZoneDimension, number>;
} {
  return {
    group: vectorOf(groupDimensions, () => 0),
    cell: vectorOf(cellDimensions, () => 0),
    zone: vectorOf(zoneDimensions, () => 0),
  };
}

/** Whether a demand takes nothing in any dimension. */
export function isZero(demand: Demand): boolean {
  return [demand.group, demand.cell, demand.zone].every((vector) =>
    Object.values(vector).every((value) => value === 0),
  );
}

const words: Readonly<Record<Dimension | 'slots', readonly [one: string, many: string]>> = {
  targetGroups: ['target group', 'target groups'],
  rules: ['rule', 'rules'],
  targets: ['target', 'targets'],
  subnetAddresses: ['subnet address', 'subnet addresses'],
  rps: ['request/s', 'requests/s'],
  fargateVcpu: ['Fargate vCPU', 'Fargate vCPU'],
  networkInterfaces: ['network interface', 'network interfaces'],
  clusters: ['cluster', 'clusters'],
  records: ['record', 'records'],
  slots: ['slot', 'slots'],
};

/** The plural name of a dimension, for people. */
export function dimensionName(dimension: Dimension | 'slots'): string {
  return words[dimension][1];
}

/** A number of a dimension without its unit: vCPU for CPU units, at most two decimals. */
export function figure(dimension: Dimension | 'slots', value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited';
  return String(Number((dimension === 'fargateVcpu' ? value / cpuUnitsPerVcpu : value).toFixed(2)));
}

/** A number of a dimension with its unit: `1 rule`, `0.5 Fargate vCPU`. */
export function amount(dimension: Dimension | 'slots', value: number): string {
  return `${figure(dimension, value)} ${words[dimension][value === 1 ? 0 : 1]}`;
}
