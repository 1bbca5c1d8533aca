import type { Draw } from './draw.ts';
import { otherTier, ownGroups, ownTier, sharedTier } from './fleet.ts';

/** A tenant's spec as the simulation writes it. */
export interface Wish {
  readonly tier: string;
  readonly state: 'active' | 'suspended' | 'deleted';
  readonly placements?: number;
  readonly pin?: readonly string[];
  readonly service: {
    readonly image?: string;
    readonly cpu?: number;
    readonly memoryMiB?: number;
    readonly tasks?: number;
    readonly scaling?: Readonly<Record<string, unknown>>;
    readonly environment?: Readonly<Record<string, string>>;
  };
}

/** What users ask of one tenant: the last spec that is valid, and what stands in the desired table. */
export interface Asked {
  readonly name: string;
  readonly shared: boolean;
  wish: Wish | undefined;
  stands: 'valid' | 'invalid' | 'absent';
}

/** Names that are near each other, in both scopes. */
export function askedNames(): Asked[] {
  const of = (shared: boolean) => (name: string) => ({ name, shared, wish: undefined, stands: 'absent' }) as Asked;
  return [...['ann', 'ann-two', 'bob'].map(of(false)), ...['dee', 'dee-two', 'eve'].map(of(true))];
}

/** A tenant's first spec. */
export function firstWish(draw: Draw, asked: Asked): Wish {
  return {
    tier: asked.shared ? sharedTier : ownTier,
    state: 'active',
    ...(asked.shared ? {} : { placements: draw.whole(1, 2) }),
    service: { ...(draw.chance(0.3) ? { tasks: 2 } : {}), ...(draw.chance(0.4) ? { scaling: tracking(draw) } : {}) },
  };
}

/** Another spec of the same tenant. */
export function nextWish(draw: Draw, wish: Wish, serial: number): Wish {
  const { service } = wish;
  const choices: readonly [Wish, ...Wish[]] = [
    { ...wish, service: { ...service, image: `registry.example.com/${wish.tier}:v${serial}` } },
    { ...wish, service: { ...service, environment: { ...service.environment, SERIAL: String(serial) } } },
    { ...wish, service: { ...service, tasks: draw.whole(1, 2) } },
    { ...wish, service: { ...service, cpu: 512, memoryMiB: 1024 } },
    { ...wish, service: { ...service, cpu: 256, memoryMiB: 512 } },
    { ...wish, service: { ...service, scaling: { mode: 'fixed' } } },
    { ...wish, service: { ...service, scaling: tracking(draw) } },
    otherCount(wish),
    otherCount(wish),
    otherPlace(draw, wish),
    otherPlace(draw, wish),
    otherPlace(draw, wish),
  ];
  return draw.pick(choices);
}

/** An order to move: another pin, or another tier. */
export function otherPlace(draw: Draw, wish: Wish): Wish {
  const { pin: _before, ...free } = wish;
  if (wish.tier === sharedTier) return wish;
  if (wish.tier === otherTier) return { ...free, tier: ownTier };
  if (draw.chance(0.25)) return { ...free, tier: otherTier };
  return draw.chance(0.2) ? free : { ...free, pin: [draw.pick(ownGroups)] };
}

function tracking(draw: Draw): NonNullable<Wish['service']['scaling']> {
  const metric = draw.pick(['cpu', 'memory', 'requests'] as const);
  return { mode: 'target-tracking', min: draw.whole(1, 2), max: draw.whole(2, 3), metric, target: draw.whole(40, 60) };
}

function otherCount(wish: Wish): Wish {
  return wish.tier === ownTier ? { ...wish, placements: wish.placements === 2 ? 1 : 2 } : wish;
}
