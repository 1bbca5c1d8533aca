import type { Clock } from '../../model/clock.ts';
import type { CapacityFigures, CapacityReport } from '../../model/reports.ts';

/** For how long a report is shown again, in milliseconds: it looks at every placement of the fleet. */
const freshMs = 30_000;

/** The capacity report, made anew when it is asked for and the last one is too old. */
export class CapacityWatch {
  readonly #make: () => CapacityReport;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #last: { readonly at: number; readonly report: CapacityReport } | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>, make: () => CapacityReport) {
    this.#clock = clock;
    this.#make = make;
  }

  report(): CapacityReport {
    const at = this.#clock.monotonic();
    if (this.#last === undefined || at - this.#last.at >= freshMs) this.#last = { at, report: this.#make() };
    return this.#last.report;
  }

  /** What the report says of one object; undefined where it says nothing. */
  figures(kind: 'Tier' | 'Cell' | 'InfraGroup', name: string): CapacityFigures | undefined {
    const { tiers } = this.report();
    const of: Readonly<Record<typeof kind, () => readonly CapacityFigures[]>> = {
      Tier: () => tiers,
      Cell: () => tiers.flatMap(({ cells }) => cells),
      InfraGroup: () => tiers.flatMap(({ cells }) => cells.flatMap(({ groups }) => groups)),
    };
    return of[kind]().find((one) => one.name === name);
  }
}
