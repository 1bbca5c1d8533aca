import type { ConditionUpdate } from '../../model/conditions.ts';
import type { CapacityFigures, CapacityLevel } from '../../model/reports.ts';
import type { ObjectEvent, ObjectStatus } from '../../model/state.ts';
import { thresholds } from '../../placement/forecast-warnings.ts';

type NewEvent = Pick<ObjectEvent, 'type' | 'reason' | 'message'>;

/** What a status says of the room that is left, and the event where a threshold was crossed. */
export interface RoomTold {
  readonly conditions: readonly ConditionUpdate[];
  readonly dropped: readonly string[];
  readonly events: readonly NewEvent[];
}

const reasons: Readonly<Record<CapacityLevel, string>> = {
  room: 'Room',
  filling: 'FillingUp',
  low: 'CapacityLow',
  critical: 'CapacityCritical',
};

/** How full something is from each level on, as people say it. */
const words: Readonly<Record<CapacityLevel, string>> = {
  room: `less than ${percent(thresholds.info)} full`,
  filling: `${percent(thresholds.info)} full or more`,
  low: `${percent(thresholds.warning)} full or more`,
  critical: `${percent(thresholds.critical)} full or more`,
};

/**
 * The condition `HasRoom` of a tier, cell or infra group. It says which threshold is passed and nothing else: what is free, and what is short first, changes with every task that starts
 * anywhere, and no status is to be written for that. The event of the crossing has the figures of that moment, and `cellwright capacity` those of now.
 */
export function roomTold(before: ObjectStatus | undefined, figures: CapacityFigures | undefined): RoomTold {
  if (figures === undefined) return { conditions: [], dropped: ['HasRoom'], events: [] };
  const condition = roomCondition(figures);
  const last = before?.conditions.find(({ type }) => type === 'HasRoom');
  return { conditions: [condition], dropped: [], events: eventsOf(last?.reason, condition, figures) };
}

function roomCondition({ level, usedPercent }: CapacityFigures): ConditionUpdate {
  const type = 'HasRoom';
  if (usedPercent === undefined)
    return {
      type,
      status: 'Unknown',
      reason: 'NotKnown',
      message: 'its limits are not known yet, or nothing limits it',
    };
  const status = level === 'low' || level === 'critical' ? 'False' : 'True';
  return {
    type,
    status,
    reason: reasons[level],
    message:
      level === 'room' ? words[level] : `${words[level]}: cellwright capacity says what is short and what would help`,
  };
}

/** Nothing is told of a first look that finds all well. */
function eventsOf(
  before: string | undefined,
  after: ConditionUpdate,
  { usedPercent, binding, room }: CapacityFigures,
): readonly NewEvent[] {
  if (before === after.reason || after.status === 'Unknown') return [];
  const isWell = after.reason === reasons.room;
  if (isWell && (before === undefined || before === 'NotKnown')) return [];
  const by = binding === undefined ? '' : `, by its ${binding}`;
  const more = room === undefined ? '' : `; room for ${room} more average ${room === 1 ? 'tenant' : 'tenants'}`;
  const message = `${usedPercent ?? 0} % full${by}${more}`;
  return [{ type: after.status === 'False' ? 'Warning' : 'Normal', reason: after.reason, message }];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
