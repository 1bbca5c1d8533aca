/** What `cellwright check` looks at. One table, so that program, runbook and tests never disagree. */

export const checkOutcomes = ['ok', 'warning', 'failed', 'unknown', 'skipped'] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

export const checkGroups = ['Environment', 'Tables', 'Controller', 'Cells', 'Zones', 'Infra groups', 'Fleet'] as const;
export type CheckGroup = (typeof checkGroups)[number];

interface CheckKind {
  readonly group: CheckGroup;
  /** What holds where all is well. */
  readonly holds: string;
}

/** Every check, in the order in which they are shown. Its id is its anchor in docs/runbook/checks.md. */
export const checkKinds = {
  credentials: { group: 'Environment', holds: 'AWS answers to the credentials of this command' },
  clock: { group: 'Environment', holds: "this machine's clock agrees with AWS" },
  'desired-table': { group: 'Tables', holds: 'the desired table is there, with the keys kind and name' },
  'state-table': { group: 'Tables', holds: 'the state table is there, with the keys pk and sk' },
  installation: { group: 'Tables', holds: 'both tables belong to one installation' },
  stream: { group: 'Tables', holds: 'the desired table has a stream' },
  protection: { group: 'Tables', holds: 'the table is protected: no deletion by mistake, and a way back in time' },
  leader: { group: 'Controller', holds: 'a controller leads, and renews its lease' },
  controller: { group: 'Controller', holds: 'the controller answers' },
  version: { group: 'Controller', holds: 'controller and command are of one version' },
  mode: { group: 'Controller', holds: 'the controller may act' },
  'keeps-up': {
    group: 'Controller',
    holds: 'the controller keeps up: all records were listed lately, nothing is stuck',
  },
  rights: { group: 'Controller', holds: 'no action was denied in the last hour' },
  'state-known': { group: 'Controller', holds: 'the state table knows everything that is live' },
  'cell-roles': { group: 'Cells', holds: 'the role can be assumed' },
  'cell-read': { group: 'Cells', holds: 'the account can be read, with every quota' },
  'zone-role': { group: 'Zones', holds: "the zone's role can be assumed" },
  'zone-read': { group: 'Zones', holds: 'the hosted zone can be read' },
  'zone-name': { group: 'Zones', holds: "the tier's domain lies in its hosted zone" },
  'zone-fence': { group: 'Zones', holds: 'the fence in the hosted zone can be read' },
  'group-read': { group: 'Infra groups', holds: 'what the infra group is made of can be read, with every quota' },
  network: { group: 'Infra groups', holds: 'VPC, subnets and security groups are as its record says' },
  'load-balancer': { group: 'Infra groups', holds: 'the load balancer is active' },
  listener: { group: 'Infra groups', holds: 'the listener answers 404 to what no tenant takes' },
  certificate: { group: 'Infra groups', holds: "a certificate covers the tier's names for three more weeks" },
  endpoints: { group: 'Infra groups', holds: 'each dependency of the tier has an endpoint' },
  capacity: { group: 'Fleet', holds: 'no quota is near its end, and the loss of a cell could be carried' },
  records: { group: 'Fleet', holds: 'every record is accepted' },
} as const satisfies Readonly<Record<string, CheckKind>>;

export type CheckId = keyof typeof checkKinds;

/** What one check came to. */
export interface CheckResult {
  readonly id: CheckId;
  /** The object that it is about, where there may be several: `cell main-a, role apply`. */
  readonly about?: string;
  readonly outcome: CheckOutcome;
  /** What was found, in words. */
  readonly found: string;
  /** What to do; where it is not ok. */
  readonly remedy?: string;
}

/** What the controller finds out for `check`. */
export interface CheckAnswer {
  /** RFC 3339. */
  readonly at: string;
  /** Of the controller that answers. */
  readonly version: string;
  readonly checks: readonly CheckResult[];
}

/** Where the runbook tells of a check. */
export function runbookOf(id: CheckId): string {
  return `docs/runbook/checks.md#${id}`;
}
