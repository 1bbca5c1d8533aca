/** How many zones each simulated Region has (real ones have three to six). */
const zoneCount = 3;

const directions: ReadonlyMap<string, string> = new Map([
  ['north', 'n'],
  ['south', 's'],
  ['east', 'e'],
  ['west', 'w'],
  ['central', 'c'],
  ['northeast', 'ne'],
  ['northwest', 'nw'],
  ['southeast', 'se'],
  ['southwest', 'sw'],
]);

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** The availability zones of a Region: `us-east-1a` with id `use1-az1`, and so on. In every account alike (real accounts map them differently). */
export function zonesOf(region: string): readonly Zone[] {
  const parts = region.split('-');
  const number = parts[parts.length - 1] ?? '';
  const short = parts.slice(0, -1).map((part) => directions.get(part) ?? part);
  return Array.from({ length: zoneCount }, (_unused, i) => ({
    name: `${region}${String.fromCharCode(97 + i)}`,
    id: `${short.join('')}${number}-az${i + 1}`,
  }));
}
