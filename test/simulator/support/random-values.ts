import { RandomStreams } from '../../../src/simulator/random.ts';
import type { Member, Shape, StructShape } from '../../../src/simulator/wire/shape.ts';

type Fields = Record<string, unknown>;

/** Which protocol limits what can travel: forms and XML cannot carry an empty structure or tell an absent list from an empty one. */
export interface Limits {
  readonly emptyContainers: boolean;
  /** What texts are drawn from: anything that a wire could spoil, unless a test has names of its own. */
  readonly texts?: readonly string[];
}

const awkward = [
  'a',
  'name-1',
  'ü & <tag> "q" \'s\'',
  'line\nbreak',
  '100% +plus =eq',
  '日本語 🎈',
  '\\052.example.com.',
  '0',
  'true',
];

/** Random typed values by schema: what a service could be sent, or could answer. */
export class RandomValues {
  private readonly streams: RandomStreams;
  private readonly limits: Limits;
  private readonly texts: readonly string[];

  constructor(seed: number, limits: Limits) {
    this.streams = new RandomStreams(seed);
    this.limits = limits;
    this.texts = limits.texts ?? awkward;
  }

  private below(n: number): number {
    return Math.floor(this.streams.uniform('values') * n);
  }

  struct(shape: StructShape, depth = 0): Fields {
    const fields: Fields = {};
    if (shape.union) {
      const choices = shape.members.filter((member) => depth < 4 || !isNested(member.shape));
      const member = choices[this.below(choices.length)];
      if (member !== undefined) fields[member.name] = this.value(member, depth + 1);
      return fields;
    }
    const optional = depth > 3 ? [] : shape.members.slice(shape.required).filter((member) => !member.httpLabel);
    const wanted = optional.filter(() => this.below(3) > 0);
    for (const member of shape.members) {
      const required = member.httpLabel || shape.members.indexOf(member) < shape.required;
      if (!required && !wanted.includes(member)) continue;
      const value = this.value(member, depth + 1) ?? (required ? this.least(member.shape) : undefined);
      if (value !== undefined) fields[member.name] = value;
    }
    return fields;
  }

  /** The smallest value of a shape that any protocol can carry. */
  least(shape: Shape): unknown {
    switch (shape.kind) {
      case 'struct': {
        const count = Math.max(1, shape.required);
        return Object.fromEntries(
          shape.members.slice(0, count).map((member) => [member.name, this.least(member.shape)]),
        );
      }
      case 'list':
        return [this.least(shape.element.shape)];
      case 'map':
        return { key: this.least(shape.value.shape) };
      default:
        return this.ofShape(shape, 0);
    }
  }

  private value(member: Member, depth: number): unknown {
    const shape = member.shape;
    if (member.httpLabel && shape.kind === 'string') return `Z${this.below(1_000_000)}`;
    return this.ofShape(shape, depth);
  }

  private ofShape(shape: Shape, depth: number): unknown {
    switch (shape.kind) {
      case 'struct': {
        const fields = this.struct(shape, depth);
        return this.limits.emptyContainers || Object.keys(fields).length > 0 ? fields : undefined;
      }
      case 'list':
        return this.list(shape.element, depth);
      case 'map':
        return this.map(shape.value, depth);
      case 'string':
        return this.texts[this.below(this.texts.length)];
      case 'boolean':
        return this.below(2) === 1;
      case 'number':
        return this.below(2) === 1 ? this.below(50_000) : 0;
      case 'bigint':
        return BigInt(this.below(50_000));
      case 'timestamp':
        return new Date(1_700_000_000_000 + this.below(10_000_000) * 1000);
      case 'blob':
        return new Uint8Array([this.below(256), 0, 255]);
      case 'document':
        return undefined;
    }
  }

  private list(element: Member, depth: number): unknown[] | undefined {
    if (depth > 5) return this.limits.emptyContainers ? [] : undefined;
    const least = this.limits.emptyContainers ? 0 : 1;
    const items: unknown[] = [];
    for (let i = this.below(3) + least; i > 0; i--) {
      const item = this.ofShape(element.shape, depth + 1);
      if (item !== undefined) items.push(item);
    }
    return items.length >= least ? items : undefined;
  }

  private map(value: Member, depth: number): Fields | undefined {
    if (depth > 5) return this.limits.emptyContainers ? {} : undefined;
    const least = this.limits.emptyContainers ? 0 : 1;
    const fields: Fields = {};
    for (let i = this.below(3) + least; i > 0; i--) {
      const item = this.ofShape(value.shape, depth + 1);
      if (item !== undefined) fields[`k${i} &`] = item;
    }
    return Object.keys(fields).length >= least ? fields : undefined;
  }
}

function isNested(shape: Shape): boolean {
  return shape.kind === 'struct' || shape.kind === 'list' || shape.kind === 'map';
}
