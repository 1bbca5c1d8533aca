import { type Fault, type FaultInjector } from '../../src/simulator/faults.ts';
import type { Call } from '../../src/simulator/kernel.ts';
import { serverFault } from '../support/faults.ts';
import type { Draw } from './draw.ts';

/** Which calls a fault counts along. */
type Class = 'any' | 'aws-write' | 'state-write';

const kinds = [
  'throttle',
  'server-before',
  'server-after',
  'lost-before',
  'lost-after',
  'crash-before',
  'crash-after',
] as const;
export type FaultKind = (typeof kinds)[number];

interface Planned {
  readonly kind: FaultKind;
  readonly class: Class;
  /** It meets the n-th call of its class, counted from 1, or the next that meets no other fault. */
  readonly nth: number;
}

const readPattern = /^(Describe|List|Get|Query|Scan|Assume)/;

/** How many calls of a class even a short run makes while faults are on. */
const surely: Readonly<Record<Class, number>> = { any: 350, 'aws-write': 34, 'state-write': 60 };

/** Faults by plan: of each kind at least one where every run passes, and more at random. Each is met once. */
export class FaultPlan implements FaultInjector {
  on = true;
  readonly #planned: Planned[];
  readonly #kill: (principal: string) => void;
  readonly #counts: Record<Class, number> = { any: 0, 'aws-write': 0, 'state-write': 0 };
  #after: Fault | undefined;

  constructor(draw: Draw, kill: (principal: string) => void) {
    this.#kill = kill;
    this.#planned = kinds.flatMap((kind) => {
      const one = (): Planned => planned(draw, kind);
      return Array.from({ length: draw.whole(1, kind.startsWith('crash') ? 2 : 4) }, one);
    });
  }

  before(call: Call): Fault | undefined {
    this.#after = undefined;
    if (!this.on) return undefined;
    const due = this.#count(call);
    if (due === undefined) return undefined;
    const fault = this.#fault(due.kind, call);
    if (!due.kind.endsWith('after')) return fault;
    this.#after = fault;
    return undefined;
  }

  after(): Fault | undefined {
    const fault = this.#after;
    this.#after = undefined;
    return fault;
  }

  #count(call: Call): Planned | undefined {
    this.#counts.any += 1;
    const kind = classOf(call);
    if (kind !== 'any') this.#counts[kind] += 1;
    const isDue = (one: Planned): boolean =>
      (one.class === 'any' || one.class === kind) && one.nth <= this.#counts[one.class];
    const at = this.#planned.findIndex(isDue);
    return at < 0 ? undefined : this.#planned.splice(at, 1)[0];
  }

  #fault(kind: FaultKind, { principal, service }: Call): Fault {
    switch (kind) {
      case 'throttle':
        return { kind: 'throttle' };
      case 'server-before':
        return serverFault(service, 503);
      case 'server-after':
        return serverFault(service, 500);
      case 'lost-before':
      case 'lost-after':
        return { kind: 'lost', how: kind === 'lost-before' ? 'timeout' : 'reset', afterMs: 1_000 };
      default:
        return { kind: 'crash', kill: () => this.#kill(principal) };
    }
  }
}

function planned(draw: Draw, kind: FaultKind): Planned {
  const write = draw.chance(0.7) ? 'aws-write' : 'state-write';
  const from = kind === 'throttle' || kind === 'server-before' ? draw.pick(['any', write] as const) : write;
  return { kind, class: from, nth: draw.whole(1, surely[from]) };
}

function classOf(call: Call): Class {
  if (readPattern.test(call.operation)) return 'any';
  return call.service === 'dynamodb' ? 'state-write' : 'aws-write';
}
