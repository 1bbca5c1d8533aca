/** Faults that hold in the world for a while rather than befall a call: lowered quotas, tasks that fall ill, streams that stutter. */
import type { EcsControls } from '../ecs/index.ts';
import type { World } from '../kernel.ts';
import type { QuotaName } from '../quotas/definitions.ts';
import { meansText } from './match.ts';
import type { FaultRule, FaultSpec } from './rules.ts';

/** What makes a table's stream stutter. */
export interface StreamControls {
  /** Which tables hand out records twice, with which probability, and how much later records appear. The first that matches a table's name counts. */
  setStreamFaults(faults: readonly StreamFault[]): void;
}

export interface StreamFault {
  readonly means: (table: string) => boolean;
  /** Probability, in [0, 1], that a record is handed out twice. */
  readonly duplicate: number;
  readonly delayMs: number;
}

/** Whether a fault holds in the world, and is no call's. */
export function isCondition(fault: FaultSpec): boolean {
  return fault === 'sick-tasks' || (typeof fault === 'object' && ('quota' in fault || 'stream' in fault));
}

interface Holding {
  readonly rule: FaultRule;
  met: number;
  seen: number;
}

/** The conditions of one world. A copy that follows it has its own, begun by the same hand at the same instant. */
export class Conditions {
  private readonly world: World;
  private readonly tasks: EcsControls;
  private readonly streams: StreamControls;
  private holding: Holding[] = [];
  private undo: (() => void)[] = [];

  constructor(world: World, tasks: EcsControls, streams: StreamControls) {
    this.world = world;
    this.tasks = tasks;
    this.streams = streams;
  }

  /** Has the rules hold from their `from` until their `until`, in seconds from now. */
  begin(rules: readonly FaultRule[]): void {
    for (const rule of rules) {
      const now = this.world.now();
      const start = this.world.at(now + rule.from * 1_000, () => this.start(rule));
      const stop =
        rule.until === undefined ? undefined : this.world.at(now + rule.until * 1_000, () => this.stop(rule));
      this.undo.push(start, ...(stop === undefined ? [] : [stop]));
    }
  }

  /** Ends all of them. */
  end(): void {
    for (const undo of this.undo) undo();
    this.undo = [];
    for (const { rule } of [...this.holding]) this.stop(rule);
  }

  private start(rule: FaultRule): void {
    this.holding.push({ rule, met: 0, seen: 0 });
    this.apply();
  }

  private stop(rule: FaultRule): void {
    this.holding = this.holding.filter((held) => held.rule !== rule);
    this.apply();
  }

  /** Brings the world in line with what holds now. */
  private apply(): void {
    this.applyQuotas();
    const sick = this.holding.filter(({ rule }) => rule.fault === 'sick-tasks');
    this.tasks.setAilments(sick.length === 0 ? undefined : (task) => sick.some((held) => this.strikes(held, task)));
    this.streams.setStreamFaults(this.holding.flatMap(({ rule }) => streamFaultOf(rule)));
  }

  private strikes(held: Holding, task: { account: string; region: string; family: string }): boolean {
    const { rule } = held;
    const { account, region, resource } = rule.on;
    if (!meansText(account, task.account) || !meansText(region, task.region) || !meansText(resource, task.family)) {
      return false;
    }
    if (rule.times !== undefined && held.met >= rule.times) return false;
    held.seen += 1;
    if (held.seen <= rule.skip) return false;
    if (rule.probability < 1 && this.world.random('faults/tasks') >= rule.probability) return false;
    held.met += 1;
    return true;
  }

  /** What was applied before a rule lowered it, by place and quota. */
  private readonly before = new Map<
    string,
    { readonly place: Place; readonly name: QuotaName; readonly value: number }
  >();

  private applyQuotas(): void {
    for (const { place, name, value } of this.before.values()) this.world.quotas.set(place, name, value);
    this.before.clear();
    for (const { rule } of this.holding) {
      const { fault, on } = rule;
      if (typeof fault !== 'object' || !('quota' in fault)) continue;
      if (typeof on.account !== 'string' || typeof on.region !== 'string') continue;
      const place = { account: on.account, region: on.region };
      const { name, value } = fault.quota;
      const key = `${place.account}/${place.region}/${name}`;
      if (!this.before.has(key)) this.before.set(key, { place, name, value: this.world.quotas.get(place, name) });
      this.world.quotas.set(place, name, value);
    }
  }
}

interface Place {
  readonly account: string;
  readonly region: string;
}

function streamFaultOf({ fault, on }: FaultRule): readonly StreamFault[] {
  if (typeof fault !== 'object' || !('stream' in fault)) return [];
  const { duplicate = 0, delay = 0 } = fault.stream;
  return [{ means: (table) => meansText(on.resource, table), duplicate, delayMs: delay * 1_000 }];
}
