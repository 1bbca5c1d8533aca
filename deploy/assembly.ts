/** Reads a synthesized assembly (`cdk.out`) back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackOf, Template } from './resolve.ts';

/** A stack's template as it was written. `outdir`: where the assembly is. */
export function readStack(
  outdir: string,
  stack: { readonly stackName: string; readonly place: StackOf['place'] },
): StackOf & { readonly bytes: number } {
  const text = readFileSync(join(outdir, `${stack.stackName}.template.json`), 'utf8');
  // Written by the CDK a moment ago, in CloudFormation's own form.
  return {
    name: stack.stackName,
    place: stack.place,
    template: JSON.parse(text) as Template,
    bytes: Buffer.byteLength(text),
  };
}
