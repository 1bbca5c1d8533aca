import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What .dockerignore lets through: the build context of the image. */
export function contextPaths(): readonly string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (rules[0] !== '*' || rules.slice(1).some((rule) => !rule.startsWith('!')))
    throw new Error('.dockerignore is not a list of what is let through');
  return rules.slice(1).map((rule) => rule.slice(1));
}

/** One file of the package. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** The package as npm made it. */
export interface Packed {
  /** Where it is unpacked. */
  readonly folder: string;
  /** Of the tarball, in bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

/** Runs `npm pack` as the Dockerfile does: on the build context alone, without .git, commit and time given from outside; and unpacks it. */
export function packContext(into: string, env: Readonly<Record<string, string>>): Packed {
  const source = join(into, 'src');
  for (const path of contextPaths()) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    cpSync(join(root, path), join(source, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
  const options = { cwd: source, encoding: 'utf8', stdio: 'pipe', env: { ...npmEnvironment(), ...env } } as const;
  const told = execFileSync('npm', ['pack', '--json', '--pack-destination', into], options);
  const [packed] = JSON.parse(told.slice(told.indexOf('['))) as [Packed & { filename: string }];
  const folder = join(into, 'app');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', join(into, packed.filename), '--strip-components', '1', '-C', folder]);
  return { ...packed, folder };
}

/** Without what npm tells the scripts that it runs: this is no part of the run that the tests are in. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'));
  return { ...Object.fromEntries(own), npm_config_update_notifier: 'false', npm_config_offline: 'true' };
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly hasInstallScript?: boolean;
}

/** What `npm ci --omit=dev` installs, by its path: as the lock file says. */
export function productionPackages(): readonly (readonly [string, LockedPackage])[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
}

/** Gives an unpacked package the dependencies that the image has, from this checkout's node_modules: links, so that nothing is fetched. */
export function linkProduction(folder: string): void {
  for (const [path] of productionPackages()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
}

/** All files below a folder, as paths from it, links not followed. */
export function filesBelow(folder: string, at = ''): readonly string[] {
  return readdirSync(join(folder, at)).flatMap((name) => {
    const path = at === '' ? name : `${at}/${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
  });
}
