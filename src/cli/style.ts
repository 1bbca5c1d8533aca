/** Colour, where it is wanted. Nothing is ever said by colour alone. */
import { styleText } from 'node:util';
import type { Environment, Sink } from './host.ts';

/** What a text means, not how it looks. */
export type Tone = 'good' | 'bad' | 'busy' | 'quiet' | 'strong';

/** Gives a text its tone. */
export type Paint = (tone: Tone, text: string) => string;

const looks = { good: 'green', bad: 'red', busy: 'yellow', quiet: 'gray', strong: 'bold' } as const;

/** Whether a stream may be coloured: never with `--no-color` or NO_COLOR, else if FORCE_COLOR says so, else on a terminal that can. */
export function mayColour(sink: Sink, env: Environment, flag: boolean): boolean {
  if (!flag || (env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return sink.isTTY === true && env.TERM !== 'dumb';
}

/** The paint of a stream. */
export function paintOf(coloured: boolean): Paint {
  // The stream was judged already, by the environment that was passed in and not by the process's own.
  return coloured ? (tone, text) => styleText(looks[tone], text, { validateStream: false }) : (_tone, text) => text;
}

/** The tone of a tenant's phase. */
export function phaseTone(phase: string): Tone {
  if (phase === 'Ready') return 'good';
  if (phase === 'Unplaceable' || phase === 'Degraded' || phase === 'Orphaned' || phase === 'Invalid') return 'bad';
  return phase === 'Suspended' || phase === 'Deleted' || phase === 'Retained' ? 'quiet' : 'busy';
}

/** The tone of a condition's status. */
export function statusTone(status: string): Tone {
  if (status === 'True') return 'good';
  return status === 'False' ? 'bad' : 'busy';
}
