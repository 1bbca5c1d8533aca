import { type MetricName, specOf } from './catalogue.ts';
import { knownDrift } from './drift-fields.ts';
import { callResults, knownCalls, refusalCodes } from './label-values.ts';

type Labels = Readonly<Record<string, string>>;

/** Where not every combination of closed values makes sense: the ones that do. */
const pairs: Readonly<Partial<Record<MetricName, readonly Labels[]>>> = {
  cellwright_drift_detected_total: knownDrift(),
  cellwright_drift_healed_total: knownDrift(),
  cellwright_aws_api_calls_total: knownCalls.flatMap((call) => callResults.map((result) => ({ ...call, result }))),
  cellwright_aws_api_call_retries_total: knownCalls,
  cellwright_placement_decisions_total: [
    { outcome: 'placed', reason: 'Fits' },
    ...refusalCodes.map((reason) => ({ outcome: 'unplaceable', reason })),
  ],
};

/** The label sets that a metric shows from the start: all combinations where each label is closed, none where one is open. */
export function zerosOf(name: MetricName): readonly Labels[] {
  const listed = pairs[name];
  if (listed !== undefined) return listed;
  const { labels, values = {} } = specOf(name);
  if (labels.length === 0) return [];
  return labels.reduce<readonly Labels[]>(
    (combinations, label) =>
      combinations.flatMap((labelsSoFar) => (values[label] ?? []).map((value) => ({ ...labelsSoFar, [label]: value }))),
    [{}],
  );
}
