import { Controller, emptyLedger, type Ledger } from './controller.ts';
import { EndpointController } from './endpoint-controller.ts';
import type { Witness } from './witness.ts';
import type { Ground, Variation } from './world.ts';

/** Starts a controller on what is durable: of a placement, or of an infra group where the suite is about its endpoints. */
export async function start(
  ground: Ground,
  witness: Witness,
  ledger: Ledger = emptyLedger(),
  usual: Variation = {},
): Promise<Controller> {
  const machine = await ground.boot();
  if (witness.kind === 'endpoint') return new EndpointController(ground, machine, ledger, witness.endpoint);
  return new Controller(ground, machine, { ledger, reconcilers: witness.reconcilers, usual });
}
