import { AwsError } from '../../src/simulator/kernel.ts';
import { toItem } from '../../src/store/attributes.ts';
import type { Draw } from './draw.ts';
import { meddling } from './drift.ts';
import { ownTier, type RawRecord, sharedTier } from './fleet.ts';
import { homeAccount } from './names.ts';
import type { Oracle } from './oracle.ts';
import { type Asked, firstWish, nextWish, otherPlace } from './wishes.ts';
import type { SimulatedInstallation } from './world.ts';

/** What happens to the whole from outside: users, meddlers, and the machines under the controllers. */
export interface Stage {
  readonly draw: Draw;
  readonly run: SimulatedInstallation;
  readonly oracle: Oracle;
  readonly asked: readonly Asked[];
  readonly tiers: Map<string, RawRecord>;
  readonly groups: Map<string, RawRecord>;
  readonly cells: Map<string, RawRecord>;
  /** What was done, for the report of a failure. */
  readonly history: string[];
  serial: number;
  /** Until when the lease's own writes fail. */
  leaseTroubleUntil: number;
  /** Whoever makes the next mutating call to AWS is frozen for so long right after it; 0: nobody. */
  freezeForMs: number;
  /** Starts a controller after a while. */
  startLater(): void;
}

type Operation = (stage: Stage) => string | undefined | Promise<string | undefined>;

/** One operation at random; one that cannot be done now gives way to another. */
export async function operate(stage: Stage): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    const what = await stage.draw.pick(stage.draw.pick(hands))?.(stage);
    if (what !== undefined) return note(stage, what);
  }
}

export function note(stage: Stage, what: string): void {
  stage.history.push(`${new Date(stage.run.clock.now()).toISOString()} ${what}`);
}

/** Writes a tenant's wish as its record. */
export function wish(stage: Stage, asked: Asked, next: NonNullable<Asked['wish']>): string {
  asked.wish = next;
  asked.stands = 'valid';
  stage.run.put({ kind: 'Tenant', name: asked.name, spec: next });
  return `put ${asked.name} ${JSON.stringify(next)}`;
}

function someone(stage: Stage): Asked | undefined {
  return stage.draw.pick(stage.asked.filter((one) => one.wish !== undefined && one.wish.state !== 'deleted'));
}

const update: Operation = (stage) => {
  const asked = someone(stage);
  stage.serial += 1;
  return asked?.wish === undefined ? undefined : wish(stage, asked, nextWish(stage.draw, asked.wish, stage.serial));
};

const move: Operation = (stage) => {
  const asked = stage.draw.pick(stage.asked.filter((one) => one.wish?.state === 'active' && !one.shared));
  return asked?.wish === undefined ? undefined : wish(stage, asked, otherPlace(stage.draw, asked.wish));
};

/** An operator empties an infra group, keeps new tenants out of it, or opens it again. */
const groupState: Operation = (stage) => {
  const group = stage.draw.pick([...stage.groups.values()]);
  if (group === undefined) return undefined;
  const state = stage.draw.pick(['draining', 'draining', 'cordoned', 'active', 'active'] as const);
  const next = { ...group, spec: { ...group.spec, state } };
  stage.groups.set(group.name, next);
  stage.run.put(next);
  return `infra group ${group.name} is ${state}`;
};

/** An operator shifts requests between cells. */
const cellWeight: Operation = (stage) => {
  const cell = stage.draw.pick([...stage.cells.values()]);
  if (cell === undefined) return undefined;
  const next = { ...cell, spec: { ...cell.spec, weight: stage.draw.pick([20, 100, 200] as const) } };
  stage.cells.set(cell.name, next);
  stage.run.put(next);
  return `cell ${cell.name} has weight ${next.spec.weight}`;
};

const onboard: Operation = (stage) => {
  const asked = stage.draw.pick(stage.asked.filter((one) => one.wish === undefined));
  return asked === undefined ? undefined : wish(stage, asked, firstWish(stage.draw, asked));
};

const suspendOrResume: Operation = (stage) => {
  const asked = someone(stage);
  if (asked?.wish === undefined) return undefined;
  return wish(stage, asked, { ...asked.wish, state: asked.wish.state === 'active' ? 'suspended' : 'active' });
};

const remove: Operation = (stage) => {
  const asked = someone(stage);
  return asked?.wish === undefined ? undefined : wish(stage, asked, { ...asked.wish, state: 'deleted' });
};

const invalid: Operation = (stage) => {
  const asked = someone(stage);
  if (asked?.wish === undefined) return undefined;
  asked.stands = 'invalid';
  stage.run.put({ kind: 'Tenant', name: asked.name, spec: { ...asked.wish, service: { cpu: 17 }, color: 'red' } });
  return `put ${asked.name} with an invalid spec`;
};

const vanishOrReturn: Operation = (stage) => {
  const asked = someone(stage);
  if (asked?.wish === undefined) return undefined;
  if (asked.stands === 'absent') return wish(stage, asked, asked.wish);
  asked.stands = 'absent';
  stage.run.take('Tenant', asked.name);
  return `took the record of ${asked.name} away`;
};

const changeTier: Operation = (stage) => {
  const name = stage.draw.pick([ownTier, sharedTier] as const);
  const tier = stage.tiers.get(name);
  if (tier === undefined) return undefined;
  stage.serial += 1;
  const service = { ...(tier.spec.service as object), image: `registry.example.com/${name}:tier-${stage.serial}` };
  const next = { ...tier, spec: { ...tier.spec, service } };
  stage.tiers.set(name, next);
  stage.run.put(next);
  return `tier ${name} has image tier-${stage.serial}`;
};

const meddle: Operation = (stage) => {
  const owned = stage.draw.pick([...stage.oracle.truth.placements().values()]);
  const what = owned === undefined ? undefined : meddling(stage.draw, stage.run.aws, owned);
  if (owned === undefined || what === undefined) return undefined;
  stage.oracle.damaged(owned.tenant);
  try {
    stage.run.call(what.account, what.service, what.operation, what.input);
    return `somebody called ${what.operation} on ${owned.tenant}: ${JSON.stringify(what.input)}`;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `somebody called ${what.operation} on ${owned.tenant} in vain: ${error.code}`;
  }
};

const failTask: Operation = (stage) => {
  const tasks = [...stage.run.aws.truth.ecs.tasksByArn.values()].filter((task) => task.lastStatus === 'RUNNING');
  const task = stage.draw.pick(tasks);
  if (task === undefined) return undefined;
  stage.run.aws.tasks.failTask(task.arn);
  stage.oracle.shaken(task.service.tags.get('cellwright:tenant') ?? '');
  return `task ${task.arn} failed`;
};

/** The load of a service changes: where a policy follows it, the count does. */
const load: Operation = (stage) => {
  const owned = stage.draw.pick([...stage.oracle.truth.placements().values()]);
  const service = owned?.placement.resources.service?.arn;
  if (owned === undefined || service === undefined) return undefined;
  const value = stage.draw.pick([5, 50, 200] as const);
  for (const metric of metrics) stage.run.aws.metrics.set({ service, metric, value });
  stage.oracle.shaken(owned.tenant);
  return `the load of ${owned.tenant} is ${value}`;
};

const metrics = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
] as const;

const killOne: Operation = (stage) => {
  const controller = stage.draw.pick(stage.run.controllers);
  if (controller === undefined) return undefined;
  stage.run.kill(controller);
  stage.startLater();
  return `${controller.name} was killed`;
};

const stopOne: Operation = async (stage) => {
  const controller = stage.draw.pick(stage.run.controllers);
  if (controller === undefined) return undefined;
  note(stage, `${controller.name} is told to stop`);
  await stage.run.stop(controller);
  stage.startLater();
  return `${controller.name} has stopped`;
};

/** Freezes the leader in the middle of its work, with another controller standing by and something for both to do. */
const freezeAtWork: Operation = (stage) => {
  if (stage.run.controllers.length < 2) note(stage, `${stage.run.start().name} stands by`);
  stage.freezeForMs = stage.draw.whole(1_000, 40_000);
  note(stage, `whoever makes the next change of AWS is frozen for ${stage.freezeForMs} ms`);
  return update(stage);
};

const secondController: Operation = (stage) => {
  if (stage.run.controllers.length > 1) return undefined;
  return `${stage.run.start().name} is started beside`;
};

const loseLease: Operation = (stage) => {
  const key = { pk: 'Lease/controller', sk: 'lease' };
  stage.run.call(homeAccount, 'dynamodb', 'DeleteItem', { TableName: 'state', Key: toItem(key) });
  return 'the lease item was deleted';
};

const leaseTrouble: Operation = (stage) => {
  const ms = stage.draw.whole(3_000, 16_000);
  stage.leaseTroubleUntil = stage.run.clock.now() + ms;
  return `writes of the lease fail for ${ms} ms`;
};

/** A script gone wrong: half of all tenants are to go or to stop at once. */
const stopMany: Operation = (stage) => {
  const state = stage.draw.pick(['suspended', 'deleted'] as const);
  const done = stage.asked.flatMap((asked) =>
    asked.wish?.state === 'active' && stage.draw.chance(0.6) ? [wish(stage, asked, { ...asked.wish, state })] : [],
  );
  return done.length === 0 ? undefined : done.join('; ');
};

/** Who does something next, and what: users half of the time. */
const users = [
  update,
  update,
  move,
  move,
  move,
  onboard,
  suspendOrResume,
  remove,
  remove,
  stopMany,
  invalid,
  vanishOrReturn,
] as const;
const operators = [changeTier, groupState, groupState, cellWeight] as const;
const meddlers = [meddle, meddle, failTask, load] as const;
const machines = [killOne, stopOne, freezeAtWork, freezeAtWork, secondController, loseLease, leaseTrouble] as const;
const hands: readonly [readonly Operation[], ...(readonly Operation[])[]] = [
  users,
  users,
  users,
  users,
  operators,
  meddlers,
  meddlers,
  machines,
  machines,
];
