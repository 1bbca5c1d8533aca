import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDeployment } from '../../deploy/app.ts';
import { readStack } from '../../deploy/assembly.ts';
import { readSettings } from '../../deploy/config.ts';
import { resolveValue, type StackOf, type TemplateResource } from '../../deploy/resolve.ts';
import type { Settings } from '../../deploy/settings.ts';

export const exampleFile = 'deploy/example.yaml';
export const exampleText = readFileSync(exampleFile, 'utf8');
export const example = readSettings(exampleText, exampleFile);

/** A synthesized deployment, read back from its templates. */
export interface Assembly {
  readonly stacks: readonly (StackOf & { readonly bytes: number })[];
  /** What the CDK's own judge of templates said, but for what is acknowledged. */
  readonly violations: readonly string[];
  /** By name without `cellwright-<installation>-`. */
  stack(name: string): StackOf;
}

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly severity?: string;
    }[];
  }[];
}

/** Synthesizes all stacks into a folder of their own, which is gone afterwards. */
export function assemble(settings: Settings): Assembly {
  const outdir = mkdtempSync(join(tmpdir(), 'cellwright-deploy-'));
  try {
    const { app, stacks } = makeDeployment(settings, outdir);
    app.synth();
    const written = stacks.map((stack) => readStack(outdir, stack));
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    return {
      stacks: written,
      violations: report.pluginReports.flatMap(({ violations }) =>
        violations
          .filter(({ severity }) => severity !== 'suppressed')
          .map(({ ruleName, description }) => `${ruleName}: ${description}`),
      ),
      stack: (name) => {
        const found = written.find((stack) => stack.name === `cellwright-${settings.installation}-${name}`);
        if (found === undefined) throw new Error(`there is no stack ${name}`);
        return found;
      },
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

let examples: Assembly | undefined;

/** The example's assembly, made once. */
export function exampleAssembly(): Assembly {
  examples ??= assemble(example);
  return examples;
}

/** The resources of a type, with their logical ids. */
export function resourcesOf(stack: StackOf, type: string): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(stack.template.Resources).filter(([, { Type }]) => Type === type);
}

/** The properties of the resources of a type, worked out. */
export function propertiesOf(stack: StackOf, type: string): readonly Readonly<Record<string, unknown>>[] {
  return resourcesOf(stack, type).map(
    ([, { Properties = {} }]) => resolveValue(Properties, stack) as Readonly<Record<string, unknown>>,
  );
}

/** The only one of them. */
export function onlyOf(stack: StackOf, type: string): Readonly<Record<string, unknown>> {
  const all = propertiesOf(stack, type);
  if (all.length !== 1 || all[0] === undefined) throw new Error(`${stack.name} has ${all.length} of ${type}`);
  return all[0];
}
