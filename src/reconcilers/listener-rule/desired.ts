import type { Elb } from '../../aws/ports.ts';
import { pathPatterns, rulePriority } from '../../model/names.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';

export interface RuleContent {
  readonly priority: number;
  readonly conditions: Elb.RuleCondition[];
  readonly targetGroupArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Rule on the tenant's host, path or header, at the slot's own priority. Tenants supply no pattern: hosts and paths are derived from names. */
export function desiredRule(context: PlacementContext): Desired<RuleContent> {
  const targetGroup = context.placement.resources.target_group?.arn;
  if (targetGroup === undefined) return { state: 'waiting', on: 'target_group' };
  const value: RuleContent = {
    priority: rulePriority(context.placement.slot),
    conditions: ruleConditions(context),
    targetGroupArn: targetGroup,
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

function ruleConditions(context: PlacementContext): Elb.RuleCondition[] {
  const { routing } = context.effective;
  const conditions: Elb.RuleCondition[] = [{ Field: 'host-header', HostHeaderConfig: { Values: [routing.host] } }];
  if (routing.pathPrefix !== undefined) {
    conditions.push({ Field: 'path-pattern', PathPatternConfig: { Values: pathPatterns(routing.pathPrefix) } });
  }
  if (routing.by === 'header') {
    const HttpHeaderName = routing.header;
    conditions.push({ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName, Values: [context.tenant] } });
  }
  return conditions;
}
