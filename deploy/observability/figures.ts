import type { FigureName } from '../../src/telemetry/catalogue-figures.ts';

/** Where all figures are in CloudWatch, with the dimension `Installation`. */
export const namespace = 'Cellwright';

/** A figure's name there: `syncAgeSeconds` is SyncAgeSeconds. */
export function metricNameOf(figure: FigureName): string {
  return `${figure.slice(0, 1).toUpperCase()}${figure.slice(1)}`;
}

/** What a metric filter takes the line of an installation by. The field that gives the value is in the pattern, as in AWS's own examples: a line without it is not looked at. */
export function filterPatternOf(installation: string, figure: FigureName): string {
  return `{ $.msg = "figures" && $.installation = "${installation}" && $.${figure} = * }`;
}
