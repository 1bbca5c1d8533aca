import { PutItem$ } from '@aws-sdk/client-dynamodb';
import { DescribeServices$, RegisterTaskDefinition$ } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { copyStruct } from '../../../src/simulator/wire/copy.ts';
import type { StructShape } from '../../../src/simulator/wire/shape.ts';
import { compileStruct } from '../../../src/simulator/wire/shape.ts';

function shapeOf(ref: Parameters<typeof compileStruct>[0]): StructShape {
  const shape = compileStruct(ref);
  if (shape === undefined) throw new Error('the schema is no structure');
  return shape;
}

const registerInput = shapeOf(RegisterTaskDefinition$[4]);
const servicesOutput = shapeOf(DescribeServices$[5]);
const putInput = shapeOf(PutItem$[4]);

describe('copyStruct', () => {
  it('copies at every depth, so that neither side reaches into the other', () => {
    const value = {
      family: 'f',
      containerDefinitions: [{ name: 'app', command: ['run'], dockerLabels: { a: 'b' } }],
    };
    const copy = copyStruct(registerInput, value);
    expect(copy).toStrictEqual(value);
    const [container] = value.containerDefinitions;
    container?.command.push('more');
    Object.assign(container?.dockerLabels ?? {}, { c: 'd' });
    expect(copy['containerDefinitions']).toStrictEqual([{ name: 'app', command: ['run'], dockerLabels: { a: 'b' } }]);
  });

  it('leaves behind what the schema does not have, and what is undefined or null', () => {
    const value = {
      family: 'f',
      cpu: undefined,
      memory: null,
      surprise: { a: 1 },
      containerDefinitions: [{ name: 'app', image: undefined, surprise: 1 }],
    };
    const copy = copyStruct(registerInput, value);
    expect(copy).toStrictEqual({ family: 'f', containerDefinitions: [{ name: 'app' }] });
    expect(Object.keys(copy)).toEqual(['family', 'containerDefinitions']);
  });

  it('gives dates and bytes of their own', () => {
    const createdAt = new Date(5);
    const services = copyStruct(servicesOutput, { services: [{ serviceName: 's', createdAt }] });
    const bytes = new Uint8Array([1, 2]);
    const put = copyStruct(putInput, { TableName: 't', Item: { pk: { B: bytes }, all: { L: [{ BS: [bytes] }] } } });
    createdAt.setTime(9);
    bytes[0] = 9;
    expect(services).toStrictEqual({ services: [{ serviceName: 's', createdAt: new Date(5) }] });
    const before = new Uint8Array([1, 2]);
    expect(put).toStrictEqual({ TableName: 't', Item: { pk: { B: before }, all: { L: [{ BS: [before] }] } } });
  });

  it('keeps keys of maps as they are, __proto__ too', () => {
    const item = JSON.parse('{"__proto__": {"S": "a"}, "n": {"M": {"__proto__": {"N": "1"}}}}') as object;
    const { Item } = copyStruct(putInput, { TableName: 't', Item: item });
    expect(JSON.stringify(Item)).toBe(JSON.stringify(item));
  });

  it('hands through what is not of the schema’s type, for the service to refuse', () => {
    const value = { family: 7, containerDefinitions: 'none', volumes: { not: 'a list' } };
    expect(copyStruct(registerInput, value)).toStrictEqual(value);
  });
});
