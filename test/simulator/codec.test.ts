import * as acm from '@aws-sdk/client-acm';
import * as autoscaling from '@aws-sdk/client-application-auto-scaling';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as streams from '@aws-sdk/client-dynamodb-streams';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as route53 from '@aws-sdk/client-route-53';
import * as quotas from '@aws-sdk/client-service-quotas';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import type { Operation, ServiceId } from '../../src/simulator/kernel.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import type { OperationModel } from '../../src/simulator/wire/models.ts';
import { loadModel } from '../../src/simulator/wire/models.ts';
import { SimulatedAws } from '../../src/simulator/world.ts';
import { clientsOf } from './support/clients.ts';
import { RandomValues } from './support/random-values.ts';

const packages: Record<ServiceId, Record<string, unknown>> = {
  ecs: { ...ecs },
  elbv2: { ...elbv2 },
  route53: { ...route53 },
  ec2: { ...ec2 },
  sts: { ...sts },
  'service-quotas': { ...quotas },
  dynamodb: { ...dynamodb },
  'dynamodb-streams': { ...streams },
  acm: { ...acm },
  'application-autoscaling': { ...autoscaling },
};

/** Every operation of a service; of EC2's 823 those that are implemented. */
function isCarried(service: ServiceId, operation: string): boolean {
  return service !== 'ec2' || implemented.service(service)?.operations.has(operation) === true;
}
const implemented = createSimulatedAws({ clock: createClock() });

// Sent without a signature: these have no access key that could name an account.
const unsigned = /^AssumeRoleWith(SAML|WebIdentity)$/;

/** A world in which each operation of `service` notes its input and answers what it is told. */
function echoWorld(service: ServiceId) {
  const seen: { operation: string; input: object }[] = [];
  const answer: { output: object; error: AwsError | undefined } = { output: {}, error: undefined };
  const operation = ({ name, input }: OperationModel): Operation => ({
    mutating: false,
    takes: (input?.members ?? []).map((member) => member.name),
    run: (input: object) => {
      seen.push({ operation: name, input });
      if (answer.error !== undefined) throw answer.error;
      return answer.output;
    },
  });
  const world = new SimulatedAws({ clock: createClock(), throttle: false });
  const setUp = async (): Promise<ReadonlyMap<string, OperationModel>> => {
    const model = await loadModel(service);
    const operations = new Map(
      [...model.operations].map(([name, operationModel]) => [name, operation(operationModel)]),
    );
    const refusal = (): AwsError => new AwsError('Throttling', 'Rate exceeded');
    world.install([{ id: service, operations, throttled: refusal, untaken: refusal }]);
    return model.operations;
  };
  return { world, seen, answer, setUp };
}

type Send = (command: object) => Promise<object>;

function commandOf(service: ServiceId, operation: string, input: object): object {
  const Command = packages[service][`${operation}Command`] as new (input: object) => object;
  return new Command(input);
}

function withoutMetadata(output: object): object {
  const { $metadata: _metadata, ...rest } = output as Record<string, unknown>;
  return rest;
}

const rounds = 3;
const seed = Number(process.env['CODEC_SEED'] ?? Math.floor(Date.now() % 1_000_000));

describe(`the wire codec against the real clients (CODEC_SEED=${seed})`, () => {
  for (const service of Object.keys(packages) as ServiceId[]) {
    it(`carries every input and output of ${service} unchanged`, async () => {
      const { world, seen, answer, setUp } = echoWorld(service);
      const operations = await setUp();
      const emptyContainers = !['elbv2', 'sts', 'ec2', 'route53'].includes(service);
      const values = new RandomValues(seed, { emptyContainers });
      const client = clientsOf(world)[service];
      const send = client.send.bind(client) as unknown as Send;
      let count = 0;
      for (const [name, model] of operations) {
        if (!isCarried(service, name)) continue;
        for (let round = 0; round < rounds && model.input !== undefined && !unsigned.test(name); round++) {
          const input = values.struct(model.input);
          answer.output = model.output === undefined ? {} : values.struct(model.output);
          const output = await send(commandOf(service, name, input));
          expect(seen.at(-1), `${name} input`).toEqual({
            operation: name,
            input: expectedInput(model, input, seen.at(-1)?.input),
          });
          expect(withoutMetadata(output), `${name} output`).toEqual(answer.output);
          count += 1;
        }
      }
      expect(count).toBeGreaterThan(3);
    });
  }
});

/** The clients fill in tokens that the caller left out. */
function expectedInput(model: OperationModel, input: object, found: object | undefined): object {
  const tokens: Record<string, unknown> = {};
  for (const member of model.input?.members ?? []) {
    const sent = (found as Record<string, unknown> | undefined)?.[member.name];
    if (member.idempotencyToken && sent !== undefined) tokens[member.name] = sent;
  }
  return { ...tokens, ...input };
}
