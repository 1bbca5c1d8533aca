import { ModifyTargetGroupInput$, type TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredTargetGroup } from '../../../src/reconcilers/target-group/desired.ts';
import { diffTargetGroup, targetGroupNeedsSuccessor } from '../../../src/reconcilers/target-group/diff.ts';
import type { LiveTargetGroup, TaskAddress } from '../../../src/reconcilers/target-group/observe.ts';
import { contextOf } from '../../contract/world.ts';
import { foreignTags, known, orAbsent } from '../support.ts';

const context = contextOf();
const desired = known(desiredTargetGroup(context));
const port = context.effective.service.containerPort;

function live(change: Partial<LiveTargetGroup> = {}): LiveTargetGroup {
  return {
    group: {
      ...desired.fixed,
      ...desired.health,
      LoadBalancerArns: ['arn'],
      TargetGroupArn: 'arn',
      TargetGroupName: 'n',
    },
    tags: desired.tags,
    attributes: desired.attributes,
    targets: [],
    tasks: [],
    ...change,
  };
}

function target(Id: string, Port: number, State: TargetHealthStateEnum = 'healthy') {
  return { Target: { Id, Port }, TargetHealth: { State } };
}

const running = (ip: string): TaskAddress => ({
  ip,
  running: true,
  current: true,
  createdAt: Date.parse('2026-06-01T00:00:00Z'),
});

describe('the difference between a target group and the record', () => {
  it('is nothing, whatever else ELB says of it', () => {
    const lives = fc
      .record({
        address: orAbsent({ IpAddressType: 'ipv4' as const }),
        others: foreignTags,
        unknown: fc.dictionary(fc.stringMatching(/^new\.[a-z]{1,8}$/), fc.string()),
        shown: fc.subarray(Object.entries(desired.attributes)),
        ips: fc.uniqueArray(fc.ipV4(), { maxLength: 5 }),
        drained: fc.uniqueArray(fc.ipV4(), { maxLength: 3 }),
      })
      .map(({ address, others, unknown, shown, ips, drained }) => {
        const { IpAddressType: _shown, ...fixed } = desired.fixed;
        return live({
          group: { ...fixed, ...address, ...desired.health, Matcher: { ...desired.health.Matcher } },
          tags: { ...others, ...desired.tags },
          attributes: { ...unknown, ...Object.fromEntries(shown) },
          targets: [
            ...ips.map((ip) => target(ip, port)),
            ...drained.filter((ip) => !ips.includes(ip)).map((ip) => target(ip, 1, 'draining')),
          ],
          tasks: ips.map(running),
        });
      });
    fc.assert(
      fc.property(lives, (one) => {
        expect(diffTargetGroup(desired, one, context)).toEqual([]);
      }),
    );
  });

  it('looks at every member that ModifyTargetGroup takes', () => {
    const members = ModifyTargetGroupInput$[4].filter((member) => member !== 'TargetGroupArn');
    const found = members.map((member) => {
      const other = member === 'Matcher' ? { HttpCode: '404' } : member === 'HealthCheckEnabled' ? false : 'other';
      const group = { ...live().group, [member]: other };
      return diffTargetGroup(desired, live({ group }), context).map(({ field }) => field);
    });
    expect(found).toEqual(members.map((member) => [member]));
  });

  it('tells what can only be chosen at creation, which takes a successor', () => {
    const changes = diffTargetGroup(desired, live({ group: { ...live().group, VpcId: 'vpc-other' } }), context);
    expect(changes).toEqual([{ field: 'VpcId', before: 'vpc-other', after: 'vpc-0a' }]);
    expect(targetGroupNeedsSuccessor(changes)).toBe(true);
    expect(targetGroupNeedsSuccessor([{ field: 'Matcher', before: 1, after: 2 }])).toBe(false);
  });

  it('draws no conclusion about what was not read', () => {
    const { attributes: _a, targets: _t, tasks: _k, ...probe } = live();
    expect(diffTargetGroup(desired, probe, context)).toEqual([]);
    const { tasks: _unread, ...blind } = live({ targets: [target('10.9.9.9', port)] });
    expect(diffTargetGroup(desired, blind, context)).toEqual([]);
  });
});

describe('targets', () => {
  const targetsOf = (change: Partial<LiveTargetGroup>) =>
    diffTargetGroup(desired, live(change), context).find(({ field }) => field === 'Targets');

  it('that stand for no task are foreign, and tasks without one are missed, in one change', () => {
    const targets = [target('10.0.0.1', port), target('10.0.0.9', port)];
    expect(targetsOf({ targets, tasks: [running('10.0.0.1'), running('10.0.0.2')] })).toEqual({
      field: 'Targets',
      before: ['10.0.0.9:8080'],
      after: ['10.0.0.2:8080'],
    });
  });

  it('at another port of a task of ours are foreign', () => {
    const targets = [target('10.0.0.1', port), target('10.0.0.1', 22)];
    expect(targetsOf({ targets, tasks: [running('10.0.0.1')] })).toMatchObject({ before: ['10.0.0.1:22'], after: [] });
  });

  it('of a task of an earlier definition may have any port, and are not missed', () => {
    const earlier = { ...running('10.0.0.1'), current: false };
    expect(targetsOf({ targets: [target('10.0.0.1', 9000)], tasks: [earlier] })).toBeUndefined();
    expect(targetsOf({ targets: [], tasks: [earlier] })).toBeUndefined();
  });

  it('that were registered while the tasks were read are not missed', () => {
    const laterTargets = [target('10.0.0.1', port)];
    expect(targetsOf({ targets: [], laterTargets, tasks: [running('10.0.0.1')] })).toBeUndefined();
  });

  it('of a task that is still starting are not missed', () => {
    expect(targetsOf({ targets: [], tasks: [{ ...running('10.0.0.1'), running: false }] })).toBeUndefined();
  });

  it('of a task that is older than the group are not missed: it belongs to the group before', () => {
    const task = running('10.0.0.1');
    const missedIn = (confirmedAt: string): unknown => {
      const entry = { kind: 'target_group', n: 2, name: 'n', arn: 'arn', confirmedAt } as const;
      const placement = { ...context.placement, resources: { ...context.placement.resources, target_group: entry } };
      const one = live({ targets: [], tasks: [task] });
      return diffTargetGroup(desired, one, { ...context, placement }).find(({ field }) => field === 'Targets')?.after;
    };
    expect(missedIn(new Date(task.createdAt + 1).toISOString())).toBeUndefined();
    expect(missedIn(new Date(task.createdAt - 1).toISOString())).toEqual([`10.0.0.1:${port}`]);
  });
});
