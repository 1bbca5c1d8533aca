/** AWS errors as the SDK's own exception classes, for callers that skip the wire. */
import { TypeRegistry } from '@smithy/core/schema';
import type { StaticErrorSchema } from '@smithy/types';
import { AwsError } from '../kernel.ts';
import type { ServiceModel } from './models.ts';
import { errorStatus } from './response.ts';
import type { Fields } from './values.ts';

/** What the clients put on every answer. */
export interface Metadata {
  readonly httpStatusCode: number;
  readonly requestId: string;
  readonly attempts: number;
  readonly totalRetryDelay: number;
}

/** The metadata of one attempt without retries. */
export function metadataOf(httpStatusCode: number, requestId: string): Metadata {
  return { httpStatusCode, requestId, attempts: 1, totalRetryDelay: 0 };
}

/** The exception that the SDK's client would throw for this error: the modelled class, else the service's base class under the error's code. */
export function exceptionOf(model: ServiceModel, error: AwsError, requestId: string): Error {
  // The client finds no code in such a body, and says so.
  if (error.details.rootBody === true) {
    const { rootBody: _root, ...details } = error.details;
    return exceptionOf(model, new AwsError('Unknown', 'UnknownError', { status: 400, ...details }), requestId);
  }
  const known = model.errors.get(error.code);
  const status = errorStatus(model, error);
  const schema = known?.schema ?? model.baseError;
  const made = schema === undefined ? new Error(error.message) : construct(schema, error.message);
  Object.assign(made, errorFields(model, error), {
    name: known?.name ?? error.code,
    message: error.message,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: metadataOf(status, requestId),
  });
  if (known?.shape?.byName.has('Message') === true) Object.assign(made, { Message: error.message });
  return made;
}

/** The further members of an error, as far as its protocol's body carries them. */
function errorFields(model: ServiceModel, error: AwsError): Fields {
  const { message: _lower, Message: _upper, ...fields } = error.details.fields ?? {};
  switch (model.protocol.kind) {
    case 'json':
      return fields;
    case 'rest-xml':
      return {};
    case 'query':
    case 'ec2': {
      const Code = model.errors.get(error.code)?.code ?? error.code;
      const Type = errorStatus(model, error) >= 500 ? 'Receiver' : 'Sender';
      return { ...fields, Type, Code, Error: { Type, Code, Message: error.message } };
    }
  }
}

function construct(schema: StaticErrorSchema, message: string): Error {
  const registered: unknown = TypeRegistry.for(schema[1]).getErrorCtor(schema);
  if (typeof registered !== 'function') return new Error(message);
  const made: unknown = Reflect.construct(registered, [{ message, $metadata: {} }]);
  return made instanceof Error ? made : new Error(message);
}
