import type { Call, Operation } from '../kernel.ts';

/** How long Application Auto Scaling takes to answer, in milliseconds (assumed). */
const answerMs = { read: 50, write: 150 };

/** One operation. AWS publishes no request rates for Application Auto Scaling, so its calls draw from no bucket. */
export function operation<I extends object, O extends object>(
  kind: 'read' | 'write',
  takes: readonly string[],
  run: (input: I, call: Call) => O,
  resources: (input: I) => readonly (string | undefined)[],
): Operation {
  return {
    mutating: kind === 'write',
    takes,
    latencyMs: answerMs[kind],
    run,
    resources: (input: I) => resources(input).filter((resource) => resource !== undefined),
  };
}
