import { setMaxListeners } from 'node:events';
import { CallError } from '../../model/errors.ts';
import { isKind, type Kind, kinds } from '../../model/records/kinds.ts';
import type { AdoptReport, AdoptRequest, RebuildReport } from '../../model/reports.ts';
import { isHeld } from '../../store/capacity.ts';
import type { StoredObject } from '../../store/state.ts';
import { adoptReport } from '../adopt/report.ts';
import { BatchPlanner } from '../capacity/batch.ts';
import { PlacementBook } from '../capacity/book.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { refreshEntry } from '../fleet/refresh.ts';
import { FleetView } from '../fleet/view.ts';
import { capacityReport } from '../forecast/report.ts';
import { CapacityWatch } from '../forecast/watch.ts';
import { groupAdoptReport } from '../infra-group/adopt-report.ts';
import { RefusalBook } from '../infra-group/refusals.ts';
import { planInfraGroups, runInfraGroup } from '../infra-group/run.ts';
import { Turns } from '../infra-group/turns.ts';
import { keyText, parseKey } from '../keys.ts';
import { FleetMovers } from '../movers/movers.ts';
import { drainPlanner } from '../movers/plan-drain.ts';
import { rebalancePlanner } from '../movers/plan-rebalance.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { type PlanReport, planFleet } from '../plan.ts';
import { KeyedQueue } from '../queue/keyed-queue.ts';
import { rebuildReport } from '../rebuild/report.ts';
import type { EngineDeps } from '../tenant/deps.ts';
import { HealthBook } from '../tenant/health.ts';
import { requestOf } from '../tenant/placing.ts';
import { runTenant } from '../tenant/step.ts';
import type { Serving } from '../tier/closure.ts';
import { publicationOf, type TierPublication } from '../tier/publish.ts';
import type { TermDeps } from './deps.ts';
import { FirstReading } from './first-reading.ts';
import { Infrastructure } from './infra.ts';
import { laneOf } from './lanes.ts';
import { lateWrites } from './late-writes.ts';
import { noticing } from './noticing.ts';
import { inOrder, rawHash, recordsPerTurn } from './raw-records.ts';
import { runCell } from './run-cell.ts';
import { fleetKey, fleetMode, type InfraRunDeps } from './run-deps.ts';
import { rebuildDeps, runFleet } from './run-fleet.ts';
import { runTier } from './run-tier.ts';
import { Sweeps } from './sweeps.ts';

/**
 * One term of leadership, from the first complete view to the last call.
 *
 *   loading   the stream is held at its end, then both tables are read completely, then every cell and zone (a take-over waits only so long for those); nothing is written to AWS
 *   working   the queue runs; stream, lists, sweeps and outcomes add keys
 *   stopped   no key is begun any more; those that run end by themselves or by the fence; nothing is written on the way out
 */
export class Term {
  readonly view = new FleetView();
  readonly book: PlacementBook;
  readonly queue: KeyedQueue;
  readonly movers: FleetMovers;
  readonly capacity: CapacityWatch;
  readonly engine: EngineDeps;
  /** When the desired table was last listed to its end, in milliseconds since the epoch; undefined before the queue runs. */
  syncedAt: number | undefined;
  readonly #deps: TermDeps;
  readonly #infra: Infrastructure;
  readonly #runs: InfraRunDeps;
  readonly #sweeps: Sweeps;
  readonly #first: FirstReading;
  readonly #serving = new Map<string, ReadonlyMap<string, Serving>>();
  readonly #publications = new Map<string, TierPublication>();
  readonly #stop = new AbortController();
  readonly #raw = new Map<string, string>();
  /** Keys of which the state table holds something else than we remember: read anew before they run again. */
  readonly #stale = new Set<string>();
  #streaming: Promise<void> = Promise.resolve();
  #rereading: Promise<void> = Promise.resolve();
  #working = false;
  /** Whether what earlier leaders wrote late, too, is known. */
  #isCertain = false;

  constructor(deps: TermDeps) {
    this.#deps = deps;
    setMaxListeners(0, this.#stop.signal);
    const { placingMode: mode = deps.config.mode } = deps.config;
    this.book = new PlacementBook(this.view, () => fleetMode({ config: { ...deps.config, mode } }, this.view));
    this.#infra = new Infrastructure(deps, this.view, this.book);
    this.movers = new FleetMovers({
      view: this.view,
      clock: deps.clock,
      mode: () => deps.config.mode,
      planDrain: drainPlanner(this.book, deps.clock),
      planRebalance: rebalancePlanner(this.view, this.book, deps.clock),
    });
    this.capacity = new CapacityWatch(deps.clock, () =>
      capacityReport({ view: this.view, book: this.book, clock: deps.clock }),
    );
    this.engine = this.#engineDeps();
    this.queue = new KeyedQueue({
      clock: deps.clock,
      random: deps.random,
      concurrency: deps.config.concurrency,
      laneOf: (key) => laneOf(this.view, key),
      run: (key, trigger) => this.#run(key, trigger),
      observer: deps.observer.queue,
    });
    this.#runs = {
      term: deps,
      view: this.view,
      book: this.book,
      infra: this.#infra,
      movers: this.movers,
      capacity: this.capacity,
      serving: this.#serving,
      publications: this.#publications,
      changes: new Map(),
      turns: new Turns(),
      refusals: new RefusalBook(),
      enqueue: (key, trigger) => this.queue.add(key, trigger),
      isCertain: () => this.#isCertain,
    };
    this.#first = new FirstReading(this.#runs, this.#stop.signal);
    this.#sweeps = new Sweeps({
      term: deps,
      engine: this.engine,
      queue: this.queue,
      view: this.view,
      list: () => this.#list(),
      signal: this.#stop.signal,
    });
  }

  /** Whether complete views are in hand and the queue runs. */
  get working(): boolean {
    return this.#working;
  }

  /** Loads complete views, then works until stopped. Rejects when a view cannot be had: there is no work on half a view. */
  async start(): Promise<void> {
    const deps = this.#deps;
    const stream = deps.stream({
      onKeys: (keys) => {
        for (const { kind, name } of keys) this.#hint(kind, name);
      },
      onGap: () => this.#sweeps.listSoon(),
      onError: (error) => deps.observer.callFailed('stream', error),
    });
    this.#streaming = stream.run(this.#stop.signal).catch((error: unknown) => {
      deps.observer.failed('stream', asError(error));
    });
    await stream.ready;
    await this.load();
    if (this.#stop.signal.aborted) return;
    this.#working = true;
    this.#infra.behind.begin();
    this.#enqueueAll();
    this.#sweeps.start();
    this.#rereading = this.#lookForLateWrites();
    this.#synced();
  }

  /** Complete views of both tables, and of every cell and zone that can be reached. */
  async load(): Promise<void> {
    const { signal } = this.#stop;
    this.#load(await this.#deps.reader.loadAll());
    // A controller that is told to stop meanwhile reads nothing more.
    if (!signal.aborted) await this.#list();
    if (!signal.aborted) await this.#first.read();
  }

  /** The rebuild of the state table as it would be carried out now, and why it is called for. Nothing is written. */
  async rebuildPlan(): Promise<RebuildReport> {
    return rebuildReport(rebuildDeps(this.#runs));
  }

  /** What adopting a resource would come to now. Nothing is written. Throws `CallError`. */
  async adoption(request: AdoptRequest): Promise<AdoptReport> {
    return 'infraGroup' in request ? groupAdoptReport(this.#runs, request) : adoptReport(this.engine, request);
  }

  /** Why the state table is behind what is live, in words; undefined where it is not. */
  get behind(): string | undefined {
    return this.#infra.behind.closed();
  }

  /** What the controller would do now. Nothing is written. */
  async plan(tenant?: string): Promise<PlanReport> {
    const report = await planFleet(this.engine, tenant);
    return tenant === undefined ? { ...report, infraGroups: await planInfraGroups(this.#runs) } : report;
  }

  /** Stops without writing anything: what runs is waited for, what waits is dropped. */
  async stop(): Promise<void> {
    this.#working = false;
    this.#stop.abort(new Error('the term of leadership ended'));
    await this.queue.stop();
    await this.#sweeps.stopped();
    await this.#streaming;
    await this.#rereading;
  }

  async #lookForLateWrites(): Promise<void> {
    const { clock, reader, removalsFrom, observer } = this.#deps;
    const failed = observer.failed.bind(observer);
    const { view } = this;
    for (const key of await lateWrites({ clock, reader, removalsFrom, view, signal: this.#stop.signal, failed })) {
      const { kind, name } = parseKey(key);
      if (isKind(kind)) view.ensure(kind, name);
      this.#stale.add(key);
      this.queue.add(key, 'drift');
    }
    this.#isCertain = true;
  }

  #load(objects: ReadonlyMap<string, StoredObject>): void {
    this.view.load(objects.values());
    const now = this.#deps.clock.now();
    for (const stored of objects.values()) {
      if (stored.kind !== 'InfraGroup' || stored.capacity === undefined) continue;
      this.book.epochs.set(stored.name, stored.capacity.capacityEpoch);
      for (const [slot, held] of Object.entries(stored.capacity.slots)) {
        if (!isHeld(held) && held.restingUntil > now) this.book.rest(stored.name, Number(slot), held.restingUntil);
      }
    }
  }

  /**
   * Reads the desired table to its end and looks at what changed since the last list; what the list lacks is read by its key before it counts as vanished. The first
   * list accepts every record before any key runs, in order of kind: references are known then.
   */
  async #list(): Promise<void> {
    const records = await this.#deps.desired.list();
    const seen = new Set<string>();
    for (const [index, raw] of inOrder(records).entries()) {
      if (this.#stop.signal.aborted) return;
      // Looking at ten thousand takes longer than the lease may wait for its renewal.
      if (index % recordsPerTurn === recordsPerTurn - 1) await this.#deps.clock.sleep(0);
      const key = keyText(String(raw.kind), String(raw.name));
      seen.add(key);
      const hash = rawHash(raw);
      if (this.#raw.get(key) === hash) continue;
      this.#raw.set(key, hash);
      if (this.#working) this.queue.add(key, 'change');
      else await this.#accept(String(raw.kind), String(raw.name), raw);
    }
    for (const key of [...this.#raw.keys()].filter((known) => !seen.has(known))) {
      this.#raw.delete(key);
      if (this.#working) this.queue.add(key, 'change');
    }
    if (!this.#working) await this.#acceptVanished(seen);
    if (this.#working) this.#synced();
  }

  #synced(): void {
    this.syncedAt = this.#deps.clock.now();
    this.#deps.observer.synced(this.syncedAt);
  }

  /** What the first list lacks, one by one by its key. */
  async #acceptVanished(seen: ReadonlySet<string>): Promise<void> {
    for (const entry of this.#entries()) {
      if (this.#stop.signal.aborted) return;
      if (!seen.has(entry.key)) await this.#acceptByKey(entry);
    }
  }

  #entries(): readonly ObjectEntry[] {
    return kinds.flatMap((kind) => this.view.all(kind));
  }

  async #acceptByKey(entry: ObjectEntry): Promise<void> {
    await this.#accept(entry.kind, entry.name, await this.#deps.desired.get(entry.kind, entry.name));
  }

  async #accept(kind: string, name: string, raw: unknown): Promise<void> {
    const { state, clock } = this.#deps;
    await acceptObject({ view: this.view, state, clock }, kind, name, raw);
  }

  #enqueueAll(): void {
    this.queue.add(fleetKey, 'resync');
    for (const kind of kinds) {
      for (const entry of this.view.all(kind)) {
        const settled = entry.status?.value.observedGeneration === entry.accepted?.generation;
        this.queue.add(entry.key, kind === 'Tenant' && !settled ? 'change' : 'resync');
      }
    }
  }

  /** A change that the stream tells of: the key runs and reads the record itself. */
  #hint(kind: string, name: string): void {
    const key = keyText(kind, name);
    this.#raw.delete(key);
    if (this.#working) this.queue.add(key, 'change');
    else this.#sweeps.listSoon();
  }

  async #run(key: string, trigger: Trigger): Promise<Outcome> {
    const outcome = await this.#attempt(key, trigger);
    // A write was refused because something is not as it was last seen: perhaps the state table itself.
    if (outcome.kind === 'retry' && outcome.class === 'conflict') this.#stale.add(key);
    return outcome;
  }

  async #attempt(key: string, trigger: Trigger): Promise<Outcome> {
    const { kind, name } = parseKey(key);
    try {
      await this.#first.before(key);
      if (this.#stale.has(key)) await this.#refresh(kind, name);
      this.#stale.delete(key);
      switch (kind as Kind) {
        case 'Fleet':
          return await runFleet(this.#runs, name);
        case 'Tier':
          return await runTier(this.#runs, name, trigger);
        case 'Cell':
          return await runCell(this.#runs, name, trigger);
        case 'InfraGroup':
          return await runInfraGroup(this.#runs, name, trigger);
        case 'Tenant':
          return await runTenant(this.engine, name, trigger);
        default:
          await this.#accept(kind, name, await this.#deps.desired.get(kind, name));
          return { kind: 'settled' };
      }
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#deps.observer.callFailed(key, error);
      return { kind: 'retry', class: error.class, error };
    }
  }

  /** The state table is not as we remember it. */
  async #refresh(kind: string, name: string): Promise<void> {
    const entry = isKind(kind) ? this.view.get(kind, name) : undefined;
    if (entry === undefined) return;
    await refreshEntry(this.#deps, entry);
    this.view.holdClaims(entry);
    this.book.invalidate();
  }

  #engineDeps(): EngineDeps {
    const { deps } = { deps: this.#deps };
    return {
      installation: deps.installation,
      clock: deps.clock,
      random: deps.random,
      newToken: deps.newToken,
      view: this.view,
      book: this.book,
      batch: new BatchPlanner({ view: this.view, clock: deps.clock, requestOf }),
      desired: deps.desired,
      state: deps.state,
      reservations: noticing(
        deps.reservations,
        (tenant) => this.#stale.add(keyText('Tenant', tenant)),
        (item, { capacityEpoch }) => this.book.epochs.set(parseKey(item).name, capacityEpoch),
      ),
      removals: deps.removals,
      reconcilers: deps.reconcilers,
      cell: (name) => this.#infra.cell(name),
      zone: (tier) => this.#infra.zone(tier),
      mode: () => deps.config.mode,
      removalsFrom: () => deps.removalsFrom,
      placingClosed: (tier) => this.#infra.behind.closed(tier),
      leftAlone: (tenant) => this.#infra.behind.tenant(tenant),
      publication: (tier, group, tenant) => {
        const host = this.view.spec('Tier', tier)?.domain ?? tier;
        const publication = this.#publications.get(tier);
        const left = publication?.left.has(group) ?? false;
        return { ...publicationOf(publication, this.#serving, host, tenant), left };
      },
      noteServing: (tenant, tiers, serving) => this.#noteServing(tenant, tiers, serving),
      health: new HealthBook(),
      movers: this.movers,
      observer: deps.observer,
    };
  }

  #noteServing(tenant: string, tiers: ReadonlySet<string>, serving: ReadonlyMap<string, Serving>): void {
    const before = this.#serving.get(tenant);
    this.#serving.set(tenant, serving);
    if (JSON.stringify([...(before ?? [])]) === JSON.stringify([...serving])) return;
    for (const tier of tiers) {
      if (this.view.spec('Tier', tier)?.routing.scope === 'tier')
        this.queue.add(keyText('Tier', tier), 'progress', servingGatherMs);
    }
  }
}

/** A pass over a shared name looks at all its tenants, so what comes within this time is looked at together. Milliseconds. */
const servingGatherMs = 2_000;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
