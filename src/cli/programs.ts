/** What the command line hands to the programs that the composition root wires. */
import type { Mode } from '../model/records/shapes.ts';
import type { Change, FieldChange } from '../model/resources.ts';
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
  /** What a caller on another address than loopback has to bear; read from `CELLWRIGHT_HTTP_TOKEN_FILE`. */
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

/** What a rebuild would write for one tenant. */
export interface RebuiltTenant {
  readonly tenant: string;
  /** `driven`: by its record. `kept`: no accepted record says how it is to be; it is counted and left as it is. */
  readonly standing: 'driven' | 'kept';
  readonly add: readonly {
    readonly placement: string;
    readonly cell: string;
    readonly infraGroup: string;
    readonly slot: number;
    readonly phase: string;
    readonly resources: readonly string[];
  }[];
  /** Placements of the table of which nothing is live. */
  readonly drop: readonly string[];
}

/** What `GET /api/rebuild` answers, and `rebuildLocal` returns. */
export interface RebuildReport {
  /** RFC 3339: when it was made. */
  readonly at: string;
  /** Why the state table is behind what is live; absent where it is not. */
  readonly behind?: string;
  readonly tenants: readonly RebuiltTenant[];
  readonly findings: readonly { readonly reason: string; readonly about: string; readonly message: string }[];
  /** Cells that were read to the end. */
  readonly cells: readonly string[];
  readonly epoch: { readonly lease: number; readonly fence?: number };
}

/** What `GET /api/adopt` answers, and `adoptLocal` returns. */
export interface AdoptReport {
  /** RFC 3339: when it was made. */
  readonly at: string;
  /** Whose it would be: a tenant's, or an infra group's. */
  readonly tenant?: string;
  readonly infraGroup?: string;
  readonly arn: string;
  /** Why it cannot be taken over, and what to do instead; absent where it can. */
  readonly refusal?: string;
  /** What it would become part of; absent where it was not found. */
  readonly kind?: string;
  readonly placement?: string;
  /** The dependency of the tier that an interface endpoint would serve. */
  readonly dependency?: string;
  /** What it is now, in words. */
  readonly found?: string;
  /** What would be written to it, our tags among it. */
  readonly fields: readonly FieldChange[];
  /** What follows for the resource, where that is more than the changes. */
  readonly then?: string;
}

/** Whose a resource would be, and which it is. */
export type AdoptRequest =
  | { readonly tenant: string; readonly arn: string }
  | { readonly infraGroup: string; readonly arn: string };

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
