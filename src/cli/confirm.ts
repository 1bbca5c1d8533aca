/** Asking before something is removed. */
import type { Context } from './context.ts';
import { CliError } from './errors.ts';

/**
 * Whether the user agrees: `--yes`, or a `y` typed on a terminal. Throws `CliError` where there is nobody to ask; `command` is what would have been right.
 */
export async function confirm(
  context: Context,
  question: string,
  options: { yes: boolean; command: string; what?: string },
): Promise<boolean> {
  if (options.yes) return true;
  const { stdin, stderr } = context.host;
  if (stdin.isTTY !== true) {
    throw new CliError({
      reason: 'NotConfirmed',
      what: options.what ?? 'this removes something and was not confirmed',
      why: 'there is no terminal to ask on, and --yes was not given',
      hint: options.command,
    });
  }
  stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await firstLine(stdin)).trim());
}

async function firstLine(input: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}
