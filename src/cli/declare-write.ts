/** The commands that change records or tables. */
import { Option } from 'commander';
import { declare, isOn, requiredText, textOf, type Wiring } from './wiring.ts';

/** Declares them. */
export function declareWriting(wiring: Wiring): void {
  declare(wiring, {
    usage: 'init',
    group: 'Run',
    summary: "Make the two tables where they are missing, and the installation's id",
    text: 'Running it again changes nothing. Refuses a state table of another installation.',
    examples: ['cellwright init', 'cellwright init --installation k3v7q2mzaw'],
    options: [new Option('--installation <id>', 'the id that the resources bear, where both tables have lost it')],
    run: async (context, _args, options) => {
      const { init } = await import('./commands/init.ts');
      const installation = textOf(options['installation']);
      return init(context, installation === undefined ? {} : { installation });
    },
  });
  declare(wiring, {
    usage: 'apply',
    group: 'Write',
    summary: 'Write records to the desired table',
    text: 'FILE holds YAML documents, lists, or JSON; - is stdin. All records are checked first, also against tiers and cells in the files and the tables: one that is not valid, and nothing is written.',
    examples: [
      'cellwright apply -f fleet.yaml',
      'cellwright apply -f fleet.yaml --dry-run',
      'cellwright get tenant acme -o json | cellwright apply -f -',
    ],
    options: [
      new Option('-f, --filename <file...>', 'file with records, or - for stdin').makeOptionMandatory(),
      new Option('--dry-run', 'check and show what would change, and write nothing'),
    ],
    run: async (context, _args, options) => {
      const { apply } = await import('./commands/apply.ts');
      const files: unknown = options['filename'];
      const filename = Array.isArray(files) ? files.map(requiredText) : [requiredText(files)];
      return apply(context, { filename, dryRun: isOn(options['dryRun']) });
    },
  });
  declareStates(wiring);
  declareModes(wiring);
}

const states = [
  ['suspend', "Stop a tenant's tasks and keep everything else", 'Its record then says state: suspended.'],
  ['resume', 'Serve a suspended or offboarded tenant again', 'Its record then says state: active.'],
  [
    'offboard',
    'Take a tenant out of service for good',
    "Its record then says state: deleted. It leaves DNS at once; what is left goes after the tier's retentionDays. Asks on a terminal, and wants --yes elsewhere.",
  ],
] as const;

function declareStates(wiring: Wiring): void {
  for (const [name, summary, text] of states) {
    declare(wiring, {
      usage: `${name} <tenant...>`,
      group: 'Write',
      summary,
      text: `TENANT is "tenant NAME", or the name alone. ${text}`,
      examples: [`cellwright ${name} tenant acme${name === 'offboard' ? ' --yes' : ''}`],
      options: name === 'offboard' ? [new Option('-y, --yes', 'do not ask')] : [],
      run: async (context, [words], options) => {
        const { changeState } = await import('./commands/change.ts');
        const given = Array.isArray(words) ? words.map(requiredText) : [];
        return changeState(context, name, given, { yes: isOn(options['yes']) });
      },
    });
  }
}

const modes = [
  ['pause', 'Make the controller leave an object and all below it alone', 'Its record then says mode: paused.'],
  ['unpause', 'Let the controller act on an object again', 'Its record then says mode: active.'],
] as const;

function declareModes(wiring: Wiring): void {
  for (const [name, summary, text] of modes) {
    declare(wiring, {
      usage: `${name} <kind> [name]`,
      group: 'Write',
      summary,
      text: `${text} Any kind, at any level; the only Fleet needs no name.`,
      examples: [`cellwright ${name} tenant acme`, `cellwright ${name} cell eu-1`, `cellwright ${name} fleet`],
      run: async (context, [kind, object]) => {
        const { changeMode } = await import('./commands/change.ts');
        return changeMode(context, name, requiredText(kind), textOf(object));
      },
    });
  }
}
