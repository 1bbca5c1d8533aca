import type { Clock } from '../model/clock.ts';
import { type FigureName, type FigureSpec, figureNames, figureOf } from './catalogue-figures.ts';
import type { Logger } from './logger.ts';
import type { MetricSeries, Metrics, MetricValues } from './metrics.ts';

/** What a process is at when a line is written. `leading`: its views are complete. */
export type Standing = 'leading' | 'loading' | 'standing by';

/** The message of the line: what metric filters look for. */
export const figuresMessage = 'figures';

export interface FiguresOptions {
  readonly metrics: Pick<Metrics, 'values'>;
  /** Its level must let `info` pass, whatever the level of the log is. */
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly clock: Clock;
  readonly installation: string;
  readonly identity: string;
  readonly standing: () => Standing;
}

/** A minute of wall-clock time, in milliseconds. */
const minuteMs = 60_000;
/** Lines are written this long after the minute began, so that clocks a little apart put them into the same minute. */
const afterMs = 5_000;

/** Figures by name: those that a process has. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** What a line says besides the figures, and what they count from. */
export interface Moment {
  /** The counters' sums at the line before; nothing: since the process began. */
  readonly before: Figures;
  readonly standing: Standing;
  /** Seconds since the epoch. */
  readonly now: number;
  /** Seconds since the epoch: since when it is known to lead. */
  readonly leadingSince: number;
}

/** The figures of one moment, pure. `sums` are what the next line counts from. */
export function figuresOf(values: MetricValues, moment: Moment): { readonly line: Figures; readonly sums: Figures } {
  const line: Partial<Record<FigureName, number>> = {};
  const sums: Partial<Record<FigureName, number>> = {};
  for (const name of figureNames) {
    const spec = figureOf(name);
    const series = (values.get(spec.metric) ?? []).filter(({ labels }) => matches(labels, spec.where));
    const sum = series.reduce((total, { value }) => total + value, 0);
    if (spec.take === 'increase') sums[name] = sum;
    if (!has(spec.who, moment.standing)) continue;
    const figure = spec.take === 'increase' ? sum - (moment.before[name] ?? 0) : taken(spec, series, moment);
    if (figure !== undefined) line[name] = rounded(figure);
  }
  return { line, sums };
}

/** Undefined where nothing is known: no series is not the same as 0, but for a sum. */
function taken({ take, from = 0 }: FigureSpec, series: readonly MetricSeries[], moment: Moment): number | undefined {
  if (series.length === 0 && take !== 'sum') return undefined;
  const largest = series.reduce((most, { value }) => Math.max(most, value), 0);
  switch (take) {
    case 'sum':
    case 'increase':
      return series.reduce((total, { value }) => total + value, 0);
    case 'max':
      return largest;
    case 'age':
      return Math.max(0, moment.now - (largest > 0 ? largest : moment.leadingSince));
    case 'atLeast':
      return series.filter(({ value }) => value >= from).length;
    default:
      return take satisfies never;
  }
}

function matches(labels: MetricSeries['labels'], where: FigureSpec['where'] = {}): boolean {
  return Object.entries(where).every(([label, value]) => labels[label] === value);
}

function has(who: FigureSpec['who'], standing: Standing): boolean {
  return who === 'all' || standing === 'leading' || (who === 'leader' && standing === 'loading');
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Writes one line of figures each minute, from `start` to `stop`. */
export class FiguresLine {
  readonly #options: FiguresOptions;
  #before: Figures = {};
  #leadingSince: number | undefined;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: FiguresOptions) {
    this.#options = options;
  }

  start(): void {
    this.#wait(0);
  }

  /** No line is written after this, and no timer is left. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** `leastMs`: a timer that fires a little early must not write two lines in one minute. */
  #wait(leastMs: number): void {
    const { clock } = this.#options;
    const toNext = minuteMs - ((clock.now() - afterMs) % minuteMs);
    this.#cancel = clock.after(toNext < leastMs ? toNext + minuteMs : toNext, () => {
      this.#wait(minuteMs / 2);
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { metrics, logger, clock, installation, identity, standing } = this.#options;
    try {
      const now = clock.now() / 1_000;
      const is = standing();
      this.#leadingSince = is === 'standing by' ? undefined : (this.#leadingSince ?? now);
      const values = await metrics.values();
      const { line, sums } = figuresOf(values, {
        before: this.#before,
        standing: is,
        now,
        leadingSince: this.#leadingSince ?? now,
      });
      this.#before = sums;
      if (!this.#stopped) logger.info({ installation, identity, standing: is, ...line }, figuresMessage);
    } catch (error) {
      // What it measures goes on without it; that the line is missing is an alarm of its own.
      if (!this.#stopped)
        logger.error({ detail: error instanceof Error ? error.message : String(error) }, 'no figures this minute');
    }
  }
}
