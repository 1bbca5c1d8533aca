/**
 * Seeded randomness. Every purpose draws from a stream of its own, so that one more draw in one service leaves all other
 * services' numbers as they were and a seed keeps its meaning when the simulator grows.
 */

/** FNV-1a over UTF-16 code units: a well-mixed 32-bit start for a stream. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Two hexadecimal digits for each byte: ids are made for every call, and this is four times as fast as formatting numbers. */
const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_none, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(number: number): string {
  return byteAt(number, 24) + byteAt(number, 16) + byteAt(number, 8) + byteAt(number, 0);
}

function byteAt(number: number, shift: number): string {
  return hexOfByte[(number >>> shift) & 255] ?? '';
}

/** One stream of 32-bit numbers (mulberry32): small, quick, and good enough for latencies and ids. */
class Stream {
  private state: number;

  constructor(state: number) {
    this.state = state;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

/** All random streams of one simulated AWS, from one seed. */
export class RandomStreams {
  private readonly seed: string;
  private readonly streams = new Map<string, Stream>();

  constructor(seed: string | number) {
    this.seed = String(seed);
  }

  /** Uniform in [0, 1), from the stream of `purpose`. */
  uniform(purpose: string): number {
    return this.stream(purpose).next() / 4_294_967_296;
  }

  /** `digits` random lower-case hexadecimal digits, from a stream of its own for each purpose. */
  hex(purpose: string, digits: number): string {
    const stream = this.stream(`hex:${purpose}`);
    let text = '';
    while (text.length < digits) text += hexOf(stream.next());
    return text.length === digits ? text : text.slice(0, digits);
  }

  private stream(purpose: string): Stream {
    let stream = this.streams.get(purpose);
    if (stream === undefined) {
      stream = new Stream(hash32(`${this.seed}/${purpose}`));
      this.streams.set(purpose, stream);
    }
    return stream;
  }
}
