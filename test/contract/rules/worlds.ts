import { type Controller, emptyLedger } from '../controller.ts';
import { liveState } from '../live.ts';
import { start } from '../start.ts';
import { Witness, type Witnesses } from '../witness.ts';
import { type Ground, prepare, type Variation } from '../world.ts';

/** A ground with a controller on it. */
export interface World {
  readonly ground: Ground;
  readonly witness: Witness;
  readonly controller: Controller;
}

export type WorldOptions = Parameters<typeof prepare>[0] & { readonly usual?: Variation | undefined };

/** Nothing built yet. */
export async function emptyWorld(witnesses: Witnesses, options: WorldOptions = {}): Promise<World> {
  const ground = prepare(options);
  const witness = new Witness(ground, witnesses.kind);
  witnesses.push(witness);
  return { ground, witness, controller: await start(ground, witness, emptyLedger(), options.usual) };
}

/** The whole chain built, and long enough ago for AWS's reads to be true. */
export async function settledWorld(witnesses: Witnesses, options: WorldOptions = {}): Promise<World> {
  const world = await emptyWorld(witnesses, options);
  await world.controller.settle();
  await world.ground.clock.advance(60_000);
  return world;
}

/** Everything that stands, where the incarnation in a name does not matter. */
export async function liveBesidesNames(world: World): Promise<unknown> {
  const text = JSON.stringify(await liveState(world.ground.hands));
  const parsed: unknown = JSON.parse(text.replace(/cw-[a-z2-7]{26}/g, 'cw-name').replace(/svc-\d+/g, 'svc-n'));
  return parsed;
}
