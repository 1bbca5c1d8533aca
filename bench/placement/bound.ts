/**
 * How few infra groups could hold some placements: the configuration LP by column generation, with HiGHS. A bound for any packing: it knows the
 * infra groups' limits only, no cells, pins or labels, and lets groups be cut into parts.
 */
import highsModule, { type Highs } from 'highs';
import { type Demand, type GroupDimension, groupDimensions, type Vector } from '../../src/placement/vector.ts';

export interface GroupBound {
  /** What the fullest dimension alone needs. */
  readonly byDimension: number;
  /** What the LP (or, where time ran out, Farley's bound on it) needs. */
  readonly byLp: number;
  /** Both are bounds: the greater one, in whole infra groups. */
  readonly groups: number;
  readonly seconds: number;
  readonly converged: boolean;
}

interface Kind {
  readonly demand: Vector<GroupDimension>;
  readonly count: number;
}

/** How often each kind is in one infra group. */
type Pattern = readonly number[];

const gap = 0.002;
const slack = 1e-6;

/** The package's types describe its CommonJS file, whose default export lies one level deeper than that of the ES module that Node loads. */
const loadHighs = highsModule as unknown as () => Promise<Highs>;
let loaded: Promise<Highs> | undefined;

/** `packings`: what stands together in infra groups now, to begin with. */
export async function boundOf(
  packings: readonly (readonly Demand[])[],
  limits: Vector<GroupDimension>,
  seconds: number,
): Promise<GroupBound> {
  const highs = await (loaded ??= loadHighs());
  const kinds = kindsOf(packings.flat());
  const byDimension = Math.max(
    ...groupDimensions.map(
      (dimension) => kinds.reduce((sum, one) => sum + one.demand[dimension] * one.count, 0) / limits[dimension],
    ),
  );
  const indexes = new Map(kinds.map((kind, index) => [keyOf(kind.demand), index]));
  const patterns: Pattern[] = kinds.map((_kind, index) => alone(kinds, index, limits));
  for (const packing of packings) {
    const pattern = kinds.map(() => 0);
    for (const { group } of packing) {
      const index = indexes.get(keyOf(group)) ?? 0;
      pattern[index] = (pattern[index] ?? 0) + 1;
    }
    patterns.push(pattern);
  }
  const start = performance.now();
  const spent = (): number => (performance.now() - start) / 1000;
  let byLp = 0;
  let converged = false;
  while (spent() < seconds) {
    const { duals, value } = solveMaster(highs, kinds, patterns);
    const { pattern, worth } = price(highs, kinds, duals, limits);
    // Farley: no pattern is worth more than this, so the duals divided by it are feasible.
    byLp = Math.max(byLp, value / Math.max(1, worth * (1 + gap)));
    if (worth <= 1 + gap) {
      converged = true;
      break;
    }
    patterns.push(pattern);
  }
  const groups = Math.ceil(Math.max(byDimension, byLp) - slack);
  return { byDimension, byLp, groups, seconds: spent(), converged };
}

function keyOf(demand: Vector<GroupDimension>): string {
  return groupDimensions.map((dimension) => demand[dimension]).join('/');
}

function kindsOf(demands: readonly Demand[]): readonly Kind[] {
  const kinds = new Map<string, { demand: Vector<GroupDimension>; count: number }>();
  for (const { group } of demands) {
    const kind = kinds.get(keyOf(group)) ?? { demand: group, count: 0 };
    kind.count += 1;
    kinds.set(keyOf(group), kind);
  }
  return [...kinds.values()];
}

function alone(kinds: readonly Kind[], index: number, limits: Vector<GroupDimension>): Pattern {
  const kind = kinds[index];
  if (kind === undefined) return [];
  const fits = groupDimensions.map((dimension) =>
    kind.demand[dimension] === 0 ? Number.POSITIVE_INFINITY : Math.floor(limits[dimension] / kind.demand[dimension]),
  );
  return kinds.map((_kind, other) => (other === index ? Math.min(...fits) : 0));
}

/** The cheapest mix of the patterns known so far, and what one more of each kind would cost. */
function solveMaster(highs: Highs, kinds: readonly Kind[], patterns: readonly Pattern[]) {
  const rows = kinds.map(({ count }, index) => {
    const terms = patterns.flatMap((pattern, column) =>
      (pattern[index] ?? 0) > 0 ? [`${pattern[index]} x${column}`] : [],
    );
    return ` k${index}: ${terms.join(' + ')} >= ${count}`;
  });
  const cost = patterns.map((_pattern, column) => `x${column}`).join(' + ');
  const solution = highs.solve(lines([`Minimize`, ` obj: ${cost}`, 'Subject To', ...rows, 'End']), {
    output_flag: false,
  });
  if (solution.Status !== 'Optimal') throw new Error(`the LP ended with ${solution.Status}`);
  const duals = kinds.map(() => 0);
  for (const row of solution.Rows) {
    if ('Dual' in row) duals[Number(row.Name.slice(1))] = Math.max(0, row.Dual);
  }
  return { duals, value: kinds.reduce((sum, { count }, index) => sum + count * (duals[index] ?? 0), 0) };
}

/** The pattern that is worth most at these duals. */
function price(highs: Highs, kinds: readonly Kind[], duals: readonly number[], limits: Vector<GroupDimension>) {
  const worthy = kinds.flatMap((kind, index) => ((duals[index] ?? 0) > 1e-9 ? [{ ...kind, index }] : []));
  const rows = groupDimensions.map((dimension) => {
    const terms = worthy.map(({ demand, index }) => `${demand[dimension]} a${index}`);
    return ` ${dimension}: ${terms.join(' + ')} <= ${limits[dimension]}`;
  });
  const gain = worthy.map(({ index }) => `${duals[index]} a${index}`).join(' + ');
  const bounds = worthy.map(({ index, count }) => ` 0 <= a${index} <= ${count}`);
  const names = ` ${worthy.map(({ index }) => `a${index}`).join(' ')}`;
  const model = ['Maximize', ` obj: ${gain}`, 'Subject To', ...rows, 'Bounds', ...bounds, 'General', names, 'End'];
  const solution = highs.solve(lines(model), { output_flag: false, mip_rel_gap: gap });
  if (solution.Status !== 'Optimal') throw new Error(`pricing ended with ${solution.Status}`);
  const pattern = kinds.map((_kind, index) => {
    const column = solution.Columns[`a${index}`];
    return column !== undefined && 'Primal' in column ? Math.round(column.Primal) : 0;
  });
  return { pattern, worth: pattern.reduce((sum, times, index) => sum + times * (duals[index] ?? 0), 0) };
}

/** The LP format takes lines of 560 characters at the most: long sums go on in the next. */
function lines(model: readonly string[]): string {
  return model.map((line) => line.replaceAll(/(.{200,400}?) (\+|a\d|x\d)/g, '$1\n $2')).join('\n');
}
