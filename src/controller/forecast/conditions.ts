import type { ConditionUpdate } from '../../model/conditions.ts';
import type { CapacityFigures, CapacityLevel } from '../../model/reports.ts';
import type { ObjectEvent, ObjectStatus } from '../../model/state.ts';

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

/**
 * The condition `HasRoom` of a tier, cell or infra group. How long the room will last is not in it: that changes by the hour although nothing happens, and no status is to be written
 * for that.
 */
export function roomTold(before: ObjectStatus | undefined, figures: CapacityFigures | undefined): RoomTold {
  if (figures === undefined) return { conditions: [], dropped: ['HasRoom'], events: [] };
  const condition = roomCondition(figures);
  const last = before?.conditions.find(({ type }) => type === 'HasRoom');
  return { conditions: [condition], dropped: [], events: eventsOf(last?.reason, condition) };
}

function roomCondition({ level, usedPercent, binding, room }: CapacityFigures): ConditionUpdate {
  const type = 'HasRoom';
  if (usedPercent === undefined)
    return {
      type,
      status: 'Unknown',
      reason: 'NotKnown',
      message: 'its limits are not known yet, or nothing limits it',
    };
  const status = level === 'low' || level === 'critical' ? 'False' : 'True';
  const more = room === undefined ? '' : `; room for ${room} more average ${room === 1 ? 'tenant' : 'tenants'}`;
  return {
    type,
    status,
    reason: reasons[level],
    message: `${usedPercent} % full${binding === undefined ? '' : `, by its ${binding}`}${more}`,
  };
}

/** Nothing is told of a first look that finds all well. */
function eventsOf(before: string | undefined, after: ConditionUpdate): readonly NewEvent[] {
  if (before === after.reason || after.status === 'Unknown') return [];
  const isWell = after.reason === reasons.room;
  if (isWell && (before === undefined || before === 'NotKnown')) return [];
  return [{ type: after.status === 'False' ? 'Warning' : 'Normal', reason: after.reason, message: after.message }];
}
