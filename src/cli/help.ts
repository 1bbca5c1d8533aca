/** How `--help` looks: purpose, examples, then the rest. */
import type { Command, Help } from 'commander';

const examplesOf = new WeakMap<Command, readonly string[]>();

/** Gives a command its examples, without the `$`. */
export function setExamples(command: Command, examples: readonly string[]): void {
  examplesOf.set(command, examples);
}

const closing =
  'More: cellwright COMMAND --help; every record and field in words: cellwright explain KIND[.FIELD]; the manual: README.md';

/** Commander's `formatHelp`. */
export function formatHelp(command: Command, helper: Help): string {
  const width = Math.max(helper.padWidth(command, helper), 8);
  const item = (term: string, description: string): string => helper.formatItem(term, width, description, helper);
  const blocks: string[][] = [
    [helper.boxWrap(helper.commandDescription(command), helper.helpWidth ?? 80)],
    section(
      'Examples',
      (examplesOf.get(command) ?? []).map((example) => `  $ ${example}`),
    ),
    [`Usage: ${helper.commandUsage(command)}`],
    section(
      'Arguments',
      helper.visibleArguments(command).map((each) => item(helper.argumentTerm(each), helper.argumentDescription(each))),
    ),
    ...groups(helper.visibleCommands(command), (each) => each.helpGroup() || 'Help').map(([title, commands]) =>
      section(
        title,
        commands.map((each) => item(helper.subcommandTerm(each), helper.subcommandDescription(each))),
      ),
    ),
    ...groups(helper.visibleOptions(command), (each) => each.helpGroupHeading ?? 'Options').map(([title, options]) =>
      section(
        title,
        options.map((each) => item(helper.optionTerm(each), helper.optionDescription(each))),
      ),
    ),
    [closing],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}

function groups<T>(items: readonly T[], titleOf: (item: T) => string): [string, T[]][] {
  const byTitle = new Map<string, T[]>();
  for (const item of items) {
    const title = titleOf(item);
    const known = byTitle.get(title);
    if (known === undefined) byTitle.set(title, [item]);
    else known.push(item);
  }
  return [...byTitle];
}
