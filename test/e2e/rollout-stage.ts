/** A tier with a crowd of tenants, and what can be seen of how a change of it goes out. */
import type { RolloutStatus } from '../../src/model/rollout.ts';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

export const quick = { wavePercents: [10, 50, 100], bakeSeconds: 20, maxUnavailable: 4, maxFailures: 1 };
const first = tier('crowd');
const service = first.spec.service as Readonly<Record<string, unknown>>;

export const image = (tag: string): string => `registry.example.com/server:${tag}`;

/** The tier with an image, and other fields of its service or its rollout. */
export function crowdTier(tag: string, rollout: object = {}, more: object = {}): PlainRecord {
  return tier('crowd', { service: { ...service, image: image(tag), ...more }, rollout: { ...quick, ...rollout } });
}

export const nameOf = (n: number): string => `t${String(n).padStart(2, '0')}`;

/** A fleet of `count` tenants in two cells and three groups; `fields` are of the nth. */
export function crowd(
  count: number,
  fields: (n: number) => Readonly<Record<string, unknown>> = () => ({}),
  of: PlainRecord = crowdTier('1'),
): string {
  const [a, b] = [cell('crowd-a', 'crowd', 1), cell('crowd-b', 'crowd', 2)];
  const groups = [group('a1', a), group('a2', a), group('b1', b)];
  // Each third is pinned to a group, so that all three are there.
  const pinOf = (n: number): string => ['a1', 'a2', 'b1'][n % 3] ?? 'a1';
  const tenants = Array.from({ length: count }, (_none, n) =>
    tenant(nameOf(n), 'crowd', { pin: [pinOf(n)], ...fields(n) }),
  );
  return documents([of, a, b, ...groups, ...tenants]);
}

/** An installation with a crowd, and what its controller and AWS show of it. */
export class Crowd {
  readonly run: Installation;
  /** When each tenant was seen with each image first. */
  readonly arrivals = new Map<string, number>();
  mostUnderWay = 0;
  readonly names: readonly string[];

  private constructor(run: Installation, names: readonly string[]) {
    this.run = run;
    this.names = names;
  }

  static async settle(fleet: string): Promise<Crowd> {
    const run = await new Installation({ fleet, config: { resyncMs: 300_000, detailMs: 900_000 } }).init();
    run.start();
    await run.until('all are as wanted', () => {
      const { Ready = 0, Suspended = 0, ...others } = run.phases();
      return Ready + Suspended > 0 && Object.keys(others).length === 0;
    });
    const names = (run.leader?.term?.view.all('Tenant') ?? []).map((entry) => entry.name).sort();
    return new Crowd(run, names);
  }

  entry(tenantName: string) {
    return this.run.leader?.term?.view.get('Tenant', tenantName);
  }

  /** The tag of the image that a tenant's accepted spec has. */
  tag(tenantName: string): string {
    return this.entry(tenantName)?.accepted?.effective?.service.image.split(':')[1] ?? 'none';
  }

  with(tag: string): readonly string[] {
    return this.names.filter((one) => this.tag(one) === tag);
  }

  get shown(): RolloutStatus | undefined {
    return this.run.leader?.term?.view.get('Tier', 'crowd')?.status?.value.rollout;
  }

  get rolledOut() {
    const status = this.run.leader?.term?.view.get('Tier', 'crowd')?.status?.value;
    return status?.conditions.find((condition) => condition.type === 'RolledOut');
  }

  put(record: PlainRecord): Promise<void> {
    return this.run.put(record.kind, record.name, record.spec);
  }

  /** Lets time pass second by second and notes who comes to have what. */
  async until(what: string, holds: () => boolean, limitSeconds = 5_400): Promise<void> {
    for (let second = 0; !holds(); second += 1) {
      if (second >= limitSeconds) throw new Error(`${what}: not within ${limitSeconds} s\n${this.rolledOut?.message}`);
      await this.run.advance(1);
      this.note();
    }
  }

  /** The tier has `tag` for all that it may have it for, as far as the rollout can come. */
  async untilState(state: RolloutStatus['state'], tag: string, limitSeconds?: number): Promise<void> {
    const isTarget = (): boolean => {
      const spec = this.run.leader?.term?.view.spec('Tier', 'crowd');
      return spec?.service.image === image(tag) && this.isToldOf(tag);
    };
    await this.until(`${state} with ${tag}`, () => isTarget() && this.shown?.state === state, limitSeconds);
  }

  /** The status speaks of the revision that is accepted. */
  isToldOf(tag: string): boolean {
    const rollout = this.run.leader?.term?.view.get('Tier', 'crowd')?.spec?.value.rollout;
    const kept = rollout?.revisions[rollout.target]?.service as { image?: string } | undefined;
    return kept?.image === image(tag) && rollout?.target.includes(this.shown?.revision ?? 'none') === true;
  }

  note(): void {
    let underWay = 0;
    for (const one of this.names) {
      const entry = this.entry(one);
      const key = `${one} ${this.tag(one)}`;
      if (!this.arrivals.has(key)) this.arrivals.set(key, this.run.clock.now());
      const admitted = entry?.spec?.value.admission !== undefined;
      if (admitted && entry.status?.value.observedGeneration !== entry.accepted?.generation) underWay += 1;
    }
    this.mostUnderWay = Math.max(this.mostUnderWay, underWay);
  }

  /** Tenants in the order in which they came to have an image, those of one second together. */
  order(tag: string): readonly (readonly string[])[] {
    const seconds = new Map<number, string[]>();
    for (const one of this.names) {
      const at = this.arrivals.get(`${one} ${tag}`);
      if (at !== undefined) seconds.set(at, [...(seconds.get(at) ?? []), one]);
    }
    return [...seconds].sort(([a], [b]) => a - b).map(([, group]) => group);
  }

  events(key: string, reason: string): readonly string[] {
    return this.run.told.events
      .filter((event) => event.key === key && event.reason === reason)
      .map(({ message }) => message);
  }
}
