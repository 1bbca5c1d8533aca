/** XML answers of awsQuery, ec2Query and REST-XML, by schema. */
import type { Member, Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { scalarText } from './values.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\r', '&#xD;'],
]);

/** Text as XML content. */
export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (char) => escapes.get(char) ?? char) : text;
}

/** The members of a structure as elements, without an element around them. Members that travel in headers are left out. */
export function writeXmlMembers(shape: StructShape, value: Fields): string {
  let xml = '';
  for (const member of shape.members) {
    const found = value[member.name];
    if (found === undefined || found === null || member.httpHeader !== undefined) continue;
    xml += writeMember(member, found, member.xmlName ?? member.name);
  }
  return xml;
}

function writeMember(member: Member, value: unknown, tag: string): string {
  const shape = member.shape;
  if (shape.kind === 'list' && member.flattened && Array.isArray(value)) {
    const element = shape.element.shape;
    return value.map((item) => wrap(tag, write(element, item))).join('');
  }
  if (shape.kind === 'map' && member.flattened) return entries(shape.key, shape.value, value as Fields, tag);
  return wrap(tag, write(shape, value));
}

function wrap(tag: string, content: string): string {
  return `<${tag}>${content}</${tag}>`;
}

function write(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'struct':
      return writeXmlMembers(shape, value as Fields);
    case 'list': {
      const tag = shape.element.xmlName ?? 'member';
      const element = shape.element.shape;
      return Array.isArray(value) ? value.map((item) => wrap(tag, write(element, item))).join('') : '';
    }
    case 'map':
      return entries(shape.key, shape.value, value as Fields, 'entry');
    default:
      return escapeXml(scalarText(shape, value, 'date-time'));
  }
}

function entries(key: Member, value: Member, fields: Fields, tag: string): string {
  return Object.entries(fields)
    .map(([name, found]) => {
      const keyXml = wrap(key.xmlName ?? 'key', escapeXml(name));
      return wrap(tag, keyXml + wrap(value.xmlName ?? 'value', write(value.shape, found)));
    })
    .join('');
}
