import type { BaseReport, RehearsalProgress, RehearsalReport, RehearsalRequest } from '../../cli/rehearsal.ts';
import type { Term } from '../../controller/loop/term.ts';
import type { DesiredRecord } from '../../model/records/kinds.ts';
import { removalWindowMs } from '../../store/removals.ts';
import { Meter } from './counts.ts';
import { withoutAws } from './isolate.ts';
import { type Place, placesOf } from './places.ts';
import { type Measured, reportOf } from './report.ts';
import { seedsOf } from './seed.ts';
import { controllerIdentity, Stage } from './stage.ts';
import { Timeline } from './timeline.ts';
import { type Standing, Wanted } from './wanted.ts';

/** How long nothing may happen before what is not as wanted counts as stuck: the controller's own longest waits are ten minutes (a removal window, a name at rest). */
const stuckMs = 720_000;
/** Where nothing is open any more but a place for somebody: what was given back rests a minute, and who waits for room asks each half minute. */
const roomMs = 120_000;

/** The records cannot be played: what is wrong stands in the message. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError';
}

/** Plays a fleet, or a change to one, on the simulated AWS under a virtual clock. Throws `RehearsalError` where the records contradict each other in what they say of AWS. */
export function runRehearsal(request: RehearsalRequest): Promise<RehearsalReport> {
  return withoutAws(async () => {
    const rehearsal = new Rehearsal(request);
    try {
      return await rehearsal.run();
    } finally {
      await rehearsal.close();
    }
  });
}

/** How all objects stand at one moment. */
type Tally = Readonly<Record<Standing, number>>;

class Rehearsal {
  readonly #request: RehearsalRequest;
  readonly #stage: Stage;
  readonly #timeline: Timeline;
  readonly #meter: Meter;
  readonly #wanted: Wanted;
  #measured: Measured = { durationSeconds: 0, calls: [], usage: [] };

  constructor(request: RehearsalRequest) {
    const { base, change } = request;
    this.#request = request;
    this.#wanted = new Wanted(base.length > 0 ? base : change);
    this.#stage = stageOf(request);
    const { clock, aws } = this.#stage;
    this.#timeline = new Timeline(clock, {
      status: (key) => {
        const record = this.#wanted.records.get(key);
        return record === undefined ? undefined : this.#term?.view.get(record.kind, record.name)?.status?.value;
      },
      isDone: (key) => {
        const record = this.#wanted.records.get(key);
        return record !== undefined && this.#standing(record) === 'as-wanted';
      },
    });
    this.#meter = new Meter(aws, controllerIdentity);
  }

  async run(): Promise<RehearsalReport> {
    const { base, change } = this.#request;
    await this.#stage.open();
    await this.#stage.write(base.length > 0 ? base : change);
    this.#restart();
    this.#stage.start(this.#timeline.observer);
    await this.#play(base.length > 0 ? 'base' : 'change');
    const stood = base.length === 0 ? undefined : await this.#settleBase();
    return reportOf({
      request: this.#request,
      term: this.#working(),
      now: this.#stage.clock.now(),
      wanted: this.#wanted,
      timeline: this.#timeline,
      measured: this.#measured,
      before: stood?.before ?? [],
      base: stood?.report ?? null,
    });
  }

  close(): Promise<void> {
    return this.#stage.close();
  }

  get #term(): Term | undefined {
    return this.#stage.term;
  }

  #working(): Term {
    const term = this.#term;
    if (term?.working === true) return term;
    const why = [...this.#timeline.failures].join('; ');
    throw new Error(`the rehearsed controller never got to work${why === '' ? '' : `: ${why}`}`);
  }

  /** Notes how the base stands, then writes the change and plays it. */
  async #settleBase(): Promise<{ before: readonly Place[]; report: BaseReport }> {
    const { view } = this.#working();
    const removed = [...this.#timeline.changes.keys()].some((key) => key.endsWith('/delete'));
    const { durationSeconds } = this.#measured;
    await this.#stage.rest(removed ? removalWindowMs : 0);
    const before = placesOf(view);
    const notAsWanted = [...this.#wanted.records]
      .filter(([, record]) => this.#standing(record) !== 'as-wanted')
      .map(([key]) => key)
      .sort();
    const report: BaseReport = {
      settled: this.#survey().tally.open === 0,
      durationSeconds,
      tenants: view.count('Tenant'),
      placements: before.length,
      notAsWanted,
    };
    this.#stage.raiseQuotas();
    this.#wanted.write(this.#request.change);
    this.#restart();
    await this.#stage.write(this.#request.change);
    await this.#play('change');
    return { before, report };
  }

  #restart(): void {
    this.#measured = { durationSeconds: 0, calls: [], usage: [] };
    this.#meter.restart();
    this.#timeline.restart(this.#survey().open);
  }

  /** Lets time pass until everything is as wanted, or nothing happens any more, or the time is up. */
  async #play(stage: RehearsalProgress['stage']): Promise<void> {
    const { clock } = this.#stage;
    const timeline = this.#timeline;
    const { records } = this.#wanted;
    const until = clock.monotonic() + this.#request.hours * 3_600_000;
    // The timeline sees to the instant what comes to be as wanted; looking at everything is for what it cannot see.
    const stepMs = 1_000 * Math.ceil(records.size / 1_000);
    let asWanted = this.#survey().tally['as-wanted'];
    for (;;) {
      const began = clock.monotonic();
      const progressBefore = timeline.lastProgress;
      await this.#stage.advance(Math.min(stepMs, until - began));
      this.#meter.look();
      const { tally, open } = this.#survey();
      for (const key of open) timeline.follow(key);
      const moved = timeline.lastProgress > progressBefore;
      const differs = tally['as-wanted'] !== asWanted;
      asWanted = tally['as-wanted'];
      if (differs && !moved) timeline.progressed();
      if (differs || moved) this.#measure();
      this.#request.onProgress?.({ stage, seconds: timeline.seconds(), asWanted, objects: records.size });
      const quietMs = this.#isRollingOut() ? 0 : clock.monotonic() - timeline.lastProgress;
      if (isOver(tally, quietMs) || clock.monotonic() >= until) return;
    }
  }

  /** Waves are watched for as long as the tier says, and end by themselves: quiet is no sign that something is stuck. */
  #isRollingOut(): boolean {
    const tiers = this.#term?.view.all('Tier') ?? [];
    const states = tiers.map((tier) => tier.status?.value.rollout?.state);
    return states.includes('RollingOut') || states.includes('Baking');
  }

  /** Figures count up to the last progress: looking on for longer adds nothing to them. */
  #measure(): void {
    const durationSeconds = this.#timeline.seconds(this.#timeline.lastProgress);
    this.#measured = { durationSeconds, calls: this.#meter.calls(), usage: this.#meter.usage() };
  }

  #standing(record: DesiredRecord): Standing {
    const term = this.#term;
    return term === undefined ? 'open' : this.#wanted.standing(term.view, record);
  }

  /** How everything stands now, and the keys of what is open. */
  #survey(): { readonly tally: Tally; readonly open: readonly string[] } {
    const tally = { 'as-wanted': 0, invalid: 0, unplaced: 0, open: 0 };
    const open: string[] = [];
    for (const [key, record] of this.#wanted.records) {
      const standing = this.#standing(record);
      tally[standing] += 1;
      if (standing === 'open') open.push(key);
    }
    return { tally, open };
  }
}

function isOver(tally: Tally, quietMs: number): boolean {
  if (tally.open > 0) return quietMs >= stuckMs;
  return tally.unplaced === 0 || quietMs >= roomMs;
}

/** What is wrong between the records of AWS's side comes from the simulator, by record and field. */
function stageOf({ base, change, seed, startAt }: RehearsalRequest): Stage {
  const seeds = seedsOf(base, change);
  try {
    return new Stage({ seeds, seed, startAt });
  } catch (error) {
    throw new RehearsalError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
