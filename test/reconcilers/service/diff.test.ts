import { DeploymentConfiguration$, type Service, UpdateServiceRequest$ } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredService } from '../../../src/reconcilers/service/desired.ts';
import { deploymentCorrection, diffService } from '../../../src/reconcilers/service/diff.ts';
import { contextOf } from '../../contract/world.ts';
import { anyOrder, foreignTags, known, orAbsent, placementWith } from '../support.ts';

const placement = placementWith({
  task_definition: 'arn:td:1',
  cluster: 'arn:cluster',
  target_group: 'arn:tg',
  listener_rule: 'arn:rule',
});
const desired = known(desiredService(contextOf(placement)));
const ours = Object.entries(desired.tags).map(([key, value]) => ({ key, value }));

function live(change: Partial<Service> = {}): Service {
  const { cluster: _c, tags: _t, capacityProviderStrategy: _s, desiredCount: _d, ...members } = desired;
  const { serviceConnectConfiguration: _n, volumeConfigurations: _v, vpcLatticeConfigurations: _l, ...shown } = members;
  return { ...shown, desiredCount: 2, tags: ours, deployments: [{ status: 'PRIMARY' }], ...change };
}

describe('the difference between a service and the record', () => {
  it('is nothing, however ECS gives lists, defaults and what is switched off', () => {
    const { subnets = [], securityGroups = [] } = desired.networkConfiguration.awsvpcConfiguration ?? {};
    const lives = fc
      .record({
        subnets: anyOrder(subnets),
        groups: anyOrder(securityGroups),
        publicIp: orAbsent({ assignPublicIp: 'DISABLED' as const }),
        platform: orAbsent({ platformVersion: 'LATEST' }),
        rest: fc.constantFrom<Partial<Service>>(
          {},
          { serviceRegistries: [], capacityProviderStrategy: [], placementConstraints: [], launchType: 'FARGATE' },
        ),
        breaker: fc.constantFrom<object>(
          {},
          { resetOnHealthyTask: true, thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 } },
        ),
        deployment: fc.constantFrom<object>(
          {},
          { strategy: 'ROLLING', bakeTimeInMinutes: 0, alarms: { enable: false, rollback: false, alarmNames: [] } },
          { lifecycleHooks: [] },
        ),
        connect: fc.constantFrom<object>({}, { serviceConnectConfiguration: { enabled: false } }),
        tags: foreignTags.chain((others) =>
          anyOrder([...ours, ...Object.entries(others).map(([key, value]) => ({ key, value }))]),
        ),
      })
      .map((drawn) => {
        const { platformVersion: _shown, ...service } = live();
        return {
          ...service,
          ...drawn.platform,
          ...drawn.rest,
          networkConfiguration: {
            awsvpcConfiguration: { subnets: drawn.subnets, securityGroups: drawn.groups, ...drawn.publicIp },
          },
          deploymentConfiguration: {
            ...desired.deploymentConfiguration,
            ...drawn.deployment,
            deploymentCircuitBreaker: { enable: true, rollback: true, ...drawn.breaker },
          },
          deployments: [
            { status: 'ACTIVE', serviceConnectConfiguration: { enabled: true } },
            { status: 'PRIMARY', ...drawn.connect },
          ],
          tags: drawn.tags,
        } satisfies Service;
      });
    fc.assert(
      fc.property(lives, (one) => {
        expect(diffService(desired, one)).toEqual([]);
      }),
    );
  });

  it('looks at every member that UpdateService takes and DescribeServices shows', () => {
    const elsewhere = {
      service: 'names it',
      cluster: 'names it',
      forceNewDeployment: 'an order, no state',
      deploymentController: 'given at creation; a service of ECS stays one',
      placementConstraints: 'refused for Fargate',
      placementStrategy: 'refused for Fargate',
      gatewayConnectors: 'not shown by DescribeServices',
      monitoring: 'not shown by DescribeServices',
    };
    const compared = Object.keys(desired).filter((member) => member !== 'tags');
    expect(new Set([...compared, ...Object.keys(elsewhere)])).toEqual(new Set(UpdateServiceRequest$[4]));
  });

  it('leaves the count alone where another hand owns it, and only while the tenant is active', () => {
    const service = { scaling: { mode: 'external', max: 9 } } as const;
    const external = known(desiredService(contextOf(placement, { service })));
    expect(diffService(external, live({ desiredCount: 7 }))).toEqual([]);
    const stopped = known(desiredService(contextOf(placement, { service, tasks: 0 })));
    expect(diffService(stopped, live({ desiredCount: 7 }))).toEqual([{ field: 'desiredCount', before: 7, after: 0 }]);
  });

  it('leaves the count alone within the bounds of target tracking, and puts it right outside of them', () => {
    const scaling = { mode: 'target-tracking', min: 2, max: 5, metric: 'cpu', target: 60 } as const;
    const tracked = known(desiredService(contextOf(placement, { service: { scaling, tasks: 3 } })));
    for (const count of [2, 3, 5]) expect(diffService(tracked, live({ desiredCount: count }))).toEqual([]);
    const put = (count: number): unknown => diffService(tracked, live({ desiredCount: count }))[0]?.after;
    expect([put(0), put(1), put(6)]).toEqual([3, 2, 5]);
  });

  it('takes a count back only once nothing else sets it', () => {
    const held = placementWith({
      task_definition: 'arn:td:1',
      cluster: 'arn:cluster',
      target_group: 'arn:tg',
      listener_rule: 'arn:rule',
      scaling: 'arn:scaling',
    });
    for (const tasks of [0, 2]) {
      const before = known(desiredService(contextOf(held, { tasks })));
      expect(diffService(before, live({ desiredCount: 7 }))).toEqual([]);
      const after = known(desiredService(contextOf(placement, { tasks })));
      expect(diffService(after, live({ desiredCount: 7 }))).toMatchObject([{ before: 7, after: tasks }]);
    }
  });

  it('stays on the definition that ECS went back to', () => {
    const rolledBack = { taskDefinitionArn: 'arn:td:1', liveTaskDefinitionArn: 'arn:td:0' };
    const held = known(desiredService({ ...contextOf(placement), rolledBack }));
    expect(diffService(held, live({ taskDefinition: 'arn:td:0' }))).toEqual([]);
  });
});

describe('the correction of a deployment configuration', () => {
  const right = desired.deploymentConfiguration;

  it('names nothing that stands at its default', () => {
    const { deploymentCircuitBreaker } = right;
    const found = { deploymentCircuitBreaker, maximumPercent: 150, minimumHealthyPercent: 10 };
    expect(deploymentCorrection(right, found)).toEqual(right);
  });

  it('puts back by name each member that stands in the way', () => {
    const others = {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      lifecycleHooks: [{ hookTargetArn: 'arn:hook' }],
      alarms: { enable: true, rollback: true, alarmNames: ['other'] },
    } as const;
    for (const [member, value] of Object.entries(others)) {
      const found = { ...right, [member]: value };
      expect(diffService(desired, live({ deploymentConfiguration: found })).map(({ field }) => field)).toEqual([
        'deploymentConfiguration',
      ]);
      const sent = deploymentCorrection(right, found);
      expect(Object.keys(sent).sort()).toEqual([...Object.keys(right), member].sort());
      expect(diffService(desired, live({ deploymentConfiguration: { ...found, ...sent } }))).toEqual([]);
    }
  });

  it('knows every member of the configuration', () => {
    const known = ['deploymentCircuitBreaker', 'maximumPercent', 'minimumHealthyPercent', 'alarms', 'strategy'];
    const more = ['bakeTimeInMinutes', 'lifecycleHooks'];
    // These three mean something to strategies other than ROLLING only, which is put back itself.
    const strategies = ['linearConfiguration', 'canaryConfiguration', 'earlySuccessCriteria'];
    expect([...DeploymentConfiguration$[4]].sort()).toEqual([...known, ...more, ...strategies].sort());
  });
});
