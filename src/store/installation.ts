/**
 * The installation's id: the mark by which this controller tells its own resources from everybody else's. It stands in three places (an
 * item of the state table, a tag on each table), so that no single loss or mix-up goes unnoticed.
 */

import { CallError } from '../model/errors.ts';
import type { Dynamo } from './client.ts';
import { getItem, putItem } from './items.ts';
import { installationKey } from './keys.ts';

/** The tag that marks what belongs to an installation. */
export const installationTag = 'cellwright:installation';

/** An id is at most this long: it is part of cluster names, set identifiers and a TXT record's name. */
const maxLength = 20;
const idPattern = /^[a-z](?:-?[a-z0-9])*$/;
const firstLetters = 'abcdefghijklmnopqrstuvwxyz';
const letters = `${firstLetters}234567`;
const generatedLength = 10;

/** Thrown when tables and installation do not fit together: the message says what was found where, and what to do. */
export class InstallationError extends Error {
  override readonly name = 'InstallationError';
}

/** What is known of the id: each place where it may stand. */
export interface InstallationEvidence {
  readonly item: string | undefined;
  readonly stateTag: string | undefined;
  readonly desiredTag: string | undefined;
  /** What the operator asked for. */
  readonly asked: string | undefined;
  /** Whether the state table holds anything: then the id existed, and a new one would disown all that was built. */
  readonly stateHasItems: boolean;
  readonly stateTable: string;
  readonly desiredTable: string;
}

/** The id that the evidence leads to, or `undefined` where a new one may be made. Throws `InstallationError` on a contradiction. */
export function decideInstallation(evidence: InstallationEvidence): string | undefined {
  const found: readonly (readonly [string, string | undefined])[] = [
    [`the state table ${evidence.stateTable}`, evidence.item],
    [`the tag of the state table ${evidence.stateTable}`, evidence.stateTag],
    [`the tag of the desired table ${evidence.desiredTable}`, evidence.desiredTag],
    ['--installation', evidence.asked],
  ];
  const known = found.filter((place): place is readonly [string, string] => place[1] !== undefined);
  const ids = new Set(known.map(([, id]) => id));
  if (ids.size > 1) {
    const places = known.map(([place, id]) => `${place} says "${id}"`).join('; ');
    throw new InstallationError(
      `these belong to different installations: ${places}. Name the tables of one installation (CELLWRIGHT_DESIRED_TABLE, CELLWRIGHT_STATE_TABLE), or correct the wrong tag ${installationTag}`,
    );
  }
  const [id] = ids;
  if (id === undefined && evidence.stateHasItems) {
    throw new InstallationError(
      `the state table ${evidence.stateTable} is in use, but its installation id is gone from the table and from both tags. A new id would disown everything that was built: run "cellwright init --installation ID" with the id that the resources bear in their tag ${installationTag}`,
    );
  }
  return id;
}

/** Throws `InstallationError` unless `id` may be an installation's: it becomes part of names in AWS. */
export function assertInstallationId(id: string): void {
  if (id.length <= maxLength && idPattern.test(id)) return;
  throw new InstallationError(
    `"${id.slice(0, 80)}" cannot be an installation id: expected at most ${maxLength} lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen`,
  );
}

/** A new id of about 50 random bits; `random` is uniform in [0, 1). */
export function newInstallationId(random: () => number): string {
  const pick = (from: string): string => from.charAt(Math.floor(random() * from.length));
  return pick(firstLetters) + Array.from({ length: generatedLength - 1 }, () => pick(letters)).join('');
}

/** The id that the state table holds; undefined where `init` was never run on it. Throws class `not_found` where there is no such table. */
export async function readInstallation(dynamo: Dynamo, stateTable: string): Promise<string | undefined> {
  const id = (await getItem(dynamo, stateTable, { ...installationKey }))?.id;
  return typeof id === 'string' ? id : undefined;
}

/** Writes the id where none is; returns the one that stands there then, which may be that of another `init` at the same time. */
export async function writeInstallation(dynamo: Dynamo, stateTable: string, id: string): Promise<string> {
  const item = { ...installationKey, id, createdAt: new Date(dynamo.clock.now()).toISOString() };
  const condition = { text: 'attribute_not_exists(#pk)', names: { '#pk': 'pk' } };
  try {
    await putItem(dynamo, { table: stateTable, item, condition });
    return id;
  } catch (error) {
    if (!(error instanceof CallError) || (error.class !== 'conflict' && error.class !== 'unknown_result')) throw error;
    const stands = await readInstallation(dynamo, stateTable);
    if (stands === undefined) throw error;
    return stands;
  }
}
