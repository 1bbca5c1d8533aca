import type { PlanReport } from '../controller/plan.ts';
import type { AdoptReport, AdoptRequest, RebuildReport } from '../model/reports.ts';
import type { RecentActivity } from '../telemetry/activity.ts';
import type { FleetSnapshot } from './snapshot-types.ts';

/** The answer of a probe. */
export interface Health {
  readonly ok: boolean;
  /** What the process is at, in a word or two: `leading`, `standing by`, `loading`. */
  readonly state: string;
  /** Why it is not well; also what a well one has to say (that it stands by, and who leads). */
  readonly reasons: readonly string[];
}

/** Where page and API get what they show. Nothing here writes. */
export interface WebSources {
  health(): Health;
  ready(): Health;
  /** The fleet as it is, or, marked so, as a standby read it last; undefined before the first reading. */
  snapshot(): FleetSnapshot | undefined;
  activity(): RecentActivity;
  /** What would be done now, for one tenant or for all. A rejection is shown with its message. */
  plan(tenant?: string): Promise<PlanReport>;
  /** Answers a question about capacity and moves, by its name under `/api`. Throws `QuestionError`. */
  answer(question: string, terms: (name: string) => string | undefined): Promise<object>;
  /** What a rebuild of the state table would write now. A rejection is shown with its message. */
  rebuild(): Promise<RebuildReport>;
  /** What adopting a resource for a tenant or an infra group would change now. A rejection is shown with its message. */
  adopt(request: AdoptRequest): Promise<AdoptReport>;
  /** Everything in Prometheus' text format. */
  metrics(): Promise<string>;
}
