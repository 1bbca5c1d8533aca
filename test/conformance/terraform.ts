import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { isInstalled, type Tool } from './tools.ts';

export const terraform: Tool = {
  program: 'terraform',
  probe: ['version'],
  install: 'https://developer.hashicorp.com/terraform/install',
};

const files = fileURLToPath(new URL('terraform', import.meta.url));
const initMs = 180_000;

/** What a run of Terraform left behind: what it wrote, to stdout and stderr in turn. */
export interface TerraformRun {
  readonly code: number;
  readonly output: string;
}

/** Where packagers put providers, besides the places in which Terraform looks by itself. */
const mirrorParents = ['/opt', '/usr/share', '/usr/local/share', '/usr/lib', '/usr/local/lib'];

/** Directories that hold hashicorp/aws in the layout of a filesystem mirror. */
function mirrors(): string[] {
  return mirrorParents
    .flatMap((parent) => (existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []))
    .filter((directory) => existsSync(join(directory, 'registry.terraform.io/hashicorp/aws')));
}

/** Terraform in a directory of its own, initialised with the provider that its environment gives it (a mirror, a plugin cache, the registry). */
export class Workspace {
  readonly directory: string;

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'cellwright-terraform-'));
    cpSync(files, this.directory, { recursive: true });
  }

  /** Fetches the provider, from wherever Terraform is set up to or else from a mirror that lies about; the reason where it cannot be had. */
  init(): string | undefined {
    const why = this.#initFrom();
    if (why === undefined || mirrors().some((mirror) => this.#initFrom(mirror) === undefined)) return undefined;
    return why;
  }

  #initFrom(mirror?: string): string | undefined {
    const source = mirror === undefined ? [] : [`-plugin-dir=${mirror}`];
    const { status, stdout, stderr, error } = spawnSync(
      terraform.program,
      ['init', '-input=false', '-no-color', ...source],
      {
        cwd: this.directory,
        encoding: 'utf8',
        timeout: initMs,
        env: { ...process.env, CHECKPOINT_DISABLE: 'true' },
      },
    );
    if (status === 0) return undefined;
    return error?.message ?? `${stdout}\n${stderr}`.trim();
  }

  /** Runs a command against a simulator to its end, whatever that is. */
  run(url: string, account: string, ...args: string[]): Promise<TerraformRun> {
    const env = {
      ...process.env,
      CHECKPOINT_DISABLE: 'true',
      TF_IN_AUTOMATION: 'true',
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'conformance',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const options = { cwd: this.directory, env, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve, reject) => {
      execFile(terraform.program, [...args, '-no-color', '-input=false'], options, (error, out, err) => {
        if (error !== null && typeof error.code !== 'number') {
          reject(new Error(`terraform did not run: ${error.message}`));
          return;
        }
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${out}\n${err}` });
      });
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A workspace where Terraform and hashicorp/aws can be had. Where not: undefined, after saying why. */
export function workspaceIfAny(judged: string): Workspace | undefined {
  const skipped = (why: string): undefined => {
    console.warn(`SKIPPED: ${why}, so it did not judge ${judged}.`);
    return undefined;
  };
  if (!isInstalled(terraform)) return skipped(`terraform is not installed (${terraform.install})`);
  const workspace = new Workspace();
  const why = workspace.init();
  if (why === undefined) return workspace;
  workspace.remove();
  return skipped(`terraform init could not have hashicorp/aws (${why.slice(-600)})`);
}

/** `describe` where there is a workspace. */
export function describeIn(workspace: Workspace | undefined): typeof describe.only {
  return describe.skipIf(workspace === undefined);
}
