/** `rebalance`: shows which movable tenants would be moved to what end, and on request orders it within a budget. */
import { parseRecord } from '../../model/records/parse.ts';
import type { FleetSpec } from '../../model/records/schema-fleet.ts';
import type { RebalanceReport, RebalanceTier } from '../../model/reports.ts';
import type { RawRecord } from '../../store/desired.ts';
import { ask } from '../answers.ts';
import { wholeFlag } from '../config.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { usage, writeField } from '../edit.ts';
import { CliError, exitCodes } from '../errors.ts';
import { withSession } from '../session.ts';
import { clean } from '../table.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

type Order = FleetSpec['rebalance'][number];

export interface RebalanceOptions {
  /** Text of `--max-moves`. */
  readonly maxMoves: string;
  /** Text of `--for`, in minutes. */
  readonly minutes: string;
  readonly yes: boolean;
  /** Takes orders back instead. */
  readonly cancel: boolean;
  readonly local: boolean;
}

/** 0 when there is nothing to gain, or it is ordered (or taken back); 1 when there is and nothing was ordered; 2 when it cannot be told. */
export async function rebalance(
  context: Context,
  word: string | undefined,
  name: string | undefined,
  options: RebalanceOptions,
): Promise<number> {
  const tier = tierOf(word, name);
  const maxMoves = wholeFlag('--max-moves', options.maxMoves, 1, 10_000);
  const minutes = wholeFlag('--for', options.minutes, 1, 10_080);
  if (options.cancel) return takeBack(context, tier);
  const terms = { moves: String(maxMoves), ...(tier === undefined ? {} : { tier }) };
  const report = await ask(context, 'rebalance', terms, { local: options.local, command: 'cellwright rebalance' });
  const planned = report.tiers.filter(({ moves }) => moves.length > 0);
  if (planned.length === 0) {
    await context.output.data({ ...report, ordered: [] }, () => linesOf(report));
    return exitCodes.yes;
  }
  const ordered = await order(context, report, planned, { maxMoves, minutes, yes: options.yes });
  await context.output.data({ ...report, ordered }, () => [
    ...linesOf(report),
    ...ordered.map(
      ({ tier: one, moves, until }) =>
        `~ fleet default: spec.rebalance: tier ${one}, at most ${moves} moves until ${until}`,
    ),
    ...(ordered.length === 0
      ? []
      : ['  watch it: cellwright describe fleet default; take it back: cellwright rebalance --cancel']),
  ]);
  if (ordered.length === 0) context.output.say('nothing was ordered; to order it: cellwright rebalance --yes');
  return ordered.length > 0 ? exitCodes.yes : exitCodes.no;
}

function tierOf(word: string | undefined, name: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (requireKind(word) !== 'Tier' || name === undefined)
    throw usage('rebalance', 'tiers are rebalanced', 'cellwright rebalance, or cellwright rebalance tier NAME');
  return requireName('Tier', name);
}

async function order(
  context: Context,
  report: RebalanceReport,
  planned: readonly RebalanceTier[],
  asked: { maxMoves: number; minutes: number; yes: boolean },
): Promise<readonly Order[]> {
  const count = planned.reduce((sum, { moves }) => sum + moves.length, 0);
  if (!asked.yes) {
    if (context.host.stdin.isTTY !== true) return [];
    for (const line of linesOf(report)) context.output.say(line);
    const question = `Move ${count} ${count === 1 ? 'tenant' : 'tenants'}?`;
    if (!(await confirm(context, question, { yes: false, command: 'cellwright rebalance --yes' }))) return [];
  }
  const until = new Date(context.host.clock.now() + asked.minutes * 60_000).toISOString();
  const orders = planned.map(({ tier }) => ({ tier, moves: asked.maxMoves, until }));
  await withSession(context.host, context.settings, async (session) => {
    const raw = await session.desired.get('Fleet', 'default');
    const others = ordersOf(raw).filter((one) => !orders.some(({ tier }) => tier === one.tier));
    const edit = { kind: 'Fleet', name: 'default', field: 'rebalance', value: [...others, ...orders] } as const;
    await writeField(context, session, edit, raw);
  });
  return orders;
}

async function takeBack(context: Context, tier: string | undefined): Promise<number> {
  return withSession(context.host, context.settings, async (session) => {
    const raw = await session.desired.get('Fleet', 'default');
    if (raw === undefined) throw noSuchRecord('Fleet', 'default');
    const before = ordersOf(raw);
    const left = before.filter((one) => tier !== undefined && one.tier !== tier);
    const cancelled = before.filter((one) => !left.includes(one));
    if (cancelled.length > 0) {
      const value = left.length === 0 ? undefined : left;
      await writeField(context, session, { kind: 'Fleet', name: 'default', field: 'rebalance', value }, raw);
    }
    await context.output.data({ cancelled }, () =>
      cancelled.length === 0
        ? ['= fleet default: nothing is being rebalanced']
        : cancelled.map(
            (one) =>
              `~ fleet default: the order to rebalance tier ${one.tier} is taken back (what is under way and can go back does)`,
          ),
    );
    return exitCodes.yes;
  });
}

/** The orders that stand. Of a record that is refused nothing is overwritten unread. */
function ordersOf(raw: RawRecord | undefined): readonly Order[] {
  if (raw === undefined) return [];
  const parsed = parseRecord(raw);
  if (parsed.ok && parsed.record.kind === 'Fleet') return parsed.record.spec.rebalance;
  throw new CliError({
    reason: 'Invalid',
    what: 'the orders that stand cannot be told',
    why: 'the record fleet default is not valid, so nothing would follow from a change of it',
    hint: 'see what is wrong with it: cellwright get invalid',
  });
}

function linesOf({ tiers }: RebalanceReport): string[] {
  return tiers.flatMap(({ tier, moves, frees, text }) =>
    [
      `tier ${tier}: ${text}`,
      ...moves.map((move) => `  ${move.tenant}: ${move.from} -> ${move.to} (${move.why})`),
      ...(frees.length === 0 ? [] : [`  would be empty then: ${frees.join(', ')}`]),
    ].map(clean),
  );
}
