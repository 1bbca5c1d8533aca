import type { FigureName } from '../../src/telemetry/catalogue-figures.ts';

/** Where all figures are in CloudWatch, with the dimension `Installation`. */
export const namespace = 'Cellwright';

/** A figure's name there: `syncAgeSeconds` is SyncAgeSeconds. */
export function metricNameOf(figure: FigureName): string {
  return `${figure.slice(0, 1).toUpperCase()}${figure.slice(1)}`;
}

/** What a metric filter takes the line of an installation by. */
export function filterPatternOf(installation: string): string {
  return `{ $.msg = "figures" && $.installation = "${installation}" }`;
}
