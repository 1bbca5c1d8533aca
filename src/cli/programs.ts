/** What the command line hands to the programs that the composition root wires. */
import type { Mode } from '../model/records/shapes.ts';
import type { AdoptReport, AdoptRequest, RebuildReport } from '../model/reports.ts';
import type { Change } from '../model/resources.ts';
import type { AwsAccess } from '../store/client.ts';
import type { RehearsalReport, RehearsalRequest } from './rehearsal.ts';

/** The names of the two tables. */
export interface TableNames {
  readonly desiredTable: string;
  readonly stateTable: string;
}

/** Where the probes, metrics, page and API listen, or are asked. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** What a caller on another address than loopback has to bear; read from `CELLWRIGHT_HTTP_TOKEN_FILE` or `CELLWRIGHT_HTTP_TOKEN`. */
  readonly token?: string;
}

/** The levels of the log, from silent to most talkative. */
export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Everything that a controller is told from outside, validated. */
export interface ControllerSettings extends TableNames {
  readonly resyncSeconds: number;
  readonly detailSeconds: number;
  /** Session name of every role assumed: 2 to 64 characters that STS takes. */
  readonly identity: string;
  readonly http: HttpSettings;
  readonly mode: Mode;
  readonly logLevel: LogLevel;
}

/** A controller of its own: its settings, and the way to AWS as far as the SDK does not find it by itself. */
export interface ControllerConfig extends ControllerSettings {
  readonly aws: AwsAccess;
}

/** Only the simulated AWS. */
export interface SimOptions extends TableNames {
  readonly port: number;
  readonly seed: number;
  /** How many simulated seconds pass in one. */
  readonly timeScale: number;
  /** False: AWS's token buckets never refuse. */
  readonly throttle: boolean;
  /** Makes the accounts, roles, zones, VPCs and load balancers that these records name, and the tables. */
  readonly fleetFile?: string;
  /** Writes the records of `fleetFile` too. */
  readonly apply: boolean;
  /** A fault plan in YAML or JSON. */
  readonly faultFile?: string;
  /** How far reads lag behind, in seconds, by service. */
  readonly readLag: Readonly<Partial<Record<string, number>>>;
  /** Where the tables are made. */
  readonly region: string;
}

/** Simulated AWS, controller and page in one process. */
export interface StartOptions {
  readonly fleetFile?: string;
  /** Where the simulated AWS is to listen; unless said, where it usually does or else anywhere. */
  readonly port?: number;
  /** One clock for both runs this many times as fast as the machine's. */
  readonly timeScale: number;
  readonly seed: number;
  readonly region: string;
  readonly settings: ControllerSettings;
}

/** What a plan is asked for. */
export interface PlanRequest {
  /** Only this tenant; all where absent. */
  readonly tenant?: string;
  readonly config: ControllerConfig;
}

/** What the controller would do for one tenant now. */
export interface TenantPlan {
  readonly tenant: string;
  /** In the order in which they would be applied. Environment values are hashes. */
  readonly changes: readonly Change[];
  /** What is waited for or held back, in words; no change by itself. */
  readonly notes?: readonly string[];
}

/** What `GET /api/plan` answers, and `planLocal` returns. */
/** What would be done for the endpoints of one infra group. */
export interface InfraGroupPlan {
  readonly infraGroup: string;
  readonly changes: readonly Change[];
  readonly notes?: readonly string[];
}

export interface PlanReport {
  /** RFC 3339: when it was made. */
  readonly at: string;
  /** Tenants with changes or notes, by name; of those without either nothing is said. */
  readonly tenants: readonly TenantPlan[];
  readonly infraGroups?: readonly InfraGroupPlan[];
}

/** A question about capacity and moves that the controller's own code answers in this process. */
export interface LocalQuestion {
  /** The path under `/api` that would answer it. */
  readonly question: string;
  /** The query of its URL. */
  readonly terms: Readonly<Record<string, string>>;
  readonly config: ControllerConfig;
}

/** A question about adoption that is answered without a controller. */
export type AdoptLocalRequest = AdoptRequest & { readonly config: ControllerConfig };

/** The programs behind `start`, `sim`, `controller`, `rehearse` and what `--local` answers. Each loads what it needs when it is called; the number is the exit code. */
export interface Programs {
  start(options: StartOptions): Promise<number>;
  sim(options: SimOptions): Promise<number>;
  controller(config: ControllerConfig): Promise<number>;
  /** Throws `CallError` where AWS does not answer. */
  planLocal(request: PlanRequest): Promise<PlanReport>;
  /** Answers as `/api/<question>` does. Throws `CallError` where AWS does not answer. */
  askLocal(request: LocalQuestion): Promise<unknown>;
  /** Throws `CallError` where the tables cannot be read. */
  rebuildLocal(config: ControllerConfig): Promise<RebuildReport>;
  /** Throws `CallError` where the tables cannot be read. */
  adoptLocal(request: AdoptLocalRequest): Promise<AdoptReport>;
  /** Throws an error named `RehearsalError` where the records cannot be played. */
  rehearse(request: RehearsalRequest): Promise<RehearsalReport>;
}
