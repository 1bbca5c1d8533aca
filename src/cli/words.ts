/** Kinds and names as they are typed. */
import { type Kind, kindOfWord, kinds, kindWords } from '../model/records/kinds.ts';
import { isRecordName } from '../model/records/parse.ts';
import { shown } from '../model/records/problems.ts';
import { CliError } from './errors.ts';

/** The kind that a word means. Throws `CliError` with the kinds that there are. */
export function requireKind(word: string): Kind {
  const kind = kindOfWord(word);
  if (kind !== undefined) return kind;
  const known = kinds.map((each) => kindWords[each].one).join(', ');
  throw new CliError({
    reason: 'UnknownKind',
    what: `there is no kind "${shown(word)}"`,
    why: `the kinds are ${known}, singular or plural`,
    hint: `use one of them; what each is: cellwright explain ${kindWords.Tenant.one}`,
  });
}

/** A name that a record may have. Throws `CliError`. */
export function requireName(kind: Kind, name: string): string {
  if (isRecordName(name)) return name;
  throw new CliError({
    reason: 'InvalidName',
    what: `"${shown(name)}" cannot be the name of a ${kindWords[kind].one}`,
    why: 'names are a-z first, then a-z, 0-9 and -, no - at the end, no --, at most 40 characters',
    hint: `list the names: cellwright get ${kindWords[kind].many}`,
  });
}

/** The error for an object of which neither table knows. */
export function noSuchObject(kind: Kind, name: string): CliError {
  return notFound(kind, name, `neither the desired table nor the state table has ${kind}/${shown(name)}`);
}

/** The error for a record that is not there, whatever the controller may remember of it. */
export function noSuchRecord(kind: Kind, name: string): CliError {
  return notFound(kind, name, `the desired table has no record ${kind}/${shown(name)}`);
}

function notFound(kind: Kind, name: string, why: string): CliError {
  const { one, many } = kindWords[kind];
  return new CliError({
    reason: 'NotFound',
    what: `there is no ${one} ${shown(name)}`,
    why,
    hint: `list what there is: cellwright get ${many}`,
  });
}

/** A kind and a name as messages have them: `tenant acme`. */
export function spoken(kind: Kind, name: string): string {
  return `${kindWords[kind].one} ${shown(name)}`;
}
