/** Requests: which service and operation a message is for, who sends it, and its input as typed values. */
import type { ApiRequest, ServiceId } from '../kernel.ts';
import type { RequestCredentials } from './credentials.ts';
import { readCredentials } from './credentials.ts';
import { WireFault, wireFaultError } from './faults.ts';
import { formValue, parseForm, readForm } from './form.ts';
import { readJson } from './json.ts';
import type { WireRequest } from './messages.ts';
import type { OperationModel, ServiceModel } from './models.ts';
import { loadModel, modelIfLoaded, protocols } from './models.ts';
import type { RestTarget } from './rest.ts';
import { findRestOperation, readRest } from './rest.ts';
import type { Fields } from './values.ts';
import { requireMembers } from './values.ts';

/** A request that was understood as far as its service; what else is wrong with it is in `request.refused`. */
export interface DecodedRequest {
  readonly model: ServiceModel;
  /** Undefined when the service has no such operation. */
  readonly operation: OperationModel | undefined;
  readonly request: ApiRequest;
}

const serviceByTarget = new Map<string, ServiceId>();
const serviceByVersion = new Map<string, ServiceId>();
for (const [service, protocol] of Object.entries(protocols) as [ServiceId, (typeof protocols)[ServiceId]][]) {
  if (protocol.kind === 'json') serviceByTarget.set(protocol.target, service);
  else serviceByVersion.set(protocol.version, service);
}

// Signing names of the query services, for clients that speak another version of the API than the SDK.
const serviceBySigningName: ReadonlyMap<string, ServiceId> = new Map([
  ['elasticloadbalancing', 'elbv2'],
  ['sts', 'sts'],
  ['ec2', 'ec2'],
]);

/** Where a request goes, before its input is read. */
interface Destination {
  readonly service: ServiceId;
  readonly operation: string;
  readonly read: (operation: OperationModel) => Fields;
}

/**
 * Reads a request. Throws `WireFault` (`unroutable`) when no service can be told; everything else that is wrong becomes the
 * service's own error in `request.refused`, so that the call is logged as refused.
 */
export async function decodeRequest(message: WireRequest, requestId: string): Promise<DecodedRequest> {
  const credentials = readCredentials(message.headers);
  const service = serviceOf(message, credentials);
  const model = modelIfLoaded(service) ?? (await loadModel(service));
  const common = { ...callerOf(credentials), service, requestId };
  try {
    const destination = destinationOf(model, message);
    const operation = model.operations.get(destination.operation);
    const request = { ...common, operation: destination.operation };
    if (operation === undefined) return { model, operation, request: { ...request, input: {} } };
    return decodeInput(model, operation, destination, request);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const request = { ...common, operation: 'Unknown', input: {}, refused: wireFaultError(service, error) };
    return { model, operation: undefined, request };
  }
}

function decodeInput(
  model: ServiceModel,
  operation: OperationModel,
  destination: Destination,
  request: Omit<ApiRequest, 'input'>,
): DecodedRequest {
  try {
    const input = operation.input === undefined ? {} : destination.read(operation);
    if (operation.input !== undefined) requireMembers(operation.input, input);
    return { model, operation, request: { ...request, input } };
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    return { model, operation, request: { ...request, input: {}, refused: wireFaultError(model.id, error) } };
  }
}

function callerOf(
  credentials: RequestCredentials,
): Pick<ApiRequest, 'accessKeyId' | 'sessionToken' | 'region' | 'appId'> {
  const { accessKeyId, sessionToken, region, appId } = credentials;
  return {
    accessKeyId,
    region,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(appId === undefined ? {} : { appId }),
  };
}

function serviceOf(message: WireRequest, credentials: RequestCredentials): ServiceId {
  const target = message.headers['x-amz-target'];
  if (target !== undefined) {
    const service = serviceByTarget.get(target.slice(0, target.lastIndexOf('.')));
    if (service === undefined) throw unroutable(`no service has the target ${target.slice(0, 80)}`);
    return service;
  }
  if (message.path.startsWith('/2013-04-01/')) return 'route53';
  const version = /(?:^|&)Version=([^&]*)/.exec(message.body)?.[1] ?? message.query.get('Version') ?? '';
  const service = serviceByVersion.get(version) ?? serviceBySigningName.get(credentials.signingName);
  if (service === undefined) throw unroutable(`no service serves ${message.method} ${message.path.slice(0, 80)}`);
  return service;
}

function unroutable(message: string): WireFault {
  return new WireFault('unroutable', '', message);
}

function destinationOf(model: ServiceModel, message: WireRequest): Destination {
  const { id: service, protocol } = model;
  switch (protocol.kind) {
    case 'json': {
      const target = message.headers['x-amz-target'] ?? '';
      const operation = target.slice(target.lastIndexOf('.') + 1);
      return { service, operation, read: (model) => readInput(model, (shape) => readJson(shape, message.body)) };
    }
    case 'query':
    case 'ec2': {
      const form = parseForm(message.body === '' ? formOfQuery(message) : message.body);
      const dialect = protocol.kind;
      return {
        service,
        operation: formValue(form, 'Action') ?? '',
        read: (model) => readInput(model, (shape) => readForm(shape, form, dialect)),
      };
    }
    case 'rest-xml': {
      const target: RestTarget | undefined = findRestOperation(model, message);
      if (target === undefined) return { service, operation: `${message.method} ${message.path}`, read: () => ({}) };
      return {
        service,
        operation: target.operation.name,
        read: (model) => readInput(model, (shape) => readRest(shape, target, message)),
      };
    }
  }
}

function readInput(operation: OperationModel, read: (shape: NonNullable<OperationModel['input']>) => Fields): Fields {
  return operation.input === undefined ? {} : read(operation.input);
}

/** Query services also take a GET whose query is the form. */
function formOfQuery(message: WireRequest): string {
  return [...message.query].map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
}
