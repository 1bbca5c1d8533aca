import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** A program of somebody else's that judges us. */
export interface Tool {
  readonly program: string;
  /** Arguments with which it says that it works, and does nothing. */
  readonly probe: readonly string[];
  /** How to get it. */
  readonly install: string;
}

export const awsCli: Tool = {
  program: 'aws',
  probe: ['--version'],
  install: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
};

export const motoServer: Tool = { program: 'moto_server', probe: ['--help'], install: "pip install 'moto[server]'" };

const found = new Map<Tool, boolean>();

/** Whether the tool runs here: a launcher on the PATH that starts nothing is as good as none. */
export function isInstalled(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const works = spawnSync(tool.program, [...tool.probe], { stdio: 'ignore' }).status === 0;
  found.set(tool, works);
  return works;
}

/** `describe` where the tool is installed. Where it is not: skipped, after saying what was not judged for lack of it. */
export function describeBy(tool: Tool, judged: string): typeof describe.only {
  const installed = isInstalled(tool);
  if (!installed) {
    console.warn(
      `SKIPPED: ${tool.program} is not installed, so it did not judge ${judged}. To have it: ${tool.install}`,
    );
  }
  return describe.skipIf(!installed);
}
