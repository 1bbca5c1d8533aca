import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import { base32Hash } from '../../model/records/canonical.ts';
import { type EffectiveTenant, leastTasks } from '../../model/records/effective.ts';
import { cellRoles } from '../../model/records/schema-cell.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { readCell, readZone } from '../capacity/read.ts';
import { placementsOf, specOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
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
  readonly #zones = new Map<string, { readonly made: string; readonly access: ZoneAccess }>();
  /** Placements on live clusters that no inventory names, by cell; twice in a row where the cell was read before. */
  readonly #unknown = new Map<string, readonly string[]>();
  readonly #suspects = new Map<string, ReadonlySet<string>>();

  constructor(deps: TermDeps, view: FleetView, book: PlacementBook) {
    this.#deps = deps;
    this.#view = view;
    this.#book = book;
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

  /** The zone of a tier; two tiers in one zone share its one writer. */
  zone(tier: string): ZoneAccess | undefined {
    const spec = this.#view.spec('Tier', tier);
    if (spec === undefined) return undefined;
    const { id, roleArn, externalId } = spec.zone;
    const made = base32Hash(JSON.stringify({ id, roleArn, externalId }), 20);
    const known = this.#zones.get(id);
    if (known?.made === made) return known.access;
    const access = this.#deps.zoneAccess({
      id,
      domain: spec.domain,
      ...(roleArn === undefined ? {} : { roleArn }),
      externalId,
    });
    this.#zones.set(id, { made, access });
    return access;
  }

  /** Reads a cell with its infra groups into the books. True: something is known now that was not, or no longer is. */
  async readCell(name: string, maxAgeMs: number): Promise<boolean> {
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
    const roles = access.roles({ maxAgeMs: rolesAgeMs });
    const { cell, groups, infra } = await readCell({
      access,
      installation: this.#deps.installation,
      groups: this.#view.groups(name).map((group) => ({
        ...group,
        ownTasks: placements.filter((one) => one.infraGroup === group.name).reduce((sum, one) => sum + one.tasks, 0),
      })),
      ownClusters: placements.filter((placement) => placement.resources.cluster !== undefined).length,
      now: this.#deps.clock.now(),
      maxAgeMs,
    });
    const before = this.#book.cells.get(name);
    const groupsBefore = this.#view.groups(name).map((group) => this.#book.groups.get(group.name)?.ok);
    if (cell.ok) this.#compareMarks(name, cell.value.marked, before?.ok === true);
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
    this.#book.zones.set(access.id, await readZone(access, installation, { now: clock.now(), maxAgeMs }));
    this.#book.invalidate();
  }

  /** Why nothing may be placed: live resources or a fence that the state table knows nothing of. */
  placingClosed(): string | undefined {
    for (const [cell, placements] of this.#unknown) {
      if (placements.length === 0) continue;
      return `cell ${cell} has ${placements.length} placements with our mark that the state table does not know (${placements.slice(0, 3).join(', ')}): nothing is placed until the state table is rebuilt from what is live`;
    }
    for (const [zone, reading] of this.#book.zones) {
      if (!reading.ok || reading.value.fenceEpoch <= this.#deps.epoch) continue;
      return `the fence in zone ${zone} names epoch ${reading.value.fenceEpoch}, the lease is at ${this.#deps.epoch}: the state table is older than the zone; nothing is placed until it is rebuilt`;
    }
    return undefined;
  }

  /** A first reading is believed at once, since nothing can be under way yet; later ones when they say so twice. */
  #compareMarks(cell: string, marked: readonly string[], readBefore: boolean): void {
    const known = new Set(
      this.#view.all('Tenant').flatMap((entry) => placementsOf(entry).map((placement) => placement.id)),
    );
    const unknown = marked.filter((id) => !known.has(id));
    const suspects = this.#suspects.get(cell) ?? new Set();
    this.#suspects.set(cell, new Set(unknown));
    this.#unknown.set(cell, readBefore ? unknown.filter((id) => suspects.has(id)) : unknown);
  }
}

/** No more than surely run: what is taken for our own is not counted as somebody else's use. */
function surelyRunning(spec: EffectiveTenant | undefined): number {
  return spec === undefined ? 0 : Math.min(spec.service.tasks, leastTasks(spec.service));
}
