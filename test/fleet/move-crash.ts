import { expect } from 'vitest';
import type { Call } from '../../src/simulator/kernel.ts';
import { leftOf } from '../e2e/leftovers.ts';
import { acme, acmeHost, begin, isSettledIn, placements } from '../e2e/move-stage.ts';
import { TrafficWatch } from '../e2e/traffic-watch.ts';
import { service, tier, write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';

/** Times that are short, so that a move is mostly the calls that it takes. */
const quick = tier('standard', {
  moves: { stepSeconds: 5, graceSeconds: 10 },
  service: { ...service, startupSeconds: 10, drainSeconds: 1 },
});

const limit = 3_600_000;

/** In how many parts the calls of a move are taken. */
export const parts = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Whether a call changes AWS, or something of the state table that a move hangs on: not the lease, a status or an event. */
function counts({ operation, service }: Call, input: object): boolean {
  if (/^(Describe|List|Get|Query|Scan|Batch|Assume)/.test(operation)) return false;
  if (!service.startsWith('dynamodb')) return true;
  return !/"(status|lease)"|"event\//.test(JSON.stringify(input));
}

/** Kills the controller in the very turn of its `at`th call that counts, with the call landed and the answer lost. */
class Assassin extends TrafficWatch {
  readonly victim: Installation;
  left = Number.POSITIVE_INFINITY;
  counted = 0;
  killedAt: string | undefined;

  constructor(run: Installation) {
    super(run, [{ tenant: 'acme', host: acmeHost }]);
    this.victim = run;
  }

  aim(at: number): void {
    this.left = at;
    this.counted = 0;
    this.killedAt = undefined;
  }

  override after(call: Call, input: object = {}) {
    super.after(call);
    if (!call.principal.includes('controller-') || !counts(call, input)) return undefined;
    this.counted += 1;
    this.left -= 1;
    if (this.left !== 0) return undefined;
    this.killedAt = `${call.service} ${call.operation}`;
    this.victim.kill();
    return undefined;
  }
}

/**
 * Moves a tenant to and fro, and kills the controller at every call of the move in turn, one for each move; `part` of `parts` takes its share of the calls. Returns at how many it was
 * killed.
 */
export async function crashEverywhere(part: number, parts: number): Promise<number> {
  const run = await begin([quick, acme(['g1'])], { latencyFactor: 0.1 });
  const watch = new Assassin(run);
  const groups = ['g1', 'g2'];
  let kills = 0;
  for (let at = part + 1; ; at += parts) {
    const [from = '', to = ''] = groups;
    groups.reverse();
    const gone = placements(run).map(({ id }) => id);
    watch.aim(at);
    await write(run, acme([to]));
    await run.until(
      `from ${from} to ${to}, killed at call ${at}`,
      () => {
        if (run.leader === undefined) run.start();
        return isSettledIn(run, [to]);
      },
      limit,
    );
    expect(watch.complaints(), `killed at call ${at} (${watch.killedAt ?? 'none'})`).toEqual([]);
    expect(await leftOf(run, gone), `killed at call ${at} (${watch.killedAt ?? 'none'})`).toEqual([]);
    if (watch.killedAt === undefined) break;
    kills += 1;
  }
  watch.left = Number.POSITIVE_INFINITY;
  await run.stop();
  return kills;
}
