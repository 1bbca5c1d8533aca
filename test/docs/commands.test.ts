/** What the pages say that one can type can be typed. Following them to the letter takes minutes: that is `npm run test:docs`. */
import { describe, expect, test } from 'vitest';
import { settings, tokenVariable } from '../../src/cli/config.ts';
import type { CliHost } from '../../src/cli/host.ts';
import { runCli } from '../../src/cli/index.ts';
import type { Programs } from '../../src/cli/programs.ts';
import { systemClock } from '../../src/model/clock.ts';
import { parseDocuments } from '../../src/model/records/documents.ts';
import { kinds } from '../../src/model/records/kinds.ts';
import { codeOf, mentionsOf, notFollowed, pages, read, walks } from './mentions.ts';
import { piecesOf, stepsOf } from './page.ts';

const helps = new Map<string, Promise<string>>();

/** What `cellwright COMMAND --help` prints; fails with the program's own words where there is no such command. */
function helpOf(command: string): Promise<string> {
  const known = helps.get(command) ?? askHelp(command);
  helps.set(command, known);
  return known;
}

async function askHelp(command: string): Promise<string> {
  let out = '';
  let err = '';
  const host: CliHost = {
    stdout: { isTTY: false, write: (text) => void (out += text) },
    stderr: { isTTY: false, write: (text) => void (err += text) },
    stdin: { isTTY: false, [Symbol.asyncIterator]: async function* () {} },
    env: {},
    clock: systemClock,
    random: () => 0.5,
    interrupts: () => new AbortController().signal,
  };
  const argv = command === '' ? ['--help'] : [command, '--help'];
  await runCli(argv, {} as Programs, host);
  // Of a word that is no command it shows its own help.
  return out.includes(`Usage: cellwright ${command === '' ? '[options]' : command} `) ? out : `no such command\n${err}`;
}

/** What is wrong with a command as a page has it; undefined where nothing is. */
async function wrongWith(command: string, words: readonly string[]): Promise<string | undefined> {
  const own = command.startsWith('-') ? '' : command;
  const help = await helpOf(own);
  if (help.startsWith('no such command')) return help;
  const flags = (own === '' ? [command, ...words] : words).filter((word) => /^-{1,2}[a-z]/i.test(word));
  const unknown = flags
    .map((flag) => flag.replace(/=.*/, ''))
    .find((flag) => !new RegExp(`[ ,]${flag}[ ,\n]`).test(help));
  if (unknown !== undefined) return `it takes no ${unknown}`;
  const form = words[words.findIndex((word) => word === '-o' || word === '--output') + 1];
  const takesForms = words.some((word) => word === '-o' || word === '--output');
  if (takesForms && !help.includes(`"${form}"`) && !/^[A-Z]|\\?\|/.test(form ?? '')) return `-o takes no ${form}`;
  return undefined;
}

describe.each(pages())('%s', (page) => {
  const text = read(page);

  test('names commands and flags that there are', async () => {
    const wrong: string[] = [];
    for (const { line, command, words } of mentionsOf(text)) {
      const why = await wrongWith(command, words);
      if (why !== undefined) wrong.push(`${page}:${line}: cellwright ${command} ${words.join(' ')}: ${why}`);
    }
    expect(wrong).toEqual([]);
  });

  test('names settings that there are', () => {
    const known = new Set<string>([
      ...Object.values(settings).map(({ variable }) => variable),
      tokenVariable,
      // Of the build, and of the test suites.
      'CELLWRIGHT_COMMIT',
      'CELLWRIGHT_SEED',
      'CELLWRIGHT_SEEDS',
    ]);
    const named = [...text.matchAll(/\bCELLWRIGHT_[A-Z_]+\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name) && !name.endsWith('_'))).toEqual([]);
  });

  test('names scripts of package.json that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = codeOf(text).flatMap(({ text: code }) =>
      [...code.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('is followed, or somebody said why not', () => {
    const hasCommands = piecesOf(text).some((piece) => piece.kind === 'fence' && piece.language === 'sh');
    if (hasCommands) expect([...walks.flat(), ...Object.keys(notFollowed)]).toContain(page);
    else expect(walks.flat()).not.toContain(page);
  });

  test('can be read by the script that follows it', () => {
    expect(() => stepsOf(text)).not.toThrow();
  });

  test('shows records of kinds and in a form that the program reads', () => {
    const wrong = piecesOf(text).flatMap((piece) => {
      if (piece.kind !== 'fence' || piece.language !== 'yaml' || !/^kind:/m.test(piece.text)) return [];
      const { records, problems } = parseDocuments(piece.text);
      const unknown = records.filter(({ raw }) => !isKind((raw as { kind?: unknown }).kind));
      return [...problems, ...unknown].map((problem) => `${page}:${piece.line}: ${JSON.stringify(problem)}`);
    });
    expect(wrong).toEqual([]);
  });
});

function isKind(kind: unknown): boolean {
  return kinds.some((known) => known === kind);
}

test('finds commands in blocks and in sentences, over more than one line', () => {
  const text = [
    'Run `cellwright get tenants -o json`.',
    '```sh',
    'X=$(cellwright get tenant acme) && bin/cellwright apply \\',
    '  --filename a.yaml # cellwright nothing',
    'cellwright get cells | grep x',
    '```',
    '`cellwright COMMAND --help`',
  ].join('\n');
  expect(mentionsOf(text)).toEqual([
    { line: 3, command: 'get', words: ['tenant', 'acme'] },
    { line: 3, command: 'apply', words: ['--filename', 'a.yaml'] },
    { line: 4, command: 'get', words: ['cells'] },
    { line: 1, command: 'get', words: ['tenants', '-o', 'json'] },
  ]);
});

test('notices what cannot be typed', async () => {
  expect(await wrongWith('gett', [])).toContain('no such command');
  expect(await wrongWith('get', ['tenants', '--wach'])).toBe('it takes no --wach');
  expect(await wrongWith('get', ['tenants', '-o', 'xml'])).toBe('-o takes no xml');
  expect(await wrongWith('get', ['tenants', '--watch', '-o', 'json'])).toBeUndefined();
  expect(await wrongWith('--version', [])).toBeUndefined();
});
