/** The two tables, opened for one command. */

import { createDynamo, type Dynamo } from '../store/client.ts';
import { createDesiredTable, type DesiredTable } from '../store/desired.ts';
import { createStateReader, type StateReader } from '../store/state.ts';
import { awsAccessOf } from './aws-environment.ts';
import { readTableNames, type SettingSource } from './config.ts';
import type { CliHost } from './host.ts';
import type { TableNames } from './programs.ts';

/** What a command works with. */
export interface Session {
  readonly tables: TableNames;
  readonly dynamo: Dynamo;
  readonly desired: DesiredTable;
  readonly state: StateReader;
}

/** Opens the tables for `work` and closes the way to them after it. Throws what `work` throws, and `CliError` for wrong settings. */
export async function withSession<T>(
  host: CliHost,
  source: SettingSource,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const tables = readTableNames(source);
  const access = host.access ?? awsAccessOf(host.env, 'cellwright-cli');
  const dynamo = createDynamo(access, { clock: host.clock, random: host.random });
  try {
    return await work({
      tables,
      dynamo,
      desired: createDesiredTable(dynamo, tables.desiredTable),
      state: createStateReader(dynamo, tables.stateTable),
    });
  } finally {
    dynamo.destroy();
  }
}
