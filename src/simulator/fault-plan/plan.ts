/** A fault plan at work: what each call meets, by its rules in order. */
import type { BentFault, CallOutcome, Fault, FaultInjector } from '../faults.ts';
import type { Call } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { SimulatedAws } from '../world.ts';
import type { Conditions } from './conditions.ts';
import { isCondition } from './conditions.ts';
import { accessDenied, serverError } from './errors.ts';
import { meansCall } from './match.ts';
import type { FaultRule } from './rules.ts';
import { FaultPlanError, staleDistances } from './rules.ts';

/** A rule with what became of it. */
export interface RuleState {
  readonly rule: FaultRule;
  /** How many calls matched, and how many of them met the fault. */
  matched: number;
  met: number;
}

interface Planned extends RuleState {
  /** When it was added, in milliseconds since the epoch. */
  readonly addedAt: number;
}

/** The plan of one simulated AWS. Rules are tried in the order in which they were added; a call meets the first that applies. */
export class FaultPlan implements FaultInjector {
  private readonly world: SimulatedAws;
  private readonly conditions: Conditions;
  private planned: Planned[] = [];

  constructor(world: SimulatedAws, conditions: Conditions) {
    this.world = world;
    this.conditions = conditions;
  }

  /**
   * Adds rules, and puts the plan in charge of the world's faults. Throws `FaultPlanError` for a stale read at a distance
   * that the simulated AWS was not made for.
   */
  add(rules: readonly FaultRule[]): void {
    const distances = this.world.past.distances;
    const missing = staleDistances(rules).filter((ms) => !distances.includes(ms));
    if (missing.length > 0) {
      const wanted = missing.map((ms) => ms / 1_000).join(', ');
      const has = distances.length === 0 ? 'none' : distances.map((ms) => ms / 1_000).join(', ');
      throw new FaultPlanError(
        `stale: found ${wanted} seconds, expected a distance that this simulator keeps (${has}); it has to keep it from its start: name it in --fault-file or --read-lag`,
      );
    }
    this.world.faults = this;
    const addedAt = this.world.now();
    this.planned.push(...rules.map((rule) => ({ rule, addedAt, matched: 0, met: 0 })));
    this.conditions.begin(rules.filter(({ fault }) => isCondition(fault)));
  }

  /** Takes all rules away; what they held in the world (quotas, streams) goes back to what it was. */
  clear(): void {
    this.planned = [];
    this.conditions.end();
  }

  /** All rules, with what became of them. */
  rules(): readonly RuleState[] {
    return this.planned.map(({ rule, matched, met }) => ({ rule, matched, met }));
  }

  before(call: Call, input: object): Fault | BentFault | undefined {
    const rule = this.due('before', call, input);
    return rule === undefined ? undefined : faultOf(rule, call);
  }

  after(call: Call, input: object, _outcome: CallOutcome): Fault | undefined {
    const rule = this.due('after', call, input);
    const fault = rule === undefined ? undefined : faultOf(rule, call);
    return fault?.kind === 'stale' || fault?.kind === 'partial-page' ? undefined : fault;
  }

  private due(when: FaultRule['when'], call: Call, input: object): FaultRule | undefined {
    for (const one of this.planned) {
      const { rule } = one;
      if (rule.when !== when || isCondition(rule.fault) || !meansCall(rule, call, input)) continue;
      const age = (call.now - one.addedAt) / 1_000;
      if (age < rule.from || (rule.until !== undefined && age >= rule.until)) continue;
      if (rule.times !== undefined && one.met >= rule.times) continue;
      one.matched += 1;
      if (one.matched <= rule.skip) continue;
      if (rule.probability < 1 && this.world.random('faults') >= rule.probability) continue;
      one.met += 1;
      return rule;
    }
    return undefined;
  }
}

/** How long a request without an answer hangs before the connection ends, in milliseconds: longer than clients wait. */
const hangsMs = 120_000;

function faultOf({ fault }: FaultRule, call: Call): Fault | BentFault | undefined {
  switch (fault) {
    case 'throttle':
      return { kind: 'throttle' };
    case 'server-error':
      return { kind: 'error', error: serverError(call.service, 500) };
    case 'timeout':
    case 'unreachable':
      return { kind: 'lost', how: 'timeout', afterMs: hangsMs };
    case 'reset':
      return { kind: 'lost', how: 'reset' };
    case 'garbage':
      return { kind: 'garbage', status: 502 };
    case 'access-denied':
      return { kind: 'error', error: accessDenied(call) };
    case 'partial-page':
      return { kind: 'partial-page' };
    case 'sick-tasks':
      return undefined;
  }
  if ('error' in fault) {
    const { code, message, status } = fault.error;
    return {
      kind: 'error',
      error: new AwsError(code, message ?? 'injected by the fault plan', status === undefined ? {} : { status }),
    };
  }
  if ('server-error' in fault) return { kind: 'error', error: serverError(call.service, fault['server-error']) };
  if ('garbage' in fault) return { kind: 'garbage', status: fault.garbage };
  if ('timeout' in fault) return { kind: 'lost', how: 'timeout', afterMs: fault.timeout * 1_000 };
  if ('stale' in fault) return { kind: 'stale', ms: fault.stale * 1_000 };
  return undefined;
}
