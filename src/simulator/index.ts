/** The simulated AWS, put together: every service of the simulator in one world. */

import type { Clock } from '../model/clock.ts';
import { createAcm } from './acm/index.ts';
import type { MetricControls, ScalingState } from './autoscaling/index.ts';
import { createAutoscaling } from './autoscaling/index.ts';
import type { DynamoDb } from './dynamodb/index.ts';
import { createDynamoDb } from './dynamodb/index.ts';
import { createEc2 } from './ec2/index.ts';
import type { EcsControls, EcsOptions } from './ecs/index.ts';
import { createEcs } from './ecs/index.ts';
import type { EcsState } from './ecs/state.ts';
import { createElb } from './elbv2/index.ts';
import type { ElbState } from './elbv2/state.ts';
import { Conditions } from './fault-plan/conditions.ts';
import { FaultPlan } from './fault-plan/plan.ts';
import { Iam } from './iam/index.ts';
import { LiveResources } from './iam/live.ts';
import type { SimulatedAwsOptions } from './options.ts';
import { createServiceQuotas } from './quotas/index.ts';
import { createRoute53 } from './route53/index.ts';
import type { DnsState } from './route53/state.ts';
import { createSts } from './sts/index.ts';
import { SimulatedAws } from './world.ts';

/** An AWS with all its services, and a hand on what no API moves. */
export interface CompleteAws extends SimulatedAws {
  /** Makes tasks fail, or fall ill, as their own software would. */
  readonly tasks: EcsControls;
  /** Says what CloudWatch measures of services, which is what their scaling policies go by. */
  readonly metrics: MetricControls;
  /** Rolls or splits the shards of a table's stream, as DynamoDB does by itself. */
  readonly rollShards: DynamoDb['rollShards'];
  /** Faults by plan: rules for calls, and for what holds in the world. */
  readonly plan: FaultPlan;
  /** Which roles are checked, and what they may do. Without any, every session may do anything in its account. */
  readonly iam: Iam;
  /** What is, past all APIs: for oracles. Nothing of it may be changed from outside. */
  readonly truth: Truth;
}

/** The state of the simulated services as it stands at this moment. */
export interface Truth {
  readonly ecs: EcsState;
  readonly elb: ElbState;
  readonly dns: DnsState;
  readonly scaling: ScalingState;
  readonly items: DynamoDb['items'];
}

/**
 * A new AWS with all its services, and with nothing in any account. Where reads lag behind, or may be stale, a copy for each distance follows it
 * (see trailing.ts).
 */
export function createSimulatedAws(options: SimulatedAwsOptions & EcsOptions): CompleteAws {
  const world = new SimulatedAws(options);
  const distances = [...Object.values(options.readLagMs ?? {}), ...(options.staleMs ?? [])].filter((ms) => ms > 0);
  for (const ms of new Set(distances)) {
    // A copy's time is that of the last deed or question; nothing waits on it.
    const start = world.now();
    const clock: Clock = {
      now: () => start,
      monotonic: () => start,
      after: (ms, run) => options.clock.after(ms, run),
      sleep: (ms, signal) => options.clock.sleep(ms, signal),
    };
    const { seed, latencyFactor, answerDelays } = options;
    const copy = new SimulatedAws({
      clock,
      throttle: false,
      ...(seed === undefined ? {} : { seed }),
      ...(latencyFactor === undefined ? {} : { latencyFactor }),
      ...(answerDelays === undefined ? {} : { answerDelays }),
    });
    furnish(copy, options);
    world.past.follow(copy, ms);
  }
  return furnish(world, options);
}

function furnish(world: SimulatedAws, options: EcsOptions): CompleteAws {
  const sts = createSts(world);
  const quotas = createServiceQuotas(world);
  const ec2 = createEc2(world);
  const elb = createElb(world);
  const ecs = createEcs(world, options);
  const route53 = createRoute53(world);
  const acm = createAcm(world);
  const autoscaling = createAutoscaling(world);
  const database = createDynamoDb(world, { answerDelays: world.answerDelays });
  const parts = [sts, quotas, ec2, elb, ecs, route53, acm, autoscaling];
  world.install([...parts.map((part) => part.service), database.dynamodb, database.streams], {
    sts: sts.world,
    quotas: quotas.world,
    ec2: ec2.world,
    elb: elb.world,
    ecs: ecs.world,
    route53: route53.world,
    acm: acm.world,
  });
  const rollShards: DynamoDb['rollShards'] = (place, options) => database.rollShards(place, options);
  const items: DynamoDb['items'] = (place) => database.items(place);
  const truth: Truth = { ecs: ecs.state, elb: elb.state, dns: route53.state, scaling: autoscaling.state, items };
  const live = new LiveResources({
    ecs: ecs.state,
    elb: elb.state,
    ec2: ec2.state,
    scaling: autoscaling.state,
    acm: acm.state,
    dynamodb: database.registry,
  });
  const iam = new Iam(live, (arn) => world.sts.seedRole({ arn }));
  world.guard = iam;
  const shards = world.past.byHand('shards', { roll: rollShards });
  const conditions = world.past.byHand('conditions', new Conditions(world, ecs.world, database));
  return Object.assign(world, {
    plan: new FaultPlan(world, conditions),
    iam,
    tasks: world.past.byHand('tasks', ecs.world),
    metrics: world.past.byHand('metrics', autoscaling.metrics),
    rollShards: shards.roll,
    truth,
  });
}

export type { SimulatedAwsOptions } from './options.ts';
export type { SimulatedAws } from './world.ts';
