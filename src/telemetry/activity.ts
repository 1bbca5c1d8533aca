import type { Change } from '../model/resources.ts';

/** Something that happened, as the page and `/api/activity` show it. */
export type Activity =
  | {
      readonly what: 'drift' | 'healed';
      /** RFC 3339. */
      readonly at: string;
      /** `Tenant/acme` or `Tier/basic`. */
      readonly object: string;
      readonly resource: Change['kind'];
      readonly name: string;
      readonly fields: readonly string[];
      /** Only of `healed`: seconds from first sight to the change. */
      readonly seconds?: number;
    }
  | {
      readonly what: 'change';
      readonly at: string;
      readonly object: string;
      readonly resource: Change['kind'];
      readonly name: string;
      readonly action: Change['action'];
      readonly reason: Change['reason'];
      readonly fields: readonly string[];
    }
  | {
      readonly what: 'held' | 'failed' | 'event';
      readonly at: string;
      readonly object: string;
      readonly reason: string;
      readonly message: string;
    };

/** What `/api/activity` answers with, the newest first. Healing has a list of its own, so that a large onboarding does not push it out. */
export interface RecentActivity {
  readonly healing: readonly Activity[];
  readonly changes: readonly Activity[];
}

/** The last entries of a process's work, in memory only. */
export class ActivityLog {
  readonly #most: number;
  #healing: Activity[] = [];
  #changes: Activity[] = [];

  /** `most`: how many entries each of the two lists keeps. */
  constructor(most = 200) {
    this.#most = most;
  }

  add(entry: Activity): void {
    if (entry.what === 'drift' || entry.what === 'healed')
      this.#healing = [entry, ...this.#healing].slice(0, this.#most);
    else this.#changes = [entry, ...this.#changes].slice(0, this.#most);
  }

  recent(): RecentActivity {
    return { healing: this.#healing, changes: this.#changes };
  }
}
