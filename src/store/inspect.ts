/** What is to be known of a table before it is relied on: looked at, never changed. */
import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CallError } from '../model/errors.ts';
import type { Dynamo } from './client.ts';
import { describeTable, misshapen, readTag, type TableShape } from './tables.ts';

export interface TableInspection {
  readonly arn: string;
  readonly status: string;
  /** Why its keys are not as they have to be; undefined where they are. */
  readonly misshapen: string | undefined;
  /** What its stream carries: `KEYS_ONLY`, `NEW_IMAGE` ...; undefined where it has none. Readers here work with any. */
  readonly stream: string | undefined;
  readonly deletionProtected: boolean;
  /** Undefined: we may not see it. */
  readonly pointInTime: boolean | undefined;
  /** The installation that its tag names. */
  readonly installation: string | undefined;
}

/** Looks at a table; undefined where there is none. Throws `CallError`. */
export async function inspectTable(
  dynamo: Dynamo,
  name: string,
  shape: TableShape,
): Promise<TableInspection | undefined> {
  const table = await describeTable(dynamo, name);
  if (table === undefined) return undefined;
  return {
    arn: table.TableArn ?? '',
    status: table.TableStatus ?? 'unknown',
    misshapen: misshapen(table, name, shape),
    stream:
      table.StreamSpecification?.StreamEnabled === true
        ? (table.StreamSpecification.StreamViewType ?? 'it is on')
        : undefined,
    deletionProtected: table.DeletionProtectionEnabled === true,
    pointInTime: await readPointInTime(dynamo, name),
    installation: await readTag(dynamo, table),
  };
}

async function readPointInTime(dynamo: Dynamo, name: string): Promise<boolean | undefined> {
  const info = { operation: 'DescribeContinuousBackups', about: name, mutating: false, repeatable: true };
  try {
    const output = await dynamo.call(info, (abortSignal) =>
      dynamo.sdk.send(new DescribeContinuousBackupsCommand({ TableName: name }), { abortSignal }),
    );
    const { PointInTimeRecoveryDescription: found } = output.ContinuousBackupsDescription ?? {};
    return found?.PointInTimeRecoveryStatus === 'ENABLED';
  } catch (error) {
    if (error instanceof CallError && error.class === 'denied') return undefined;
    throw error;
  }
}

/** AWS's time by the Date header of an answer, in milliseconds since the epoch, to the second; undefined where an answer has none. Throws `CallError`. */
export async function readServerTime(dynamo: Dynamo, table: string): Promise<number | undefined> {
  const info = { operation: 'DescribeTable', about: table, mutating: false, repeatable: true };
  let date: string | undefined;
  await dynamo.call(info, (abortSignal) => {
    const command = new DescribeTableCommand({ TableName: table });
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
        date = headers?.['date'];
        return result;
      },
      { step: 'deserialize', name: 'cellwrightServerTime', priority: 'low' },
    );
    return dynamo.sdk.send(command, { abortSignal });
  });
  const at = Date.parse(date ?? '');
  return Number.isFinite(at) ? at : undefined;
}
