/** What the shared suite has to know of one kind of resource: how other hands can damage it, and where strangers may stand. */

import type { ChainResult } from '../../src/controller/tenant/chain.ts';
import type { PlacementInventory, ResourceKind } from '../../src/model/resources.ts';
import type { Controller } from './controller.ts';
import type { Ground, Hands, Variation } from './world.ts';

/** A placement's chain as other hands see it. */
export interface Chain {
  readonly ground: Ground;
  readonly hands: Hands;
  readonly placement: PlacementInventory;
  /** Throws where there is none. */
  readonly arn: (kind: ResourceKind) => string;
}

/** One thing that other hands do to a resource of ours. */
export interface Drift {
  readonly what: string;
  /** Just the fields that the diff has to name. */
  readonly fields: readonly string[];
  readonly hurt: (chain: Chain) => Promise<unknown>;
  /** Seen only with AWS's own latencies: without them ECS itself puts it right in the same instant. */
  readonly slow?: true;
  /** Takes away what other hands made for it and what is none of ours. */
  readonly undo?: (chain: Chain) => Promise<unknown>;
}

/** Something that bears the name which ours would have. */
export interface Stranger {
  readonly what: string;
  /** Whether the chain gets past it: by another name or beside it, or is held. */
  readonly outcome: 'passes' | 'held' | 'fails';
  readonly plant: (ground: Ground, controller: Controller) => Promise<unknown>;
  /** The stranger, whole. */
  readonly look: (hands: Hands) => Promise<unknown>;
  /** What keeps our own removal from its end while the stranger stands. */
  readonly blocks?: RegExp;
  /** It goes by AWS's own hand with what it stands on. */
  readonly ends?: true;
  /** More that has to be true of the last pass. */
  readonly then?: (result: ChainResult) => void;
}

export interface Subject {
  readonly kind: ResourceKind;
  /** What the record says in all of the suite, where that is not the usual. */
  readonly usual?: Variation;
  readonly drifts: readonly Drift[];
  readonly strangers: readonly Stranger[];
  /** Takes the mark off. Absent where a name is the mark. */
  readonly unmark?: (chain: Chain) => Promise<unknown>;
  /** Deletes the resource, and before it what AWS would refuse to lose it under. */
  readonly vanish: (chain: Chain) => Promise<unknown>;
  /** A change of the record that touches this resource. */
  readonly change: Variation;
  /** Actions that the reconciler declares and that are called for, but not in a call of its own: each with the reason. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** The chain that a controller's ledger knows. */
export function chainOf(ground: Ground, controller: Controller): Chain {
  const { placement } = controller.ledger;
  return {
    ground,
    hands: ground.hands,
    placement,
    arn: (kind) => {
      const arn = placement.resources[kind]?.arn;
      if (arn === undefined) throw new Error(`the inventory has no ${kind}`);
      return arn;
    },
  };
}
