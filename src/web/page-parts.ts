import { type Html, html } from './html.ts';

/** How something stands; each has a colour, and always a word beside it. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

const tones: Readonly<Record<string, Tone>> = {
  Ready: 'good',
  Pending: 'busy',
  Provisioning: 'busy',
  Updating: 'busy',
  Unplaceable: 'bad',
  Degraded: 'bad',
  Orphaned: 'warn',
  Invalid: 'warn',
};

/** The tone of a phase of any object. */
export function toneOfPhase(phase: string): Tone {
  return tones[phase] ?? 'quiet';
}

/** A word on a coloured ground; `hint` is shown when it is pointed at. */
export function pill(word: string, tone: Tone, hint?: string): Html {
  return hint === undefined || hint === ''
    ? html`<span class="pill ${tone}">${word}</span>`
    : html`<span class="pill ${tone}" title="${hint}">${word}</span>`;
}
