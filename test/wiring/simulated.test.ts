import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createFleetAws, type SimulatedOptions } from '../../src/wiring/simulated.ts';

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cellwright-faults-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = (given: Partial<SimulatedOptions> = {}): SimulatedOptions => ({
  clock: createClock({ unref: true }),
  seed: 1,
  throttle: true,
  region: 'us-east-1',
  desiredTable: 'desired',
  stateTable: 'state',
  apply: false,
  random: () => 0.5,
  ...given,
});

describe('the simulated AWS of a fleet file', () => {
  it('has the example fault plan at work, its clock starting once the fleet is set up', async () => {
    const aws = await createFleetAws(
      options({ fleetFile: example('fleet.yaml'), faultFile: example('faults.yaml'), apply: true }),
    );
    const rules = aws.plan.rules();
    expect(rules.length).toBeGreaterThan(4);
    expect(rules.every(({ matched }) => matched === 0)).toBe(true);
    expect(aws.past.distances).toEqual([5_000]);
  });

  it('keeps a copy for each distance at which reads lag behind', async () => {
    const aws = await createFleetAws(options({ readLag: { ecs: 3, ec2: 3, dynamodb: 0.5 } }));
    expect(aws.past.distances).toEqual([3_000, 500]);
  });

  it('names file, rule and field of a fault plan that it cannot use', async () => {
    const faultFile = join(folder, 'faults.yaml');
    await writeFile(faultFile, 'faults:\n  - fault: melt\n  - {on: {service: ec3}, fault: reset}\n');
    await expect(createFleetAws(options({ faultFile }))).rejects.toThrow(
      /^.*faults\.yaml cannot be used:\n {2}faults\[0\]\.fault: found "melt".*\n {2}faults\[1\]\.on\.service: found "ec3"/,
    );
    await writeFile(faultFile, 'faults: [');
    await expect(createFleetAws(options({ faultFile }))).rejects.toThrow(/faults\.yaml cannot be used:\n {2}.*line 1/s);
  });
});
