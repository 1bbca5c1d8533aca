/** `start`, `sim`, `controller`: flags and settings to typed options; the work is the composition root's. */
import { accessSync, constants } from 'node:fs';
import { awsAccessOf, simulatedRegion } from '../aws-environment.ts';
import {
  numberFlag,
  readControllerSettings,
  readTableNames,
  type SettingName,
  type SettingSource,
  wholeFlag,
  wrongFlag,
} from '../config.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { ControllerSettings } from '../programs.ts';
import { isOn, requiredText, textOf } from '../wiring.ts';

type Options = Readonly<Record<string, unknown>>;

const slowest = 0.1;
const fastest = 1_000;
const largestSeed = 999_999_999;

/** Simulated AWS, controller and page in one process. Ends when it is stopped. */
export async function start(context: Context, options: Options): Promise<number> {
  const settings = { ...readControllerSettings(context.settings), ...lively(context.settings) };
  return context.programs.start({
    ...fleetOf(options),
    ...portOf(options),
    timeScale: timeScaleOf(options),
    seed: seedOf(options),
    region: simulatedRegion(context.host.env),
    settings,
  });
}

/**
 * What `start` does otherwise than a controller unless it is told: the terminal shows the story and not the log, and the sweeps come round while somebody
 * is watching.
 */
function lively({ env, flags }: SettingSource): Partial<ControllerSettings> {
  const given = (flag: SettingName, variable: string): boolean => (flags[flag] ?? env[variable]) !== undefined;
  return {
    ...(given('logLevel', 'CELLWRIGHT_LOG_LEVEL') ? {} : { logLevel: 'warn' as const }),
    ...(given('resyncSeconds', 'CELLWRIGHT_RESYNC_SECONDS') ? {} : { resyncSeconds: 60 }),
    ...(given('detailSeconds', 'CELLWRIGHT_DETAIL_SECONDS') ? {} : { detailSeconds: 120 }),
  };
}

/** Only the simulated AWS. Ends when it is stopped. */
export async function sim(context: Context, options: Options): Promise<number> {
  const tables = readTableNames(context.settings);
  const fleet = fleetOf(options);
  const apply = isOn(options['apply']);
  if (apply && fleet.fleetFile === undefined) {
    throw new CliError({
      reason: 'Usage',
      what: '--apply has nothing to write',
      why: 'it writes the records of --fleet, which was not given',
      hint: 'cellwright sim --fleet FILE --apply',
    });
  }
  return context.programs.sim({
    ...tables,
    ...fleet,
    port: wholeFlag('--port', requiredText(options['port']), 0, 65_535),
    seed: seedOf(options),
    timeScale: timeScaleOf(options),
    throttle: options['throttle'] !== false,
    apply,
    ...readableFile('--fault-file', 'faultFile', options['faultFile']),
    readLag: readLagOf(textOf(options['readLag'])),
    region: simulatedRegion(context.host.env),
  });
}

/** Only the controller. Ends when it is stopped. */
export async function controller(context: Context): Promise<number> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  return context.programs.controller({ ...settings, aws });
}

/** Of `start`, which takes any port where it was told none. */
function portOf(options: Options): { port?: number } {
  const port = textOf(options['port']);
  return port === undefined ? {} : { port: wholeFlag('--port', port, 0, 65_535) };
}

function fleetOf(options: Options): { fleetFile?: string } {
  return readableFile('--fleet', 'fleetFile', options['fleet']);
}

/** Looked for now, so that a wrong path is refused before anything runs. */
function readableFile<K extends string>(flag: string, key: K, option: unknown): { [P in K]?: string } {
  const file = textOf(option);
  if (file === undefined) return {};
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw wrongFlag(flag, file, `a file that can be read (${why})`);
  }
  return { [key]: file } as { [P in K]?: string };
}

/** Services whose reads may lag behind; STS has none that could, and streams come late by themselves. */
const laggingServices = [
  'ecs',
  'elbv2',
  'route53',
  'ec2',
  'acm',
  'application-autoscaling',
  'service-quotas',
  'dynamodb',
] as const;
const longestLag = 900;

/** `3` for all services, or `ecs=3,dynamodb=0.5`. */
function readLagOf(text: string | undefined): Readonly<Record<string, number>> {
  if (text === undefined) return {};
  const expected = `seconds up to ${longestLag} for all services, or SERVICE=SECONDS[,...] with a service of ${laggingServices.join(', ')}`;
  const secondsOf = (value: string): number => {
    const seconds = Number(value);
    if (value.trim() !== '' && seconds >= 0 && seconds <= longestLag) return seconds;
    throw wrongFlag('--read-lag', text, expected);
  };
  if (!text.includes('=')) return Object.fromEntries(laggingServices.map((service) => [service, secondsOf(text)]));
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [service = '', value = ''] = part.split('=');
      if ((laggingServices as readonly string[]).includes(service)) return [service, secondsOf(value)];
      throw wrongFlag('--read-lag', text, expected);
    }),
  );
}

function timeScaleOf(options: Options): number {
  return numberFlag('--time-scale', requiredText(options['timeScale']), slowest, fastest);
}

function seedOf(options: Options): number {
  return wholeFlag('--seed', requiredText(options['seed']), 0, largestSeed);
}
