/** The driver of the suite for endpoints: the real wiring of an infra group, over an inventory that is durable in memory. The ledger's placement stands for the infra group. */

import { wireGroup } from '../../src/controller/infra-group/group.ts';
import { RefusalBook } from '../../src/controller/infra-group/refusals.ts';
import type { ChainResult } from '../../src/controller/tenant/chain.ts';
import type { RemovalStep } from '../../src/controller/tenant/removal.ts';
import type { EndpointInventory, PlacementInventory } from '../../src/model/resources.ts';
import type { EndpointContext, EndpointReconciler, PlacementContext } from '../../src/reconcilers/contract.ts';
import { Controller, type Ledger, token } from './controller.ts';
import { group, installation, dependency as usual } from './facts.ts';
import { contextOf, type Ground, type Machine, type Variation } from './world.ts';

export class EndpointController extends Controller {
  readonly #reconciler: EndpointReconciler;
  readonly #refusals = new RefusalBook();

  constructor(ground: Ground, machine: Machine, ledger: Ledger, reconciler: EndpointReconciler) {
    super(ground, machine, { ledger, reconcilers: [], usual: {} });
    this.#reconciler = reconciler;
  }

  override async pass(varied: Variation = {}): Promise<ChainResult> {
    const { changes, waiting, held, failed, conditions } = await this.#wire([dependencyOf(varied)], varied);
    const calm = changes.length + waiting.length + held.length + failed.length === 0;
    return {
      placement: this.ledger.placement,
      conditions,
      signals: {},
      changes,
      applied: 0,
      waiting,
      held,
      failed: failed.map((error) => ({ kind: 'endpoint', error })),
      converged: calm,
      unread: [],
    };
  }

  override async settle(varied: Variation = {}): Promise<ChainResult> {
    let last: ChainResult | undefined;
    for (let pass = 0; pass < 400; pass++) {
      last = await this.pass(varied);
      if (last.converged && this.ledger.placement.retired.length === 0) return last;
      await this.ground.clock.advance(5_000);
    }
    throw new Error(`not settled: ${JSON.stringify(last, undefined, 1)}`);
  }

  override async remove(): Promise<void> {
    for (let pass = 0; pass < 100; pass++) {
      const step = await this.removeStep();
      if (step.state === 'gone') return;
      if (step.state === 'held') throw new Error(`the removal is held: ${step.refusal.message}`);
      await this.ground.clock.advance(5_000);
    }
    throw new Error('not gone');
  }

  /** The tier names the dependency no more. */
  override async removeStep(goal: 'stop' | 'remove' = 'remove'): Promise<RemovalStep> {
    const { held, failed } = goal === 'stop' ? { held: [], failed: [] } : await this.#wire([], {});
    const [error] = failed;
    if (error !== undefined) throw error;
    const { placement } = this.ledger;
    const [refusal] = held;
    if (refusal !== undefined) return { state: 'held', placement, refusal: { ...refusal, reason: 'ownership' } };
    if (placement.resources.endpoint === undefined) return { state: 'gone', placement };
    return { state: 'busy', placement, on: 'its end', checkInMs: 5_000 };
  }

  /** The rules hand it on to the endpoint's reconciler, and to no other. */
  override context(varied: Variation = {}): PlacementContext {
    const { resources, retired } = this.ledger.placement;
    const context: EndpointContext = {
      installation,
      infraGroup: group.name,
      network: networkOf(varied),
      dependency: dependencyOf(varied),
      resource: resources.endpoint,
      retired,
    };
    return { ...contextOf(this.ledger.placement, varied), ...context };
  }

  #wire(dependencies: readonly EndpointContext['dependency'][], varied: Variation) {
    const { clock } = this.machine.process;
    const work = wireGroup(
      {
        reconciler: this.#reconciler,
        clock,
        newToken: () => token(this.ground.random),
        save: (endpoints) => this.save(placementOf(this.ledger.placement, endpoints[usual.name])),
        report: (change, what) => {
          if (what === 'applied') this.applied.push(change);
        },
        write: true,
        take: () => true,
        mayRemove: true,
        refusals: this.#refusals,
        freshness: { depth: 'full', maxAgeMs: 0, driftAgeMs: 0 },
      },
      this.machine.access,
      {
        installation,
        infraGroup: group.name,
        network: networkOf(varied),
        dependencies,
        endpoints: endpointsOf(this.ledger.placement),
      },
    );
    return this.alive(work);
  }
}

function dependencyOf(varied: Variation): EndpointContext['dependency'] {
  return { ...usual, ...varied.dependency };
}

function networkOf(varied: Variation): EndpointContext['network'] {
  const { vpcId, subnetIds } = { ...group, ...varied.group };
  return { vpcId, subnetIds, securityGroupIds: ['sg-endpoints'] };
}

function endpointsOf({ resources, retired }: PlacementInventory): Readonly<Record<string, EndpointInventory>> {
  const { endpoint } = resources;
  if (endpoint === undefined && retired.length === 0) return {};
  const service = usual.serviceName;
  return { [usual.name]: { service, ...(endpoint === undefined ? {} : { resource: endpoint }), retired } };
}

function placementOf(placement: PlacementInventory, endpoints: EndpointInventory | undefined): PlacementInventory {
  const { resource, retired = [] } = endpoints ?? {};
  return { ...placement, resources: resource === undefined ? {} : { endpoint: resource }, retired };
}
