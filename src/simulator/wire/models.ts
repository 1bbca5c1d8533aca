/** What the codec knows of each service: its protocol, and operations and errors as the SDK's client package exports them. */
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { ServiceId } from '../kernel.ts';
import type { StructShape } from './shape.ts';
import { compileStruct } from './shape.ts';

export type Protocol =
  | { readonly kind: 'json'; readonly version: '1.0' | '1.1'; readonly target: string }
  | { readonly kind: 'query' | 'ec2' | 'rest-xml'; readonly version: string; readonly xmlns: string };

export interface OperationModel {
  readonly name: string;
  readonly input: StructShape | undefined;
  readonly output: StructShape | undefined;
  /** Method, path and status of success; RPC protocols post everything to `/`. */
  readonly http: { readonly method: string; readonly path: string; readonly status: number };
}

export interface ErrorModel {
  /** The shape's name. */
  readonly name: string;
  readonly namespace: string;
  /** The code on the wire, where the protocol drops part of the shape's name. */
  readonly code: string;
  readonly status: number;
  readonly shape: StructShape | undefined;
  readonly schema: StaticErrorSchema;
}

export interface ServiceModel {
  readonly id: ServiceId;
  readonly protocol: Protocol;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By shape name and by wire code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
  /** The exception that the SDK throws for codes its model does not know. */
  readonly baseError: StaticErrorSchema | undefined;
}

/** The protocols by which AWS serves each service (the clients of this SDK version use these). */
export const protocols: Readonly<Record<ServiceId, Protocol>> = {
  ecs: { kind: 'json', version: '1.1', target: 'AmazonEC2ContainerServiceV20141113' },
  'service-quotas': { kind: 'json', version: '1.1', target: 'ServiceQuotasV20190624' },
  dynamodb: { kind: 'json', version: '1.0', target: 'DynamoDB_20120810' },
  'dynamodb-streams': { kind: 'json', version: '1.0', target: 'DynamoDBStreams_20120810' },
  acm: { kind: 'json', version: '1.1', target: 'CertificateManager' },
  'application-autoscaling': { kind: 'json', version: '1.1', target: 'AnyScaleFrontendService' },
  elbv2: { kind: 'query', version: '2015-12-01', xmlns: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/' },
  sts: { kind: 'query', version: '2011-06-15', xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  ec2: { kind: 'ec2', version: '2016-11-15', xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
  route53: { kind: 'rest-xml', version: '2013-04-01', xmlns: 'https://route53.amazonaws.com/doc/2013-04-01/' },
};

// Loaded when first spoken to: EC2's package alone costs as much as most of the others together.
const packages: Readonly<Record<ServiceId, () => Promise<object>>> = {
  ecs: () => import('@aws-sdk/client-ecs'),
  elbv2: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  route53: () => import('@aws-sdk/client-route-53'),
  ec2: () => import('@aws-sdk/client-ec2'),
  sts: () => import('@aws-sdk/client-sts'),
  'service-quotas': () => import('@aws-sdk/client-service-quotas'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  'dynamodb-streams': () => import('@aws-sdk/client-dynamodb-streams'),
  acm: () => import('@aws-sdk/client-acm'),
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
};

const loaded = new Map<ServiceId, ServiceModel>();
const loading = new Map<ServiceId, Promise<ServiceModel>>();

/** The model of a service if its package is loaded already: the quick path of every call but the first. */
export function modelIfLoaded(service: ServiceId): ServiceModel | undefined {
  return loaded.get(service);
}

/** The model of a service, loading the SDK's client package when it is asked for the first time. */
export function loadModel(service: ServiceId): Promise<ServiceModel> {
  let model = loading.get(service);
  if (model === undefined) {
    model = packages[service]().then((exports) => {
      const read = readModel(service, exports);
      loaded.set(service, read);
      return read;
    });
    loading.set(service, model);
  }
  return model;
}

function readModel(id: ServiceId, exports: object): ServiceModel {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  let baseError: StaticErrorSchema | undefined;
  for (const [name, value] of Object.entries(exports)) {
    if (!name.endsWith('$') || !Array.isArray(value)) continue;
    if (isOperation(value)) operations.set(value[2], new LazyOperation(value));
    else if (isError(value)) {
      if (value[1].startsWith('smithy.ts.sdk.synthetic')) baseError = value;
      else addError(errors, value);
    }
  }
  return { id, protocol: protocols[id], operations, errors, baseError };
}

function isOperation(schema: readonly unknown[]): schema is StaticOperationSchema {
  return schema[0] === 9;
}

function isError(schema: readonly unknown[]): schema is StaticErrorSchema {
  return schema[0] === -3;
}

/** Shapes are compiled at the operation's first call: a service has hundreds of operations and a run uses a dozen. */
class LazyOperation implements OperationModel {
  readonly name: string;
  readonly http: OperationModel['http'];
  private readonly schema: StaticOperationSchema;
  private shapes: { input: StructShape | undefined; output: StructShape | undefined } | undefined = undefined;

  constructor(schema: StaticOperationSchema) {
    this.schema = schema;
    this.name = schema[2];
    const traits = schema[3];
    const http = typeof traits === 'object' ? traits.http : undefined;
    this.http =
      http === undefined
        ? { method: 'POST', path: '/', status: 200 }
        : { method: http[0], path: http[1], status: http[2] };
  }

  get input(): StructShape | undefined {
    return this.compiled().input;
  }

  get output(): StructShape | undefined {
    return this.compiled().output;
  }

  private compiled(): { input: StructShape | undefined; output: StructShape | undefined } {
    this.shapes ??= { input: compileStruct(this.schema[4]), output: compileStruct(this.schema[5]) };
    return this.shapes;
  }
}

function addError(errors: Map<string, ErrorModel>, schema: StaticErrorSchema): void {
  const traits = typeof schema[3] === 'object' ? schema[3] : {};
  const query = queryError(traits['awsQueryError']);
  const declared = traits['httpError'];
  const status = query?.status ?? (typeof declared === 'number' ? declared : traits.error === 'server' ? 500 : 400);
  const model: ErrorModel = {
    name: schema[2],
    namespace: schema[1],
    code: query?.code ?? schema[2],
    status,
    shape: compileStruct(schema),
    schema,
  };
  errors.set(model.name, model);
  if (!errors.has(model.code)) errors.set(model.code, model);
}

function queryError(trait: unknown): { code: string; status: number } | undefined {
  if (!Array.isArray(trait)) return undefined;
  const code: unknown = trait[0];
  const status: unknown = trait[1];
  return typeof code === 'string' && typeof status === 'number' ? { code, status } : undefined;
}
