/**
 * The simulated AWS beneath a client's `send`: calls skip serialiser, signer, retries and wire, for suites that need millions of
 * them. Inputs and outputs are copied by the operation's schema, so neither side can reach into the other's objects, and errors are the
 * client's own exception classes. There are no retries: a throttled call is thrown.
 */
import type { MetadataBearer, MiddlewareStack } from '@smithy/types';
import { SMITHY_CONTEXT_KEY } from '@smithy/types';
import { GarbledAnswer, LostAnswer } from '../faults.ts';
import type { ServiceId } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { copyStruct } from '../wire/copy.ts';
import { exceptionOf, metadataOf } from '../wire/exceptions.ts';
import { WireFault, wireFaultError } from '../wire/faults.ts';
import type { OperationModel, ServiceModel } from '../wire/models.ts';
import { loadModel, modelIfLoaded } from '../wire/models.ts';
import type { Fields } from '../wire/values.ts';
import { requireMembers } from '../wire/values.ts';
import type { SimulatedAws } from '../world.ts';
import type { AbortSignalLike } from './lost.ts';
import { holdBack, lose, throwIfAborted } from './lost.ts';
import type { Terminal } from './short-stack.ts';
import { ShortStack } from './short-stack.ts';

/** What is needed of a client: every client of the SDK has it. */
export interface ClientBeneath<I extends object, O extends MetadataBearer> {
  readonly config: ConfigBeneath;
  middlewareStack: MiddlewareStack<I, O>;
}

interface ConfigBeneath {
  readonly region: () => Promise<string>;
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly sessionToken?: string | undefined }>;
  readonly userAgentAppId: () => Promise<string | undefined>;
}

const namespaces: ReadonlyMap<string, ServiceId> = new Map([
  ['com.amazonaws.ecs', 'ecs'],
  ['com.amazonaws.elasticloadbalancingv2', 'elbv2'],
  ['com.amazonaws.route53', 'route53'],
  ['com.amazonaws.ec2', 'ec2'],
  ['com.amazonaws.sts', 'sts'],
  ['com.amazonaws.servicequotas', 'service-quotas'],
  ['com.amazonaws.dynamodb', 'dynamodb'],
  ['com.amazonaws.dynamodbstreams', 'dynamodb-streams'],
  ['com.amazonaws.acm', 'acm'],
  ['com.amazonaws.applicationautoscaling', 'application-autoscaling'],
]);

/** Who sends which operation, read from the client and the command. */
interface Sender {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  readonly appId: string | undefined;
  readonly signal: AbortSignalLike;
}

/**
 * Puts `world` beneath a client's `send`, by giving the client a stack of middleware of its own. Returns a function that gives it
 * back its own. A document client takes over its client's stack when it is made: install first.
 */
export function installBeneathSend<I extends object, O extends MetadataBearer>(
  client: ClientBeneath<I, O>,
  world: SimulatedAws,
): () => void {
  const terminal: Terminal = (context) => {
    const smithy: Record<string, unknown> = context[SMITHY_CONTEXT_KEY] ?? {};
    const { namespace, name } = operationOf(smithy['operationSchema']);
    const signal = smithy['abortSignal'] as AbortSignalLike;
    return async (input) => {
      const service = namespaces.get(namespace);
      if (service === undefined) throw new Error(`the simulator has no service for ${namespace}#${name}`);
      const model = modelIfLoaded(service) ?? (await loadModel(service));
      const sender = await senderOf(client.config, signal);
      return send(world, model, name, input, sender);
    };
  };
  const own = client.middlewareStack;
  client.middlewareStack = new ShortStack<I, O>(terminal);
  return () => {
    client.middlewareStack = own;
  };
}

async function senderOf(config: ConfigBeneath, signal: AbortSignalLike): Promise<Sender> {
  const { accessKeyId, sessionToken } = await config.credentials();
  return {
    accessKeyId,
    sessionToken,
    region: await config.region(),
    appId: await config.userAgentAppId(),
    signal,
  };
}

function operationOf(schema: unknown): { namespace: string; name: string } {
  if (Array.isArray(schema)) return { namespace: String(schema[1]), name: String(schema[2]) };
  throw new Error('the command carries no operation schema; the simulator needs clients that are driven by schemas');
}

async function send(
  world: SimulatedAws,
  model: ServiceModel,
  name: string,
  input: object,
  sender: Sender,
): Promise<Fields & MetadataBearer> {
  const requestId = world.newRequestId();
  throwIfAborted(sender.signal);
  try {
    const output = call(world, model, { name, input, requestId }, sender);
    if (world.answerDelays) await delay(world, model, name, sender);
    return output;
  } catch (error) {
    if (error instanceof LostAnswer) return lose(world, error, sender.signal);
    if (error instanceof AwsError || error instanceof GarbledAnswer) await delay(world, model, name, sender);
    if (error instanceof AwsError) throw exceptionOf(model, error, requestId);
    if (error instanceof GarbledAnswer) throw unreadable(error);
    throw error;
  }
}

async function delay(world: SimulatedAws, { id }: ServiceModel, operation: string, sender: Sender): Promise<void> {
  const delayMs = world.delayOf({ service: id, operation });
  if (delayMs > 0) await holdBack(world, delayMs, sender.signal);
}

/** What the clients' deserialisers throw for a body that they cannot read. */
function unreadable(answer: GarbledAnswer): Error {
  const error = new SyntaxError(`Unexpected token '<', "${answer.body.slice(0, 10)}"... is not valid JSON`);
  return Object.assign(error, { $metadata: { httpStatusCode: answer.status } });
}

function call(
  world: SimulatedAws,
  model: ServiceModel,
  about: { name: string; input: object; requestId: string },
  sender: Sender,
): Fields & MetadataBearer {
  const { name, requestId } = about;
  const operation = model.operations.get(name);
  const input = readInput(world, operation, about.input);
  const refused = refusalOf(model.id, operation, input);
  const output = world.call({
    accessKeyId: sender.accessKeyId,
    sessionToken: sender.sessionToken,
    region: sender.region,
    appId: sender.appId,
    service: model.id,
    operation: name,
    input,
    requestId,
    refused,
  });
  const copy = operation?.output === undefined ? {} : copyStruct(operation.output, output);
  return Object.assign(copy, { $metadata: metadataOf(operation?.http.status ?? 200, requestId) });
}

/** The input as the wire would carry it, with the tokens that the clients' serialisers fill in. */
function readInput(world: SimulatedAws, operation: OperationModel | undefined, input: object): Fields {
  if (operation?.input === undefined) return {};
  const fields = copyStruct(operation.input, input);
  for (const member of operation.input.members) {
    if (member.idempotencyToken && fields[member.name] === undefined) fields[member.name] = world.newRequestId();
  }
  return fields;
}

function refusalOf(service: ServiceId, operation: OperationModel | undefined, input: Fields): AwsError | undefined {
  try {
    if (operation?.input !== undefined) requireMembers(operation.input, input);
    return undefined;
  } catch (error) {
    if (error instanceof WireFault) return wireFaultError(service, error);
    throw error;
  }
}
