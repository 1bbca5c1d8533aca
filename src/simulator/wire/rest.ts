/** REST bindings: which operation a method and path mean, and the members that travel in path, query and headers. */
import type { ServiceId } from '../kernel.ts';
import { WireFault } from './faults.ts';
import type { WireRequest } from './messages.ts';
import type { OperationModel, ServiceModel } from './models.ts';
import type { Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { scalarOf, scalarText } from './values.ts';
import { parseXml, readXmlStruct } from './xml-read.ts';

interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** A query key that the path of the model fixes. */
  readonly fixedKey: string | undefined;
}

const routes = new Map<ServiceId, readonly Route[]>();

function routesOf(model: ServiceModel): readonly Route[] {
  let known = routes.get(model.id);
  if (known === undefined) {
    // Paths without labels, then those with a fixed query key, go before the patterns that would match them too.
    known = [...model.operations.values()].map(routeOf).sort((a, b) => rank(a) - rank(b));
    routes.set(model.id, known);
  }
  return known;
}

function rank(route: Route): number {
  return route.labels.length * 2 - (route.fixedKey === undefined ? 0 : 1);
}

function routeOf(operation: OperationModel): Route {
  const [path = '', query] = operation.http.path.split('?');
  const labels: string[] = [];
  const pattern = path.replace(/\{(\w+)(\+?)\}/g, (_whole, label: string, greedy: string) => {
    labels.push(label);
    return greedy === '' ? '([^/]+)' : '(.+)';
  });
  return {
    operation,
    method: operation.http.method,
    pattern: new RegExp(`^${pattern}/?$`),
    labels,
    fixedKey: query?.split('=')[0],
  };
}

/** What a request means, before its body is read. */
export interface RestTarget {
  readonly operation: OperationModel;
  readonly labels: ReadonlyMap<string, string>;
}

/** Finds the operation of a method and path; undefined when the service has none there. */
export function findRestOperation(model: ServiceModel, request: WireRequest): RestTarget | undefined {
  for (const route of routesOf(model)) {
    if (route.method !== request.method) continue;
    if (route.fixedKey !== undefined && !request.query.has(route.fixedKey)) continue;
    const match = route.pattern.exec(request.path);
    if (match !== null) {
      return {
        operation: route.operation,
        labels: new Map(route.labels.map((label, i) => [label, match[i + 1] ?? ''])),
      };
    }
  }
  return undefined;
}

/** Reads a REST-XML input from path, query, headers and body. Throws `WireFault`. */
export function readRest(shape: StructShape, target: RestTarget, request: WireRequest): Fields {
  const body = request.body.trim() === '' ? undefined : parseXml(request.body);
  const payload = shape.members.find((member) => member.httpPayload);
  const fields: Fields = payload === undefined && body !== undefined ? readXmlStruct(shape, body) : {};
  if (payload !== undefined && body !== undefined && payload.shape.kind === 'struct') {
    fields[payload.name] = readXmlStruct(payload.shape, body);
  }
  for (const member of shape.members) {
    const text = boundText(member, target, request);
    if (text !== undefined) fields[member.name] = boundValue(member.shape, text, member.name);
  }
  return fields;
}

function boundText(
  member: StructShape['members'][number],
  target: RestTarget,
  request: WireRequest,
): string | undefined {
  if (member.httpLabel) return decodeLabel(target.labels.get(member.name) ?? '', member.name);
  if (member.httpQuery !== undefined) return request.query.get(member.httpQuery);
  if (member.httpHeader !== undefined) return request.headers[member.httpHeader.toLowerCase()];
  return undefined;
}

function decodeLabel(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw new WireFault('malformed', name, `the path holds no URL-encoded ${name}`);
    throw error;
  }
}

function boundValue(shape: Shape, text: string, path: string): unknown {
  if (shape.kind === 'list') return text.split(',').map((part) => boundValue(shape.element.shape, part, path));
  if (shape.kind === 'struct' || shape.kind === 'map')
    throw new WireFault('malformed', path, `${path} is not a plain value`);
  return scalarOf(shape, text, path);
}

/** The members of an output that travel in headers. */
export function restHeaders(shape: StructShape | undefined, output: Fields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const member of shape?.members ?? []) {
    const value = output[member.name];
    const bound = member.shape;
    if (member.httpHeader === undefined || value === undefined || value === null) continue;
    if (bound.kind === 'struct' || bound.kind === 'list' || bound.kind === 'map') continue;
    headers[member.httpHeader.toLowerCase()] = scalarText(bound, value, 'http-date');
  }
  return headers;
}
