/** `npm run bench -- simulator`: calls per second through every mount, and what 10,000 tenants cost. */
import { fork } from 'node:child_process';
import type { CallSpeeds } from './simulator/calls.ts';
import { measureCalls } from './simulator/calls.ts';
import type { FleetCosts } from './simulator/fleet.ts';
import { measureFleet } from './simulator/fleet.ts';
import type { Speed } from './support/cpu.ts';
import { onQuietCore, referenceCalibration } from './support/cpu.ts';
import type { Figure, Gate } from './support/report.ts';
import { publish } from './support/report.ts';

/** Each part has a process of its own: one's heap is not the other's. */
const parts = { calls: measureCalls, fleet: measureFleet };

async function main(): Promise<void> {
  const part = process.argv[2];
  if (part === 'calls' || part === 'fleet') {
    process.send?.(await parts[part]());
    return;
  }
  const calls = (await inChild('calls')) as CallSpeeds;
  const fleet = (await inChild('fleet')) as FleetCosts;
  publish({
    bench: 'simulator',
    figures: [...callFigures(calls), ...fleetFigures(fleet)],
    gates: gatesOf(calls, fleet),
    notes,
  });
}

function inChild(part: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', [part], { serialization: 'advanced' });
    let found: unknown;
    child.on('message', (message) => {
      found = message;
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 && found !== undefined ? resolve(found) : reject(new Error(`part ${part} ended with ${code}`)),
    );
  });
}

const notes = [
  'Speeds are calls per second of processor time, in the best of many slices: a busy core does not fail them.',
  `A speed also holds where it does in units of the calibration loop, which makes ${referenceCalibration} units/s on a quiet core: a machine that is slower at everything is no regression.`,
  '"Per unit" figures are medians of slices that were measured in turn, and compare runs and machines best.',
];

function callFigures(speeds: CallSpeeds): Figure[] {
  const figures = Object.entries(speeds).flatMap(([name, { best, relative }]): Figure[] => {
    const unit = name === yardstick ? 'units' : 'calls';
    return [
      { name, value: best, unit: `${unit}/s` },
      ...(name === yardstick ? [] : [{ name: `${name}, per unit`, value: relative, unit: 'calls/unit' }]),
    ];
  });
  const ratio = (a: string, b: string): Figure => {
    const value = speedOf(speeds, `${a}, mix`).relative / speedOf(speeds, `${b}, mix`).relative;
    return { name: `${a} / ${b}`, value, unit: 'x' };
  };
  return [...figures, ratio('beneath send', 'request handler'), ratio('request handler', 'socket')];
}

function fleetFigures(fleet: FleetCosts): Figure[] {
  return [
    { name: 'tenants', value: fleet.tenants, unit: 'tenants' },
    { name: 'their resources', value: fleet.tenants * 6, unit: 'resources' },
    { name: 'made in', value: fleet.made, unit: 's' },
    { name: 'heap', value: fleet.heap, unit: 'MB' },
    { name: 'resident', value: fleet.resident, unit: 'MB' },
    { name: 'past all mounts, one account', value: fleet.small.best, unit: 'calls/s' },
    { name: 'past all mounts, all accounts', value: fleet.large.best, unit: 'calls/s' },
    { name: `slowed down most: ${fleet.slowest.operation}`, value: fleet.slowest.factor, unit: 'x' },
  ];
}

function gatesOf(speeds: CallSpeeds, fleet: FleetCosts): Gate[] {
  const quiet = (mount: string): number => onQuietCore(speedOf(speeds, `${mount}, mix`));
  return [
    { name: 'calls through the SDK clients', found: quiet('request handler'), least: 900, unit: 'calls/s' },
    { name: 'calls beneath send', found: quiet('beneath send'), least: 30_000, unit: 'calls/s' },
    { name: '10,000 tenants, heap', found: fleet.heap, most: 1_000, unit: 'MB' },
    { name: '10,000 tenants, resident', found: fleet.resident, most: 1_000, unit: 'MB' },
    { name: '10,000 tenants slow calls down', found: fleet.small.relative / fleet.large.relative, most: 3, unit: 'x' },
    { name: '... and any one of them', found: fleet.slowest.factor, most: 8, unit: 'x' },
  ];
}

const yardstick = 'calibration loop';

function speedOf(speeds: CallSpeeds, name: string): Speed {
  return speeds[name] ?? { best: Number.NaN, relative: Number.NaN };
}

await main();
