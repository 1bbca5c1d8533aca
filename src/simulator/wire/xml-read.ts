/** REST-XML request bodies: a small reader for the XML that AWS clients send, and the step from elements to typed values. */
import { malformed, WireFault } from './faults.ts';
import type { ListShape, Member, Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { deepest, scalarOf } from './values.ts';

/** An element without its namespace prefix. Attributes are dropped: none of the requests served here carries data in one. */
export interface Element {
  readonly name: string;
  text: string;
  readonly children: Element[];
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (whole, body: string) => {
    if (body.startsWith('#x')) return codePoint(Number.parseInt(body.slice(2), 16), whole);
    if (body.startsWith('#')) return codePoint(Number.parseInt(body.slice(1), 10), whole);
    return entities.get(body) ?? whole;
  });
}

function codePoint(code: number, whole: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function broken(what: string): WireFault {
  return new WireFault('malformed', '', what);
}

/** Where a piece of markup that has no element ends: comments, processing instructions and declarations. */
function skipMarkup(body: string, at: number): number | undefined {
  for (const [start, end] of [
    ['<?', '?>'],
    ['<!--', '-->'],
    ['<!DOCTYPE', '>'],
  ] as const) {
    if (!body.startsWith(start, at)) continue;
    const close = body.indexOf(end, at);
    if (close < 0) throw broken('the document ends within markup');
    return close + end.length;
  }
  return undefined;
}

/** Parses a document to its root element. Throws `WireFault` when it is not well-formed. */
export function parseXml(body: string): Element {
  const document: Element = { name: '', text: '', children: [] };
  const open: Element[] = [document];
  let at = 0;
  while (at < body.length) {
    const top = open[open.length - 1] ?? document;
    const less = body.indexOf('<', at);
    if (less !== at) {
      top.text += unescape(body.slice(at, less < 0 ? body.length : less));
      if (less < 0) break;
    }
    at = step(body, less, open, top);
  }
  const root = document.children[0];
  if (root === undefined || open.length !== 1) throw broken('the document is not well-formed');
  return root;
}

/** Reads the markup at `less` and returns where it ends. */
function step(body: string, less: number, open: Element[], top: Element): number {
  if (body.startsWith('<![CDATA[', less)) {
    const end = body.indexOf(']]>', less);
    if (end < 0) throw broken('a CDATA section has no end');
    top.text += body.slice(less + 9, end);
    return end + 3;
  }
  const skipped = skipMarkup(body, less);
  if (skipped !== undefined) return skipped;
  const end = body.indexOf('>', less);
  if (end < 0) throw broken('a tag has no end');
  if (body.charAt(less + 1) === '/') {
    if (open.length < 2 || localName(body.slice(less + 2, end)) !== top.name) throw broken('tags do not match');
    open.pop();
    return end + 1;
  }
  const empty = body.charAt(end - 1) === '/';
  const element: Element = { name: localName(body.slice(less + 1, empty ? end - 1 : end)), text: '', children: [] };
  top.children.push(element);
  if (open.length > deepest) throw broken('the document is nested too deeply');
  if (!empty) open.push(element);
  return end + 1;
}

function localName(tag: string): string {
  const name = tag.trim().split(/\s/, 1)[0] ?? '';
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** Reads the members that travel in the body. Throws `WireFault`. */
export function readXmlStruct(shape: StructShape, element: Element): Fields {
  const fields: Fields = {};
  for (const child of element.children) {
    const member = memberNamed(shape, child.name);
    if (member === undefined) continue;
    if (member.shape.kind === 'list' && member.flattened) {
      const list = (fields[member.name] ??= []) as unknown[];
      list.push(read(member.shape.element.shape, child, member.name));
    } else fields[member.name] = read(member.shape, child, member.name);
  }
  return fields;
}

const xmlNames = new WeakMap<StructShape, Map<string, Member>>();

function memberNamed(shape: StructShape, tag: string): Member | undefined {
  let names = xmlNames.get(shape);
  if (names === undefined) {
    names = new Map(shape.members.map((member) => [member.xmlName ?? member.name, member]));
    xmlNames.set(shape, names);
  }
  return names.get(tag);
}

function read(shape: Shape, element: Element, path: string): unknown {
  switch (shape.kind) {
    case 'struct':
      return readXmlStruct(shape, element);
    case 'list':
      return readList(shape, element, path);
    case 'map':
      throw malformed(path, {}, 'no map: REST-XML bodies served here have none');
    default:
      return scalarOf(shape, element.text, path);
  }
}

function readList(shape: ListShape, element: Element, path: string): unknown[] {
  const tag = shape.element.xmlName ?? 'member';
  return element.children.filter((child) => child.name === tag).map((child) => read(shape.element.shape, child, path));
}
