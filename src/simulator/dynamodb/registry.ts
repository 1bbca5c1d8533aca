/** What exists: tables, streams and transaction tokens, each in an account and Region. */
import type { Call, World } from '../kernel.ts';
import { tableNotFound, validation } from './errors.ts';
import { ExpressionCache } from './expressions/request.ts';
import { InFlight } from './in-flight.ts';
import { retentionMs, type Stream } from './stream.ts';
import { StreamFaults } from './stream-faults.ts';
import type { Table } from './table.ts';
import { Throughput } from './throughput.ts';

/** One account's DynamoDB in one Region. */
export interface RegionState {
  readonly tables: Map<string, Table>;
  readonly streams: Map<string, Stream>;
  /** ClientRequestTokens of transactions. */
  readonly tokens: Map<string, TransactionToken>;
  readonly inFlight: InFlight;
}

/** A ClientRequestToken that was used. */
export interface TransactionToken {
  readonly fingerprint: string;
  readonly expiresAt: number;
  /** Until then its transaction is in progress. */
  readonly doneAt: number;
}

export class Registry {
  readonly world: World;
  readonly expressions = new ExpressionCache();
  readonly streamFaults = new StreamFaults();
  readonly throughput: Throughput;
  /** How long a transaction is in others' way, ms. */
  readonly overlapMs: number;
  readonly #regions = new Map<string, RegionState>();

  constructor(world: World, overlapMs: number) {
    this.world = world;
    this.overlapMs = overlapMs;
    this.throughput = new Throughput(world);
  }

  region(place: { readonly account: string; readonly region: string }): RegionState {
    const key = `${place.account}/${place.region}`;
    let state = this.#regions.get(key);
    if (state === undefined) {
      state = { tables: new Map(), streams: new Map(), tokens: new Map(), inFlight: new InFlight() };
      this.#regions.set(key, state);
    }
    return state;
  }

  /** A table in whatever state, by name or ARN; undefined when there is none. */
  find(nameOrArn: string | undefined, call: Call): Table | undefined {
    return this.region(call).tables.get(plainName(nameOrArn ?? '', call) ?? '');
  }

  /** Whether a table still exists, in whatever state. */
  isThere(table: Table): boolean {
    return this.region(table.identity).tables.get(table.identity.name) === table;
  }

  /** A table for a control operation. Throws `ResourceNotFoundException` that names it. */
  described(nameOrArn: string | undefined, call: Call): Table {
    const name = requiredTableName(nameOrArn);
    const table = this.find(name, call);
    if (table === undefined) throw tableNotFound(plainName(name, call) ?? name);
    return table;
  }

  /** A table for a data operation: it must have become ACTIVE once and not be on its way out. */
  data(nameOrArn: string | undefined, call: Call): Table {
    const table = this.find(requiredTableName(nameOrArn), call);
    if (table === undefined || table.status === 'CREATING' || table.status === 'DELETING') throw tableNotFound();
    return table;
  }

  /** Streams that still hold something: those enabled, and those disabled less than a day ago. */
  streams(call: Call): readonly Stream[] {
    const { streams } = this.region(call);
    for (const [arn, stream] of streams) {
      if (stream.disabledAt !== undefined && stream.disabledAt + retentionMs <= call.now) streams.delete(arn);
    }
    return [...streams.values()];
  }
}

/** The name in an ARN of the caller's own account and Region; a plain name is returned as it is. */
function plainName(nameOrArn: string, call: Call): string | undefined {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const [, , service, region, account, ...rest] = nameOrArn.split(':');
  const [kind, name] = rest.join(':').split('/');
  const own = service === 'dynamodb' && region === call.region && account === call.account && kind === 'table';
  return own ? name : undefined;
}

/** Throws `ValidationException` for a missing name and for text that can be no table's name or ARN. */
export function requiredTableName(name: string | undefined): string {
  const complaint = tableNameComplaint(name, 1);
  if (complaint !== undefined) throw validation(`1 validation error detected: ${complaint}`);
  return name ?? '';
}

/** Why a text cannot name a table, in AWS's words for one failed constraint, or undefined. */
export function tableNameComplaint(name: string | undefined, minimum: number, arnAllowed = true): string | undefined {
  const failed = (constraint: string): string => {
    const value = name === undefined ? 'null' : `'${name}'`;
    return `Value ${value} at 'tableName' failed to satisfy constraint: ${constraint}`;
  };
  if (name === undefined) return failed('Member must not be null');
  if (arnAllowed && name.startsWith('arn:')) return undefined;
  if (name.length < minimum) return failed(`Member must have length greater than or equal to ${minimum}`);
  if (name.length > 255) return failed('Member must have length less than or equal to 255');
  return /^[a-zA-Z0-9_.-]+$/.test(name)
    ? undefined
    : failed('Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
}
