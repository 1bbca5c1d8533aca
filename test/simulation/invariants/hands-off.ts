import { marks } from '../../../src/model/names.ts';
import { installation } from '../names.ts';
import type { Invariant, SeenCall, Watch } from '../oracle.ts';

/** What stands in the world and is not ours, as text that any change of it changes. */
export type Strangers = ReadonlyMap<string, () => string>;

/**
 * 2. Hands off. Strangers stay as they are to the last byte, and whatever a controller changes or deletes bears our installation and a placement of an inventory before the call.
 */
export function handsOff(watch: Watch, strangers: Strangers): Invariant {
  const before = new Map([...strangers].map(([name, text]) => [name, text()]));
  return {
    name: '2 hands off',
    before: (seen) => {
      if (seen.controller === undefined || !seen.mutating || seen.late) return;
      for (const { what, tags } of touched(watch, seen)) {
        if (tags === undefined) continue;
        if (tags.get(marks.installation) !== installation) watch.violated(`${what} is not ours`);
        const placement = tags.get(marks.placement) ?? '';
        if (!watch.truth.placements().has(placement))
          watch.violated(`${what} is of ${placement}, which no inventory names`);
      }
    },
    after: ({ mutating }) => {
      if (!mutating) return;
      for (const [name, text] of strangers) {
        const now = text();
        if (now !== before.get(name)) watch.violated(`${name} was ${before.get(name)}, is ${now}`);
        before.set(name, now);
      }
    },
  };
}

/** The resources that a call would change, with their tags as they stand; undefined tags where there is no such resource. */
function* touched(
  watch: Watch,
  { call, input }: SeenCall,
): Generator<{ what: string; tags: ReadonlyMap<string, string> | undefined }> {
  const { elb, ecs } = watch.aws.truth;
  const text = (name: string): string => {
    const value = input[name];
    return typeof value === 'string' ? value : '';
  };
  const region = ecs.regions.get(`${call.account}/${call.region}`);
  const clusterOf = (arn: string) => region?.clusters.get(arn.slice(arn.lastIndexOf('/') + 1));
  switch (call.operation) {
    case 'ModifyRule':
    case 'DeleteRule':
      yield { what: text('RuleArn'), tags: elb.rules.get(text('RuleArn'))?.tags };
      return;
    case 'ModifyTargetGroup':
    case 'ModifyTargetGroupAttributes':
    case 'DeleteTargetGroup':
    case 'RegisterTargets':
    case 'DeregisterTargets':
      yield { what: text('TargetGroupArn'), tags: elb.targetGroups.get(text('TargetGroupArn'))?.tags };
      return;
    case 'UpdateCluster':
    case 'DeleteCluster':
      yield { what: text('cluster'), tags: clusterOf(text('cluster'))?.tags };
      return;
    case 'UpdateService':
    case 'DeleteService': {
      const name = text('service');
      const tags = clusterOf(text('cluster'))?.services.get(name.slice(name.lastIndexOf('/') + 1))?.tags;
      yield { what: name, tags };
      return;
    }
    case 'RegisterScalableTarget':
    case 'PutScalingPolicy':
    case 'DeleteScalingPolicy':
    case 'DeregisterScalableTarget': {
      // Tags go only with the call that makes the target: AWS refuses them for one that stands.
      const targets = watch.aws.truth.scaling.regions.get(`${call.account}/${call.region}`)?.targets;
      const tags = input.Tags === undefined ? targets?.get(text('ResourceId'))?.tags : undefined;
      yield { what: text('ResourceId'), tags };
      return;
    }
    default:
  }
}
