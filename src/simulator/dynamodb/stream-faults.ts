/** Faults of DynamoDB Streams that a test or a fault plan asks for, for all tables or for some. */

/** What is wrong with a stream. */
export interface StreamFault {
  /** The probability with which a record is handed out a second time, in the next answer, before what follows it. */
  readonly duplicate: number;
  /** How much later than usual records appear, in milliseconds of the simulator's clock. For records that are written from then on. */
  readonly delayMs: number;
}

/** What is wrong with the streams of the tables that it means, in every account and Region. */
export interface TableStreamFault extends StreamFault {
  readonly means: (table: string) => boolean;
}

/** The faults of one simulated DynamoDB's streams: none, until they are set. All of it may be set at any time. */
export class StreamFaults implements StreamFault {
  /** For all tables that none of `tables` means. */
  duplicate = 0;
  delayMs = 0;
  /** The first that means a table counts. */
  tables: readonly TableStreamFault[] = [];

  /** What is wrong with the streams of a table. */
  of(tableName: string): StreamFault {
    return this.tables.find(({ means }) => means(tableName)) ?? this;
  }
}
