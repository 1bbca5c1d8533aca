import type { InfraGroupReading } from '../../aws/infra.ts';
import type { CellAccess } from '../../aws/ports.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import type { CallError } from '../../model/errors.ts';
import type { EndpointInventory } from '../../model/resources.ts';
import type { GroupAccess } from '../../reconcilers/contract.ts';
import { raiseEpoch } from '../capacity/epochs.ts';
import type { Reading } from '../capacity/readings.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import { keyText } from '../keys.ts';
import { quotasRead } from '../loop/read-conditions.ts';
import {
  epochDeps,
  fleetKey,
  fleetMode,
  type InfraRunDeps,
  look,
  placeTold,
  report,
  wakeTenants,
} from '../loop/run-deps.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import type { InfraGroupPlan } from '../plan.ts';
import { adoptableIds } from './adopt.ts';
import { gateBasis, onePerZone } from './basis.ts';
import { type GateVerdict, gateOf } from './gate.ts';
import { type GroupScope, type GroupWiring, wireGroup } from './group.ts';

/** One run of an infra group: a change of it is read with its cell, its endpoints are kept, and its gate is looked at. */
export async function runInfraGroup(deps: InfraRunDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'InfraGroup', name);
  if (entry === undefined) {
    deps.book.gates.delete(name);
    return { kind: 'settled' };
  }
  await raiseEpoch(epochDeps(deps), name);
  const cell = deps.view.spec('InfraGroup', name)?.cell;
  if (changed) {
    deps.book.invalidate();
    deps.enqueue(fleetKey, 'change');
  }
  if (cell !== undefined && (changed || deps.book.infra.get(name) === undefined)) {
    const news = await deps.infra.readCell(cell, 0);
    if (changed || news) wakeTenants(deps, cell);
  }
  const { conditions, outcome, notice } = await lookAtGroup(deps, entry, {
    write: true,
    maxAgeMs: trigger === 'change' ? 0 : 5_000,
  });
  const tier = deps.view.spec('Cell', cell ?? '')?.tier;
  if (tier !== undefined && (changed || notice)) deps.enqueue(keyText('Tier', tier), 'progress');
  const stated = deps.view.spec('InfraGroup', name)?.quotas;
  const judged = [
    ...conditions.filter(({ type }) => type === 'InfraReady'),
    ...quotasRead(deps.book.groups.get(name), stated),
  ];
  const parts = conditions.filter(({ type }) => type !== 'InfraReady');
  await report(deps, entry, judged, { parts, told: placeTold(deps, entry, 'InfraGroup') });
  return outcome;
}

export interface GroupLook {
  readonly conditions: readonly ConditionUpdate[];
  readonly outcome: Outcome;
  readonly wiring: GroupWiring;
  /** Whether something is known now of the wiring or the gate that was not. */
  readonly notice: boolean;
}

/**
 * Looks at the endpoints of a group, brings them in line where it may, and takes down in the books whether the group takes new tenants. Throws `CallError` only when our lease is gone.
 */
export async function lookAtGroup(
  deps: InfraRunDeps,
  entry: ObjectEntry,
  options: { readonly write: boolean; readonly maxAgeMs: number },
): Promise<GroupLook> {
  const { book, view, term } = deps;
  const { name } = entry;
  const cell = view.spec('InfraGroup', name)?.cell ?? '';
  const tier = view.spec('Tier', view.spec('Cell', cell)?.tier ?? '');
  const basis = gateBasis(view, name);
  const wiring = await wire(deps, entry, options);
  const verdict = gateOf({
    tier: tier === undefined ? undefined : { domain: tier.domain, scope: tier.routing.scope },
    infra: book.infra.get(name),
    roles: book.roles.get(cell),
    endpoints: wiring.conditions,
    now: term.clock.now(),
  });
  const before = book.gates.get(name);
  const { closed, conditions } = verdict;
  const { missing } = wiring;
  book.gates.set(name, { basis, closed, conditions, missing });
  const moved = before === undefined || before.basis !== basis || before.closed !== closed;
  if (moved) book.invalidate();
  if (options.write) tell(deps, entry, verdict);
  // Those who wait for room.
  if (before?.closed !== undefined && closed === undefined) wakeTenants(deps, cell);
  const notice = moved || JSON.stringify(before.missing) !== JSON.stringify(missing);
  return { conditions: verdict.conditions, outcome: outcomeOf(wiring), wiring, notice };
}

/** An event when the gate opens or closes. */
function tell(deps: InfraRunDeps, entry: ObjectEntry, { closed, conditions }: GateVerdict): void {
  const was = entry.status?.value.conditions.find(({ type }) => type === 'InfraReady')?.status;
  const message = conditions.find(({ type }) => type === 'InfraReady')?.message ?? '';
  if (was === 'True' && closed !== undefined)
    deps.term.observer.event(entry.key, { type: 'Warning', reason: 'GateClosed', message });
  if (was === 'False' && closed === undefined)
    deps.term.observer.event(entry.key, {
      type: 'Normal',
      reason: 'GateOpened',
      message: `takes new tenants: ${message}`,
    });
}

const nothing: GroupWiring = { conditions: [], missing: [], changes: [], waiting: [], held: [], failed: [] };

/** What an infra group's endpoints follow from, as far as it is known. */
export interface Wirable {
  readonly cell: string;
  readonly access: CellAccess;
  readonly mode: Mode;
  readonly scope: GroupScope;
}

/** What there is to wire, or how it stands where nothing can be looked at. */
export function wirable({ term, view, infra, book }: InfraRunDeps, entry: ObjectEntry): Wirable | GroupWiring {
  const { name } = entry;
  const group = view.spec('InfraGroup', name);
  const cell = view.spec('Cell', group?.cell ?? '');
  const tier = view.spec('Tier', cell?.tier ?? '');
  const access = infra.cell(group?.cell ?? '');
  const endpoints = entry.inventory?.value.endpoints ?? {};
  if (group === undefined || cell === undefined || tier === undefined || access === undefined) return nothing;
  const { dependencies } = tier;
  if (dependencies.length === 0 && Object.keys(endpoints).length === 0) return nothing;
  const mode = strictest([fleetMode(term, view), tier.mode, cell.mode, group.mode]);
  const parts = book.infra.get(name);
  const obstacle = obstacleOf(entry, mode, parts);
  if (parts?.ok !== true || obstacle !== undefined) return unlooked(dependencies, obstacle);
  const network = {
    vpcId: group.vpcId,
    subnetIds: onePerZone(group.subnetIds, parts.value.zones),
    securityGroupIds: group.endpointSecurityGroupIds,
  };
  const { installation } = term;
  return {
    cell: group.cell,
    access,
    mode,
    scope: { installation, infraGroup: name, network, dependencies, endpoints },
  };
}

/** Why the endpoints cannot be looked at. */
function obstacleOf(
  entry: ObjectEntry,
  mode: Mode,
  parts: Reading<InfraGroupReading> | undefined,
): { readonly reason: string; readonly message: string } | undefined {
  if (mode === 'paused') return { reason: 'Paused', message: 'mode paused: not looked at' };
  if (entry.damaged.length > 0) return { reason: 'Damaged', message: 'what is known of it cannot be read' };
  return parts?.ok === false ? parts : undefined;
}

async function wire(
  deps: InfraRunDeps,
  entry: ObjectEntry,
  { write, maxAgeMs }: { readonly write: boolean; readonly maxAgeMs: number },
): Promise<GroupWiring> {
  const { term, infra, turns } = deps;
  const { name } = entry;
  const what = wirable(deps, entry);
  if (!('scope' in what)) return what;
  const { access, scope } = what;
  const turn = turns.begin(what.cell, name);
  const active = write && what.mode === 'active';
  const deserted = isDeserted(deps, entry);
  const save = async (endpoints: GroupScope['endpoints']): Promise<void> => {
    entry.inventory = await term.state.writeInventory(entry.key, { placements: {}, endpoints }, entry.inventory);
  };
  try {
    const wiring = await wireGroup(
      {
        reconciler: term.endpoints,
        clock: term.clock,
        newToken: term.newToken,
        save,
        report: (change, stage) => {
          if (write) term.observer.wired(change, stage, name);
        },
        write: active && !deserted,
        take: () => turn.take(),
        mayRemove: term.removalsFrom <= term.clock.now() && infra.behind.closed() === undefined,
        refusals: deps.refusals,
        adopt: {
          // A table that is behind does not know what other groups have.
          ids: infra.behind.closed() === undefined ? adoptableIds(deps.view, name, term.clock.now()) : [],
          adopted: (message) => term.observer.event(entry.key, { type: 'Normal', reason: 'Adopted', message }),
        },
        freshness: { depth: 'full', maxAgeMs, driftAgeMs: maxAgeMs },
      },
      { cell: access.as('heal') },
      scope,
    );
    if (active && deserted) await forgetGone(deps, { cell: access }, scope, save);
    if (write) tellTroubles(deps, entry, wiring);
    return wiring;
  } finally {
    turn.end();
  }
}

function tellTroubles({ term }: InfraRunDeps, entry: ObjectEntry, { held, failed }: GroupWiring): void {
  for (const { reason, message } of held) term.observer.groupHeld(reason, entry.name, message);
  for (const error of failed) term.observer.callFailed(entry.key, error);
}

/** The record vanished and nobody is in the group: its endpoints stay as they are, and are neither healed nor made anew, so that people can take them away. */
function isDeserted({ view }: InfraRunDeps, entry: ObjectEntry): boolean {
  if (entry.present) return false;
  return !view.all('Tenant').some((tenant) => placementsOf(tenant).some(({ infraGroup }) => infraGroup === entry.name));
}

/** What people took away of a deserted group's endpoints is gone from its inventory too; with the last of them the group itself is forgotten. */
async function forgetGone(
  { term }: InfraRunDeps,
  access: GroupAccess,
  scope: GroupScope,
  save: (next: GroupScope['endpoints']) => Promise<void>,
): Promise<void> {
  const left: Record<string, EndpointInventory> = {};
  for (const [name, inventory] of Object.entries(scope.endpoints)) {
    const dependency = { name, serviceName: inventory.service, privateDns: false };
    for (const resource of [inventory.resource, ...inventory.retired]) {
      const { installation, infraGroup, network } = scope;
      const context = { installation, infraGroup, network, dependency, resource, retired: inventory.retired };
      const { state } = await term.endpoints.observe(access, context, {
        depth: 'probe',
        maxAgeMs: 60_000,
        driftAgeMs: 60_000,
      });
      if (state !== 'absent' && state !== 'ending') left[name] = inventory;
    }
  }
  if (Object.keys(left).length < Object.keys(scope.endpoints).length) await save(left);
}

function unlooked(
  dependencies: readonly { readonly name: string }[],
  { reason, message } = { reason: 'NotRead', message: 'the infra group was not read yet' },
): GroupWiring {
  const conditions = dependencies.map(({ name }) => ({
    type: 'EndpointsReady',
    status: 'Unknown' as const,
    reason,
    message: `${name}: ${message}`,
  }));
  return { ...nothing, conditions, missing: dependencies.map(({ name }) => name) };
}

/** Refusals are kept from AWS for a while by themselves: the run only looks again. */
function outcomeOf({ failed, waiting, held }: GroupWiring): Outcome {
  const [error] = failed.filter(isPassing);
  if (error !== undefined) return { kind: 'retry', class: error.class, error };
  if (waiting.length > 0) {
    const [soonest] = [...waiting].sort((a, b) => a.checkInMs - b.checkInMs);
    return { kind: 'progressing', checkInMs: soonest?.checkInMs ?? 15_000, what: soonest?.on ?? '' };
  }
  const [hold] = held;
  if (hold !== undefined) return { kind: 'held', reason: hold.reason, checkInMs: 60_000 };
  const [refused] = failed;
  if (refused !== undefined) return { kind: 'waiting', on: refused.message, checkInMs: 60_000 };
  return { kind: 'settled' };
}

function isPassing(error: CallError): boolean {
  return !['invalid', 'denied', 'capacity'].includes(error.class);
}

/** What would be done for the endpoints of every infra group now, and why those that are not ready take no new tenants. Nothing is written. */
export async function planInfraGroups(deps: InfraRunDeps): Promise<readonly InfraGroupPlan[]> {
  const plans: InfraGroupPlan[] = [];
  for (const entry of [...deps.view.all('InfraGroup')].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { conditions, wiring } = await lookAtGroup(deps, entry, { write: false, maxAgeMs: 60_000 });
    const ready = conditions.find(({ type }) => type === 'InfraReady');
    const notes = ready === undefined || ready.status === 'True' ? [] : [ready.message];
    if (wiring.changes.length + notes.length > 0)
      plans.push({ infraGroup: entry.name, changes: wiring.changes, notes });
  }
  return plans;
}
