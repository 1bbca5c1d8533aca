/** A small fleet of two cells with two infra groups each, in which one tenant moves. */
import type { PlacementInventory } from '../../src/model/resources.ts';
import { cell, documents, group, type PlainRecord, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation, type InstallationOptions } from '../support/installation.ts';

export const standard = tier('standard', { moves: { stepSeconds: 20, graceSeconds: 120 } });
export const one = cell('one', 'standard', 1);
export const two = cell('two', 'standard', 2);
export const places = [group('g1', one), group('g1b', one), group('g2', two), group('g2b', two)];
export const base: readonly PlainRecord[] = [standard, one, two, ...places];
export const acmeHost = 'acme.standard.example.com';

/** The tenant that moves, pinned to these infra groups. */
export function acme(pin: readonly string[], fields: Readonly<Record<string, unknown>> = {}): PlainRecord {
  return tenant('acme', 'standard', { pin, ...fields });
}

/** An installation with these records and a controller that runs, as soon as `holds`. */
export async function begun(
  records: readonly PlainRecord[],
  holds: (run: Installation) => boolean,
  options: Partial<InstallationOptions> = {},
): Promise<Installation> {
  const run = await new Installation({
    fleet: documents(records),
    apply: false,
    latencyFactor: 0.3,
    config: { concurrency: 20, resyncMs: 60_000, detailMs: 300_000 },
    ...options,
  }).init();
  await write(run, ...records);
  run.start();
  await run.until('as it begins', () => holds(run));
  return run;
}

/** An installation with these records beside the base, all tenants Ready. */
export async function begin(
  records: readonly PlainRecord[],
  options: Partial<InstallationOptions> = {},
): Promise<Installation> {
  const allReady = (run: Installation): boolean => {
    const { Ready = 0, ...others } = run.phases();
    return Ready > 0 && Object.keys(others).length === 0;
  };
  return begun([...base, ...records], allReady, options);
}

/** Whether these tenants serve. */
export function areReady(run: Installation, names: readonly string[]): boolean {
  return names.every((name) => status(run, name)?.phase === 'Ready');
}

export function placements(run: Installation, name = 'acme'): readonly PlacementInventory[] {
  return Object.values(run.leader?.term?.view.get('Tenant', name)?.inventory?.value.placements ?? {});
}

export function status(run: Installation, name = 'acme') {
  return run.leader?.term?.view.get('Tenant', name)?.status?.value;
}

/** One condition, as `status reason`. */
export function condition(run: Installation, type: string, name = 'acme'): string {
  const found = status(run, name)?.conditions.find((each) => each.type === type);
  return found === undefined ? 'none' : `${found.status} ${found.reason}`;
}

/** Infra groups that the tenant is in, in order. */
export function groupsOf(run: Installation, name = 'acme'): readonly string[] {
  return placements(run, name)
    .map(({ infraGroup }) => infraGroup)
    .sort();
}

/** Whether the tenant is in just these groups, nothing of it moves, and its record is fulfilled. */
export function isSettledIn(run: Installation, groups: readonly string[], name = 'acme'): boolean {
  const found = status(run, name);
  const reached = found?.phase === 'Ready' && found.observedGeneration === found.generation;
  const moving = placements(run, name).some(({ move, weight }) => move !== undefined || weight !== undefined);
  return reached && !moving && JSON.stringify(groupsOf(run, name)) === JSON.stringify([...groups].sort());
}

/** The phase of the tenant's (first) move, as its status shows it. */
export function movePhaseOf(run: Installation, name = 'acme'): string | undefined {
  return status(run, name)?.placements?.find(({ move }) => move !== undefined)?.move?.phase;
}

/** The shares of requests by infra group, in percent. */
export function shares(run: Installation, host = acmeHost): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const answer of run.route(host).answers) {
    const name = answer.loadBalancer.split('/')[2] ?? answer.loadBalancer;
    found[name] = (found[name] ?? 0) + answer.share;
  }
  return Object.fromEntries(Object.entries(found).map(([name, share]) => [name, Math.round(share * 100)]));
}
