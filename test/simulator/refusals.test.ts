import { describe, expect, it } from 'vitest';
import { seedFleet } from '../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import type { Operation, ServiceId } from '../../src/simulator/kernel.ts';
import { AwsError, serviceIds } from '../../src/simulator/kernel.ts';
import type { ServiceModel } from '../../src/simulator/wire/models.ts';
import { loadModel } from '../../src/simulator/wire/models.ts';
import { encodeOutput } from '../../src/simulator/wire/response.ts';
import type { StructShape } from '../../src/simulator/wire/shape.ts';
import { Draw } from '../simulation/draw.ts';
import { HandClock } from './support/clock.ts';
import { RandomValues } from './support/random-values.ts';
import { listenerArn, loadBalancerArn, requestFor, smallFleet, Workload } from './support/workload.ts';

const seed = Number(process.env['REFUSALS_SEED'] ?? Math.floor(Date.now() % 1_000_000));
const rounds = 40;

/** An AWS in which a good deal has happened, and the names of what is in it. */
function busyWorld() {
  const world = createSimulatedAws({ clock: new HandClock(), seed: 11, throttle: false });
  seedFleet(world, smallFleet);
  const workload = new Workload(11);
  const names = new Set([
    't0',
    't1',
    'svc',
    't0t0t0',
    'Z1',
    'vpc-1',
    'subnet-a',
    'sg-tasks',
    listenerArn,
    loadBalancerArn,
  ]);
  for (let n = 0; n < 300; n += 1) {
    try {
      const output = world.call(requestFor(workload.next()));
      workload.heard(output);
      collect(output, names);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
    world.advance(workload.pause());
  }
  for (const text of ['', '-', 'x'.repeat(300), '*.example.com', '/a/*', '10.0.0.0/16', 'ALL', '1', '-1', 'HTTP', 'ü'])
    names.add(text);
  return { world, names: [...names] };
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value === 'string' && names.size < 400) names.add(value);
  else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const inner of Object.values(value)) collect(inner, names);
  }
}

/** What Application Auto Scaling can be sent with any hope of an answer: the names of a target, and of the one kind of targets that there is. */
function scalingTexts(world: World): string[] {
  const does = (service: ServiceId, operation: string, input: object): object => {
    const output = world.call(requestFor({ service, operation, input }));
    world.advance(10);
    return output;
  };
  does('ecs', 'CreateCluster', { clusterName: 'scaled' });
  does('ecs', 'RegisterTaskDefinition', {
    family: 'scaled',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app:1' }],
  });
  does('ecs', 'CreateService', {
    cluster: 'scaled',
    serviceName: 'svc',
    taskDefinition: 'scaled',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-tasks'] } },
  });
  const target = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: 'service/scaled/svc',
  };
  const input = { ...target, MinCapacity: 1, MaxCapacity: 3 };
  const registered = does('application-autoscaling', 'RegisterScalableTarget', input);
  const arn: unknown = Reflect.get(registered, 'ScalableTargetARN');
  return [...Object.values(target), String(arn), '', 'x'];
}

/** What Certificate Manager can be sent with any hope of an answer: the name of a certificate, and of a domain. */
function certificateTexts(world: World): string[] {
  const input = { DomainName: 'www.example.com', ValidationMethod: 'DNS' };
  const requested = world.call(requestFor({ service: 'acm', operation: 'RequestCertificate', input }));
  world.advance(10);
  return [String(Reflect.get(requested, 'CertificateArn')), 'www.example.com', 'DNS', '', 'x'];
}

/** Texts for services whose every operation must name something that is there; the others are sent whatever names there are. */
const hopeful: Readonly<Partial<Record<ServiceId, (world: World) => string[]>>> = {
  acm: certificateTexts,
  'application-autoscaling': scalingTexts,
};

type World = ReturnType<typeof busyWorld>['world'];

function outcomeOf(world: World, service: ServiceId, operation: string, input: object): object | AwsError {
  try {
    return world.call(requestFor({ service, operation, input }));
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw new Error(`${service} ${operation} crashed on ${JSON.stringify(input, bigints)}`, { cause: error });
  }
}

const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function operationsOf(world: World, service: ServiceId): ReadonlyMap<string, Operation> {
  const found = world.service(service);
  if (found === undefined) throw new Error(`no service ${service}`);
  return found.operations;
}

describe.each(serviceIds.map((service) => [service] as const))('%s', (service) => {
  it('refuses every operation that it does not do', async () => {
    const { world } = busyWorld();
    const model = await loadModel(service);
    const known = operationsOf(world, service);
    const strangers = [...model.operations.keys(), 'NoSuchOperation'].filter((name) => !known.has(name));
    for (const name of strangers) {
      expect(outcomeOf(world, service, name, {}), name).toMatchObject({
        code: expect.stringMatching(/^(UnknownOperationException|InvalidAction|UnsupportedOperation)$/),
      });
    }
    expect([...known.keys()].filter((name) => !model.operations.has(name))).toEqual([]);
  });

  it('refuses every member of an input that the operation does not act on', async () => {
    const { world } = busyWorld();
    const model = await loadModel(service);
    for (const [name, operation] of operationsOf(world, service)) {
      for (const path of untakenPaths(model, name, operation.takes)) {
        const values = new RandomValues(seed, { emptyContainers: false });
        const input = inputWith(model, name, path, values);
        const outcome = outcomeOf(world, service, name, input);
        expect(outcome, `${name} with ${path.join('.')}`).toBeInstanceOf(AwsError);
        expect((outcome as AwsError).message, `${name} with ${path.join('.')}`).toContain(path.at(-1));
      }
    }
  });

  it(`answers whatever it is sent, or refuses it (REFUSALS_SEED=${seed})`, async () => {
    const { world, names } = busyWorld();
    const model = await loadModel(service);
    const texts = hopeful[service]?.(world) ?? names;
    const values = new RandomValues(seed, { emptyContainers: true, texts });
    let answered = 0;
    for (const name of operationsOf(world, service).keys()) {
      const shapes = model.operations.get(name);
      if (shapes?.input === undefined) continue;
      for (let round = 0; round < rounds; round += 1) {
        const outcome = outcomeOf(
          world,
          service,
          name,
          onlyTaken(values.struct(shapes.input), operationsOf(world, service).get(name)),
        );
        if (outcome instanceof AwsError) continue;
        answered += 1;
        encodeOutput(model, shapes, outcome, 'request');
      }
      world.advance(1);
    }
    expect(answered).toBeGreaterThan(0);
  });
});

/** The top-level members that an operation does not take, and those just below the ones of which it takes a part. */
function untakenPaths(model: ServiceModel, name: string, takes: readonly string[]): string[][] {
  const input = model.operations.get(name)?.input;
  if (input === undefined) return [];
  const paths: string[][] = [];
  for (const member of input.members) {
    if (takes.includes(member.name)) continue;
    const nested = takes.filter((path) => path.startsWith(`${member.name}.`)).map((path) => path.split('.')[1]);
    if (nested.length === 0) paths.push([member.name]);
    for (const inner of nested.length === 0 ? [] : (structBelow(input, member.name)?.members ?? [])) {
      if (!nested.includes(inner.name)) paths.push([member.name, inner.name]);
    }
  }
  return paths;
}

function structBelow(input: StructShape, name: string): StructShape | undefined {
  const shape = input.members.find((member) => member.name === name)?.shape;
  const element = shape?.kind === 'list' ? shape.element.shape : shape;
  return element?.kind === 'struct' ? element : undefined;
}

/** The least input that has the member at `path`. */
function inputWith(model: ServiceModel, name: string, path: readonly string[], values: RandomValues): object {
  const input = model.operations.get(name)?.input;
  const [outer = '', inner] = path;
  const shape = input?.members.find((member) => member.name === outer)?.shape;
  if (input === undefined || shape === undefined) throw new Error(`${name} has no ${outer}`);
  if (inner === undefined) return { [outer]: values.least(shape) };
  const below = structBelow(input, outer)?.members.find((member) => member.name === inner)?.shape;
  if (below === undefined) throw new Error(`${name} has no ${outer}.${inner}`);
  const held = { [inner]: values.least(below) };
  return { [outer]: shape.kind === 'list' ? [held] : held };
}

/** Random members that are not taken would be refused at once; what is left reaches the operation. */
function onlyTaken(input: object, operation: Operation | undefined): object {
  const tops = new Set((operation?.takes ?? []).map((path) => path.split('.')[0]));
  return Object.fromEntries(Object.entries(input).filter(([name]) => tops.has(name)));
}

/** A copy in which one value is another of its type, or is gone. */
function spoilt(input: object, draw: Draw, texts: readonly string[]): object {
  const copy: object = structuredClone(input);
  const places: { readonly holder: object; readonly key: string }[] = [];
  const visit = (holder: object): void => {
    for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
      places.push({ holder, key });
      if (typeof value === 'object' && value !== null) visit(value);
    }
  };
  visit(copy);
  const place = draw.pick(places);
  if (place === undefined) return copy;
  const { holder, key } = place;
  const value: unknown = Reflect.get(holder, key);
  if (draw.chance(0.2) && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else if (typeof value === 'string') Reflect.set(holder, key, draw.pick(texts));
  else if (typeof value === 'number')
    Reflect.set(holder, key, draw.pick([-1, 0, 1, 1.5, 256, 50_001, 2_147_483_647] as const));
  else if (typeof value === 'boolean') Reflect.set(holder, key, !value);
  else if (Array.isArray(value))
    Reflect.set(holder, key, draw.chance(0.5) ? [] : [...(value as unknown[]), ...(value as unknown[])]);
  else Reflect.set(holder, key, {});
  return copy;
}

it(`calls with one thing wrong in them are answered or refused (REFUSALS_SEED=${seed})`, () => {
  const { world, names } = busyWorld();
  const workload = new Workload(seed);
  const draw = new Draw(seed, 'spoilt');
  let [answered, refused] = [0, 0];
  for (let n = 0; n < 3_000; n += 1) {
    const { service, operation, input } = workload.next();
    const outcome = outcomeOf(world, service, operation, spoilt(input, draw, names));
    if (outcome instanceof AwsError) refused += 1;
    else answered += 1;
    if (n % 3 === 0) workload.heard(outcomeOf(world, service, operation, input));
    world.advance(workload.pause());
  }
  expect(answered).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});
