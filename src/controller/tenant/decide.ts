import type { Change, ChangeReason, FieldChange, InventoryResource, ResourceKind } from '../../model/resources.ts';
import type { Desired, Observation, PlacementContext, Reconciler } from '../../reconcilers/contract.ts';

/**
 * What is to be done about one resource of a placement, given what should stand and what does. Pure: the loop applies it, `plan` prints it, and
 * nothing else decides.
 *
 *   desired \ live   absent              live, equal   live, differs            ending     unmarked   stranger
 *   known            create              converged     update, or replace       replace    hold       next name, or hold
 *   none             forget              remove        remove                   converged  hold       forget
 *   waiting          wait                -             wait (equal is unknown)  wait       hold       wait
 *
 * A resource that was just created and cannot be seen yet is waited for: AWS's reads lag behind its writes, and "not found" is no proof then.
 */
export type Step =
  | { readonly do: 'converged' /** The applied hash is to be remembered. */; readonly applied?: string }
  | { readonly do: 'skip' }
  /** Nothing shall stand and nothing does: the inventory remembers something that is gone. */
  | { readonly do: 'forget' }
  | { readonly do: 'wait'; readonly on: string; readonly checkInMs: number }
  | {
      readonly do: 'create';
      readonly change: Change;
      readonly n: number;
      readonly resend: boolean;
      readonly retire?: InventoryResource;
    }
  | { readonly do: 'update'; readonly change: Change; readonly fields: readonly FieldChange[] }
  | { readonly do: 'remove'; readonly change: Change }
  | { readonly do: 'hold'; readonly reason: HoldReason; readonly message: string };

export type HoldReason = 'OwnershipLost' | 'NameTaken';

/** AWS's reads may lag behind its writes for this long after a create (facts: services up to 5 s, clusters 3 s; others wait up to 2 minutes). */
export const propagationMs = 30_000;

export interface DecideInput {
  readonly reconciler: Reconciler;
  readonly context: PlacementContext;
  readonly desired: Desired<unknown>;
  readonly observation: Observation<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The same of anything that has an inventory entry: `place` names what it is made for. */
export interface StepInput<C> {
  readonly reconciler: Pick<Reconciler<unknown, unknown, C, never>, 'kind' | 'name' | 'diff' | 'needsSuccessor'>;
  readonly context: C;
  readonly entry: InventoryResource | undefined;
  readonly place: string;
  readonly desired: Desired<unknown>;
  readonly observation: Observation<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function decide(input: DecideInput): Step {
  const { id, resources } = input.context.placement;
  return decideStep({ ...input, place: id, entry: resources[input.reconciler.kind] });
}

export function decideStep<C>(input: StepInput<C>): Step {
  const { desired, observation, reconciler } = input;
  if (observation.state === 'unread') return { do: 'skip' };
  if (observation.state === 'unmarked') {
    return {
      do: 'hold',
      reason: 'OwnershipLost',
      message: `${reconciler.kind} ${observation.arn} is in the inventory but ${observation.found}: it keeps serving and is left alone until it is adopted`,
    };
  }
  if (desired.state === 'waiting') return { do: 'wait', on: desired.on, checkInMs: 2_000 };
  if (desired.state === 'none') return decideNone(input, observation);
  switch (observation.state) {
    case 'absent':
      return decideAbsent(input, desired.hash);
    case 'ending':
      return successor(input, reasonOf(input, desired.hash));
    case 'stranger':
      return decideStranger(input, observation, desired.hash);
    case 'live':
      return decideLive(input, desired, observation);
    default:
      return observation satisfies never;
  }
}

function decideNone<C>(input: StepInput<C>, observation: Observation<unknown>): Step {
  if (observation.state === 'absent' || observation.state === 'stranger') return decideGone(input);
  if (observation.state !== 'live') return { do: 'converged' };
  return { do: 'remove', change: { ...subject(input), action: 'delete', reason: 'removal' } };
}

/** Of a record that is gone the change is followed until it has reached every name server: that is not this step's to forget. */
function decideGone<C>(input: StepInput<C>): Step {
  const { entry } = input;
  if (entry === undefined || entry.kind === 'dns_record') return { do: 'converged' };
  return isYoung(entry, input.now)
    ? { do: 'wait', on: `${entry.kind} to become visible`, checkInMs: 3_000 }
    : { do: 'forget' };
}

/** Whether reads may not show yet what was just created, or may have been. A clock that went back proves nothing. */
function isYoung({ confirmedAt, intent }: InventoryResource, now: number): boolean {
  return [confirmedAt, intent?.at].some((at) => {
    const age = now - Date.parse(at ?? '');
    return age >= 0 && age < propagationMs;
  });
}

function decideAbsent<C>(input: StepInput<C>, hash: string): Step {
  const entry = input.entry;
  const base = subject(input);
  if (entry === undefined) {
    return { do: 'create', change: { ...base, action: 'create', reason: 'asked' }, n: 1, resend: false };
  }
  // An intent without an answer: the same intent again, under the same name and token, can never make a second one.
  if (entry.arn === undefined) {
    return { do: 'create', change: { ...base, action: 'create', reason: 'asked' }, n: entry.n, resend: true };
  }
  const age = input.now - Date.parse(entry.confirmedAt ?? '');
  if (age >= 0 && age < propagationMs) return { do: 'wait', on: `${entry.kind} to become visible`, checkInMs: 3_000 };
  return successor(input, reasonOf(input, hash));
}

/** A name that changes with the incarnation steps aside; one that does not can only wait for people. */
function decideStranger<C>(input: StepInput<C>, observation: { arn: string; found: string }, hash: string): Step {
  const { reconciler, context } = input;
  if (reconciler.name(context, 1) !== reconciler.name(context, 2)) {
    return successor(input, reasonOf(input, hash), (input.entry?.n ?? 1) + 1);
  }
  return {
    do: 'hold',
    reason: 'NameTaken',
    message: `${reconciler.kind} ${observation.arn} bears the name that this placement needs but ${observation.found}: remove or rename it`,
  };
}

function decideLive<C>(
  input: StepInput<C>,
  desired: { value: unknown; hash: string },
  observation: { live: unknown; arn: string },
): Step {
  const { reconciler, context } = input;
  const fields = reconciler.diff(desired.value, observation.live, context);
  if (fields.length === 0) return { do: 'converged', applied: desired.hash };
  const reason = reasonOf(input, desired.hash);
  if (reconciler.needsSuccessor(fields)) return successor(input, reason, undefined, fields);
  return { do: 'update', change: { ...subject(input), action: 'update', fields, reason }, fields };
}

/** A new incarnation; the one before, if any, is retired once its successor is wired. */
function successor<C>(input: StepInput<C>, reason: ChangeReason, n?: number, fields?: readonly FieldChange[]): Step {
  const entry = input.entry;
  const base = subject(input);
  const next = n ?? (entry?.n ?? 0) + 1;
  const change: Change =
    fields === undefined ? { ...base, action: 'create', reason } : { ...base, action: 'replace', fields, reason };
  return {
    do: 'create',
    change,
    n: next,
    resend: false,
    ...(entry?.arn === undefined ? {} : { retire: entry }),
  };
}

function subject<C>(input: StepInput<C>): { kind: ResourceKind; placement: string; name: string } {
  const { reconciler, context, place } = input;
  return {
    kind: reconciler.kind,
    placement: place,
    name: input.entry?.name ?? reconciler.name(context, 1),
  };
}

/** What was applied in full before and is still wanted is drift when it differs; anything else was asked for. */
function reasonOf<C>(input: StepInput<C>, hash: string): ChangeReason {
  return input.entry?.applied === hash ? 'drift' : 'asked';
}
