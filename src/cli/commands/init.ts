/** `init`: the two tables and the installation's id. */
import { createDynamo } from '../../store/client.ts';
import { initTables } from '../../store/tables.ts';
import { awsAccessOf } from '../aws-environment.ts';
import { readTableNames } from '../config.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../errors.ts';

/** Makes what is missing; running it again changes nothing. Throws `InstallationError` where the tables do not fit together. */
export async function init(context: Context, options: { installation?: string }): Promise<number> {
  const { host, output } = context;
  const tables = readTableNames(context.settings);
  const access = host.access ?? awsAccessOf(host.env, 'cellwright-cli');
  const dynamo = createDynamo(access, { clock: host.clock, random: host.random });
  try {
    const { installation } = options;
    const result = await initTables(dynamo, { ...tables, ...(installation === undefined ? {} : { installation }) });
    for (const warning of result.warnings) output.say(`warning: ${warning}`);
    const made = new Set(result.created);
    await output.data({ ...result, ...tables }, () => [
      `installation ${result.installation}`,
      ...[tables.desiredTable, tables.stateTable].map(
        (name) => `${made.has(name) ? '+' : '='} table ${name}${made.has(name) ? ' created' : ' is there'}`,
      ),
    ]);
    return exitCodes.yes;
  } finally {
    dynamo.destroy();
  }
}
