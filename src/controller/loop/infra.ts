import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import { base32Hash } from '../../model/records/canonical.ts';
import { type EffectiveTenant, leastTasks } from '../../model/records/effective.ts';
import { cellRoles } from '../../model/records/schema-cell.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { readCell, readZone } from '../capacity/read.ts';
import { placementsOf, specOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import { type MarkedPlacement, StateBehind } from '../rebuild/behind.ts';
import type { TermDeps } from './deps.ts';

/** A role is assumed anew, to prove that it can be, when the last proof is older than this. */
const rolesAgeMs = 600_000;

/**
 * Ways into cells and zones, and what is read there for placement. A cell's or tier's access is made anew when what it is made of changes, so that nothing read through
 * the old one is used.
 */
export class Infrastructure {
  readonly #deps: TermDeps;
  readonly #view: FleetView;
  readonly #book: PlacementBook;
  readonly #cells = new Map<string, { readonly made: string; readonly access: CellAccess }>();
  readonly #zones = new Map<string, { readonly made: string; readonly tier: string; readonly access: ZoneAccess }>();
  /** What is live and the state table does not know. */
  readonly behind: StateBehind;

  constructor(deps: TermDeps, view: FleetView, book: PlacementBook) {
    this.#deps = deps;
    this.#view = view;
    this.#book = book;
    this.behind = new StateBehind({
      epoch: deps.epoch,
      known: () => this.#placements(),
      tierOf: (cell) => view.spec('Cell', cell)?.tier,
    });
  }

  cell(name: string): CellAccess | undefined {
    const spec = this.#view.spec('Cell', name);
    if (spec === undefined) return undefined;
    const config = {
      name,
      accountId: spec.accountId,
      region: spec.region,
      roles: cellRoles(spec),
      externalId: spec.externalId,
    };
    const made = base32Hash(JSON.stringify(config), 20);
    const known = this.#cells.get(name);
    if (known?.made === made) return known.access;
    const access = this.#deps.cellAccess(config);
    this.#cells.set(name, { made, access });
    return access;
  }

  /** The zone of a tier; two tiers in one zone share its one writer, and with it the role of the one that came first. */
  zone(tier: string): ZoneAccess | undefined {
    const spec = this.#view.spec('Tier', tier);
    if (spec === undefined) return undefined;
    const { id, roleArn, externalId } = spec.zone;
    const made = base32Hash(JSON.stringify({ id, roleArn, externalId }), 20);
    const known = this.#zones.get(id);
    const isOthers = known !== undefined && known.tier !== tier && this.#view.spec('Tier', known.tier)?.zone.id === id;
    if (known !== undefined && (known.made === made || isOthers)) return known.access;
    const access = this.#deps.zoneAccess({
      id,
      domain: spec.domain,
      ...(roleArn === undefined ? {} : { roleArn }),
      externalId,
    });
    this.#zones.set(id, { made, tier, access });
    return access;
  }

  /**
   * Reads a cell with its infra groups into the books. True: something is known now that was not, or no longer is. The `first` reading of a term waits for no sweep's share of the budgets, and takes for ours
   * what the inventories name: the tags of a full cell's rules and target groups alone would hold up a take-over by as many seconds as it has hundreds of tenants.
   */
  async readCell(name: string, maxAgeMs: number, first = false): Promise<boolean> {
    const access = this.cell(name);
    if (access === undefined) return false;
    const placements = this.#view.all('Tenant').flatMap((entry) => {
      return placementsOf(entry)
        .filter((placement) => placement.cell === name)
        .map((placement) => ({
          ...placement,
          tasks: placement.resources.service === undefined ? 0 : surelyRunning(specOf(entry, placement)),
        }));
    });
    const known = this.#placements();
    const roles = access.roles({ maxAgeMs: rolesAgeMs });
    const { cell, groups, infra } = await readCell({
      access,
      installation: this.#deps.installation,
      groups: this.#view.groups(name).map((group) => ({
        ...group,
        ownTasks: placements.filter((one) => one.infraGroup === group.name).reduce((sum, one) => sum + one.tasks, 0),
      })),
      knows: (placement) => known.has(placement),
      ownClusters: placements.filter((placement) => placement.resources.cluster !== undefined).length,
      now: this.#deps.clock.now(),
      maxAgeMs,
      ...(first ? { purpose: 'change', owns: ownsOf(placements) } : {}),
    });
    const before = this.#book.cells.get(name);
    const groupsBefore = this.#view.groups(name).map((group) => this.#book.groups.get(group.name)?.ok);
    const read = [...groups.values()].flatMap((group) => (group.ok ? group.value.marked : []));
    if (cell.ok) this.behind.noteCell(name, onePerPlacement([...cell.value.marked, ...read]), before?.ok === true);
    this.#book.cells.set(name, cell);
    for (const [group, reading] of groups) this.#book.groups.set(group, reading);
    for (const [group, parts] of infra) this.#book.infra.set(group, parts);
    this.#book.roles.set(name, await roles);
    this.#book.invalidate();
    const groupsAfter = this.#view.groups(name).map((group) => this.#book.groups.get(group.name)?.ok);
    return before?.ok !== cell.ok || groupsBefore.some((ok, index) => ok !== groupsAfter[index]);
  }

  async readZone(tier: string, maxAgeMs: number): Promise<void> {
    const access = this.zone(tier);
    if (access === undefined) return;
    const { clock, installation } = this.#deps;
    const reading = await readZone(access, installation, { now: clock.now(), maxAgeMs });
    this.#book.zones.set(access.id, reading);
    if (reading.ok) this.behind.noteFence(access.id, reading.value.fenceEpoch);
    this.#book.invalidate();
  }

  /** Ids of all placements that the state table knows. */
  #placements(): ReadonlySet<string> {
    return new Set(this.#view.all('Tenant').flatMap((entry) => placementsOf(entry).map(({ id }) => id)));
  }
}

/** Whether an inventory names a resource. */
function ownsOf(placements: readonly PlacementInventory[]): (arn: string) => boolean {
  const arns = new Set(
    placements.flatMap(({ resources, retired }) => [...Object.values(resources), ...retired].map(({ arn }) => arn)),
  );
  return (arn) => arns.has(arn);
}

/** No more than surely run: what is taken for our own is not counted as somebody else's use. */
function surelyRunning(spec: EffectiveTenant | undefined): number {
  return spec === undefined ? 0 : Math.min(spec.service.tasks, leastTasks(spec.service));
}

function onePerPlacement(marked: readonly MarkedPlacement[]): readonly MarkedPlacement[] {
  return [...new Map(marked.map((one) => [one.placement, one])).values()];
}
