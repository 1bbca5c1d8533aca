import { type CellService, operations } from '../aws/operations.ts';
import { errorClasses } from '../model/errors.ts';
import { guardReasons } from '../model/guard-reasons.ts';
import { isKind, kinds, kindWords } from '../model/records/kinds.ts';
import type { RejectionCode } from '../placement/rejections.ts';

/** Values of `controller`: one for each kind of record, as the command line spells it. */
export const controllerLabels: readonly string[] = kinds.map((kind) => kindWords[kind].one);

/** The label `controller` of a queue's key. Keys come from the desired table, where anybody may write any kind: what is none is `other`. */
export function controllerOf(key: string): string {
  const kind = key.slice(0, Math.max(0, key.indexOf('/')));
  return isKind(kind) ? kindWords[kind].one : 'other';
}

/** What a run of a key came to, in the field's words; `requeue` is kept for dashboards that ask for it and never counted. */
export const runResults = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type RunResult = (typeof runResults)[number];

export const sweepKinds = ['probe', 'detail'] as const;
export const changeActions = ['create', 'update', 'replace', 'delete'] as const;
export const changeReasons = ['asked', 'drift', 'retire', 'removal'] as const;

/** Values of `result` of a call to AWS. */
export const callResults = ['ok', ...errorClasses] as const;

/** Values of `reason` of what the guard holds; `other` takes what no list names. */
export const heldReasons = [...guardReasons, 'other'] as const;
export type HeldReason = (typeof heldReasons)[number];

// A map, so that a refusal added to placement and forgotten here does not compile.
const refusals: Readonly<Record<RejectionCode, true>> = {
  TierMismatch: true,
  NotInPin: true,
  NotActive: true,
  ModeNotActive: true,
  NotReady: true,
  ViewIncomplete: true,
  QuotaUnknown: true,
  DedicatedOccupied: true,
  IsolationClass: true,
  SpreadConflict: true,
  AntiAffinity: true,
  Insufficient: true,
  ParentInsufficient: true,
  ZoneInsufficient: true,
};

/** Why placement refuses an infra group. */
export const refusalCodes: readonly string[] = Object.keys(refusals);

export const decisionOutcomes = ['placed', 'unplaceable'] as const;
export const decisionReasons: readonly string[] = ['Fits', ...refusalCodes];

/** Every call that the controller makes of a cell or a zone, and the one by which it takes a role. */
export const knownCalls: readonly { readonly service: string; readonly operation: string }[] = [
  ...Object.keys(operations).flatMap((service) =>
    Object.keys(operations[service as CellService]).map((operation) => ({ service, operation })),
  ),
  { service: 'sts', operation: 'assumeRole' },
];
