/** Answers: outputs and errors in the form in which each protocol sends them. */
import type { AwsError } from '../kernel.ts';
import { writeJson, writeStruct } from './json.ts';
import type { WireResponse } from './messages.ts';
import type { ErrorModel, OperationModel, ServiceModel } from './models.ts';
import { restHeaders } from './rest.ts';
import type { StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { escapeXml, writeXmlMembers } from './xml-write.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Encodes an operation's output. */
export function encodeOutput(
  model: ServiceModel,
  operation: OperationModel,
  output: object,
  requestId: string,
): WireResponse {
  const fields = output as Fields;
  const status = operation.http.status;
  const { protocol } = model;
  if (protocol.kind === 'json') {
    return { status, headers: jsonHeaders(protocol.version, requestId), body: writeJson(operation.output, fields) };
  }
  const inner = operation.output === undefined ? '' : writeXmlMembers(operation.output, fields);
  const headers = xmlHeaders(requestId);
  const root = `${operation.name}Response`;
  switch (protocol.kind) {
    case 'query': {
      const result = `<${operation.name}Result>${inner}</${operation.name}Result>`;
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return { status, headers, body: `<${root} xmlns="${protocol.xmlns}">${result}${metadata}</${root}>` };
    }
    case 'ec2': {
      const body = `${declaration}<${root} xmlns="${protocol.xmlns}"><requestId>${requestId}</requestId>${inner}</${root}>`;
      return { status, headers, body };
    }
    case 'rest-xml':
      return {
        status,
        headers: { ...headers, ...restHeaders(operation.output, fields) },
        body: `${declaration}<${root} xmlns="${protocol.xmlns}">${inner}</${root}>`,
      };
  }
}

function jsonHeaders(version: string, requestId: string): Record<string, string> {
  return { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId };
}

function xmlHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
}

/** The HTTP status of an error: the service's own word, else the model's, else 400. */
export function errorStatus(model: ServiceModel, error: AwsError): number {
  return error.details.status ?? model.errors.get(error.code)?.status ?? 400;
}

/** Encodes an error with the code, status and body that the service gives it. */
export function encodeError(model: ServiceModel, error: AwsError, requestId: string): WireResponse {
  const known = model.errors.get(error.code);
  const status = errorStatus(model, error);
  const { protocol } = model;
  if (protocol.kind === 'json') {
    const body = JSON.stringify({ __type: typeName(model, known, error), ...jsonFields(known, error) });
    return { status, headers: jsonHeaders(protocol.version, requestId), body };
  }
  const headers = xmlHeaders(requestId);
  const code = escapeXml(known?.code ?? error.code);
  if (error.details.rootBody === true && protocol.kind === 'rest-xml') {
    return { status, headers, body: rootBody(code, protocol.xmlns, error, requestId) };
  }
  const content = `<Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${xmlFields(model, known?.shape, error)}`;
  if (protocol.kind === 'ec2') {
    const body = `${declaration}<Response><Errors><Error>${content}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
    return { status, headers, body };
  }
  const type = `<Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type>`;
  const body = `<ErrorResponse xmlns="${protocol.xmlns}"><Error>${type}${content}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers, body: protocol.kind === 'rest-xml' ? declaration + body : body };
}

/** DynamoDB qualifies its errors' names (those of its model with its own namespace, common ones with the framework's); the others do not. */
function typeName(model: ServiceModel, known: ErrorModel | undefined, error: AwsError): string {
  const name = known?.name ?? error.code;
  if (model.id !== 'dynamodb' && model.id !== 'dynamodb-streams') return name;
  return known === undefined ? `com.amazon.coral.service#${name}` : `com.amazonaws.dynamodb.v20120810#${name}`;
}

function jsonFields(known: ErrorModel | undefined, error: AwsError): Fields {
  const shape = known?.shape;
  if (shape === undefined) return { message: error.message };
  return writeStruct(shape, { ...error.details.fields, [messageMember(shape)]: error.message });
}

/** The member of a modelled error that holds its message: `message` at most services, `Message` at some. */
export function messageMember(shape: StructShape): string {
  return shape.byName.has('Message') ? 'Message' : 'message';
}

/** Route 53 says in this body only what the message says; its list of messages travels in the other one. */
function xmlFields(model: ServiceModel, shape: StructShape | undefined, error: AwsError): string {
  if (shape === undefined || error.details.fields === undefined || model.protocol.kind === 'rest-xml') return '';
  const { message: _lower, Message: _upper, ...rest } = error.details.fields;
  return writeXmlMembers(shape, rest);
}

function rootBody(code: string, xmlns: string, error: AwsError, requestId: string): string {
  const messages: unknown = error.details.fields?.['messages'];
  const lines = Array.isArray(messages) ? messages.map(String) : [error.message];
  const list = lines.map((line) => `<Message>${escapeXml(line)}</Message>`).join('');
  return `${declaration}<${code} xmlns="${xmlns}"><Messages>${list}</Messages><RequestId>${requestId}</RequestId></${code}>`;
}
