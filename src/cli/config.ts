/**
 * Our own settings: the only place that reads the environment for them. Each is a variable and a flag; the flag wins. From raw text over
 * defaults to compiled values; what does not compile is refused with its name, its value and what was expected.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CliError } from './errors.ts';
import type { Environment } from './host.ts';
import { type ControllerSettings, type HttpSettings, type LogLevel, logLevels, type TableNames } from './programs.ts';

/** One setting as users know it. */
export interface Setting {
  readonly variable: string;
  readonly flag: string;
  readonly argument: string;
  /** What holds where nothing is said, in words. */
  readonly otherwise: string;
  readonly describe: string;
}

/** All settings, by the name under which commands know them. */
export const settings = {
  desiredTable: {
    variable: 'CELLWRIGHT_DESIRED_TABLE',
    flag: '--desired-table',
    argument: 'NAME',
    otherwise: 'cellwright-desired',
    describe: 'table of the records',
  },
  stateTable: {
    variable: 'CELLWRIGHT_STATE_TABLE',
    flag: '--state-table',
    argument: 'NAME',
    otherwise: 'cellwright-state',
    describe: "the controller's own table",
  },
  resyncSeconds: {
    variable: 'CELLWRIGHT_RESYNC_SECONDS',
    flag: '--resync-seconds',
    argument: 'N',
    otherwise: '300',
    describe: 'seconds between two probe sweeps, from 5',
  },
  detailSeconds: {
    variable: 'CELLWRIGHT_DETAIL_SECONDS',
    flag: '--detail-seconds',
    argument: 'N',
    otherwise: '900',
    describe: 'seconds in which the detail sweep means to come round, from 5',
  },
  identity: {
    variable: 'CELLWRIGHT_IDENTITY',
    flag: '--identity',
    argument: 'NAME',
    otherwise: 'host and process',
    describe: 'session name of every role assumed',
  },
  http: {
    variable: 'CELLWRIGHT_HTTP',
    flag: '--http',
    argument: 'HOST:PORT',
    otherwise: '127.0.0.1:9400',
    describe: 'address of probes, metrics, page and API',
  },
  httpTokenFile: {
    variable: 'CELLWRIGHT_HTTP_TOKEN_FILE',
    flag: '--http-token-file',
    argument: 'FILE',
    otherwise: 'none',
    describe:
      'file with the bearer token for addresses other than loopback; CELLWRIGHT_HTTP_TOKEN holds the token itself',
  },
  mode: {
    variable: 'CELLWRIGHT_MODE',
    flag: '--mode',
    argument: 'MODE',
    otherwise: 'active',
    describe: 'active, observe or paused',
  },
  logLevel: {
    variable: 'CELLWRIGHT_LOG_LEVEL',
    flag: '--log-level',
    argument: 'LEVEL',
    otherwise: 'info',
    describe: logLevels.join(', '),
  },
} as const satisfies Record<string, Setting>;

/** The token itself, for where secrets come as variables (ECS). It has no flag: other users of a machine see command lines. */
export const tokenVariable = 'CELLWRIGHT_HTTP_TOKEN';

/** The name of a setting. */
export type SettingName = keyof typeof settings;

/** Where settings come from. */
export interface SettingSource {
  readonly env: Environment;
  /** What was given on the command line. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
}

/** The settings that commands on the tables take. */
export const tableSettings = ['desiredTable', 'stateTable'] as const satisfies readonly SettingName[];
/** The settings of a controller: all. */
export const controllerSettings = Object.keys(settings) as readonly SettingName[];

/** The names of the tables. Throws `CliError` where one is none. */
export function readTableNames(source: SettingSource): TableNames {
  return compile(source, tableNames);
}

/** Where the controller's HTTP is. Throws `CliError` where that is no address, or the token cannot be read. */
export function readHttpSettings(source: SettingSource): HttpSettings {
  return compile(source, (read) => httpSettings(read, source.env));
}

/** All settings of a controller. Throws `CliError` that names everything that is wrong. */
export function readControllerSettings(source: SettingSource): ControllerSettings {
  return compile(source, (read) => ({
    ...tableNames(read),
    resyncSeconds: read('resyncSeconds', whole('seconds', 5, 86_400)),
    detailSeconds: read('detailSeconds', whole('seconds', 5, 604_800)),
    identity: read('identity', identity),
    http: httpSettings(read, source.env),
    mode: read('mode', oneOf(['active', 'observe', 'paused'])),
    logLevel: read('logLevel', oneOf<LogLevel>(logLevels)),
  }));
}

/** A raw text (undefined: nothing was said, and the setting has no default in words) to a value, or what was expected. */
type Parse<T> = (text: string) => { readonly value: T } | Refusal;
/** `setting`: the variable that is wrong where it is a secret one, whose value is not shown. */
interface Refusal {
  readonly expected: string;
  readonly setting?: string;
}
type Read = <T>(name: SettingName, parse: Parse<T>) => T;

interface Problem {
  readonly setting: string;
  readonly value: string;
  readonly expected: string;
}

/** Reads everything before it complains, so that one run shows all that is wrong. */
function compile<T>(source: SettingSource, read: (read: Read) => T): T {
  const problems: Problem[] = [];
  const result = read(<V>(name: SettingName, parse: Parse<V>): V => {
    const given = givenText(source, name);
    const parsed = parse(given?.text ?? defaultText(name));
    if ('value' in parsed) return parsed.value;
    const { setting, expected } = parsed;
    problems.push(
      setting === undefined
        ? { setting: given?.from ?? name, value: given?.text ?? '', expected }
        : { setting, value: '(not shown)', expected },
    );
    // Never seen: the problem is thrown before anything uses the value.
    return undefined as V;
  });
  if (problems.length === 0) return result;
  throw new CliError({
    reason: 'InvalidConfiguration',
    what: problems.length === 1 ? 'a setting is wrong' : `${problems.length} settings are wrong`,
    why: problems
      .map(({ setting, value, expected }) => `${setting} is "${value.slice(0, 80)}", expected ${expected}`)
      .join('; '),
    hint: 'correct it and run the command again',
    details: { problems },
  });
}

/** An empty variable counts as not set, as shells make it hard to tell the two apart; an empty flag was meant. */
function givenText(source: SettingSource, name: SettingName): { from: string; text: string } | undefined {
  const { variable, flag } = settings[name];
  const flagged = source.flags[name];
  if (flagged !== undefined) return { from: flag, text: flagged };
  const text = source.env[variable];
  return text === undefined || text === '' ? undefined : { from: variable, text };
}

function defaultText(name: SettingName): string {
  if (name === 'identity') return defaultIdentity();
  return name === 'httpTokenFile' ? '' : settings[name].otherwise;
}

/** Host and process, in the characters that STS allows in a session name. */
function defaultIdentity(): string {
  const host = hostname().replace(/[^\w+=,.@-]/g, '-');
  return `${host.slice(0, 50)}-${process.pid}`;
}

function tableNames(read: Read): TableNames {
  const names = { desiredTable: read('desiredTable', tableName), stateTable: read('stateTable', tableName) };
  if (names.desiredTable === undefined || names.desiredTable !== names.stateTable) return names;
  // Compared by what both are, so neither setting alone is at fault.
  return { ...names, stateTable: read('stateTable', () => ({ expected: 'another name than the desired table has' })) };
}

function httpSettings(read: Read, env: Environment): HttpSettings {
  const address = read('http', hostAndPort);
  const ofVariable = env[tokenVariable] ?? '';
  const token = read('httpTokenFile', (path) => (ofVariable === '' ? tokenFile(path) : tokenOf(ofVariable, path)));
  return { ...address, ...(token === undefined ? {} : { token }) };
}

/** DynamoDB's rule for names (API reference, CreateTable). */
const tableName: Parse<string> = (text) =>
  /^[\w.-]{3,255}$/.test(text)
    ? { value: text }
    : { expected: 'the name of a table: 3 to 255 of a-z, A-Z, 0-9, _, - and .' };

/** STS's rule for session names (API reference, AssumeRole). */
const identity: Parse<string> = (text) =>
  /^[\w+=,.@-]{2,64}$/.test(text) ? { value: text } : { expected: '2 to 64 of a-z, A-Z, 0-9, _ and +=,.@-' };

const hostAndPort: Parse<{ host: string; port: number }> = (text) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]/]+)):([0-9]{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535)
    return { expected: 'HOST:PORT, such as 127.0.0.1:9400 or [::1]:9400, with a port up to 65535' };
  return { value: { host, port } };
};

/** The token without the newline that editors leave at its end. No file, no token. */
const tokenFile: Parse<string | undefined> = (path) => {
  if (path === '') return { value: undefined };
  try {
    const token = readFileSync(path, 'utf8').trim();
    return isToken(token)
      ? { value: token }
      : { expected: 'a file with one token of at least 16 printable characters' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    return { expected: `a file that can be read (${code})` };
  }
};

/** The token of the variable. What is wrong with it is said without showing it. */
function tokenOf(text: string, path: string): ReturnType<typeof tokenFile> {
  if (path !== '') return { expected: `nothing while ${tokenVariable} is set: the token comes from one of them` };
  const token = text.trim();
  return isToken(token)
    ? { value: token }
    : { setting: tokenVariable, expected: 'one token of at least 16 printable characters' };
}

function isToken(text: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(text);
}

function oneOf<const T extends string>(values: readonly T[]): Parse<T> {
  return (text) => {
    const value = values.find((each) => each === text);
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value };
  };
}

function whole(unit: string, min: number, max: number): Parse<number> {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected: `a whole number of ${unit} from ${min} to ${max}` };
  };
}

/** A flag that is a whole number. Throws `CliError` with its name, value and what was expected. */
export function wholeFlag(flag: string, text: string, min: number, max: number): number {
  const parsed = whole('units', min, max)(text);
  if ('value' in parsed) return parsed.value;
  throw wrongFlag(flag, text, `a whole number from ${min} to ${max}`);
}

/** A flag that is a number, fractions allowed. Throws `CliError` likewise. */
export function numberFlag(flag: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw wrongFlag(flag, text, `a number from ${min} to ${max}`);
}

/** The error for a flag's wrong value. */
export function wrongFlag(flag: string, text: string, expected: string): CliError {
  return new CliError({
    reason: 'InvalidFlag',
    what: `${flag} is wrong`,
    why: `found "${text.slice(0, 80)}", expected ${expected}`,
    hint: 'correct it and run the command again',
  });
}
